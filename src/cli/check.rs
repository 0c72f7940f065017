//! `netlint check`: lint manifests.

use std::path::{Path, PathBuf};

use super::output::{self, Output, OutputError};
use super::progress::Progress;
use super::terminal::Terminal;
use super::{Exit, command_names};
use crate::analysis::{Analysis, analyze};
use crate::discover::{Discovery, Excludes, InputError, STDIN_NAME, discover};
use crate::finding::Severity;
use crate::model::Options;
use crate::report::{self, text};
use crate::rules;
use crate::suggest::nearest;

/// The arguments of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// Directories, files, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// The format of the report, and the file it goes to; repeatable
    ///
    /// FORMAT is human, plain (for screen readers), concise (a line per finding), json, sarif, github (annotations),
    /// gitlab (Code Quality), junit or markdown (a job summary). `--format github --format sarif:out.sarif` writes
    /// annotations to standard output and SARIF to a file.
    #[arg(long = "format", value_name = "FORMAT[:FILE]", default_value = "human")]
    formats: Vec<Output>,
    /// The least severity that makes netlint fail: error, warning, note or never
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t, hide_possible_values = true)]
    fail_on: FailOn,
    /// The namespace of resources that name none
    #[arg(long, value_name = "NS")]
    namespace: Option<String>,
    /// Leave out paths below directories; repeatable
    #[arg(long = "exclude", value_name = "GLOB")]
    excludes: Vec<String>,
}

/// The values of `--fail-on`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    #[default]
    Warning,
    /// Every finding
    Note,
    /// Nothing
    Never,
}

impl FailOn {
    fn is_met_by(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => severity >= Severity::Note,
            Self::Never => false,
        }
    }
}

pub(super) fn run(args: &CheckArgs, terminal: &Terminal) -> Exit {
    let to_stdout = args.formats.iter().filter(|output| output.file.is_none()).count();
    if to_stdout > 1 {
        terminal.error(
            "two formats cannot share standard output",
            Some("send all but one to a file: `--format human --format sarif:report.sarif`"),
        );
        return Exit::Usage;
    }
    let excludes = match Excludes::new(&args.excludes) {
        Ok(excludes) => excludes,
        Err(error) => {
            terminal.error(&error.to_string(), Some(error.advice()));
            return Exit::Usage;
        }
    };
    let inputs = discover(&args.paths, &excludes);
    tell_inputs(&inputs, terminal);
    let progress = Progress::start(format!("checking {}", text::count(inputs.files.len(), "file")), terminal.progress);
    let analysis = analyze(inputs, &Options { namespace: args.namespace.clone(), ..Options::default() });
    drop(progress);
    for error in &analysis.errors {
        terminal.error(&error.to_string(), advice(error).as_deref());
    }
    if let Some(hint) = empty_hint(args, &analysis) {
        terminal.error(&format!("no Kubernetes manifests in {}", list_paths(&args.paths)), Some(&hint));
        return Exit::Usage;
    }
    match write_reports(args, &analysis, terminal) {
        Ok(()) => status(args, &analysis),
        failed => terminal.finish(failed),
    }
}

fn tell_inputs(inputs: &Discovery, terminal: &Terminal) {
    for file in &inputs.files {
        terminal.detail(&format!("reading {}", file.name));
    }
}

/// The error's own advice, or the command that was meant by a path that does not exist.
fn advice(error: &InputError) -> Option<String> {
    let command = || {
        let names = command_names();
        let InputError::Missing { name, .. } = error else { return None };
        let command = nearest(name, names.iter().map(String::as_str))?;
        if command == name {
            Some(format!("the command comes first: `netlint {command}`"))
        } else {
            Some(format!("did you mean the command `netlint {command}`?"))
        }
    };
    error.advice().or_else(command)
}

/// What to do when whole directories, or standard input, held nothing to check. Single files may be anything: hooks
/// name whatever was changed.
fn empty_hint(args: &CheckArgs, analysis: &Analysis) -> Option<String> {
    let report = &analysis.report;
    let may_be_empty = args.paths.iter().all(|path| path.is_file());
    if report.summary.documents > 0 || !report.findings.is_empty() || !analysis.errors.is_empty() || may_be_empty {
        return None;
    }
    Some(match report.notes.first() {
        Some(note) => note.clone(),
        None if args.paths.iter().all(|path| path == Path::new("-")) => {
            "the command before `| netlint -` printed none; run it alone to see why".to_owned()
        }
        None if report.summary.files > 0 => {
            "name the directory of the manifests, or render them first: `kustomize build . | netlint -`".to_owned()
        }
        None => "manifests are files that end in `.yaml`, `.yml` or `.json`".to_owned(),
    })
}

fn list_paths(paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths
        .iter()
        .map(|path| if path == Path::new("-") { format!("`{STDIN_NAME}`") } else { format!("`{}`", path.display()) })
        .collect();
    names.join(", ")
}

/// Files first: a closed standard output does not keep them from being written.
fn write_reports(args: &CheckArgs, analysis: &Analysis, terminal: &Terminal) -> Result<(), OutputError> {
    let options = report::Options {
        color: terminal.color,
        links: terminal.links,
        unicode: terminal.unicode,
        width: terminal.width,
        quiet: terminal.quiet,
        rules: rules::catalogue(),
    };
    let (files, stdout): (Vec<_>, Vec<_>) = args.formats.iter().partition(|output| output.file.is_some());
    for output in files.into_iter().chain(stdout) {
        output::write(output, &analysis.report, analysis.model.sources(), &options)?;
    }
    Ok(())
}

fn status(args: &CheckArgs, analysis: &Analysis) -> Exit {
    if !analysis.errors.is_empty() {
        Exit::Unreadable
    } else if analysis.report.findings.iter().any(|finding| args.fail_on.is_met_by(finding.severity)) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}
