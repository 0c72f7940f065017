//! `netlint check`: lint manifests.

use std::sync::Arc;

use super::Exit;
use super::baseline::{self, BaselineArgs, Known};
use super::choice::ChoiceArgs;
use super::copies;
use super::fix::{self, FixArgs, Fixes};
use super::input::{self, InputArgs};
use super::new_from::Earlier;
use super::output::{self, Output, OutputError};
use super::progress::Progress;
use super::reading::{Inputs, leave_out};
use super::statistics;
use super::terminal::Terminal;
use crate::analysis::{self, Options};
use crate::config::{Config, FailOn, Rejected};
use crate::diagnostic::{Finding, Severity};
use crate::discover::Discovery;
use crate::findings::{Report, Run};
use crate::report::findings::Format;
use crate::text::phrase;
use crate::{catalogue, report};

/// The arguments of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    choice: ChoiceArgs,
    #[command(flatten)]
    baseline: BaselineArgs,
    #[command(flatten)]
    fix: FixArgs,
    /// The format of the report, and the file it goes to; repeatable [default: human]
    ///
    /// FORMAT is human, plain (for screen readers), concise (a line per finding), json, sarif, github (annotations),
    /// gitlab (Code Quality), junit or markdown (a job summary). `--format github --format sarif:out.sarif` writes
    /// annotations to standard output and SARIF to a file.
    #[arg(long = "format", value_name = "FORMAT[:FILE]", env = "NETLINT_FORMAT", hide_env = true)]
    formats: Vec<Output>,
    /// The least severity that makes netlint fail: error, warning, note or never [default: warning]
    #[arg(
        long,
        value_name = "SEVERITY",
        value_enum,
        hide_possible_values = true,
        env = "NETLINT_FAIL_ON",
        hide_env = true
    )]
    fail_on: Option<FailOn>,
    /// Fail as well where netlint does not know the whole input: policies of kinds that it does not evaluate,
    /// documents that do not parse, templates, what a kustomization leads to
    #[arg(long)]
    fail_on_unknown: bool,
    /// Report only what is new since a git revision, whatever else is there
    #[arg(long, value_name = "REV", conflicts_with = "write_baseline")]
    new_from: Option<String>,
    /// The order of the findings: path, severity (the most severe last) or rule
    ///
    /// Without it, findings are in the order of their paths; on a terminal the most severe come last, nearest to the
    /// prompt.
    #[arg(long, value_name = "ORDER", value_enum, hide_possible_values = true)]
    sort: Option<Sort>,
    /// Where markdown links to: what comes before the path of a file in its address, such as
    /// https://github.com/shop/manifests/blob/COMMIT
    #[arg(long, value_name = "URL", value_parser = web_address)]
    source_url: Option<String>,
    /// Count the findings of each rule instead of reporting them, as text or JSON
    #[arg(long)]
    statistics: bool,
    /// Report what comments, annotations, the configuration and the baseline suppress as well
    #[arg(long, conflicts_with_all = ["baseline", "write_baseline"])]
    no_suppressions: bool,
}

/// An address that Markdown takes as it is.
fn web_address(text: &str) -> Result<String, &'static str> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(letter);
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    if is_web && text.chars().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err("write an address such as https://github.com/shop/manifests/blob/main")
    }
}

impl CheckArgs {
    /// What the command line asks for, else the configuration, else the report for people.
    fn formats(&self, config: &Config) -> Vec<Output> {
        match self.formats.as_slice() {
            [] => vec![Output { format: config.format.unwrap_or_default(), file: None }],
            asked => asked.to_vec(),
        }
    }
}

pub(super) fn run(args: &CheckArgs, terminal: &Terminal) -> Exit {
    if let Err(exit) = output::one_to_stdout(&args.formats, terminal) {
        return exit;
    }
    let reject = |rejected: &Rejected| report_rejected(args, rejected, terminal);
    let mut inputs = match args.input.list(terminal, reject) {
        Ok(inputs) => inputs,
        Err(exit) => return exit,
    };
    if let Err(exit) = args.fix.check(&inputs.paths, &inputs.options, terminal) {
        return exit;
    }
    let formats = args.formats(&inputs.options.config);
    if args.statistics
        && let Err(exit) = statistics::check(&formats, terminal)
    {
        return exit;
    }
    let fail_on = args.fail_on.or(inputs.options.config.fail_on).unwrap_or_default();
    Arc::make_mut(&mut inputs.options.config).choose(args.choice.choice());
    let earlier = args.new_from.as_deref().map(|revision| {
        Earlier::read(revision, &args.input.paths, &args.input.reading, &mut inputs, args.no_suppressions, terminal)
    });
    let earlier = match earlier.transpose() {
        Ok(earlier) => earlier,
        Err(exit) => return exit,
    };
    let Inputs { tree, paths, files, options } = inputs;
    let known = match args.baseline.read(&files, &options.config, terminal) {
        _ if args.no_suppressions => Known::None,
        Ok(known) => known,
        Err(exit) => return exit,
    };
    let copies = copies::note(&files);
    let silences = options.config.silences(files.excluded);
    let progress = Progress::start(format!("checking {}", phrase::count(files.files.len(), "file")), terminal.progress);
    let options = Options { show_suppressed: args.no_suppressions, ..options };
    let lint = |mut files: Discovery, options: &Options| -> Result<Run, Exit> {
        if let Known::Listed(file, _) | Known::Written(file, _) = &known {
            leave_out(&mut files, file);
        }
        let (models, errors) = analysis::load(files, options);
        input::tell_clusters(&models, terminal);
        let models = args.input.reading.in_cluster(models, terminal)?;
        let mut analysis = Run::new(models, errors, args.no_suppressions);
        baseline::apply(&known, &mut analysis, terminal)?;
        Ok(analysis)
    };
    let checked = if args.fix.is_asked() {
        let inputs = Inputs { tree, paths: paths.clone(), files, options: options.clone() };
        fix::run(&args.fix, &inputs, &args.choice.choice(), &lint, terminal)
            .map(|(analysis, fixes)| (analysis, Some(fixes)))
    } else {
        lint(files, &options).map(|analysis| (analysis, None))
    };
    let (mut analysis, fixes) = match checked {
        Ok(checked) => checked,
        Err(exit) => return exit,
    };
    drop(progress);
    if args.fix.diff {
        return fixes.map_or(Exit::Clean, |fixes: Fixes| fixes.show_diff(terminal));
    }
    analysis.report.source_url = args.source_url.clone();
    analysis.report.notes.extend(copies);
    if let Some(silences) = silences {
        // Code Quality has room for findings alone.
        if formats.iter().all(|output| output.format == Format::Gitlab) && !terminal.quiet {
            terminal.note(&silences);
        }
        analysis.report.notes.push(silences);
    }
    input::tell_errors(&analysis.errors, terminal);
    if let Some(earlier) = earlier {
        earlier.leave_out(&mut analysis);
    }
    let report = &analysis.report;
    let only_notes = report.findings.iter().all(|finding| finding.severity == Severity::Note);
    if only_notes && analysis.errors.is_empty() {
        let (documents, files) = (report.summary.documents, report.summary.files);
        let notes = analysis::notes(&analysis.models);
        if let Err(exit) = input::refuse_empty(&paths, documents, files, &notes, terminal) {
            return exit;
        }
    }
    let is_for_people = formats.iter().any(|output| output.file.is_none() && output.format.is_for_people());
    let shown = |fixes: &Fixes| fixes.show(is_for_people, terminal);
    let written =
        fixes.as_ref().map_or(Ok(()), shown).and_then(|()| write_reports(args, &formats, &analysis, terminal));
    let written = written.and_then(|()| fixes.as_ref().map_or(Ok(()), |fixes| fixes.sum_up(is_for_people, terminal)));
    let exit = match written {
        Ok(()) if fixes.as_ref().is_some_and(Fixes::are_incomplete) => Exit::Unreadable,
        Ok(()) => status(args, fail_on, &analysis),
        failed => terminal.finish(failed),
    };
    // The process ends here, and freeing a large model piece by piece takes longer than most rules.
    std::mem::forget(analysis);
    exit
}

/// The values of `--sort`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Sort {
    /// By path and line
    Path,
    /// The most severe last
    Severity,
    /// By rule, in the order of the catalogue
    Rule,
}

impl Sort {
    /// Puts findings, which are in the order of their paths, into this order.
    fn apply(self, findings: &mut [Finding]) {
        match self {
            Self::Path => {}
            Self::Severity => findings.sort_by_key(|finding| finding.severity),
            Self::Rule => findings.sort_by_key(|finding| catalogue::place(finding.rule)),
        }
    }
}

/// Writes what is wrong with the configuration in the formats that programs read: standard error tells people.
fn report_rejected(args: &CheckArgs, rejected: &Rejected, terminal: &Terminal) {
    let report = Report { findings: rejected.findings.clone(), ..Report::default() };
    let options = report::findings::Options::default();
    for output in args.formats.iter().filter(|output| !output.format.is_for_people()) {
        // The configuration is what the run ends with, whatever becomes of a report.
        terminal.finish(output::write(output, &report, &rejected.sources, &options));
    }
}

fn write_reports(args: &CheckArgs, formats: &[Output], analysis: &Run, terminal: &Terminal) -> Result<(), OutputError> {
    let options = report::findings::Options {
        color: terminal.color,
        links: terminal.links,
        unicode: terminal.unicode,
        width: terminal.width,
        wrap: terminal.wrap,
        fold: terminal.is_terminal && !args.choice.selects(),
        quiet: terminal.quiet,
        count_fixes: !args.fix.is_asked(),
        rules: catalogue::rules(),
    };
    for output in output::files_first(formats) {
        let is_read_at_once = terminal.is_terminal && output.file.is_none() && output.format.is_for_people();
        let sort = args.sort.or(is_read_at_once.then_some(Sort::Severity));
        let sorted = sort.map(|sort| {
            let mut report = analysis.report.clone();
            sort.apply(&mut report.findings);
            report
        });
        let report = sorted.as_ref().unwrap_or(&analysis.report);
        let hidden = report.findings.len().saturating_sub(output.format.most_findings());
        if hidden > 0 && output.format == Format::Gitlab {
            terminal.note(&format!("{} not shown", phrase::count(hidden, "more finding")));
        }
        if args.statistics {
            statistics::write(output, report)?;
        } else {
            output::write(output, report, analysis.sources(), &options)?;
        }
    }
    Ok(())
}

fn status(args: &CheckArgs, fail_on: FailOn, analysis: &Run) -> Exit {
    if !analysis.errors.is_empty() {
        Exit::Unreadable
    } else if (args.fail_on_unknown && !analysis.report.unknown.is_empty())
        || analysis.report.findings.iter().any(|finding| fail_on.is_met_by(finding.severity))
    {
        Exit::Findings
    } else {
        Exit::Clean
    }
}
