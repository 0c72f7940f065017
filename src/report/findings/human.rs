//! For people at a terminal: every finding with the lines that cause it, then what was checked.

use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};

use crate::diagnostic::Finding;
use crate::findings::{Report, Summary};
use crate::report::findings::Options;
use crate::report::findings::snippet::Diagnosis;
use crate::source::Sources;
use crate::text::escape;
use crate::text::phrase::count;

/// Writes the findings as drawn snippets, the notes and a summary line.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        // The rule and the message belong together; miette puts a line between them.
        let drawn = draw(finding, sources, options)?.replacen("\n\n", "\n", 1);
        match options.url(finding.rule) {
            // The first line names the rule.
            Some(url) if options.links => {
                writeln!(out, "{}", drawn.replacen(finding.rule, &escape::link(finding.rule, &url), 1))?;
            }
            _ => writeln!(out, "{drawn}")?,
        }
    }
    write_closing(report, options, out)
}

/// One finding as a drawn snippet.
///
/// # Errors
/// Where it cannot be drawn.
pub(crate) fn draw(finding: &Finding, sources: &Sources, options: &Options) -> io::Result<String> {
    let characters = if options.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let styles = if options.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(options.width)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .with_urls(false)
        .without_syntax_highlighting();
    let mut drawn = String::new();
    handler.render_report(&mut drawn, &Diagnosis::new(finding, sources, options)).map_err(io::Error::other)?;
    Ok(drawn)
}

/// The notes and the summary line that end a report for people.
pub(super) fn write_closing(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if options.quiet {
        return Ok(());
    }
    for note in &report.notes {
        writeln!(out, "note: {}", escape::line(note))?;
    }
    writeln!(out, "{}", summary_line(&report.summary))
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
