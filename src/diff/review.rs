//! The whole comparison of two states of an input: every cluster of it, findings, and what the change silences.

use std::collections::{BTreeMap, BTreeSet};

use super::Difference;
use super::cluster::ClusterDifference;
use super::gates::failed;
use super::side::{Both, Side};
use super::silenced::{Silenced, silenced};
use crate::analysis::{self, Analysis};
use crate::config::{Config, Gate};
use crate::diagnostic::{Finding, Severity};
use crate::findings::Run;
use crate::findings::baseline::Baseline;
use crate::source::Sources;
use crate::text::phrase;

/// One of the two states, as reports name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The revision or directory; `None` for the work tree.
    pub reference: Option<String>,
    /// How many workloads it has.
    pub workloads: usize,
    /// How many policies it has.
    pub policies: usize,
}

/// What a change does.
#[derive(Debug)]
pub struct Review<'r> {
    /// What is compared.
    pub states: Both<State>,
    /// The texts of each state.
    pub sources: Both<&'r Sources>,
    /// The clusters that both states have, as far as they differ.
    pub clusters: Vec<ClusterDifference>,
    /// Findings that only HEAD has.
    pub new: Vec<&'r Finding>,
    /// Findings that only BASE has.
    pub gone: Vec<&'r Finding>,
    /// How many findings both have.
    pub unchanged: usize,
    /// What the change keeps from being reported.
    pub silenced: Vec<Silenced>,
    /// Whether a cluster is new or gone as a whole, so that nothing of it is compared.
    pub has_whole_clusters: bool,
    /// What the reader must know. One line each.
    pub notes: Vec<String>,
    /// The gates that the change does not pass, in order.
    pub failed: Vec<Gate>,
}

impl<'r> Review<'r> {
    /// Compares two runs, which may be the same one. The configurations and baselines are each state's own.
    #[must_use]
    pub fn new(
        runs: Both<&'r Run>,
        references: Both<Option<String>>,
        configs: Both<&Config>,
        baselines: Both<&Baseline>,
    ) -> Self {
        let sources = Both::made(|side| runs.of(side).sources());
        let states = Both::made(|side| state(runs.of(side), references.of(side).clone()));
        let mut notes = analysis::notes(&runs.head.models);
        let is_one_run = std::ptr::eq(runs.base, runs.head);
        let known_notes = notes.len();
        let clusters = if is_one_run { Vec::new() } else { clusters(runs, sources, &mut notes) };
        let has_whole_clusters = notes.len() > known_notes;
        let unlisted: usize = clusters.iter().map(|cluster| cluster.difference.unlisted).sum();
        if unlisted > 0 {
            notes.push(format!("{} changed and are not listed", phrase::count(unlisted, "more connection")));
        }
        notes.extend(clusters.iter().find_map(|cluster| cluster.difference.note).map(str::to_owned));
        let known = Both::made(|side| Known::of(runs.of(side)));
        let (base, head) = (&runs.base.report, &runs.head.report);
        let new: Vec<&Finding> = missing(&head.findings, sources.head, &known.base.reported);
        let gone = head_lacks(&base.findings, sources.base, &known.head);
        let unchanged = head.findings.len() - new.len();
        let silenced = silenced(runs, configs, baselines, &known.base.suppressed);
        let mut review = Self {
            states,
            sources,
            clusters,
            new,
            gone,
            unchanged,
            silenced,
            has_whole_clusters,
            notes,
            failed: Vec::new(),
        };
        let gates: BTreeSet<Gate> = configs.each().flat_map(|config| config.gates.iter().copied()).collect();
        review.failed = failed(&gates, &review.clusters, &review.silenced, review.permits_the_same());
        review
    }

    /// Whether nothing that is permitted differs.
    #[must_use]
    pub fn permits_the_same(&self) -> bool {
        let differs = |difference: &Difference| {
            !difference.changes.is_empty() || !difference.exposure.is_empty() || !difference.unseen.is_empty()
        };
        !self.has_whole_clusters && !self.clusters.iter().any(|cluster| differs(&cluster.difference))
    }

    /// Whether a new finding has at least this severity.
    #[must_use]
    pub fn has_new(&self, severity: Severity) -> bool {
        self.new.iter().any(|finding| finding.severity >= severity)
    }
}

fn state(run: &Run, reference: Option<String>) -> State {
    State { reference, workloads: run.report.summary.workloads, policies: run.report.summary.policies }
}

/// The clusters that both states have. Where each state has one, it is the same one, whatever it is called. Of a
/// cluster that only one state has nothing is listed: all of it is new, or gone.
fn clusters(runs: Both<&Run>, sources: Both<&Sources>, notes: &mut Vec<String>) -> Vec<ClusterDifference> {
    let with_objects = |side: Side| -> Vec<&Analysis> {
        runs.of(side).models.iter().filter(|analysis| analysis.has_objects()).collect()
    };
    let models = Both::made(with_objects);
    match (models.base.as_slice(), models.head.as_slice()) {
        ([], []) => return Vec::new(),
        ([], head) => {
            notes.push(format!("BASE holds no manifests, so that everything is new: {}", extent(head)));
            return Vec::new();
        }
        (base, []) => {
            notes.push(format!("HEAD holds no manifests, so that everything is gone: {}", extent(base)));
            return Vec::new();
        }
        ([base], [head]) => return vec![ClusterDifference::new(None, Both { base, head }, sources)],
        _ => {}
    }
    let mut named: BTreeMap<&str, Both<Option<&Analysis>>> = BTreeMap::new();
    for side in Side::BOTH {
        for analysis in models.of(side) {
            *named.entry(analysis.name().unwrap_or_default()).or_default().of_mut(side) = Some(analysis);
        }
    }
    let mut clusters = Vec::new();
    for (name, analyses) in named {
        match (analyses.base, analyses.head) {
            (Some(base), Some(head)) => {
                clusters.push(ClusterDifference::new(Some(name.to_owned()), Both { base, head }, sources));
            }
            (Some(_), None) if is_refused(runs.head, name) => notes.push(not_built(name, "HEAD")),
            (None, Some(_)) if is_refused(runs.base, name) => notes.push(not_built(name, "BASE")),
            (None, Some(head)) => notes.push(format!("the cluster `{name}` is new: {}", extent(&[head]))),
            (Some(base), None) => notes.push(format!("the cluster `{name}` is gone: {}", extent(&[base]))),
            (None, None) => {}
        }
    }
    clusters
}

/// Whether kustomize refuses to build a cluster, so that nobody knows what is in it.
fn is_refused(run: &Run, name: &str) -> bool {
    run.models.iter().any(|analysis| analysis.name() == Some(name) && analysis.refusals().next().is_some())
}

fn not_built(name: &str, state: &str) -> String {
    format!("the cluster `{name}` is not compared: kustomize refuses to build it in {state}")
}

/// `3 workloads, 4 policies`
fn extent(models: &[&Analysis]) -> String {
    let workloads = models.iter().map(|it| it.cluster().workload_count()).sum();
    let policies = models.iter().map(|it| it.policies().len()).sum();
    format!("{}, {}", phrase::count(workloads, "workload"), phrase::count(policies, "policy"))
}

/// The findings of a run by fingerprint.
struct Known {
    reported: BTreeSet<String>,
    suppressed: BTreeSet<String>,
}

impl Known {
    fn of(run: &Run) -> Self {
        let sources = run.sources();
        Self {
            reported: run.report.findings.iter().map(|it| it.fingerprint(sources)).collect(),
            suppressed: run.report.suppressed.iter().map(|it| it.finding.fingerprint(sources)).collect(),
        }
    }
}

/// The findings that are not known.
fn missing<'f>(findings: &'f [Finding], sources: &Sources, known: &BTreeSet<String>) -> Vec<&'f Finding> {
    findings.iter().filter(|finding| !known.contains(&finding.fingerprint(sources))).collect()
}

/// The findings that HEAD neither reports nor suppresses.
fn head_lacks<'f>(findings: &'f [Finding], sources: &Sources, head: &Known) -> Vec<&'f Finding> {
    let mut gone = missing(findings, sources, &head.reported);
    gone.retain(|finding| !head.suppressed.contains(&finding.fingerprint(sources)));
    gone
}
