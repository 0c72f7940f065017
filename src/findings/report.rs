//! What a run found.

use std::cmp::Reverse;

use crate::analysis::Unknown;
use crate::diagnostic::{Finding, Severity};
use crate::findings::suppress::Suppressed;
use crate::text::phrase;

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Sorted by file, position and rule.
    pub findings: Vec<Finding>,
    /// What was found and is not reported, sorted alike.
    pub suppressed: Vec<Suppressed>,
    /// The names of the clusters that have objects, where there are several.
    pub clusters: Vec<String>,
    /// Inputs that could not be read, and why. The rest of the report is about the others.
    pub unread: Vec<String>,
    /// What of the input is not known or not evaluated, one line each.
    pub unknown: Vec<Unknown>,
    /// Where the files can be read on the web: what comes before their names in an address.
    pub source_url: Option<String>,
    /// How much was checked and found.
    pub summary: Summary,
    /// What the reader must know to judge the findings: assumptions, templates that were not read. One line each.
    pub notes: Vec<String>,
}

/// Totals of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files read, standard input included.
    pub files: usize,
    /// Clusters that have objects.
    pub clusters: usize,
    /// Kubernetes documents in them.
    pub documents: usize,
    /// Workloads of the model.
    pub workloads: usize,
    /// Network policies of the model.
    pub policies: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity note.
    pub notes: usize,
    /// Findings that were suppressed, and are not in the report.
    pub suppressed: usize,
}

impl Report {
    /// The report with so many of its findings, the most severe ones in the order in which they are, and a note that
    /// counts the others.
    #[must_use]
    pub fn most_severe(&self, most: usize) -> Self {
        let mut places: Vec<(usize, &Finding)> = self.findings.iter().enumerate().collect();
        places.sort_by_key(|(_, finding)| Reverse(finding.severity));
        places.truncate(most);
        places.sort_unstable_by_key(|(place, _)| *place);
        let hidden = self.findings.len() - places.len();
        let mut notes = self.notes.clone();
        if hidden > 0 {
            let more = phrase::count(hidden, "more finding");
            notes.push(format!("{more} not shown, of the lowest severity: `--select RULE` shows those of a rule"));
        }
        Self { findings: places.into_iter().map(|(_, finding)| finding.clone()).collect(), notes, ..self.clone() }
    }
}

impl Summary {
    /// Sets the totals of `findings` by severity.
    pub fn count(&mut self, findings: &[Finding]) {
        let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        self.errors = number(Severity::Error);
        self.warnings = number(Severity::Warning);
        self.notes = number(Severity::Note);
    }
}
