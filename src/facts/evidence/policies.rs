//! What the rules of NetworkPolicies say: as far as they name pods, or a block that is no half of the world.

use super::ends::Block;
use super::{Client, Evidence, Reason, Target};
use crate::analysis::Analysis;
use crate::cluster::PresumedAs;
use crate::facts::in_force::{RuleAt, rules};
use crate::net::Direction;
use crate::net::address::is_worldwide;
use crate::net::ports::{PortRange, PortSet};
use crate::objects::{Match, WorkloadId};
use crate::policy::{NamespaceSet, Peer, PodSet, PortMatch, Ports};

/// What each peer of each rule says, in order.
pub(super) fn allowed(analysis: &Analysis) -> Vec<Evidence<'_>> {
    let mut found = Vec::new();
    for rule in rules(analysis).filter(|rule| rule.network_policy().is_some() && !is_dns(analysis, rule)) {
        let subjects: Vec<WorkloadId> = analysis.reach().selected(rule.at.policy).collect();
        for (index, peer) in rule.rule.peers.listed().iter().enumerate() {
            let place = rule.object.peer_origin(rule.at.direction, rule.at.index, index).entry();
            let reason = Reason::Rule { policy: &rule.object.object, rule: rule.at };
            let mut add = |(client, server)| {
                found.push(Evidence { client, server, reason: reason.clone(), place: place.clone() });
            };
            for &subject in &subjects {
                ends(analysis, &rule, subject, peer).into_iter().for_each(&mut add);
            }
        }
    }
    found
}

/// Whether a rule is for DNS and nothing else, which every pod needs: by its ports, or by its peers.
pub(crate) fn is_dns(analysis: &Analysis, rule: &RuleAt<'_>) -> bool {
    let peers = rule.rule.peers.listed();
    let is_block = |peer: &Peer| matches!(peer, Peer::Block { .. });
    let names_servers = |peer: &Peer| matches!(peer, Peer::Pods(set) if are_servers(analysis, set));
    rule.at.direction == Direction::Egress
        && (rule.rule.ports.are_of_dns() && !peers.iter().any(is_block)
            || !peers.is_empty() && peers.iter().all(names_servers))
}

/// Whether a set of pods asks for the labels of the cluster's DNS servers.
fn are_servers(analysis: &Analysis, set: &PodSet) -> bool {
    let servers = analysis.cluster().presumed.iter();
    let mut servers = servers.filter(|pod| matches!(pod.presumed_as, PresumedAs::Dns { .. }));
    !set.pods.is_empty() && servers.any(|pod| set.pods.matches(&pod.labels))
}

/// The connections of a workload that a peer of a rule for it says.
fn ends<'m>(analysis: &'m Analysis, rule: &RuleAt<'m>, subject: WorkloadId, peer: &Peer) -> Vec<(Client, Target<'m>)> {
    let ports = |on: Option<WorkloadId>| ports(analysis, &rule.rule.ports, on);
    let is_ingress = rule.at.direction == Direction::Ingress;
    match peer {
        Peer::Pods(set) => {
            let known = analysis.reach().peer_workloads(peer);
            if known.is_empty() && is_elsewhere(analysis, set) {
                return vec![match is_ingress {
                    true => (Client::Pods(set.clone()), Target::Workload(subject, ports(Some(subject)))),
                    false => (Client::Workload(subject), Target::Pods(set.clone(), ports(None))),
                }];
            }
            // A whole namespace is not named for what its pods do.
            let named = if set.is_whole_namespaces() { Vec::new() } else { known };
            let others = named.into_iter().filter(|other| *other != subject);
            let pair = |other| match is_ingress {
                true => (Client::Workload(other), Target::Workload(subject, ports(Some(subject)))),
                false => (Client::Workload(subject), Target::Workload(other, ports(Some(other)))),
            };
            others.map(pair).collect()
        }
        Peer::Block { cidr, except } if !is_worldwide(cidr) => {
            let block = Block { cidr: *cidr, except: except.clone() };
            vec![match is_ingress {
                true => (Client::Addresses(block), Target::Workload(subject, ports(Some(subject)))),
                false => (Client::Workload(subject), Target::Addresses(block, ports(None))),
            }]
        }
        _ => Vec::new(),
    }
}

/// Whether a set names pods of a namespace that the input does not show, DNS servers left out.
fn is_elsewhere(analysis: &Analysis, set: &PodSet) -> bool {
    let is_one = |namespaces: &NamespaceSet| match namespaces {
        NamespaceSet::One(_) => false,
        NamespaceSet::Matching(selector) => !selector.is_empty(),
    };
    let is_in_input = || {
        let namespaces = analysis.namespaces_of(&set.namespaces);
        namespaces.iter().any(|(id, is_in)| *is_in == Match::Yes && analysis.has_workloads(*id))
    };
    set.condition.is_none()
        && (is_one(&set.namespaces) && !is_in_input() || !set.pods.is_empty())
        && !are_servers(analysis, set)
}

/// The ports that a rule says, on the destination; `None` where it says every port.
pub(crate) fn ports(analysis: &Analysis, ports: &Ports, on: Option<WorkloadId>) -> Option<PortSet> {
    let Ports::Of(ports) = ports else { return None };
    let workload = on.and_then(|id| analysis.workload(id));
    let ranges = ports.iter().filter_map(|port| match port {
        PortMatch::Named { protocol: Some(protocol), name } => {
            let number = workload?.named_port(name, *protocol)?;
            Some(PortRange { protocol: *protocol, first: number, last: number })
        }
        port => port.range().map(|(protocol, first, last)| PortRange { protocol, first, last }),
    });
    Some(PortSet::from_ranges(ranges))
}
