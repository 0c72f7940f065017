//! Fixes as lines for people.

use std::fmt::Write as _;

use super::Repairs;
use crate::repair::{Applied, Change, Changes, Refused};
use crate::text::escape;
use crate::text::phrase;

/// How many lines tell what a fix opens, and how many what it closes.
const SHOWN: usize = 6;

/// The fixes with what they open and close, and those that were not made.
#[must_use]
pub fn list(repairs: &Repairs) -> String {
    let mut text = String::new();
    for applied in &repairs.applied {
        for line in lines("fixed ", applied) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", escape::line(&line));
        }
    }
    for refused in &repairs.refused {
        let _ = writeln!(text, "{}", escape::line(&not_fixed(refused)));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// What a fix does: a headline after a verb, and what it opens and closes.
pub(super) fn lines(verb: &str, applied: &Applied) -> Vec<String> {
    let Applied { rule, place: (file, line), title, changes, clusters, .. } = applied;
    let mut lines = vec![format!("{verb}{file}:{line} [{rule}]: {title}")];
    lines.extend(effects(changes.as_ref()).into_iter().map(|effect| format!("  {effect}")));
    if !clusters.is_empty() {
        lines.push(format!("  changes {}", phrase::list(clusters)));
    }
    lines
}

/// What a fix opens and closes.
#[must_use]
pub fn effects(changes: Option<&Changes>) -> Vec<String> {
    let Some(Changes { opened, closed }) = changes else {
        return vec!["which connections it changes is not known: the input is too large to compare".to_owned()];
    };
    if opened.is_empty() && closed.is_empty() {
        return vec!["no permitted connection changes".to_owned()];
    }
    [("opens", opened), ("closes", closed)].into_iter().flat_map(|(verb, changes)| together(verb, changes)).collect()
}

/// Connections with the same source and ports, or else the same destination and ports, on one line: whichever takes
/// fewer lines.
fn together(verb: &str, changes: &[Change]) -> Vec<String> {
    let by_source = grouped(changes, |it| (&it.from, &it.ports, &it.cluster), |it| &it.to);
    let by_target = grouped(changes, |it| (&it.to, &it.ports, &it.cluster), |it| &it.from);
    let words = |cluster: &Option<String>| cluster.as_ref().map_or(String::new(), |name| format!(" in `{name}`"));
    let mut lines: Vec<String> = if by_target.len() < by_source.len() {
        by_target
            .into_iter()
            .map(|((to, ports, cluster), from)| {
                format!("{verb} {} → `{to}`: {ports}{}", phrase::list(from), words(cluster))
            })
            .collect()
    } else {
        by_source
            .into_iter()
            .map(|((from, ports, cluster), to)| {
                format!("{verb} `{from}` → {}: {ports}{}", phrase::list(to), words(cluster))
            })
            .collect()
    };
    if lines.len() > SHOWN {
        let more = lines.len() - SHOWN;
        lines.truncate(SHOWN);
        lines.push(format!("{verb} {more} more"));
    }
    lines
}

type Shared<'c> = (&'c String, &'c String, &'c Option<String>);

fn grouped<'c>(
    changes: &'c [Change],
    shared: impl Fn(&'c Change) -> Shared<'c>,
    own: impl Fn(&'c Change) -> &'c String,
) -> Vec<(Shared<'c>, Vec<&'c String>)> {
    let mut groups: Vec<(Shared<'c>, Vec<&'c String>)> = Vec::new();
    for change in changes {
        let key = shared(change);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, ends)) => ends.push(own(change)),
            None => groups.push((key, vec![own(change)])),
        }
    }
    groups
}

/// Why a fix was not made.
pub(super) fn not_fixed(Refused { rule, place: (file, line), reason }: &Refused) -> String {
    format!("not fixed {file}:{line} [{rule}]: {reason}")
}
