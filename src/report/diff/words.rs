//! What ends, ports and whole changes are called.

use crate::diff::{Change, ChangeKind, End, IsolationChange, Located, ObjectName, Review, WorkloadName};
use crate::net::ports::PortSet;
use crate::text::phrase;

/// Blocks of addresses beyond these are counted.
const BLOCKS: usize = 3;

/// What to call an end.
pub(super) fn end(end: &End) -> String {
    match end {
        End::Workload(name) => workload(name),
        End::External(addresses) => {
            let text = addresses.to_string();
            let blocks: Vec<&str> = text.split(", ").collect();
            match blocks.split_at_checked(BLOCKS) {
                Some((shown, rest)) if !rest.is_empty() => format!("{} and {} more", shown.join(", "), rest.len()),
                _ => text,
            }
        }
        End::IngressController => "ingress-controller".to_owned(),
        End::AnyPod(None) => "any-pod".to_owned(),
        End::AnyPod(Some(namespace)) => format!("{namespace}/any-pod"),
    }
}

/// `shop/web`; of one replica, `shop/store-0`.
pub(super) fn workload(name: &WorkloadName) -> String {
    format!("{}/{}", name.namespace, name.replica.as_ref().unwrap_or(&name.name))
}

/// `Deployment shop/web`
pub(super) fn workload_with_kind(name: &WorkloadName) -> String {
    format!("{} {}", name.kind, workload(name))
}

/// `NetworkPolicy shop/deny-all`
pub(super) fn object(name: &ObjectName) -> String {
    match &name.namespace {
        Some(namespace) => format!("{} {namespace}/{}", name.kind, name.name),
        None => format!("{} {}", name.kind, name.name),
    }
}

/// The ports that a change is about.
pub(super) fn ports(change: &Change) -> String {
    changed_ports(change.kind(), &change.base, &change.head, change.is_certain)
}

/// The ports of a change of this kind.
pub(super) fn changed_ports(kind: ChangeKind, base: &PortSet, head: &PortSet, is_certain: bool) -> String {
    let ports = match kind {
        ChangeKind::Opened => head.to_string(),
        ChangeKind::Closed => base.to_string(),
        ChangeKind::Changed => format!("{head} (was {base})"),
    };
    if is_certain { ports } else { format!("{ports} (not certain)") }
}

/// What became of who can reach what.
pub(super) fn reaches(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Opened => "can now reach",
        ChangeKind::Closed => "can no longer reach",
        ChangeKind::Changed => "can reach",
    }
}

/// `opened`, `closed` or `changed`.
pub(super) fn kind(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Opened => "opened",
        ChangeKind::Closed => "closed",
        ChangeKind::Changed => "changed",
    }
}

/// `` `shop/web` is no longer isolated for ingress ``
pub(super) fn isolation(change: &IsolationChange) -> String {
    let verb = if change.is_gained { "is now" } else { "is no longer" };
    format!("`{}` {verb} isolated for {}", end(&change.workload), change.direction)
}

/// What the change does, in a sentence without its full stop.
pub(super) fn summary(review: &Review<'_>) -> String {
    let changes = || review.clusters.iter().flat_map(|cluster| &cluster.difference.changes);
    let number = |kind| changes().filter(|change| change.kind() == kind).count();
    let lost = review.clusters.iter().flat_map(|cluster| &cluster.difference.isolation).filter(|it| !it.is_gained);
    let lost: std::collections::BTreeSet<_> = lost.map(|it| &it.workload).collect();
    let mut parts = Vec::new();
    let mut add = |number: usize, verb: &str, noun: &str, rest: &str| {
        if number > 0 {
            parts.push(format!("{verb} {}{rest}", phrase::count(number, noun)));
        }
    };
    add(number(ChangeKind::Opened), "opens", "connection", "");
    add(number(ChangeKind::Closed), "closes", "connection", "");
    add(number(ChangeKind::Changed), "changes the ports of", "connection", "");
    add(lost.len(), "ends the isolation of", "workload", "");
    add(review.new.len(), "adds", "finding", "");
    add(review.gone.len(), "resolves", "finding", "");
    let exposed = review.clusters.iter().map(|cluster| {
        let workloads = cluster.difference.exposure.iter().map(|change| &change.workload);
        workloads.collect::<std::collections::BTreeSet<_>>().len()
    });
    let exposed: usize = exposed.sum();
    match parts.as_slice() {
        [] if review.states.base.workloads == 0 && review.states.head.workloads > 0 => {
            "everything is new: there is nothing to compare with".to_owned()
        }
        [] if exposed > 0 => {
            format!("no connection changes, but the exposure of {}", phrase::count(exposed, "workload"))
        }
        [] => "no connection and no finding changes".to_owned(),
        [one] => format!("this change {one}"),
        [first @ .., last] => format!("this change {} and {last}", first.join(", ")),
    }
}

/// What is said of a place, and where that is: `… (k8s/db.yaml:18)`.
pub(super) fn with_place(cause: &Located, review: &Review<'_>) -> String {
    let (label, sources) = (&cause.label, review.sources.of(cause.side));
    let line = sources.position(label.file, label.span.start).line;
    format!("{} ({}:{line})", label.message, sources.name(label.file))
}

/// A path without `.` and `..`; `None` where it leads out of its start.
pub(super) fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
