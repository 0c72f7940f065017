//! From where a workload can be reached, in words.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::diagnostic::Confidence;
use crate::objects::{NamespaceId, WorkloadId};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::text::phrase;

/// A source that has no business with a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source<'m> {
    /// A workload, with its name and that of its tier.
    Workload(WorkloadId, &'m str, &'m str),
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
            Self::Workload(id, ..) => Endpoint::Workload(id),
            Self::Namespace(id, _) => Endpoint::OtherPod(id),
            Self::Cluster => Endpoint::UnknownNamespace,
            Self::Outside(address) => Endpoint::External(address),
        }
    }
}

/// How sure it is that some of these have no business with a workload, by what their parts rest on.
pub(super) fn confidence(context: &Context<'_>, target: WorkloadId, sources: &[Source<'_>]) -> Confidence {
    let of_source = |source: &Source<'_>| match source {
        Source::Workload(id, ..) => context.analysis().role_confidence(*id),
        _ => Confidence::Certain,
    };
    let sources = sources.iter().map(of_source).max().unwrap_or_default();
    sources.min(context.analysis().role_confidence(target))
}

/// ``frontends `a` and `b`, any pod of namespace `c` and any address outside``.
pub(super) fn describe(sources: &[Source<'_>]) -> String {
    let mut of_tier: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for source in sources {
        if let Source::Workload(_, name, tier) = source {
            of_tier.entry(tier).or_default().push(name);
        }
    }
    let mut parts: Vec<String> = of_tier
        .into_iter()
        .map(|(tier, names)| match (tier, names.len()) {
            ("frontend", 1) => format!("frontend {}", phrase::list(names)),
            ("frontend", _) => format!("frontends {}", phrase::list(names)),
            _ => format!("{} of tier `{tier}`", phrase::list(names)),
        })
        .collect();
    for source in sources {
        let words = match source {
            Source::Workload(..) => continue,
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
