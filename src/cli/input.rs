//! What a command reads: the configuration, and the files that its paths lead to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::progress::Progress;
use super::terminal::Terminal;
use super::{Exit, command_names};
use crate::analysis::{self, Analysis, Options};
use crate::config::{self, Config, ConfigError, Rejected};
use crate::diagnostic::{self, Severity};
use crate::discover::{
    self, Discovery, Excludes, GlobError, Input, InputError, KUSTOMIZATION_NAMES, STDIN_NAME, discover,
};
use crate::file_tree::{Boundary, FileTree, SharedTree, WorkTree};
use crate::source::paths;
use crate::text::phrase;
use crate::text::suggest::nearest;

/// The arguments of commands that read manifests.
#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// Directories, files, or `-` for standard input [default: the `paths` of the configuration, else `.`]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The namespace of resources that name none
    #[arg(long, value_name = "NS")]
    namespace: Option<String>,
    /// Leave out paths below directories; repeatable
    #[arg(long = "exclude", value_name = "GLOB")]
    excludes: Vec<String>,
    /// Only this cluster: a name of the configuration, or the directory of a kustomization
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
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
    config: Option<PathBuf>,
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

/// What was read.
pub(super) struct Loaded<M = Analysis> {
    pub(super) analysis: M,
    /// Whether every input could be read.
    pub(super) is_complete: bool,
}

impl InputArgs {
    /// Paths without a configuration; one that lies there is not a manifest.
    pub(super) fn isolated(paths: Vec<PathBuf>) -> Self {
        let excludes = discover::CONFIGURATION_NAMES.map(str::to_owned).to_vec();
        let (namespace, cluster, config) = (None, None, None);
        Self { paths, excludes, isolated: true, namespace, cluster, render: false, config, follow_outside: false }
    }

    /// Reads the configuration and lists the files. What is wrong with either is told; a configuration that is invalid is
    /// given to `reject` too.
    pub(super) fn list(&self, terminal: &Terminal, reject: impl Fn(&Rejected)) -> Result<Inputs, Exit> {
        let tree: SharedTree = Arc::new(WorkTree::of_process());
        let mut boundary = self.boundary(&*tree);
        let config = self.config(&*tree, &mut boundary, terminal, reject)?;
        let excludes = Excludes::new(&self.excludes).map_err(|error: GlobError| {
            terminal.error(&error.to_string(), Some(error.advice()));
            Exit::Usage
        })?;
        let of_clusters = || config.clusters.values().flatten().cloned().collect();
        let paths = match (self.paths.as_slice(), config.paths.as_slice()) {
            ([], []) if !config.clusters.is_empty() => of_clusters(),
            ([], []) => vec![PathBuf::from(".")],
            ([], configured) => configured.to_vec(),
            (typed, _) => typed.to_vec(),
        };
        let progress = Progress::start("reading the input".to_owned(), terminal.progress);
        let mut files = discover(&tree, &paths, &config.and_exclude(excludes), &boundary);
        drop(progress);
        if files.errors.iter().any(|error| matches!(error, InputError::Missing { .. })) {
            tell_errors(&files.errors, terminal);
            return Err(Exit::Usage);
        }
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

    /// Reads the clusters. Inputs that cannot be read, and kustomizations that cannot be built, are told; an input without
    /// manifests is refused.
    pub(super) fn load_all(&self, terminal: &Terminal) -> Result<Loaded<Vec<Analysis>>, Exit> {
        self.load_listed(self.list(terminal, |_| {})?, terminal)
    }

    fn load_listed(&self, inputs: Inputs, terminal: &Terminal) -> Result<Loaded<Vec<Analysis>>, Exit> {
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
        let mut models = self.in_cluster(models, terminal)?;
        let is_built = tell_refusals(&models, terminal);
        if models.iter().any(Analysis::has_objects) {
            models.retain(Analysis::has_objects);
        } else if !is_built {
            return Err(Exit::Unreadable);
        }
        Ok(Loaded { analysis: models, is_complete: errors.is_empty() && is_built })
    }

    /// Like [`Self::load_all`], where the input is to hold one cluster: a directory that is a kustomization is that one.
    pub(super) fn load(&self, terminal: &Terminal) -> Result<Loaded, Exit> {
        let mut inputs = self.list(terminal, |_| {})?;
        if let ([directory], None, true) =
            (inputs.paths.as_slice(), &self.cluster, inputs.options.config.clusters.is_empty())
        {
            let is_there = |name: &&str| inputs.tree.is_file(&inputs.tree.resolve(&directory.join(name)));
            let is_kustomization = KUSTOMIZATION_NAMES.iter().any(is_there);
            inputs.options.kustomization = is_kustomization.then(|| directory.clone());
        }
        let Loaded { analysis: models, is_complete } = self.load_listed(inputs, terminal)?;
        if models.len() > 1 {
            let names: Vec<&str> = models.iter().filter_map(Analysis::name).collect();
            let example = names.first().copied().unwrap_or_default();
            let advice = format!("choose one, for example with `--cluster {example}`");
            terminal.error(&format!("the input holds {} clusters: {}", names.len(), quoted(&names)), Some(&advice));
            return Err(Exit::Usage);
        }
        let analysis = models.into_iter().next().ok_or(Exit::Usage)?;
        Ok(Loaded { analysis, is_complete })
    }

    /// The cluster that `--cluster` names, by its whole name or by the last parts of its path; all of them without it.
    pub(super) fn in_cluster(&self, mut models: Vec<Analysis>, terminal: &Terminal) -> Result<Vec<Analysis>, Exit> {
        let Some(wanted) = &self.cluster else { return Ok(models) };
        let names: Vec<&str> = models.iter().filter_map(Analysis::name).collect();
        let is_end = |name: &&&str| name.strip_suffix(wanted.as_str()).is_some_and(|before| before.ends_with('/'));
        let chosen = match names.iter().filter(is_end).collect::<Vec<_>>().as_slice() {
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
    fn boundary(&self, tree: &dyn FileTree) -> Boundary {
        if self.follow_outside {
            return Boundary::unbounded();
        }
        let typed = self.paths.iter().map(PathBuf::as_path).filter(|path| *path != Path::new("-"));
        let mut given: Vec<&Path> = typed.collect();
        if given.is_empty() {
            given.push(Path::new("."));
        }
        Boundary::around(tree, given.into_iter().chain(self.config.as_deref()))
    }

    fn config(
        &self,
        tree: &dyn FileTree,
        boundary: &mut Boundary,
        terminal: &Terminal,
        reject: impl Fn(&Rejected),
    ) -> Result<Config, Exit> {
        let typed = self.paths.iter().map(PathBuf::as_path).filter(|path| *path != Path::new("-"));
        let found = match &self.config {
            Some(file) => Ok(Some(file.clone())),
            None if self.isolated => Ok(None),
            None => config::find(tree, typed),
        };
        let file = match found {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(Config::default()),
            Err(error) => {
                terminal.error(&error.to_string(), error.advice().as_deref());
                return Err(Exit::Usage);
            }
        };
        let read = match self.config {
            Some(_) => config::read(tree, &file),
            None => config::read_found(tree, &file, boundary),
        };
        if let Some(directory) = file.parent().and_then(|directory| tree.real_path(&tree.resolve(directory)).ok()) {
            boundary.take_in(&directory);
        }
        match read {
            Ok(config) => {
                terminal.detail(|| format!("configured by {}", config.name().unwrap_or_default()));
                if config.asks_to_render && !self.render {
                    // Whoever opens a pull request writes the file, and kustomize and Helm fetch what they are told to.
                    let name = config.name().unwrap_or_default();
                    terminal
                        .note(&format!("`render: true` in `{name}` runs nothing; `--render` on the command line does"));
                }
                Ok(config)
            }
            Err(ConfigError::Rejected(rejected)) => {
                terminal.findings(&rejected.findings, &rejected.sources);
                reject(&rejected);
                Err(Exit::Usage)
            }
            Err(error) => {
                terminal.error(&error.to_string(), error.advice().as_deref());
                Err(Exit::Usage)
            }
        }
    }
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

fn are_files(tree: &dyn FileTree, paths: &[PathBuf]) -> bool {
    paths.iter().all(|path| tree.is_file(&tree.resolve(path)))
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

fn quoted(names: &[impl std::fmt::Display]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
