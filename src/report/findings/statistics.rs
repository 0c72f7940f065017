//! How many findings each rule has, in place of the findings.

use std::io::{self, Write};

use serde::Serialize;

use super::closing;
use crate::catalogue;
use crate::findings::Report;
use crate::text::json;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Statistics {
    schema_version: u32,
    netlint: &'static str,
    rules: Vec<OfRule>,
}

#[derive(Serialize)]
struct OfRule {
    rule: &'static str,
    findings: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    summary: &'static str,
}

/// The rules with findings, those with most first.
fn of_rules(report: &Report) -> Vec<OfRule> {
    let of_rule = |(rule, findings)| {
        let mut summary = crate::findings::Summary::default();
        let own: Vec<_> = report.findings.iter().filter(|finding| finding.rule == rule).cloned().collect();
        summary.count(&own);
        OfRule {
            rule,
            findings,
            errors: summary.errors,
            warnings: summary.warnings,
            notes: summary.notes,
            summary: catalogue::find(rule).map_or("", |rule| rule.summary),
        }
    };
    closing::by_rule(&report.findings).into_iter().map(of_rule).collect()
}

/// For people: a line for each rule, then the summary line.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_text(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rules = of_rules(report);
    let width = rules.iter().map(|it| it.rule.len()).max().unwrap_or_default();
    for OfRule { rule, findings, summary, .. } in rules {
        writeln!(out, "{findings:>6}  {rule:width$}  {summary}")?;
    }
    writeln!(out, "{}", closing::summary_line(&report.summary))
}

/// For programs: one JSON object whose shape is frozen by its `schemaVersion`.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let statistics = Statistics { schema_version: 1, netlint: env!("CARGO_PKG_VERSION"), rules: of_rules(report) };
    json::write_value(&statistics, out)
}
