//! What a change keeps from being reported: suppressions, the configuration, the baseline, and what cannot be read.

use std::collections::BTreeSet;

use super::side::{Both, Side};
use crate::analysis::{Analysis, templates};
use crate::config::{Config, weakenings};
use crate::diagnostic::{self, Label};
use crate::findings::Run;
use crate::findings::baseline::Baseline;
use crate::findings::suppress::{Suppressed, Suppressor};
use crate::policy::PolicyObject;
use crate::source::Location;
use crate::text::phrase;

/// By what something is kept from being reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SilencedBy {
    /// A comment, an annotation or an entry of `ignore`.
    Suppression,
    /// The baseline.
    Baseline,
    /// Another key of the configuration.
    Configuration,
    /// It cannot be read, or is not evaluated.
    Unreadable,
}

impl SilencedBy {
    /// The word for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Suppression => "suppression",
            Self::Baseline => "baseline",
            Self::Configuration => "configuration",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Something that a change keeps from being reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silenced {
    /// By what.
    pub by: SilencedBy,
    /// What, in one line.
    pub message: String,
    /// Where HEAD says so, or where the finding is.
    pub label: Option<Label>,
}

/// What HEAD keeps from being reported and BASE does not. `known` are the fingerprints that BASE suppresses.
pub(super) fn silenced(
    runs: Both<&Run>,
    configs: Both<&Config>,
    baselines: Both<&Baseline>,
    known: &BTreeSet<String>,
) -> Vec<Silenced> {
    let sources = runs.head.sources();
    let is_new = |it: &&Suppressed| !known.contains(&it.finding.fingerprint(sources));
    let suppressed = runs.head.report.suppressed.iter().filter(is_new);
    let mut silenced: Vec<Silenced> = suppressed.map(of_finding).collect();
    for weakening in weakenings(configs.base, configs.head) {
        let by = if weakening.is_suppression { SilencedBy::Suppression } else { SilencedBy::Configuration };
        let place = weakening.origin.map(|origin| vec![(Location::from(origin.entry()), String::new())]);
        let label = place.and_then(|place| diagnostic::labels(place, sources).pop());
        silenced.push(Silenced { by, message: weakening.message, label });
    }
    let added = baselines.head.changes(baselines.base).new;
    if added > 0 {
        let message = format!("the baseline now lists {}", phrase::count(added, "more finding"));
        silenced.push(Silenced { by: SilencedBy::Baseline, message, label: None });
    }
    let unreadable = Both::made(|side: Side| unreadable(runs.of(side)));
    let added = unreadable.head.difference(&unreadable.base).cloned();
    silenced.extend(added.map(|message| Silenced { by: SilencedBy::Unreadable, message, label: None }));
    silenced.sort_by_key(|it| it.by);
    silenced
}

fn of_finding(suppressed: &Suppressed) -> Silenced {
    let Suppressed { finding, by, reason } = suppressed;
    let (kind, who) = match by {
        Suppressor::Manifest => (SilencedBy::Suppression, "a comment or annotation"),
        Suppressor::Configuration => (SilencedBy::Suppression, "`ignore`"),
        Suppressor::Baseline => (SilencedBy::Baseline, "the baseline"),
    };
    let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let message = format!("{who} hides `{}`{reason}: {}", finding.rule, finding.message);
    Silenced { by: kind, message, label: Some(finding.primary.clone()) }
}

/// What of a state is not evaluated or cannot be read, one line each.
fn unreadable(run: &Run) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for analysis in &run.models {
        let names = analysis.cluster().unevaluated().filter(|policy| !is_text(policy));
        lines.extend(names.map(|policy| format!("{} is not evaluated", name(policy, analysis))));
        let sources = analysis.sources();
        for problem in analysis.problems() {
            let file = match &problem.primary {
                Location::Field(place) => place.origin.file,
                Location::Bytes(file, _) => *file,
            };
            match problem.rule {
                "invalid-yaml" | "kustomize-build" => {
                    lines.insert(format!("`{}` cannot be read: {}", sources.name(file), problem.message));
                }
                _ => lines.extend(templates::note(problem).map(|_| problem.message.clone())),
            }
        }
        lines.extend(analysis.cluster().unread.iter().map(|it| format!("not known: {}", it.what)));
    }
    lines.extend(run.report.unread.iter().cloned());
    lines
}

/// Whether it stands for a document that cannot be read, which is named as such.
fn is_text(policy: &PolicyObject) -> bool {
    policy.unread() == Some(crate::policy::dialect::unread::Unread::Text)
}

/// ``EgressFirewall `shop/default` ``
fn name(policy: &PolicyObject, analysis: &Analysis) -> String {
    let (object, namespace) = (&policy.object, analysis.cluster().namespace_name(policy.object.namespace));
    match namespace {
        "" => format!("{} `{}`", object.kind, object.name),
        namespace => format!("{} `{namespace}/{}`", object.kind, object.name),
    }
}
