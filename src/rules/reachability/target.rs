//! Who may connect to a workload that should not, and what lets them.

use super::source::Source;
use crate::config::Tier;
use crate::facts::world::OUTSIDE;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{Labels, NamespaceId, Workload, WorkloadId};
use crate::policy::dialect::PolicyObject;
use crate::policy::{NamespaceSet, Peer, Peers, PodSet, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;
use std::collections::BTreeMap;

/// A workload that not everyone has business with.
pub(super) struct Target<'m> {
    pub(super) id: WorkloadId,
    pub(super) workload: &'m Workload,
    /// Its tier, where the configuration says who may reach it.
    pub(super) tier: Option<&'m Tier>,
    /// The ports that clients use.
    pub(super) ports: PortSet,
}

/// What lets the wrong ones in, and which.
pub(super) enum Causes<'m> {
    /// No policy isolates the workload.
    Open(Vec<Source<'m>>),
    /// Rules that are for everyone, and peers of rules.
    Rules(BTreeMap<Gate, Vec<Source<'m>>>),
}

/// A rule that is for everyone, or a peer of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gate {
    pub(super) rule: RuleRef,
    /// The peer, by its place in the rule.
    pub(super) peer: Option<usize>,
}

impl Gate {
    /// Where it is written in its policy.
    pub(super) fn place(self, written: &PolicyObject) -> Place {
        let Self { rule: RuleRef { direction, index, .. }, peer } = self;
        match peer {
            Some(peer) => written.peer_origin(direction, index, peer).entry(),
            None => written.rule_origin(direction, index).entry(),
        }
    }

    /// What it opens of a workload.
    pub(super) fn opening(self, workload: WorkloadId) -> Cause {
        Cause::Opening(self.rule, self.peer, workload)
    }
}

impl<'m> Target<'m> {
    /// What lets in the suspects, any pod of the namespace, of the cluster, or any address outside.
    pub(super) fn causes(&self, context: &Context<'m>, suspects: Vec<Source<'m>>) -> Causes<'m> {
        let namespace = self.workload.object.namespace;
        let name = context.cluster().namespace_name(namespace);
        let target = Endpoint::Workload(self.id);
        let reach = context.at_least();
        let tiers = &context.analysis().config().tiers;
        // Where a whole namespace is of a tier that may, any pod of it may.
        let may = |tier: &Tier| tiers.of_namespace(name).is_some_and(|home| tier.admits(&home.name));
        let own = (!self.tier.is_some_and(may)).then_some(Source::Namespace(namespace, name));
        let anyone = own.into_iter().chain([Source::Cluster]);
        let mut sources: Vec<Source<'m>> = anyone.chain(OUTSIDE.map(Source::Outside)).collect();
        sources.retain(|source| reach.ports(source.endpoint(), target).meets(&self.ports));
        sources.splice(0..0, suspects);
        if reach.is_isolated(target, Direction::Ingress) {
            Causes::Rules(self.rules(context, &sources))
        } else {
            Causes::Open(sources)
        }
    }

    /// Each rule or peer that lets any of them in.
    fn rules(&self, context: &Context<'m>, sources: &[Source<'m>]) -> BTreeMap<Gate, Vec<Source<'m>>> {
        let reach = context.at_least();
        let target = Endpoint::Workload(self.id);
        let mut causes: BTreeMap<Gate, Vec<Source<'m>>> = BTreeMap::new();
        for source in sources {
            for port in reach.ports(source.endpoint(), target).intersection(&self.ports).ranges().take(1) {
                let explanation = reach.explain(source.endpoint(), target, port.protocol, port.first);
                for rule in explanation.ingress.admitting {
                    let Some(lowered) = context.lowered(rule.policy) else { continue };
                    let Some(lowered) = lowered.ingress.get(rule.index) else { continue };
                    let gates: Vec<Gate> = match &lowered.peers {
                        Peers::Everyone => vec![Gate { rule, peer: None }],
                        Peers::Of(peers) => peers
                            .iter()
                            .enumerate()
                            .filter(|(_, peer)| admits(context, peer, source.endpoint()))
                            .map(|(index, _)| Gate { rule, peer: Some(index) })
                            .collect(),
                    };
                    for gate in gates {
                        causes.entry(gate).or_default().push(*source);
                    }
                }
            }
        }
        causes
    }
}

/// Whether a peer is what admits this source.
fn admits(context: &Context<'_>, peer: &Peer, source: Endpoint) -> bool {
    match (source, peer) {
        (Endpoint::Workload(_), _) => context.at_least().peer_admits(peer, source),
        (Endpoint::External(address), Peer::Block { cidr, except }) => {
            cidr.contains(&address) && !except.iter().any(|except| except.contains(&address))
        }
        (_, Peer::Block { cidr, .. }) => context.analysis().meets_pods(cidr),
        (Endpoint::OtherPod(namespace), Peer::Pods(set)) => {
            set.pods.matches(&Labels::default()) && in_namespaces(context, set, Some(namespace))
        }
        (_, Peer::Pods(set)) => set.pods.matches(&Labels::default()) && in_namespaces(context, set, None),
        (_, peer) => context.at_least().peer_admits(peer, source),
    }
}

fn in_namespaces(context: &Context<'_>, set: &PodSet, namespace: Option<NamespaceId>) -> bool {
    match (&set.namespaces, namespace) {
        (NamespaceSet::One(own), Some(namespace)) => *own == namespace,
        (NamespaceSet::One(_), None) => false,
        (NamespaceSet::Matching(selector), None) => selector.is_empty(),
        (NamespaceSet::Matching(selector), Some(namespace)) => {
            let labels = context.cluster().namespaces.get(namespace.0 as usize).map(|namespace| &namespace.labels);
            labels.is_some_and(|labels| selector.matches(labels))
        }
    }
}
