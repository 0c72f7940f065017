//! Every suppression of the input, with what it still does.

use jiff::civil::Date;

use super::{Outcome, Scope, Suppressor, collect, take, today};
use crate::analysis::Analysis;
use crate::diagnostic::{self, Finding, Label};

/// A suppression of one rule.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The rule.
    pub rule: String,
    /// Where it is written.
    pub place: Label,
    /// In a manifest, or in the configuration.
    pub by: Suppressor,
    /// Why, where that is said.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Whether that day is over.
    pub is_over: bool,
    /// How many findings it takes out, or would if it still held.
    pub catches: usize,
}

/// The suppressions of the input, sorted by place. `findings` are those of each cluster, with nothing suppressed.
#[must_use]
pub fn inventory(models: &[Analysis], findings: Vec<Finding>) -> Vec<Entry> {
    let Some(analysis) = models.first() else { return Vec::new() };
    let (mut suppressions, _) = collect(models);
    take(analysis, findings, &mut suppressions, &mut Outcome::default());
    let places = suppressions.iter().map(|it| (it.place.clone(), String::new())).collect();
    let labels = diagnostic::labels(places, analysis.sources());
    let today = today();
    let entries = suppressions.into_iter().zip(labels).map(|(it, place)| Entry {
        by: if matches!(it.scope, Scope::Entry(_)) { Suppressor::Configuration } else { Suppressor::Manifest },
        is_over: it.is_over(today),
        rule: it.rule,
        reason: it.reason,
        until: it.until,
        catches: it.used,
        place,
    });
    let mut entries: Vec<Entry> = entries.collect();
    let sources = analysis.sources();
    entries.sort_by(|one, other| {
        let key = |entry: &Entry| (sources.name(entry.place.file).to_owned(), entry.place.span.start);
        key(one).cmp(&key(other)).then_with(|| one.rule.cmp(&other.rule))
    });
    entries
}
