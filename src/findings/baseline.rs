//! Findings that were there before netlint was: a file lists them by fingerprint, and only new ones are reported.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Finding, Subject};
use crate::findings::Report;
use crate::findings::suppress::{Suppressed, Suppressor};
use crate::source::Sources;
use crate::text::json;
use crate::text::phrase;

/// The shape of the file.
const SCHEMA_VERSION: u32 = 1;

/// Known findings, by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<String, Entry>,
}

/// A known finding: the fingerprint tells which, the rest is for whoever reviews the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Entry {
    rule: String,
    subject: String,
    message: String,
    fingerprint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    schema_version: u32,
    findings: Vec<Entry>,
}

/// How one baseline differs from an older one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Entries that it has and the older one has not.
    pub new: usize,
    /// Entries that the older one has and it has not.
    pub gone: usize,
}

impl Baseline {
    /// The findings of a report.
    #[must_use]
    pub fn of(report: &Report, sources: &Sources) -> Self {
        let entry = |finding: &Finding| {
            let fingerprint = finding.fingerprint(sources);
            let (rule, message) = (finding.rule.to_owned(), finding.message.clone());
            (fingerprint.clone(), Entry { rule, subject: name(&finding.subject), message, fingerprint })
        };
        Self { entries: report.findings.iter().map(entry).collect() }
    }

    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// In words, where it is none, or one of a later version.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.schema_version != SCHEMA_VERSION {
            return Err(format!("its `schemaVersion` is {}; this netlint reads {SCHEMA_VERSION}", file.schema_version));
        }
        let entries = file.findings.into_iter().map(|entry| (entry.fingerprint.clone(), entry));
        Ok(Self { entries: entries.collect() })
    }

    /// Writes it with a line for each finding, in an order that makes changes easy to review.
    ///
    /// # Errors
    /// Where `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let entries: BTreeSet<&Entry> = self.entries.values().collect();
        write!(out, "{{\"schemaVersion\":{SCHEMA_VERSION},\"findings\":[")?;
        let mut separator = "\n";
        for entry in entries {
            write!(out, "{separator}")?;
            json::write_value(entry, out)?;
            separator = ",\n";
        }
        writeln!(out, "\n]}}")
    }

    /// How many findings it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How it differs from an older one.
    #[must_use]
    pub fn changes(&self, older: &Self) -> Changes {
        let missing = |from: &Self, of: &Self| of.entries.keys().filter(|it| !from.entries.contains_key(*it)).count();
        Changes { new: missing(older, self), gone: missing(self, older) }
    }

    /// Adds the entries of another one whose rules did not run: nobody knows whether they are stale.
    #[must_use]
    pub fn and_unknown(mut self, older: &Self, has_run: impl Fn(&str) -> bool) -> Self {
        let kept = older.entries.iter().filter(|(_, entry)| !has_run(&entry.rule));
        self.entries.extend(kept.map(|(fingerprint, entry)| (fingerprint.clone(), entry.clone())));
        self
    }

    /// Takes the findings that it knows out of the report, and returns the entries that are stale, in words: those of
    /// rules that have run and that no finding has anymore.
    pub fn apply(&self, report: &mut Report, sources: &Sources, has_run: impl Fn(&str) -> bool) -> Vec<String> {
        let known = self.entries.iter().filter(|(_, entry)| has_run(&entry.rule));
        let mut stale: BTreeMap<&String, &Entry> = known.collect();
        let findings = std::mem::take(&mut report.findings);
        for finding in findings {
            let fingerprint = finding.fingerprint(sources);
            stale.remove(&fingerprint);
            if self.entries.contains_key(&fingerprint) {
                report.suppressed.push(Suppressed { finding, by: Suppressor::Baseline, reason: None });
            } else {
                report.findings.push(finding);
            }
        }
        sort_suppressed(&mut report.suppressed, sources);
        report.summary.suppressed = report.suppressed.len();
        report.summary.count(&report.findings);
        let mut stale: Vec<&Entry> = stale.into_values().collect();
        stale.sort();
        stale.into_iter().map(|entry| format!("{} of {}", entry.rule, entry.subject)).collect()
    }
}

/// What to say of stale entries of the baseline with this name; `None` where there are none.
#[must_use]
pub fn stale_note(name: &str, stale: &[String]) -> Option<String> {
    let what = match stale.len() {
        0 => return None,
        1 => "an entry of the baseline `{name}` is stale",
        _ => "{number} entries of the baseline `{name}` are stale",
    };
    let what = what.replace("{name}", name).replace("{number}", &stale.len().to_string());
    Some(format!("{what}: {}; `--write-baseline {name}` drops what is gone", phrase::list(stale)))
}

/// `KIND/NAMESPACE/NAME`, as far as it is known.
fn name(subject: &Subject) -> String {
    let parts = [Some(&subject.kind), subject.namespace.as_ref(), Some(&subject.name)];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join("/")
}

fn sort_suppressed(suppressed: &mut [Suppressed], sources: &Sources) {
    let place = |it: &Suppressed| {
        let primary = &it.finding.primary;
        (sources.name(primary.file).to_owned(), primary.span, it.finding.rule, it.finding.message.clone())
    };
    suppressed.sort_by_cached_key(place);
}
