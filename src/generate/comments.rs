//! What comments say of evidence: words, and the file and line of its place.

use foldhash::HashMap;
use rayon::prelude::*;

use super::policy::{Policy, Rule};
use super::words::Words;
use crate::analysis::Analysis;
use crate::diagnostic::labels;
use crate::facts::evidence::{Evidence, Requests};
use crate::source::{Place, Sources};

/// Pieces of evidence beyond these are counted.
const SHOWN: usize = 3;

/// What comments say of the evidence of a cluster.
pub(super) struct Comments<'m> {
    pub(super) words: Words<'m>,
    /// File and line of places.
    positions: HashMap<Place, String>,
}

impl<'m> Comments<'m> {
    /// What they say of what policies rest on, and of what is not opened.
    pub(super) fn new<'p>(
        words: Words<'m>,
        analysis: &Analysis,
        policies: impl Iterator<Item = &'p Policy<'p, 'p>>,
        requests: &Requests<'_, '_>,
    ) -> Self {
        let of_rules = policies.flat_map(|policy| &policy.rules).flat_map(|rule| &rule.evidence);
        let mut places: Vec<&Place> = of_rules.map(|it| &it.place).collect();
        places.extend(requests.unopened.iter().map(|it| &it.evidence.place));
        places.sort_unstable();
        places.dedup();
        Self { words, positions: positions(&places, analysis.sources()) }
    }

    /// Where a piece of evidence is: ` (app.yaml:7)`.
    pub(super) fn position(&self, evidence: &Evidence<'_>) -> String {
        self.positions.get(&evidence.place).map(|it| format!(" ({it})")).unwrap_or_default()
    }

    /// What asks for a rule, one line each.
    pub(super) fn evidence(&self, rule: &Rule<'_, '_>) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for evidence in &rule.evidence {
            let line = format!("{}{}", self.words.evidence(evidence), self.position(evidence));
            if !lines.contains(&line) && lines.len() <= SHOWN {
                lines.push(line);
            }
        }
        if lines.len() > SHOWN {
            lines.truncate(SHOWN);
            lines.push("and more of the kind".to_owned());
        }
        lines
    }
}

/// File and line of places, which are in order: the documents of each file are parsed once.
fn positions(places: &[&Place], sources: &Sources) -> HashMap<Place, String> {
    let of_files: Vec<&[&Place]> = places.chunk_by(|one, other| one.origin.file == other.origin.file).collect();
    let located = of_files.par_iter().flat_map_iter(|places| {
        let locations = places.iter().map(|place| ((*place).clone().into(), String::new())).collect();
        let labels = labels(locations, sources);
        places.iter().zip(labels).map(|(place, label)| {
            let line = sources.position(label.file, label.span.start).line;
            ((*place).clone(), format!("{}:{line}", sources.name(label.file)))
        })
    });
    located.collect()
}
