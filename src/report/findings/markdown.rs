//! Markdown for a job summary or a comment: findings grouped by rule, each group folded into its headline.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diagnostic::{Finding, Label, Severity};
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
    let places = Places { sources, start: report.source_url.as_deref() };
    for (_, findings) in groups(report) {
        write_group(&findings, &places, options, out)?;
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

fn write_group(findings: &[&Finding], places: &Places<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Some(Finding { rule, severity, .. }) = findings.first() else { return Ok(()) };
    let open = if *severity == Severity::Error { " open" } else { "" };
    let number = phrase::count(findings.len(), severity.name());
    writeln!(out, "<details{open}><summary>{number}: <code>{rule}</code></summary>\n")?;
    writeln!(out, "| Where | What |\n|---|---|")?;
    for finding in findings {
        let mut what = prose(&headline(finding));
        for label in &finding.related {
            what.push_str(&format!("<br>{}: {}", places.of(label), prose(&label.message)));
        }
        if let Some(help) = &finding.help {
            what.push_str(&format!("<br><b>Help:</b> {}", with_yaml(help)));
        }
        // Two columns fit on a phone.
        let subject = code(&subject(finding));
        let place = places.of(&finding.primary);
        let what = if subject.is_empty() { what } else { format!("{subject}<br>{what}") };
        writeln!(out, "| {place} | {what} |")?;
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

/// Places in files, and where these can be read on the web.
struct Places<'s> {
    sources: &'s Sources,
    start: Option<&'s str>,
}

impl Places<'_> {
    /// `path:line:column`, which leads to the lines where they can be read.
    fn of(&self, label: &Label) -> String {
        let [start, end] = [label.span.start, label.span.end].map(|offset| self.sources.position(label.file, offset));
        let name = self.sources.name(label.file);
        let shown = code(&format!("{name}:{}:{}", start.line, start.column));
        match self.start {
            // What lies elsewhere is not in the repository.
            Some(url) if !name.starts_with(['/', '<']) && !name.starts_with("../") => {
                let lines = if end.line > start.line { format!("-L{}", end.line) } else { String::new() };
                format!(
                    "[{shown}]({}/{}#L{}{lines})",
                    url.trim_end_matches('/'),
                    escape::percent_encoded(name),
                    start.line
                )
            }
            _ => shown,
        }
    }
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
