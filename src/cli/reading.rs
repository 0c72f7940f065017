//! How manifests are read, wherever they are: the configuration of a tree, and the files that paths lead to in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Exit;
use super::progress::Progress;
use super::terminal::Terminal;
use crate::analysis::{Analysis, Options};
use crate::config::{self, Config, ConfigError, Rejected};
use crate::discover::{Discovery, Excludes, GlobError, Input, discover};
use crate::file_tree::{Boundary, FileTree, SharedTree};
use crate::source::paths;

/// The arguments that say how manifests are read, wherever they are.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct ReadingArgs {
    /// The namespace of resources that name none
    #[arg(long, value_name = "NS")]
    namespace: Option<String>,
    /// Leave out paths below directories; repeatable
    #[arg(long = "exclude", value_name = "GLOB")]
    excludes: Vec<String>,
    /// Only this cluster: a name of the configuration, or the directory of a kustomization
    #[arg(long, value_name = "NAME")]
    pub(super) cluster: Option<String>,
    /// Let kustomize and Helm render kustomizations and charts
    ///
    /// They must be on PATH, and may fetch what is not there. Findings point to the source where a value is there
    /// as it is, else to the rendered text.
    #[arg(long)]
    render: bool,
    /// The configuration [default: the nearest netlint.yaml at or above the paths]
    ///
    /// The search ends at the root of the repository. `netlint.yml` and `.netlint.yaml` are found too.
    #[arg(long, value_name = "FILE", env = "NETLINT_CONFIG", hide_env = true)]
    pub(super) config: Option<PathBuf>,
    /// Follow links, configurations and kustomizations out of the git repository
    ///
    /// Without it, netlint reads the paths that you name, and beyond them only what is in the same repository.
    #[arg(long)]
    follow_outside: bool,
    /// Read no configuration
    #[arg(long, conflicts_with = "config")]
    isolated: bool,
}

/// What a command is to read.
pub(super) struct Inputs {
    /// Where it is read from.
    pub(super) tree: SharedTree,
    /// The paths, typed or configured.
    pub(super) paths: Vec<PathBuf>,
    /// What they lead to.
    pub(super) files: Discovery,
    /// How it is to be understood.
    pub(super) options: Options,
}

impl ReadingArgs {
    /// Without a configuration, and without files that these globs name.
    pub(super) fn isolated(excludes: Vec<String>) -> Self {
        Self { excludes, isolated: true, ..Self::default() }
    }

    /// Reads the configuration of a tree and lists the files. What is wrong with either is told.
    /// A configuration that is invalid is given to `reject` too.
    pub(super) fn list(
        &self,
        tree: SharedTree,
        typed: &[PathBuf],
        terminal: &Terminal,
        reject: impl Fn(&Rejected),
    ) -> Result<Inputs, Exit> {
        let mut boundary = self.boundary(&*tree, typed);
        let config = self.read_config(&*tree, typed, &mut boundary, terminal, reject)?;
        self.list_under(config, tree, typed, &boundary, terminal)
    }

    /// Lists the files of a tree under a configuration.
    pub(super) fn list_under(
        &self,
        config: Config,
        tree: SharedTree,
        typed: &[PathBuf],
        boundary: &Boundary,
        terminal: &Terminal,
    ) -> Result<Inputs, Exit> {
        let excludes = Excludes::new(&self.excludes).map_err(|error: GlobError| {
            terminal.error(&error.to_string(), Some(error.advice()));
            Exit::Usage
        })?;
        let of_clusters = || config.clusters.values().flatten().cloned().collect();
        let paths = match (typed, config.paths.as_slice()) {
            ([], []) if !config.clusters.is_empty() => of_clusters(),
            ([], []) => vec![PathBuf::from(".")],
            ([], configured) => configured.to_vec(),
            (typed, _) => typed.to_vec(),
        };
        let progress = Progress::start("reading the input".to_owned(), terminal.progress);
        let mut files = discover(&tree, &paths, &config.and_exclude(excludes), boundary);
        drop(progress);
        if let Some(name) = config.name() {
            leave_out(&mut files, Path::new(name));
        }
        for file in &files.files {
            terminal.detail(|| format!("reading {}", file.name));
        }
        let options = Options {
            namespace: self.namespace.clone(),
            render: self.render,
            partial: self.cluster.is_some() || is_partial(&*tree, &paths, &config),
            config: Arc::new(config),
            ..Options::default()
        };
        Ok(Inputs { tree, paths, files, options })
    }

    /// The cluster that `--cluster` names, by its whole name or by the last parts of its path; all of them without it.
    pub(super) fn in_cluster(&self, mut models: Vec<Analysis>, terminal: &Terminal) -> Result<Vec<Analysis>, Exit> {
        let Some(wanted) = &self.cluster else { return Ok(models) };
        let names: Vec<&str> = models.iter().filter_map(Analysis::name).collect();
        let chosen = match names.iter().filter(|name| ends_in(name, wanted)).collect::<Vec<_>>().as_slice() {
            _ if names.contains(&wanted.as_str()) => wanted.clone(),
            [one] => (**one).to_owned(),
            _ => {
                let advice = format!("the input holds {}", quoted(&names));
                terminal.error(&format!("no cluster is named `{wanted}`"), Some(&advice));
                return Err(Exit::Usage);
            }
        };
        models.retain(|analysis| analysis.name() == Some(&chosen));
        Ok(models)
    }

    /// Around the paths that are typed, else around the working directory.
    pub(super) fn boundary(&self, tree: &dyn FileTree, typed: &[PathBuf]) -> Boundary {
        if self.follow_outside {
            return Boundary::unbounded();
        }
        let typed = typed.iter().map(PathBuf::as_path).filter(|path| *path != Path::new("-"));
        let mut given: Vec<&Path> = typed.collect();
        if given.is_empty() {
            given.push(Path::new("."));
        }
        Boundary::around(tree, given.into_iter().chain(self.config.as_deref()))
    }

    /// The configuration of a tree. What is wrong with it is told, and given to `reject` where it is invalid.
    pub(super) fn read_config(
        &self,
        tree: &dyn FileTree,
        typed: &[PathBuf],
        boundary: &mut Boundary,
        terminal: &Terminal,
        reject: impl Fn(&Rejected),
    ) -> Result<Config, Exit> {
        let config = self.config(tree, typed, boundary).map_err(|error| {
            if let ConfigError::Rejected(rejected) = &error {
                reject(rejected);
            }
            tell_configuration(error, terminal)
        })?;
        if let Some(name) = config.name() {
            terminal.detail(|| format!("configured by {name}"));
            if config.asks_to_render && !self.render {
                // Whoever opens a pull request writes the file, and kustomize and Helm fetch what they are told to.
                terminal.note(&format!("`render: true` in `{name}` runs nothing; `--render` on the command line does"));
            }
        }
        Ok(config)
    }

    /// Whether one of these clusters is meant.
    pub(super) fn names_cluster_of(&self, models: &[Analysis]) -> bool {
        let Some(wanted) = &self.cluster else { return true };
        models.iter().filter_map(Analysis::name).any(|name| name == wanted || ends_in(name, wanted))
    }

    /// The configuration of a tree: the one that is named, else the nearest one.
    pub(super) fn config(
        &self,
        tree: &dyn FileTree,
        typed: &[PathBuf],
        boundary: &mut Boundary,
    ) -> Result<Config, ConfigError> {
        let typed = typed.iter().map(PathBuf::as_path).filter(|path| *path != Path::new("-"));
        let found = match &self.config {
            Some(file) => Some(file.clone()),
            None if self.isolated => None,
            None => config::find(tree, typed)?,
        };
        let Some(file) = found else { return Ok(Config::default()) };
        let read = match self.config {
            Some(_) => config::read(tree, &file),
            None => config::read_found(tree, &file, boundary),
        };
        if let Some(directory) = file.parent().and_then(|directory| tree.real_path(&tree.resolve(directory)).ok()) {
            boundary.take_in(&directory);
        }
        read
    }
}

/// Whether a text is the last parts of a cluster's name, which is a path.
fn ends_in(name: &str, parts: &str) -> bool {
    name.strip_suffix(parts).is_some_and(|before| before.ends_with('/'))
}

/// Says what is wrong with a configuration.
fn tell_configuration(error: ConfigError, terminal: &Terminal) -> Exit {
    match error {
        ConfigError::Rejected(rejected) => terminal.findings(&rejected.findings, &rejected.sources),
        error => terminal.error(&error.to_string(), error.advice().as_deref()),
    }
    Exit::Usage
}

/// Leaves out a file that is not a manifest, whatever its name.
pub(super) fn leave_out(files: &mut Discovery, file: &Path) {
    let left_out = files.tree.absolute(file);
    let is_left_out = |path: &Path| path.file_name() == file.file_name() && paths::normal(path) == left_out;
    files.files.retain(|entry| !matches!(&entry.input, Input::File(path) if is_left_out(path)));
}

/// Whether the paths may lead to a part of the whole only: to less than the configuration is about, or to single
/// files.
fn is_partial(tree: &dyn FileTree, paths: &[PathBuf], config: &Config) -> bool {
    match config.name() {
        Some(_) => !config.is_covered_by(paths),
        None => are_files(tree, paths),
    }
}

pub(super) fn are_files(tree: &dyn FileTree, paths: &[PathBuf]) -> bool {
    paths.iter().all(|path| tree.is_file(&tree.resolve(path)))
}

/// Names in backticks, with commas.
pub(super) fn quoted(names: &[impl std::fmt::Display]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
