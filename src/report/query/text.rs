//! For people: the verdict in one line, then each side with the lines that cause it.

use std::io::{self, Write};

use crate::diagnostic::{self, Finding, Severity, Subject};
use crate::query::{Answer, Pair, Side, Verdict};
use crate::report::findings::{Options, human};
use crate::text::escape;

/// Pairs beyond these get a line each; whoever wants to know more names one pair.
const EXPLAINED: usize = 3;

pub(super) fn write(answer: &Answer<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let [from, to] = &answer.asked;
    if let [pair] = answer.pairs.as_slice() {
        write_pair(answer, pair, options, out)?;
    } else {
        let allowed = answer.pairs.iter().filter(|pair| pair.is_allowed()).count();
        let word = match answer.verdict() {
            Verdict::Allowed => "allowed",
            Verdict::Denied => "denied",
            Verdict::Mixed => "partly allowed",
        };
        let total = answer.pairs.len();
        let (from, to) = (escape::line(from), escape::line(to));
        writeln!(out, "{word}: {from} -> {to} ({allowed} of {total} pairs allowed)\n")?;
        write_pairs(answer, options, out)?;
    }
    if !options.quiet {
        for note in &answer.notes {
            writeln!(out, "note: {}", escape::line(note))?;
        }
    }
    Ok(())
}

/// A line for each pair, in columns.
fn write_table(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<[String; 3]> = answer
        .pairs
        .iter()
        .map(|pair| {
            let [from, to] = [&pair.from, &pair.to].map(|end| escape::line(&answer.names().end(end)).into_owned());
            let said = if pair.is_allowed() { pair.ports.to_string() } else { denied_by(answer, pair) };
            [from, to, said]
        })
        .collect();
    let width = |column: fn(&[String; 3]) -> &String| {
        lines.iter().map(|line| column(line).chars().count()).max().unwrap_or_default()
    };
    let (from_width, to_width) = (width(|[from, ..]| from), width(|[_, to, _]| to));
    for (pair, [from, to, said]) in answer.pairs.iter().zip(&lines) {
        let word = if pair.is_allowed() { "allowed" } else { "denied" };
        writeln!(out, "{word:7}  {from:from_width$} -> {to:to_width$}  {said}")?;
    }
    writeln!(out, "\nto see why, ask about one of them: `netlint query FROM TO`")
}

fn denied_by(answer: &Answer<'_>, pair: &Pair) -> String {
    let sides = answer.explain(pair);
    let denying: Vec<&str> = sides.iter().filter(|side| !side.allows()).map(|side| side.direction.field()).collect();
    if denying.is_empty() {
        return "the sides have no port in common".to_owned();
    }
    format!("by {}", denying.join(" and "))
}

/// Each pair with its sides where they are few, else a line each.
pub(crate) fn write_pairs(answer: &Answer<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if answer.pairs.len() > EXPLAINED {
        return write_table(answer, out);
    }
    answer.pairs.iter().try_for_each(|pair| write_pair(answer, pair, options, out))
}

fn write_pair(answer: &Answer<'_>, pair: &Pair, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let [from, to] = [&pair.from, &pair.to].map(|end| escape::line(&answer.names().end(end)).into_owned());
    let (word, ports) = if pair.is_allowed() { ("allowed", &pair.ports) } else { ("denied", &pair.asked) };
    writeln!(out, "{word}: {from} -> {to} on {ports}\n")?;
    let sides = answer.explain(pair);
    if pair.is_itself {
        return writeln!(out, "a pod may always connect to itself\n");
    }
    for side in &sides {
        write_side(answer, side, options, out)?;
    }
    if let [egress, ingress] = &sides
        && !pair.is_allowed()
        && egress.allows()
        && ingress.allows()
    {
        writeln!(out, "egress permits {} and ingress admits {}: no port in common\n", egress.ports, ingress.ports)?;
    }
    Ok(())
}

/// One side, drawn as findings are.
fn write_side(answer: &Answer<'_>, side: &Side, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let verdict = if side.allows() { "allowed" } else { "denied" };
    let message = format!("{verdict} by {}: {}", side.direction, side.reason);
    let sources = answer.analysis.sources();
    let mut labels = diagnostic::labels(side.shown.clone(), sources).into_iter();
    let Some(primary) = labels.next() else { return writeln!(out, "  {}\n", escape::line(&message)) };
    let explained = Finding {
        confidence: crate::diagnostic::Confidence::Certain,
        key: Vec::new(),
        fix: None,
        clusters: Vec::new(),
        rule: "",
        severity: if side.allows() { Severity::Note } else { Severity::Error },
        message,
        help: None,
        subject: Subject::default(),
        primary,
        related: labels.collect(),
        occurrence: 0,
    };
    writeln!(out, "{}", human::draw(&explained, sources, options)?)
}
