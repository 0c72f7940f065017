//! `netlint diff`: what a change opens and closes, and which lines do it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Exit;
use super::baseline::{self, BaselineArgs, Known};
use super::choice::ChoiceArgs;
use super::drawing;
use super::input::tell_errors;
use super::output::{self, Output, OutputError};
use super::progress::Progress;
use super::reading::{Inputs, ReadingArgs, leave_out};
use super::states::{Tree, leave_out_submodules, links, states};
use super::terminal::Terminal;
use crate::analysis::{Analysis, Divided};
use crate::config::{Config, FailOn};
use crate::diagnostic::Severity;
use crate::diff::{Both, Review};
use crate::discover::InputError;
use crate::file_tree::{FileTree, WorkTree};
use crate::findings::Run;
use crate::findings::baseline::Baseline;
use crate::graph::Graph;
use crate::report;
use crate::report::diff::{Format, Options};

const STATES: &str = "\
BASE and HEAD are directories, or git revisions: branches, tags, commits. Without HEAD, the work tree is compared as it
is, with what is not committed. Without BASE, with the last commit. Revisions are read from the repository; nothing is
checked out.

  netlint diff                        what is not committed yet
  netlint diff origin/main            the work tree against a branch
  netlint diff v1 v2 -- k8s           two tags, below `k8s` only
  netlint diff old/ new/              two directories; paths in the report are relative to them

The configuration is HEAD's. `diff: {failOn: [opened-to-internet, …]}` in netlint.yaml says what does not pass; what
BASE's netlint.yaml says counts as well.

Exit status:
  0  the change passes
  1  it does not: `failOn` of the configuration, or a new finding at or above --fail-on
  2  the command line or the configuration is wrong
  3  an input could not be read";

/// The arguments of `diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = STATES, override_usage = "netlint diff [OPTIONS] [BASE [HEAD]] [-- PATH...]")]
pub(super) struct DiffArgs {
    /// The states to compare: directories or git revisions
    #[arg(value_name = "BASE [HEAD]", num_args = 0..)]
    states: Vec<String>,
    /// Directories and files to compare [default: the `paths` of the configuration, else `.`]
    #[arg(value_name = "PATH", last = true)]
    paths: Vec<PathBuf>,
    /// The revision to compare with, where its name could be taken for a directory
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The format of the report, and the file it goes to; repeatable
    ///
    /// FORMAT is human, json, markdown (a comment on a pull request), github (annotations), mermaid (a flowchart) or html
    /// (the page of `netlint graph --diff`).
    #[arg(long = "format", value_name = "FORMAT[:FILE]", default_value = "human")]
    formats: Vec<Output<Format>>,
    /// The least severity of a new finding that makes netlint fail: error, warning or note
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Never, hide_default_value = true, hide_possible_values = true)]
    fail_on: FailOn,
    /// Where markdown links to: the address of the repository on the web, such as https://github.com/shop/manifests
    #[arg(long, value_name = "URL")]
    repository_url: Option<String>,
    #[command(flatten)]
    choice: ChoiceArgs,
    #[command(flatten)]
    reading: ReadingArgs,
}

pub(super) fn run(args: &DiffArgs, terminal: &Terminal) -> Exit {
    match review(args, terminal) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn review(args: &DiffArgs, terminal: &Terminal) -> Result<Exit, Exit> {
    output::one_to_stdout(&args.formats, terminal)?;
    let mut pages = args.formats.iter().filter(|output| output.format == Format::Html).peekable();
    let has_page = pages.peek().is_some();
    if pages.any(|output| output.file.is_none()) {
        drawing::refuse_on_terminal("diff", terminal)?;
    }
    let trees = states(args.base.as_deref(), &args.states, terminal)?;
    let compared = compare(&trees, &args.paths, &from_here(&args.reading), &args.choice, terminal)?;
    let Compared { runs: Runs { base, head }, configs, baselines } = &compared;
    let runs = Both { base: base.as_ref().unwrap_or(head), head };
    tell_errors(&head.errors, terminal);
    if base.is_some() {
        tell_errors(&runs.base.errors, terminal);
    }
    let references = Both { base: trees.base.name.clone(), head: trees.head.name.clone() };
    let review = Review::new(
        runs,
        references,
        Both { base: &configs.base, head: &configs.head },
        Both { base: &baselines.base, head: &baselines.head },
    );
    let page = if has_page { Some(Arc::new(drawing::of_change(runs, terminal)?)) } else { None };
    if let Err(error) = write(args, &review, &trees, page, terminal) {
        return Ok(terminal.finish(Err(error)));
    }
    let is_complete = runs.each().all(|run| run.errors.is_empty());
    let is_met = |finding: Severity| args.fail_on.is_met_by(finding);
    let exit = if !is_complete {
        Exit::Unreadable
    } else if !review.failed.is_empty() || review.new.iter().any(|finding| is_met(finding.severity)) {
        Exit::Findings
    } else {
        Exit::Clean
    };
    drop(review);
    // The process ends here, and freeing two large models piece by piece takes long.
    std::mem::forget(compared);
    Ok(exit)
}

/// The same arguments for trees with other working directories.
pub(super) fn from_here(reading: &ReadingArgs) -> ReadingArgs {
    let here = WorkTree::of_process();
    let mut reading = reading.clone();
    reading.config = reading.config.map(|file| here.absolute(&file));
    reading
}

/// Two states, read and judged.
pub(super) struct Compared {
    pub(super) runs: Runs,
    /// Each state's own configuration; the one of HEAD is what both are judged by.
    configs: Both<Config>,
    baselines: Both<Baseline>,
}

/// What the rules find in each state.
pub(super) struct Runs {
    /// `None` where all texts are those of HEAD.
    pub(super) base: Option<Run>,
    pub(super) head: Run,
}

/// Reads both states under the configuration of HEAD. What was added since is missing in BASE, which is no error.
pub(super) fn compare(
    trees: &Both<Tree>,
    typed: &[PathBuf],
    reading: &ReadingArgs,
    choice: &ChoiceArgs,
    terminal: &Terminal,
) -> Result<Compared, Exit> {
    let mut head = list(&trees.head, typed, reading, terminal)?;
    Arc::make_mut(&mut head.options.config).choose(choice.choice());
    let own = config_of_base(&trees.base, typed, reading, terminal);
    let mut boundary = reading.boundary(&*trees.base.files, typed);
    if reading.config.is_none() && !head.options.config.paths.is_empty() {
        boundary = reading.boundary(&*trees.base.files, &head.options.config.paths);
    }
    let config = (*head.options.config).clone();
    let mut base = reading.list_under(config, Arc::clone(&trees.base.files), typed, &boundary, terminal)?;
    let head_config = (*head.options.config).clone();
    let known = BaselineArgs::default().read(&head.files, &head_config, terminal)?;
    let baselines = Both { base: baseline_of(&base, &own), head: known.baseline().cloned().unwrap_or_default() };
    if let Some(file) = &head_config.baseline {
        leave_out(&mut head.files, file);
    }
    for file in own.baseline.iter().chain(&head_config.baseline) {
        leave_out(&mut base.files, file);
    }
    let progress = Progress::start("comparing the two states".to_owned(), terminal.progress);
    let is_empty = head.files.files.is_empty() && base.files.files.is_empty();
    if trees.base.commit.is_some() && trees.head.name.is_none() {
        leave_out_submodules(&mut head.files, terminal);
    }
    let (base_options, head_options) = (base.options.clone(), head.options.clone());
    let (mut base, divided) =
        rayon::join(|| Divided::new(base.files, &base.options), || Divided::new(head.files, &head.options));
    base.forgive(|error| matches!(error, InputError::Missing { .. }));
    let (base, (head, head_errors)) = if divided.is_same(&base) {
        (None, divided.analyse(&head_options))
    } else {
        let [base, head] = Divided::analyse_both([(base, &base_options), (divided, &head_options)]);
        (Some(base), head)
    };
    drop(progress);
    let head = in_cluster(reading, head, terminal, true)?;
    let base = match base {
        Some((models, errors)) => Some((in_cluster(reading, models, terminal, false)?, errors)),
        None => None,
    };
    let judge = |(models, errors)| Run::new(models, errors, false);
    let (base, head) = rayon::join(|| base.map(judge), || judge((head, head_errors)));
    if is_empty && head.errors.is_empty() {
        let advice = "manifests are files that end in `.yaml`, `.yml` or `.json`";
        terminal.error("neither state holds any manifest", Some(advice));
        return Err(Exit::Usage);
    }
    let mut runs = Runs { base, head };
    baseline::apply(&known, &mut runs.head, terminal)?;
    Ok(Compared { runs, configs: Both { base: own, head: head_config }, baselines })
}

fn in_cluster(
    reading: &ReadingArgs,
    models: Vec<Analysis>,
    terminal: &Terminal,
    is_required: bool,
) -> Result<Vec<Analysis>, Exit> {
    // A cluster that is new has nothing to be found in BASE.
    if is_required || reading.names_cluster_of(&models) { reading.in_cluster(models, terminal) } else { Ok(Vec::new()) }
}

/// The files of a state, and how they are read. Of a directory that was named, a configuration above it says neither
/// which paths nor which clusters: those are of another place.
fn list(tree: &Tree, typed: &[PathBuf], reading: &ReadingArgs, terminal: &Terminal) -> Result<Inputs, Exit> {
    let mut boundary = reading.boundary(&*tree.files, typed);
    let mut config = reading.read_config(&*tree.files, typed, &mut boundary, terminal, |_| {})?;
    settle(&mut config, tree);
    reading.list_under(config, Arc::clone(&tree.files), typed, &boundary, terminal)
}

fn settle(config: &mut Config, tree: &Tree) {
    if tree.is_directory() && config.name().is_some_and(|name| name.starts_with("../")) {
        config.paths.clear();
        config.clusters.clear();
        config.baseline = None;
    }
}

/// The configuration that BASE has itself, which only says what the change silences.
fn config_of_base(tree: &Tree, typed: &[PathBuf], reading: &ReadingArgs, terminal: &Terminal) -> Config {
    let mut boundary = reading.boundary(&*tree.files, typed);
    let is_there = |file: &Path| tree.files.is_file(&tree.files.resolve(file));
    if reading.config.as_deref().is_some_and(|file| !is_there(file)) {
        return Config::default();
    }
    match reading.config(&*tree.files, typed, &mut boundary) {
        Ok(mut config) => {
            settle(&mut config, tree);
            config
        }
        Err(error) => {
            terminal.note(&format!("the configuration of BASE is not compared: {error}"));
            Config::default()
        }
    }
}

/// The baseline that BASE has itself.
fn baseline_of(inputs: &Inputs, config: &Config) -> Baseline {
    let tree = &*inputs.tree;
    let text = config.baseline.as_ref().and_then(|file| tree.read(&tree.resolve(file)).ok());
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    text.and_then(|text| Baseline::parse(&text).ok()).unwrap_or_default()
}

fn write(
    args: &DiffArgs,
    review: &Review<'_>,
    trees: &Both<Tree>,
    page: Option<Arc<Graph>>,
    terminal: &Terminal,
) -> Result<(), OutputError> {
    let links = links(args.repository_url.as_deref(), trees);
    for output in output::files_first(&args.formats) {
        let findings = report::findings::Options {
            color: terminal.color && output.file.is_none(),
            links: terminal.links && output.file.is_none(),
            unicode: terminal.unicode,
            width: terminal.width,
            wrap: terminal.wrap,
            fold: terminal.is_terminal,
            quiet: terminal.quiet,
            ..report::findings::Options::default()
        };
        let options = Options { findings, links: links.clone(), page: page.clone() };
        output.write(|out| report::diff::write(output.format, review, &options, out))?;
    }
    Ok(())
}

impl Known {
    /// What is known, if anything is read.
    fn baseline(&self) -> Option<&Baseline> {
        match self {
            Self::None => None,
            Self::Listed(_, baseline) | Self::Written(_, baseline) => Some(baseline),
        }
    }
}
