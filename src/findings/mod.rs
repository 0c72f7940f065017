//! The whole way from inputs to a report.

pub mod baseline;
mod merge;
mod precedence;
mod report;
pub mod suppress;
mod unread;

use std::sync::LazyLock;

use crate::analysis::{self, Analysis, Options, load};
use crate::diagnostic::{Draft, Severity, locate, sort, tell_apart};
use crate::discover::{Discovery, InputError};
use crate::findings::suppress::{Outcome, suppress};
use crate::source::Sources;
use crate::text::phrase;
use crate::{catalogue, expect, rules};
use merge::merge;
pub use report::{Report, Summary};

/// What a run found out.
#[derive(Debug)]
pub struct Run {
    /// The clusters of the input, at least one, with the texts.
    pub models: Vec<Analysis>,
    /// Findings, totals and notes.
    pub report: Report,
    /// Inputs that could not be listed or read, in the order of their names. The report is about the others.
    pub errors: Vec<InputError>,
}

impl Run {
    /// Reports what is wrong in these clusters.
    #[must_use]
    pub fn new(models: Vec<Analysis>, errors: Vec<InputError>, show_suppressed: bool) -> Self {
        let mut report = judge(&models, show_suppressed);
        report.unread = errors.iter().map(ToString::to_string).collect();
        Self { models, report, errors }
    }

    /// The texts.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        static NONE: LazyLock<Sources> = LazyLock::new(Sources::default);
        self.models.first().map_or(&NONE, Analysis::sources)
    }
}

/// Reads the inputs and reports what is wrong in them.
#[must_use]
pub fn analyze(inputs: Discovery, options: &Options) -> Run {
    let (models, errors) = load(inputs, options);
    Run::new(models, errors, options.show_suppressed)
}

/// Runs the rules over each cluster, and takes out what is suppressed. What several clusters have in common is
/// reported once.
#[must_use]
pub fn judge(models: &[Analysis], show_suppressed: bool) -> Report {
    let Some(first) = models.first() else { return Report::default() };
    let sources = first.sources();
    let severity_of = |rule: &str| catalogue::find(rule).map_or(Severity::Error, |rule| rule.severity);
    let located = |drafts: Vec<Draft>| {
        locate(drafts.into_iter().filter_map(|draft| first.config().rate(draft)).collect(), sources, severity_of)
    };
    let mut lowered = 0;
    let mut drafts_of = |analysis: &Analysis| {
        let (drafts, rules) = rated_drafts(analysis);
        lowered += rules.iter().filter(|rule| !first.config().is_off(rule)).count();
        drafts
    };
    let mut all: Vec<Vec<Draft>> = models.iter().map(&mut drafts_of).collect();
    if let Some(of_first) = all.first_mut() {
        of_first.extend(expectations_of_no_cluster(models));
    }
    let findings = all.into_iter().map(located).collect();
    let outcomes = if show_suppressed {
        let kept = |findings| Outcome { findings, ..Outcome::default() };
        Vec::into_iter(findings).map(kept).collect()
    } else {
        suppress(models, findings, located)
    };
    let Outcome { mut findings, suppressed } = merge(models, outcomes);
    sort(&mut findings, sources);
    tell_apart(&mut findings, sources);
    let mut summary = Summary {
        files: sources.len(),
        clusters: models.iter().filter(|analysis| analysis.has_objects()).count(),
        documents: models.iter().map(Analysis::documents).sum(),
        workloads: models.iter().map(|analysis| analysis.cluster().workload_count()).sum(),
        policies: models.iter().map(evaluated_policies).sum(),
        suppressed: suppressed.len(),
        ..Summary::default()
    };
    summary.count(&findings);
    let named = || models.iter().filter(|analysis| analysis.has_objects()).filter_map(Analysis::name);
    let clusters = if summary.clusters > 1 { named().map(str::to_owned).collect() } else { Vec::new() };
    let mut notes = analysis::assumptions(models);
    if lowered > 0 {
        let as_what = if lowered == 1 { "a note" } else { "notes" };
        notes.push(format!("{} lowered to {as_what}, because of what is not known", phrase::count(lowered, "finding")));
    }
    let unknown = analysis::unknown(models);
    Report { findings, clusters, suppressed, summary, notes, unknown, ..Report::default() }
}

/// Expectations whose ends no cluster of several has. What only some have not, is no finding in these.
fn expectations_of_no_cluster(models: &[Analysis]) -> Vec<Draft> {
    const RULE: &str = "failed-expectation";
    let is_asked = |first: &Analysis| models.len() > 1 && !first.is_partial() && !first.config().is_off(RULE);
    if !models.first().is_some_and(is_asked) {
        return Vec::new();
    }
    expect::check(models).iter().filter(|it| it.is_unclear()).filter_map(|it| it.draft(RULE)).collect()
}

fn evaluated_policies(analysis: &Analysis) -> usize {
    analysis.policies().iter().filter(|policy| policy.unread().is_none()).count()
}

/// What the rules find in a cluster, each thing said by one rule.
#[must_use]
pub fn drafts(analysis: &Analysis) -> Vec<Draft> {
    rated_drafts(analysis).0
}

/// Those drafts, and the rules of each that is worth less because something is not known.
fn rated_drafts(analysis: &Analysis) -> (Vec<Draft>, Vec<&'static str>) {
    let facts = rules::facts(analysis);
    let mut drafts = precedence::settle(rules::run(analysis, &facts));
    let is_incomplete = analysis.cluster().is_incomplete();
    let mut lowered =
        if is_incomplete { precedence::cap_severity(&mut drafts, analysis.cluster()) } else { Vec::new() };
    lowered.extend(unread::cap_severity(analysis, &mut drafts));
    (drafts, lowered)
}
