//! Markdown for a job summary or a comment: findings grouped by rule, each group folded into its headline.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diagnostic::{Finding, Severity};
use crate::findings::Report;
use crate::report::findings::{Options, headline, summary_line};
use crate::source::Sources;
use crate::text::{escape, phrase};

/// Writes a headline, a folded table per rule, most severe first, what could not be read, and the notes.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(report: &Report, sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### netlint: {}\n", summary_line(&report.summary))?;
    for (_, findings) in groups(report) {
        write_group(&findings, sources, options, out)?;
    }
    for error in &report.unread {
        writeln!(out, "> **Not checked:** {}\n", prose(error))?;
    }
    for note in &report.notes {
        writeln!(out, "> {}\n", prose(note))?;
    }
    Ok(())
}

/// The findings by severity and rule.
fn groups(report: &Report) -> BTreeMap<(std::cmp::Reverse<Severity>, &'static str), Vec<&Finding>> {
    let mut sorted: Vec<_> = report.findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for finding in sorted {
        groups.entry((std::cmp::Reverse(finding.severity), finding.rule)).or_default().push(finding);
    }
    groups
}

fn write_group(findings: &[&Finding], sources: &Sources, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Some(Finding { rule, severity, .. }) = findings.first() else { return Ok(()) };
    let open = if *severity == Severity::Error { " open" } else { "" };
    let number = phrase::count(findings.len(), severity.name());
    writeln!(out, "<details{open}><summary>{number}: <code>{rule}</code></summary>\n")?;
    writeln!(out, "| Where | Object | What |\n|---|---|---|")?;
    for finding in findings {
        let mut what = prose(&headline(finding));
        for label in &finding.related {
            what.push_str(&format!("<br>{}: {}", place(label, sources), prose(&label.message)));
        }
        if let Some(help) = &finding.help {
            what.push_str(&format!("<br><b>Help:</b> {}", with_yaml(help)));
        }
        let subject = code(&subject(finding));
        writeln!(out, "| {} | {subject} | {what} |", place(&finding.primary, sources))?;
    }
    if let Some(url) = options.url(rule) {
        writeln!(out, "\n[About `{rule}`]({url})")?;
    }
    writeln!(out, "\n</details>\n")
}

/// A text whose lines after the first are YAML, on one line.
fn with_yaml(help: &str) -> String {
    let mut lines = help.lines();
    let mut text = prose(lines.next().unwrap_or_default());
    for line in lines {
        let yaml = line.trim_start();
        text.push_str(&format!("<br>{}{}", "&nbsp;".repeat(line.len() - yaml.len()), code(yaml)));
    }
    text
}

fn place(label: &crate::diagnostic::Label, sources: &Sources) -> String {
    let position = sources.position(label.file, label.span.start);
    code(&format!("{}:{}:{}", sources.name(label.file), position.line, position.column))
}

/// `NetworkPolicy shop/allow-web`
fn subject(finding: &Finding) -> String {
    let subject = &finding.subject;
    let namespace = subject.namespace.as_ref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
    format!("{} {namespace}{}", subject.kind, subject.name).trim().to_owned()
}

/// Text in which what is between backticks is code, and nothing else is markup.
pub(crate) fn prose(message: &str) -> String {
    let message = message.replace('\n', " ");
    let pieces = message.split('`').enumerate();
    pieces.map(|(index, piece)| if index % 2 == 1 { code(piece) } else { literal(piece) }).collect()
}

pub(crate) fn code(content: &str) -> String {
    if content.is_empty() { String::new() } else { format!("<code>{}</code>", literal(content)) }
}

fn ends_with_www(text: &str) -> bool {
    let end = text.len().checked_sub(3).and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// Every character that Markdown or HTML could read as markup becomes a character reference, which both take
/// literally.
fn literal(content: &str) -> String {
    let mut escaped = String::with_capacity(content.len());
    let line = escape::line(content);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        // Before anything else a colon may begin an emoji, or the rest of a link.
        let is_plain_colon =
            character == ':' && characters.peek().is_none_or(|next| *next == ' ' || next.is_ascii_digit());
        if character == '@' {
            // Within markup of its own it mentions nobody.
            escaped.push_str("&#64;<!-- -->");
        } else if character == '.' && ends_with_www(&escaped) {
            // GitHub makes a link of `www.` and what follows.
            escaped.push_str("&#46;");
        } else if character.is_ascii_punctuation() && !is_plain_colon && !",.-/'=;(){}\"".contains(character) {
            escaped.push_str(&format!("&#{};", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}
