//! `netlint generate` for kustomizations: policies in the directories of bases and overlays.

use std::path::{Path, PathBuf};

use super::Exit;
use super::fix::is_inside;
use super::generated::{not_proved, summary, tell};
use super::manifests;
use super::output;
use super::reading::{Inputs, leave_out};
use super::rewrite::rewrite;
use super::terminal::Terminal;
use crate::analysis::{self, Analysis, Options};
use crate::discover::{Discovery, Excludes, discover};
use crate::file_tree::{Boundary, SharedTree};
use crate::generate::{Kustomized, NotWritten, kustomized};
use crate::report::generate::{self, Format};
use crate::text::phrase;

/// How the files of a run were found, so that they can be found again in another tree.
pub(super) struct OfFiles {
    tree: SharedTree,
    paths: Vec<PathBuf>,
    excludes: Excludes,
    boundary: Boundary,
    options: Options,
}

impl OfFiles {
    pub(super) fn new(inputs: &Inputs) -> Self {
        let Inputs { tree, paths, files: Discovery { excludes, boundary, .. }, options } = inputs;
        let (tree, paths, excludes) = (tree.clone(), paths.clone(), excludes.clone());
        Self { tree, paths, excludes, boundary: boundary.clone(), options: options.clone() }
    }

    /// The clusters of a tree that have one of these names, or the one that a kustomization builds by itself.
    fn load(&self, tree: SharedTree, only: Option<&Path>, names: &[String]) -> Vec<Analysis> {
        let mut files = discover(&tree, &self.paths, &self.excludes, &self.boundary);
        let mut options = self.options.clone();
        if let Some(name) = options.config.name() {
            leave_out(&mut files, Path::new(name));
        }
        if let Some(directory) = only {
            options.kustomization = Some(directory.to_owned());
        }
        let (mut models, _) = analysis::load(files, &options);
        if only.is_none() {
            models.retain(|analysis| analysis.name().is_some_and(|name| names.iter().any(|known| known == name)));
        }
        models
    }
}

/// Writes policies into the kustomizations of these clusters, or prints them. Files of earlier runs are written anew
/// where that is wanted (`force`).
pub(super) fn run(
    (is_written, force): (bool, bool),
    format: Format,
    of_files: &OfFiles,
    models: &[Analysis],
    terminal: &Terminal,
) -> Exit {
    let names: Vec<String> = models.iter().filter_map(Analysis::name).map(str::to_owned).collect();
    let load = |tree: SharedTree, only: Option<&Path>| of_files.load(tree, only, &names);
    let written = match kustomized(&of_files.tree, &load, force) {
        Ok(written) => written,
        Err(error) => return tell_error(&error, models, terminal),
    };
    if is_written && let Err(exit) = write(&written, of_files, terminal) {
        return exit;
    }
    let Kustomized { generated, changed } = written;
    if !terminal.quiet && format != Format::Json {
        tell(&generated, &analysis::assumptions(models), terminal);
        for kustomization in changed.iter().filter(|_| !is_written) {
            terminal.note(&format!("`--output kustomize` lists what is for it in `{}`", kustomization.name));
        }
    }
    let paths: Vec<String> = generated.files.iter().filter_map(|file| file.path.clone()).collect();
    let written = output::to_stdout(|out| match format {
        Format::Yaml if is_written && terminal.quiet => Ok(()),
        Format::Yaml if is_written => {
            let lists = changed.iter().map(|file| file.name.as_str());
            let listed =
                if changed.is_empty() { String::new() } else { format!(", listed in {}", phrase::list(lists)) };
            writeln!(out, "{}{listed}", summary(&generated, &paths))
        }
        Format::Yaml if generated.policies == 0 => writeln!(out, "# Nothing is missing."),
        format => generate::write(format, &generated, &paths, out),
    });
    terminal.finish(written)
}

/// Writes the files, and then the kustomizations that list them.
fn write(written: &Kustomized, of_files: &OfFiles, terminal: &Terminal) -> Result<(), Exit> {
    let tree = &*of_files.tree;
    let around = Boundary::around(tree, of_files.paths.iter().map(PathBuf::as_path));
    let files = written.generated.files.iter().filter_map(|file| file.path.as_deref());
    let changed = written.changed.iter().map(|file| file.name.as_str());
    for name in files.chain(changed) {
        let path = tree.resolve(Path::new(name));
        if !is_inside(tree, &around, path.parent().unwrap_or(&path)) {
            terminal.error(
                &format!("`{name}` is outside the git repository: nothing was written"),
                Some("name its directory on the command line"),
            );
            return Err(Exit::Usage);
        }
    }
    for file in &written.generated.files {
        let Some(name) = &file.path else { continue };
        if let Err(error) = manifests::write(&tree.resolve(Path::new(name)), &file.text) {
            terminal.error(&error.message, Some("make its directory one that you may write to"));
            return Err(Exit::Unreadable);
        }
    }
    let mut failed = false;
    for file in &written.changed {
        if let Err(error) = rewrite(file) {
            terminal.error(&error.to_string(), Some(&error.advice()));
            failed = true;
        }
    }
    if failed { Err(Exit::Unreadable) } else { Ok(()) }
}

fn tell_error(error: &NotWritten, models: &[Analysis], terminal: &Terminal) -> Exit {
    let advice = match error {
        NotWritten::NotProved(failed) => return not_proved(failed, terminal),
        NotWritten::Exists(_) => "write over it with `--force`, or rename it".to_owned(),
        NotWritten::Kustomization { .. } => {
            "nothing was written; write to a directory with `--cluster` and `--output`, and list its files yourself"
                .to_owned()
        }
        NotWritten::NoKustomization => match models.iter().find_map(Analysis::name) {
            Some(name) => {
                format!("choose a cluster, for example with `--cluster {name}`, and a directory with `--output`")
            }
            None => "name a directory or a file with `--output`".to_owned(),
        },
    };
    terminal.error(&error.to_string(), Some(&advice));
    Exit::Usage
}
