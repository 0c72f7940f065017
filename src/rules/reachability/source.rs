//! From where a workload can be reached, in words.

use std::net::IpAddr;

use crate::cluster::{NamespaceId, WorkloadId};
use crate::reach::Endpoint;
use crate::words;

/// A source that has no business with a database.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'m> {
    /// A workload of the frontend, with its name.
    Frontend(WorkloadId, &'m str),
    /// Any pod of the namespace of this name.
    Namespace(NamespaceId, &'m str),
    /// Any pod of the cluster.
    Cluster,
    /// Any address outside, for which this one stands.
    Outside(IpAddr),
}

impl Source<'_> {
    pub(super) fn endpoint(&self) -> Endpoint {
        match *self {
            Self::Frontend(id, _) => Endpoint::Workload(id),
            Self::Namespace(id, _) => Endpoint::OtherPod(id),
            Self::Cluster => Endpoint::UnknownNamespace,
            Self::Outside(address) => Endpoint::External(address),
        }
    }
}

/// ``frontends `a` and `b`, any pod of namespace `c` and any address outside``.
pub(super) fn describe(sources: &[Source<'_>]) -> String {
    let frontends: Vec<&str> = sources
        .iter()
        .filter_map(|source| match source {
            Source::Frontend(_, name) => Some(*name),
            _ => None,
        })
        .collect();
    let mut parts = Vec::new();
    if !frontends.is_empty() {
        let noun = if frontends.len() == 1 { "frontend" } else { "frontends" };
        parts.push(format!("{noun} {}", words::list(frontends)));
    }
    for source in sources {
        let words = match source {
            Source::Frontend(..) => continue,
            Source::Namespace(_, name) => format!("any pod of namespace `{name}`"),
            Source::Cluster => "any pod of the cluster".to_owned(),
            Source::Outside(_) => "any address outside".to_owned(),
        };
        if !parts.contains(&words) {
            parts.push(words);
        }
    }
    match parts.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => parts.concat(),
    }
}
