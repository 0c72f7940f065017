//! For people at a terminal: every finding with the lines that cause it, then what was checked.

use std::collections::HashMap;
use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};

use crate::diagnostic::{Finding, Severity};
use crate::findings::Report;
use crate::report::findings::snippet::Diagnosis;
use crate::report::findings::{Options, closing, seen_in};
use crate::source::Sources;
use crate::text::escape;

/// Findings that are alike are folded where there are more of them than this.
const MANY_ALIKE: usize = 5;
/// How many of them are drawn then.
const SHOWN_ALIKE: usize = 3;

/// Writes the findings as drawn snippets, the notes and a summary.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut alike = HashMap::new();
    for finding in report.findings.iter().filter(|_| options.fold) {
        alike.entry(Likeness::of(finding)).or_insert((0, 0)).0 += 1;
    }
    for finding in &report.findings {
        if let Some((total, drawn)) = alike.get_mut(&Likeness::of(finding)).filter(|(total, _)| *total > MANY_ALIKE) {
            *drawn += 1;
            if *drawn > SHOWN_ALIKE {
                continue;
            }
            write_finding(finding, sources, options, out)?;
            if *drawn == SHOWN_ALIKE {
                let rule = finding.rule;
                writeln!(out, "and {} more like this: `netlint --select {rule}` shows all\n", *total - SHOWN_ALIKE)?;
            }
        } else {
            write_finding(finding, sources, options, out)?;
        }
    }
    closing::write_wrapped(report, options, out)
}

/// What makes findings alike: they differ in names and numbers only.
#[derive(PartialEq, Eq, Hash)]
struct Likeness {
    rule: &'static str,
    severity: Severity,
    words: String,
}

impl Likeness {
    fn of(finding: &Finding) -> Self {
        let words = finding.message.split('`').step_by(2).flat_map(str::chars);
        let words = words.filter(|character| !character.is_ascii_digit()).collect();
        Self { rule: finding.rule, severity: finding.severity, words }
    }
}

fn write_finding(finding: &Finding, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    // The rule and the message belong together; miette puts a line between them.
    let mut drawn = draw(finding, sources, options)?.replacen("\n\n", "\n", 1);
    if let Some(clusters) = seen_in(finding) {
        drawn.push_str(&format!("  {}\n", escape::line(&clusters)));
    }
    match options.url(finding.rule) {
        // The first line names the rule.
        Some(url) if options.links => {
            writeln!(out, "{}", drawn.replacen(finding.rule, &escape::link(finding.rule, &url), 1))
        }
        _ => writeln!(out, "{drawn}"),
    }
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
        .with_wrap_lines(options.wrap)
        .with_break_words(false)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .with_urls(false)
        .without_syntax_highlighting();
    let mut drawn = String::new();
    handler.render_report(&mut drawn, &Diagnosis::new(finding, sources, options)).map_err(io::Error::other)?;
    // Lines to paste keep their breaks, however narrow the terminal is.
    let pasted = finding.help.iter().flat_map(|help| help.lines().skip(1));
    pasted.for_each(|line| drawn.push_str(&format!("          {}\n", escape::line(line))));
    Ok(drawn)
}
