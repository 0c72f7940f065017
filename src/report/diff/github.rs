//! Workflow commands of GitHub Actions: annotations on the lines that cause changes, and on new findings.
//!
//! GitHub shows ten annotations of a kind for each step: what is beyond them is in the log, as plain lines.

use std::io::{self, Write};

use super::Options;
use crate::diagnostic::{Label, Severity};
use crate::diff::{ChangeKind, Review, Side};
use crate::report::diff::groups::groups;
use crate::report::diff::words;
use crate::report::findings::github::{data, place, property};
use crate::text::{escape, phrase};

/// How many annotations of a kind GitHub shows for a step.
const SHOWN: usize = 10;
/// Connections named in an annotation.
const LINES: usize = 5;

/// An annotation.
struct Annotation<'r> {
    command: &'static str,
    title: String,
    message: String,
    label: Option<(Side, &'r Label)>,
}

pub(super) fn write(review: &Review<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let annotations = annotations(review);
    let mut left_out = Vec::new();
    for command in ["error", "warning", "notice"] {
        let (mut of_kind, rest): (Vec<_>, Vec<_>) =
            annotations.iter().filter(|it| it.command == command).enumerate().partition(|(index, _)| *index < SHOWN);
        for (_, annotation) in of_kind.drain(..) {
            let at = annotation.label.filter(|(side, _)| *side == Side::Head);
            let at = at.map(|(side, label)| format!("{},", place(label, review.sources.of(side)))).unwrap_or_default();
            let (title, message) = (property(&annotation.title), data(&annotation.message));
            writeln!(out, "::{command} {at}title={title}::{message}")?;
        }
        left_out.extend(rest.into_iter().map(|(_, annotation)| annotation));
    }
    let mut log = String::new();
    if !left_out.is_empty() {
        let number = phrase::count(left_out.len(), "more annotation");
        log.push_str(&format!("{number}, of which GitHub would show none:\n"));
    }
    for annotation in left_out {
        let at = annotation.label.map(|(side, label)| {
            let sources = review.sources.of(side);
            format!("{}:{}: ", sources.name(label.file), sources.position(label.file, label.span.start).line)
        });
        log.push_str(&format!("{}{}: {}\n", at.unwrap_or_default(), annotation.title, annotation.message));
    }
    if !options.findings.quiet {
        review.notes.iter().for_each(|note| log.push_str(&format!("note: {note}\n")));
        log.push_str(&words::summary(review));
        log.push('\n');
    }
    let lines = log.lines().map(|line| escape::line(line).replace("##[", "## ["));
    // A line that begins like a command would be one.
    lines.map(|line| line.replace("::", ": :")).try_for_each(|line| writeln!(out, "{line}"))
}

/// What opens first, on changed lines; then what closes, what is silenced, and new findings, the most severe first.
fn annotations<'r>(review: &'r Review<'_>) -> Vec<Annotation<'r>> {
    let mut annotations = Vec::new();
    for gate in &review.failed {
        let message = format!("the change does not pass `{gate}` of `diff.failOn`");
        annotations.push(Annotation { command: "error", title: "netlint diff".to_owned(), message, label: None });
    }
    let mut of_changes = Vec::new();
    for cluster in &review.clusters {
        of_changes.extend(cluster.unseen().map(|cause| {
            let (title, message) = ("opened".to_owned(), cause.label.message.clone());
            (false, Annotation { command: "warning", title, message, label: Some((cause.side, &cause.label)) })
        }));
        for group in groups(cluster, &review.sources) {
            let cause = group.causes.iter().find(|cause| cause.is_changed && cause.side == Side::Head);
            let cause = cause.or(group.causes.first());
            let lines = group.lines();
            let mut message: Vec<String> = lines
                .iter()
                .take(LINES)
                .map(|line| format!("{} -> {} on {}", line.from, line.to, line.ports))
                .collect();
            let hidden: usize = lines.iter().skip(LINES).map(|line| line.pairs).sum();
            if hidden > 0 {
                message.push(format!("and {}", phrase::count(hidden, "more connection")));
            }
            message.extend(cause.map(|cause| cause.label.message.clone()));
            let command = if group.kind == ChangeKind::Closed { "notice" } else { "warning" };
            let is_on_changed_line = cause.is_some_and(|cause| cause.is_changed && cause.side == Side::Head);
            let annotation = Annotation {
                command,
                title: words::kind(group.kind).to_owned(),
                message: message.join("\n"),
                label: cause.map(|cause| (cause.side, &cause.label)),
            };
            of_changes.push((!is_on_changed_line, annotation));
        }
    }
    of_changes.sort_by_key(|(is_elsewhere, _)| *is_elsewhere);
    annotations.extend(of_changes.into_iter().map(|(_, annotation)| annotation));
    annotations.extend(review.silenced.iter().map(|silenced| Annotation {
        command: "warning",
        title: "silenced".to_owned(),
        message: silenced.message.clone(),
        label: silenced.label.as_ref().map(|label| (Side::Head, label)),
    }));
    let mut new = review.new.clone();
    new.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    annotations.extend(new.into_iter().map(|finding| Annotation {
        command: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        },
        title: finding.rule.to_owned(),
        message: match &finding.help {
            Some(help) => format!("{}\nhelp: {help}", finding.message),
            None => finding.message.clone(),
        },
        label: Some((Side::Head, &finding.primary)),
    }));
    annotations
}
