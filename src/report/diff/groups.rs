//! Changes by their cause: an entry for each responsible line, with all that it opens or closes.

use std::collections::BTreeMap;

use super::words;
use crate::diff::{Change, ChangeKind, ClusterDifference, Located, Side};
use crate::source::Sources;
use crate::text::phrase;

/// Changes of one kind with the same first cause.
pub(super) struct Group<'r> {
    pub(super) kind: ChangeKind,
    pub(super) changes: Vec<&'r Change>,
    /// The causes of any of them: the common one, then those that differ between the states, then what explains them.
    pub(super) causes: Vec<&'r Located>,
}

/// Ends that changed alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) ports: String,
    /// How many pairs it stands for.
    pub(super) pairs: usize,
}

/// The groups of a cluster: what opens before what closes, then by the place of the cause.
pub(super) fn groups<'r>(cluster: &'r ClusterDifference, sources: &crate::diff::Both<&Sources>) -> Vec<Group<'r>> {
    let mut grouped: BTreeMap<(ChangeKind, Option<usize>), Vec<&Change>> = BTreeMap::new();
    for change in &cluster.difference.changes {
        let first = change.causes.first().map(|id| id.0);
        grouped.entry((change.kind(), first)).or_default().push(change);
    }
    let mut groups: Vec<Group<'_>> = grouped
        .into_iter()
        .map(|((kind, _), changes)| {
            let mut causes: Vec<&Located> = Vec::new();
            let mut seen = std::collections::BTreeSet::new();
            for change in &changes {
                let new = change.causes.iter().filter(|id| seen.insert(id.0));
                causes.extend(new.filter_map(|id| cluster.causes.get(id.0)));
            }
            if let Some((_, others)) = causes.split_first_mut() {
                others.sort_by_key(|cause| !cause.is_changed);
            }
            Group { kind, changes, causes }
        })
        .collect();
    groups.sort_by_cached_key(|group| {
        let place = group.causes.first().map(|cause| {
            let sources = sources.of(cause.side);
            (std::cmp::Reverse(cause.side), sources.name(cause.label.file).to_owned(), cause.label.span)
        });
        (group.kind, place)
    });
    groups
}

impl Group<'_> {
    /// The causes in the texts of one state.
    pub(super) fn causes_in(&self, side: Side) -> Vec<&Located> {
        self.causes.iter().copied().filter(|cause| cause.side == side).collect()
    }

    /// The changes in as few lines as say all of them: ends that changed alike are in one.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut sources: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for change in &self.changes {
            let key = (words::end(&change.to), words::ports(change));
            sources.entry(key).or_default().push(words::end(&change.from));
        }
        let mut alike: BTreeMap<(Vec<String>, String), Vec<String>> = BTreeMap::new();
        for ((to, ports), mut from) in sources {
            from.sort();
            from.dedup();
            alike.entry((from, ports)).or_default().push(to);
        }
        let line = |((from, ports), to): ((Vec<String>, String), Vec<String>)| {
            let pairs = from.len() * to.len();
            Line { from: several(&from), to: several(&to), ports, pairs }
        };
        alike.into_iter().map(line).collect()
    }
}

/// The first few names and how many more there are.
fn several(names: &[String]) -> String {
    phrase::enumerate(names.iter().cloned())
}
