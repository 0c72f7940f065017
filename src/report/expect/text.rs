//! For people: a line for each expectation as test runners print it, then why those fail that do.

use std::io::{self, Write};

use anstyle::AnsiColor;

use super::Totals;
use crate::analysis::{self, Analysis};
use crate::diagnostic::{Draft, Severity, locate};
use crate::expect::{Checked, Outcome};
use crate::report::findings::{Options, human};
use crate::report::query::text::write_pairs;
use crate::source::Position;
use crate::text::escape::line;
use crate::text::phrase::count;
use crate::text::style::paint;

pub(super) fn write(
    models: &[Analysis],
    results: &[Checked<'_>],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for result in results.iter().filter(|result| !(options.quiet && result.is_met())) {
        let (color, verdict) = if result.is_met() { (AnsiColor::Green, "pass") } else { (AnsiColor::Red, "FAIL") };
        let verdict = paint(color.on_default(), verdict, options.color);
        writeln!(out, "{verdict}  {}", line(&result.title()))?;
    }
    // Every failure ends in an empty line.
    writeln!(out)?;
    for result in results {
        write_failure(result, options, out)?;
    }
    if options.quiet {
        return Ok(());
    }
    let mut notes: Vec<&String> = results.iter().flat_map(Checked::notes).collect();
    let all = analysis::notes(models);
    notes.extend(&all);
    let mut told: Vec<&String> = Vec::new();
    for note in notes {
        if !told.contains(&note) {
            told.push(note);
            writeln!(out, "note: {}", line(note))?;
        }
    }
    writeln!(out, "{}", summary_line(models, results))
}

fn write_failure(result: &Checked<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Some(failure) = result.failure() else { return Ok(()) };
    if let Outcome::Failed { contrary, count: pairs, .. } = &result.outcome {
        let Position { line: row, column } = result.position();
        let name = result.analysis.config().name().unwrap_or_default();
        writeln!(out, "{}:{row}:{column}: {}\n", line(name), line(&failure))?;
        write_pairs(contrary, options, out)?;
        let more = pairs - contrary.pairs.len();
        return if more > 0 { writeln!(out, "and {}\n", count(more, "more pair")) } else { Ok(()) };
    }
    let unclear: Vec<Draft> = result.draft("").into_iter().collect();
    for finding in locate(unclear, result.analysis.sources(), |_| Severity::Error) {
        writeln!(out, "{}", human::draw(&finding, result.analysis.sources(), options)?)?;
    }
    Ok(())
}

/// `1 passed, 2 failed in 5 files (3 workloads, 4 policies)`
pub(super) fn summary_line(models: &[Analysis], results: &[Checked<'_>]) -> String {
    let totals = Totals::new(models, results);
    let failed = match totals.failed {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    format!(
        "{} passed{failed} in {} ({}, {})",
        totals.passed,
        count(totals.files, "file"),
        count(totals.workloads, "workload"),
        count(totals.policies, "policy")
    )
}
