//! For people: what opens and closes, each with the lines that cause it, then what else changes.

use std::io::{self, Write};

use crate::diagnostic::{Confidence, Finding, Label, Severity, Subject};
use crate::diff::{Both, ChangeKind, ClusterDifference, Located, Review, Side};
use crate::findings::Report;
use crate::report::diff::exposed::exposed;
use crate::report::diff::groups::{Group, groups};
use crate::report::diff::words;
use crate::report::findings::{Options, human};
use crate::source::Sources;
use crate::text::escape;
use crate::text::phrase::{count, enumerate};

/// Lines of connections beyond these are counted.
const LINES: usize = 8;
/// Causes of a group beyond these are counted.
const CAUSES: usize = 5;
/// Lines of changed exposure beyond these are counted.
const EXPOSED: usize = 20;

pub(super) fn write(review: &Review<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for cluster in &review.clusters {
        if let Some(name) = cluster.name.as_ref().filter(|_| !cluster.difference.is_empty()) {
            writeln!(out, "in the cluster {}:\n", escape::line(name))?;
        }
        for group in groups(cluster, &review.sources) {
            write_group(&group, review, options, out)?;
        }
        write_others(cluster, review, out)?;
    }
    write_findings(review, options, out)?;
    for silenced in &review.silenced {
        let place = silenced.label.as_ref().map(|label| format!(" ({})", place(label, review.sources.head)));
        writeln!(out, "silenced: {}{}", escape::line(&silenced.message), place.unwrap_or_default())?;
    }
    if options.quiet {
        return Ok(());
    }
    for note in &review.notes {
        writeln!(out, "note: {}", escape::line(note))?;
    }
    for gate in &review.failed {
        writeln!(out, "failed: `{gate}` of `diff.failOn`")?;
    }
    let states = review
        .states
        .each()
        .map(|state| format!("{}, {}", count(state.workloads, "workload"), count(state.policies, "policy")));
    let [base, head] = [review.states.base.reference.as_deref(), review.states.head.reference.as_deref()]
        .map(|reference| escape::line(reference.unwrap_or("the work tree")).into_owned());
    let states: Vec<String> = states.collect();
    let sizes = match states.as_slice() {
        [before, after] if before == after => before.clone(),
        states => states.join(" -> "),
    };
    writeln!(out, "{}: {base} -> {head} ({sizes})", words::summary(review))
}

fn write_group(group: &Group<'_>, review: &Review<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let lines = group.lines();
    let width = |text: fn(&crate::report::diff::groups::Line) -> &String| {
        lines.iter().take(LINES).map(|line| text(line).chars().count()).max().unwrap_or_default()
    };
    let (from_width, to_width) = (width(|line| &line.from), width(|line| &line.to));
    let word = format!("{}:", words::kind(group.kind));
    for (index, line) in lines.iter().take(LINES).enumerate() {
        let word = if index == 0 { word.as_str() } else { "" };
        let [from, to] = [&line.from, &line.to].map(|end| escape::line(end));
        writeln!(out, "{word:8} {from:from_width$} -> {to:to_width$}  {}", line.ports)?;
    }
    let hidden: usize = lines.iter().skip(LINES).map(|line| line.pairs).sum();
    if hidden > 0 {
        writeln!(out, "{:8} and {}", "", count(hidden, "more connection"))?;
    }
    for side in [Side::Head, Side::Base] {
        let causes = group.causes_in(side);
        if let Some(drawn) = draw(&causes, side, group.kind, review.sources, options)? {
            writeln!(out, "{}", drawn.trim_end())?;
        }
    }
    writeln!(out)
}

/// The causes in one state, drawn as a finding is.
fn draw(
    causes: &[&Located],
    side: Side,
    kind: ChangeKind,
    sources: Both<&Sources>,
    options: &Options,
) -> io::Result<Option<String>> {
    let Some((first, others)) = causes.split_first() else { return Ok(None) };
    let hidden = others.len().saturating_sub(CAUSES);
    let mut message = match side {
        Side::Head => first.label.message.clone(),
        Side::Base => format!("before: {}", first.label.message),
    };
    if hidden > 0 {
        message.push_str(&format!(" ({})", count(hidden, "more place")));
    }
    let explained = Finding {
        rule: "",
        severity: if kind == ChangeKind::Closed { Severity::Note } else { Severity::Warning },
        confidence: Confidence::Certain,
        key: Vec::new(),
        message,
        help: None,
        fix: None,
        subject: Subject::default(),
        primary: Label { message: String::new(), ..first.label.clone() },
        related: others.iter().take(CAUSES).map(|cause| cause.label.clone()).collect(),
        clusters: Vec::new(),
        occurrence: 0,
    };
    human::draw(&explained, sources.of(side), options).map(Some)
}

/// Isolation, workloads and policies.
fn write_others(cluster: &ClusterDifference, review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    let difference = &cluster.difference;
    let mut any = false;
    for change in &difference.isolation {
        let cause = cluster.causes_of_isolation(change).next();
        let cause = cause.map(|cause| {
            let place = place(&cause.label, review.sources.of(cause.side));
            let state = if cause.side == Side::Base { "before: " } else { "" };
            format!(" ({state}{place}: {})", cause.label.message)
        });
        let line = format!("{}{}", words::isolation(change).replace('`', ""), cause.unwrap_or_default());
        writeln!(out, "isolation: {}", escape::line(&line))?;
        any = true;
    }
    let lines = exposed(cluster);
    for line in lines.iter().take(EXPOSED) {
        let because = cluster.difference.causes_of(&line.causes).zip(&line.causes).find(|(cause, _)| cause.is_changed);
        let cause = because.map(|(_, id)| id).or(line.causes.first()).and_then(|id| cluster.causes.get(id.0));
        let cause = cause.map(|cause| {
            let place = place(&cause.label, review.sources.of(cause.side));
            let state = if cause.side == Side::Base { "before: " } else { "" };
            format!(" ({state}{place}: {})", cause.label.message)
        });
        let sentence = line.sentence(&enumerate(line.workloads.iter().cloned()), &line.other);
        writeln!(out, "exposure: {}", escape::line(&format!("{sentence}{}", cause.unwrap_or_default())))?;
        any = true;
    }
    if let Some(hidden) = lines.len().checked_sub(EXPOSED).filter(|hidden| *hidden > 0) {
        writeln!(out, "exposure: and {}", count(hidden, "more change"))?;
    }
    for cause in cluster.unseen() {
        let place = place(&cause.label, review.sources.of(cause.side));
        writeln!(out, "unseen: {} ({place})", escape::line(&cause.label.message))?;
        any = true;
    }
    let missing = [
        ("added", difference.workloads.head.iter().map(words::workload_with_kind).collect::<Vec<_>>()),
        ("removed", difference.workloads.base.iter().map(words::workload_with_kind).collect()),
        ("added", difference.policies.head.iter().map(words::object).collect()),
        ("removed", difference.policies.base.iter().map(words::object).collect()),
    ];
    for (word, names) in missing.into_iter().filter(|(_, names)| !names.is_empty()) {
        writeln!(out, "{word}: {}", escape::line(&names.join(", ")))?;
        any = true;
    }
    if any { writeln!(out) } else { Ok(()) }
}

fn write_findings(review: &Review<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if !review.new.is_empty() {
        writeln!(out, "{}:\n", count(review.new.len(), "new finding"))?;
        let findings = review.new.iter().map(|&finding| finding.clone()).collect();
        let report = Report { findings, ..Report::default() };
        human::render(&report, review.sources.head, &Options { quiet: true, ..*options }, out)?;
    }
    for finding in &review.gone {
        let place = place(&finding.primary, review.sources.base);
        writeln!(out, "resolved: {} of {place}: {}", finding.rule, escape::line(&finding.message))?;
    }
    if review.gone.is_empty() { Ok(()) } else { writeln!(out) }
}

/// `k8s/db.yaml:18`
fn place(label: &Label, sources: &Sources) -> String {
    let line = sources.position(label.file, label.span.start).line;
    format!("{}:{line}", escape::line(sources.name(label.file)))
}
