//! What a command reads: the configuration, and the files that its paths lead to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::progress::Progress;
use super::reading::{Inputs, ReadingArgs, quoted};
use super::terminal::Terminal;
use super::{Exit, command_names};
use crate::analysis::{self, Analysis};
use crate::config::Rejected;
use crate::diagnostic::{self, Severity};
use crate::discover::{self, Input, InputError, KUSTOMIZATION_NAMES, STDIN_NAME};
use crate::file_tree::WorkTree;
use crate::source::paths;
use crate::text::phrase;
use crate::text::suggest::nearest;

/// The arguments of commands that read manifests.
#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// Directories, files, or `-` for standard input [default: the `paths` of the configuration, else `.`]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
}

/// What was read.
pub(super) struct Loaded<M = Analysis> {
    pub(super) analysis: M,
    /// Whether every input could be read.
    pub(super) is_complete: bool,
}

impl InputArgs {
    /// Paths without a configuration; one that lies there is not a manifest.
    pub(super) fn isolated(paths: Vec<PathBuf>) -> Self {
        Self { paths, reading: ReadingArgs::isolated(discover::CONFIGURATION_NAMES.map(str::to_owned).to_vec()) }
    }

    /// Reads the configuration and lists the files. What is wrong with either is told; a configuration that is invalid is
    /// given to `reject` too.
    pub(super) fn list(&self, terminal: &Terminal, reject: impl Fn(&Rejected)) -> Result<Inputs, Exit> {
        let inputs = self.reading.list(Arc::new(WorkTree::of_process()), &self.paths, terminal, reject)?;
        if inputs.files.errors.iter().any(|error| matches!(error, InputError::Missing { .. })) {
            tell_errors(&inputs.files.errors, terminal);
            return Err(Exit::Usage);
        }
        Ok(inputs)
    }

    /// Reads the clusters. Inputs that cannot be read, and kustomizations that cannot be built, are told; an input without
    /// manifests is refused.
    pub(super) fn load_all(&self, terminal: &Terminal) -> Result<Loaded<Vec<Analysis>>, Exit> {
        self.load_listed(self.list(terminal, |_| {})?, terminal)
    }

    /// Like [`Self::load_all`], of what is listed already.
    pub(super) fn load_listed(&self, inputs: Inputs, terminal: &Terminal) -> Result<Loaded<Vec<Analysis>>, Exit> {
        let Inputs { tree: _, paths, files, options } = inputs;
        let progress =
            Progress::start(format!("analysing {}", phrase::count(files.files.len(), "file")), terminal.progress);
        let (models, errors) = analysis::load(files, &options);
        drop(progress);
        tell_clusters(&models, terminal);
        tell_errors(&errors, terminal);
        let is_refused = models.iter().any(|analysis| analysis.refusals().next().is_some());
        if errors.is_empty() && !is_refused {
            let documents = models.iter().map(Analysis::documents).sum();
            let files = models.first().map_or(0, |analysis| analysis.sources().len());
            refuse_empty(&paths, documents, files, &analysis::notes(&models), terminal)?;
        }
        let mut models = self.reading.in_cluster(models, terminal)?;
        let is_built = tell_refusals(&models, terminal);
        if models.iter().any(Analysis::has_objects) {
            models.retain(Analysis::has_objects);
        } else if !is_built {
            return Err(Exit::Unreadable);
        }
        Ok(Loaded { analysis: models, is_complete: errors.is_empty() && is_built })
    }

    /// Lists the files without what is at a path: what is to be written there is not input. A directory that is a
    /// kustomization is that one.
    pub(super) fn list_without(&self, output: Option<&Path>, terminal: &Terminal) -> Result<Inputs, Exit> {
        let mut inputs = self.list(terminal, |_| {})?;
        if let Some(output) = output {
            let left_out = inputs.tree.absolute(output);
            let is_left_out = |path: &Path| paths::normal(path).starts_with(&left_out);
            inputs.files.files.retain(|entry| !matches!(&entry.input, Input::File(path) if is_left_out(path)));
        }
        if let ([directory], None, true) =
            (inputs.paths.as_slice(), &self.reading.cluster, inputs.options.config.clusters.is_empty())
        {
            let is_there = |name: &&str| inputs.tree.is_file(&inputs.tree.resolve(&directory.join(name)));
            let is_kustomization = KUSTOMIZATION_NAMES.iter().any(is_there);
            inputs.options.kustomization = is_kustomization.then(|| directory.clone());
        }
        Ok(inputs)
    }

    /// Like [`Self::load_all`], where the input is to hold one cluster: a directory that is a kustomization is that one.
    pub(super) fn load(&self, terminal: &Terminal) -> Result<Loaded, Exit> {
        let Loaded { analysis: models, is_complete } =
            self.load_listed(self.list_without(None, terminal)?, terminal)?;
        if models.len() > 1 {
            let names: Vec<&str> = models.iter().filter_map(Analysis::name).collect();
            tell_several(&names, terminal);
            return Err(Exit::Usage);
        }
        let analysis = models.into_iter().next().ok_or(Exit::Usage)?;
        Ok(Loaded { analysis, is_complete })
    }
}

/// Says that the input holds several clusters, where one is drawn or asked about.
pub(super) fn tell_several(names: &[&str], terminal: &Terminal) {
    let example = names.first().copied().unwrap_or_default();
    let advice = format!("choose one, for example with `--cluster {example}`");
    terminal.error(&format!("the input holds {} clusters: {}", names.len(), quoted(names)), Some(&advice));
}

/// Says, where that is asked for, what was rendered, and which files are in which cluster.
pub(super) fn tell_clusters(models: &[Analysis], terminal: &Terminal) {
    let Some(sources) = models.first().map(Analysis::sources) else { return };
    let rendered = sources.ids().map(|file| sources.name(file)).filter_map(|name| {
        let command = name.strip_prefix('<')?.strip_suffix('>')?;
        (name != STDIN_NAME).then_some(command)
    });
    rendered.for_each(|command| terminal.detail(|| format!("ran `{command}`")));
    for analysis in models.iter().filter(|analysis| analysis.is_one_of_several()) {
        let files = sources.ids().filter(|file| analysis.holds(*file)).map(|file| sources.name(file));
        let name = analysis.name().unwrap_or_default();
        terminal.detail(|| format!("cluster `{name}`: {}", files.collect::<Vec<_>>().join(", ")));
    }
}

/// Says which inputs could not be read.
pub(super) fn tell_errors(errors: &[InputError], terminal: &Terminal) {
    for error in errors {
        terminal.error(&error.to_string(), advice(error).as_deref());
    }
}

/// Says why kustomize refuses to build clusters, as `netlint check` would. Returns whether it builds all of them.
fn tell_refusals(models: &[Analysis], terminal: &Terminal) -> bool {
    let Some(first) = models.first() else { return true };
    let refusals = models.iter().flat_map(Analysis::refusals).cloned().collect();
    let mut findings = diagnostic::locate(refusals, first.sources(), |_| Severity::Error);
    diagnostic::sort(&mut findings, first.sources());
    findings.dedup();
    terminal.findings(&findings, first.sources());
    findings.is_empty()
}

/// Refuses inputs that held no Kubernetes object, and tells what to do about it.
pub(super) fn refuse_empty(
    paths: &[PathBuf],
    documents: usize,
    files: usize,
    notes: &[String],
    terminal: &Terminal,
) -> Result<(), Exit> {
    if documents > 0 {
        return Ok(());
    }
    let hint = match notes.first() {
        Some(note) => note,
        None if paths.iter().all(|path| path == Path::new("-")) => {
            "the command before `| netlint -` printed none; run it alone to see why"
        }
        None if files > 0 => {
            "name the directory of the manifests, or render them first: `kustomize build . | netlint -`"
        }
        None => "manifests are files that end in `.yaml`, `.yml` or `.json`",
    };
    terminal.error(&format!("no Kubernetes manifests in {}", list_paths(paths)), Some(hint));
    Err(Exit::Usage)
}

/// What other tools call the commands.
const OTHER_NAMES: [(&str, &str); 12] = [
    ("lint", "check"),
    ("scan", "check"),
    ("verify", "check"),
    ("validate", "check"),
    ("analyze", "check"),
    ("list", "connections"),
    ("allowed", "connections"),
    ("ask", "query"),
    ("why", "query"),
    ("docs", "explain"),
    ("rule", "explain"),
    ("completion", "completions"),
];

/// The error's own advice, or the command that was meant by a path that does not exist.
fn advice(error: &InputError) -> Option<String> {
    let command = || {
        let names = command_names();
        let InputError::Missing { name, .. } = error else { return None };
        let other = OTHER_NAMES.iter().find(|(other, _)| other == name).map(|(_, command)| *command);
        let command = other.or_else(|| nearest(name, names.iter().map(String::as_str)))?;
        if command == name {
            Some(format!("the command comes first: `netlint {command}`"))
        } else {
            Some(format!("did you mean the command `netlint {command}`?"))
        }
    };
    error.advice().or_else(command)
}

fn list_paths(paths: &[PathBuf]) -> String {
    let name = |path: &PathBuf| if path == Path::new("-") { STDIN_NAME.to_owned() } else { path.display().to_string() };
    quoted(&paths.iter().map(name).collect::<Vec<_>>())
}
