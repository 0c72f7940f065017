//! From policies as they are written to the common form.

use super::{AdminKind, AdminPeer, AdminPolicy, AdminPort, AdminRule, AdminTier, PodSelection};
use crate::objects::Selector;
use crate::policy::{
    Condition, Engagement, NamespaceSet, Nodes, Order, Peer, Peers, PodSet, Policy, PortMatch, Ports, Rule, StageName,
    WhichNodes,
};

/// Lowers one policy. "Policies without rules in a direction do not affect it", and none isolates a pod by selecting
/// it.
///
/// How ClusterNetworkPolicies and the kinds of `v1alpha1` stand to each other, the API leaves open: within a tier the
/// former are asked first, as Antrea does, and a Pass of either leaves the tier.
#[must_use]
pub fn lower(written: &AdminPolicy) -> Policy {
    let rank = u8::from(written.kind != AdminKind::ClusterNetworkPolicy);
    let rules = |rules: &[AdminRule]| rules.iter().map(rule).collect();
    Policy {
        stage: match written.tier {
            AdminTier::Admin => StageName::Admin,
            AdminTier::Baseline => StageName::Baseline,
        },
        order: Order { rank, key: written.priority.into() },
        subject: written.subject.as_ref().and_then(pods).unwrap_or_else(no_pods),
        engages_ingress: Engagement::Matches,
        engages_egress: Engagement::Matches,
        ingress: rules(&written.ingress),
        egress: rules(&written.egress),
    }
}

fn rule(written: &AdminRule) -> Rule {
    let ports = written.ports.as_ref().map_or(Ports::All, |ports| Ports::Of(ports.iter().map(port).collect()));
    Rule::new(written.action, Peers::Of(written.peers.iter().flat_map(peers).collect()), ports)
}

/// What one peer is in the common form. Each network is one by itself, so that those of a rule count together.
fn peers(written: &AdminPeer) -> Vec<Peer> {
    match written {
        AdminPeer::Pods(selection) => vec![pods(selection).map_or(Peer::Invalid, Peer::Pods)],
        AdminPeer::Networks(blocks) => blocks.iter().map(|&cidr| Peer::Block { cidr, except: Vec::new() }).collect(),
        AdminPeer::Nodes(Some(labels)) => {
            vec![Peer::Nodes(Nodes { which: WhichNodes::Any, labels: labels.clone() })]
        }
        AdminPeer::DomainNames(names) => vec![Peer::Domains(names.clone())],
        AdminPeer::Nodes(None) | AdminPeer::Refused => vec![Peer::Invalid],
    }
}

/// How many peers of the common form one peer is.
pub(super) fn count(written: &AdminPeer) -> usize {
    match written {
        AdminPeer::Networks(blocks) => blocks.len(),
        _ => 1,
    }
}

/// The pods of a selection; `None` where a selector does not parse, so that implementations drop what it is in.
fn pods(selection: &PodSelection) -> Option<PodSet> {
    let (namespaces, pods) = (selection.namespaces.clone()?, selection.pods.clone()?);
    Some(PodSet::new(NamespaceSet::Matching(namespaces), pods))
}

fn no_pods() -> PodSet {
    let never = Some(Box::new(Condition::Any(Vec::new())));
    PodSet { condition: never, ..PodSet::new(NamespaceSet::every(), Selector::default()) }
}

/// "A named port […] selects a port by the name that the pod's container gives it", whatever its protocol.
fn port(written: &AdminPort) -> PortMatch {
    match written {
        AdminPort::Range { protocol, first, last } => {
            PortMatch::Range { protocol: *protocol, first: *first, last: *last }
        }
        AdminPort::Named(name) => PortMatch::Named { protocol: None, name: name.to_string() },
        AdminPort::Unusable | AdminPort::Refused => PortMatch::Invalid,
    }
}
