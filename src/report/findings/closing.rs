//! What ends a report for people: notes, what could not be read, and a summary.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diagnostic::Finding;
use crate::findings::{Report, Summary};
use crate::report::findings::Options;
use crate::text::escape;
use crate::text::phrase::count;

/// Reports with more findings than this are also counted by rule.
const MANY: usize = 20;

/// Writes the notes, what could not be read, the findings by rule where there are many, and the summary line.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if options.quiet {
        return Ok(());
    }
    for note in &report.notes {
        writeln!(out, "note: {}", escape::line(note))?;
    }
    if report.findings.len() > MANY {
        let by_rule = by_rule(&report.findings).into_iter().map(|(rule, number)| format!("{rule} {number}"));
        writeln!(out, "by rule: {}", by_rule.collect::<Vec<_>>().join(", "))?;
    }
    if !report.clusters.is_empty() && !report.findings.is_empty() {
        writeln!(out, "clusters: {}", escape::line(&report.clusters.join(", ")))?;
    }
    // Standard error said it before the findings.
    for unread in report.unread.iter().filter(|_| !report.findings.is_empty()) {
        writeln!(out, "not read: {}", escape::line(unread))?;
    }
    writeln!(out, "{}", summary_line(&report.summary))?;
    match fixable(&report.findings).filter(|_| options.count_fixes) {
        Some(line) => writeln!(out, "{line}"),
        None => Ok(()),
    }
}

/// How many findings have a fix: `2 may be fixed with --fix, 1 more with --unsafe-fixes`.
fn fixable(findings: &[Finding]) -> Option<String> {
    let fixes = findings.iter().filter_map(|finding| finding.fix.as_deref());
    let (safe, others): (Vec<_>, Vec<_>) = fixes.partition(|fix| fix.safety.is_safe());
    match (safe.len(), others.len()) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{safe} may be fixed with `--fix`")),
        (0, others) => Some(format!("{others} may be fixed with `--fix --unsafe-fixes`")),
        (safe, others) => Some(format!("{safe} may be fixed with `--fix`, {others} more with `--unsafe-fixes`")),
    }
}

/// The same, wrapped to the width where that is asked for.
pub(super) fn write_wrapped(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if !options.wrap {
        return write(report, options, out);
    }
    let mut text = Vec::new();
    write(report, options, &mut text)?;
    let wrapping = textwrap::Options::new(options.width)
        .subsequent_indent("  ")
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let text = String::from_utf8_lossy(&text);
    text.lines().try_for_each(|line| writeln!(out, "{}", textwrap::fill(line, &wrapping)))
}

/// How many findings each rule has, most first.
pub(crate) fn by_rule(findings: &[Finding]) -> Vec<(&'static str, usize)> {
    let mut numbers: BTreeMap<&'static str, usize> = BTreeMap::new();
    for finding in findings {
        *numbers.entry(finding.rule).or_default() += 1;
    }
    let mut numbers: Vec<_> = numbers.into_iter().collect();
    numbers.sort_by_key(|(_, number)| Reverse(*number));
    numbers
}

/// What was found and in what, so that silence is never mistaken for coverage:
/// `2 errors, 1 warning in 5 files (3 workloads, 4 policies)`.
#[must_use]
pub fn summary_line(summary: &Summary) -> String {
    if summary.files == 0 {
        return "nothing was checked".to_owned();
    }
    let found: Vec<_> = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, severity)| count(number, severity))
        .collect();
    let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    let clusters =
        if summary.clusters > 1 { format!(", {}", count(summary.clusters, "cluster")) } else { String::new() };
    let checked = format!(
        "in {}{clusters} ({}, {})",
        count(summary.files, "file"),
        count(summary.workloads, "workload"),
        count(summary.policies, "policy")
    );
    match summary.suppressed {
        0 => format!("{found} {checked}"),
        suppressed => format!("{found} {checked}, {suppressed} suppressed"),
    }
}
