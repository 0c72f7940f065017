//! What is permitted by policies that are kept, once every namespace is closed.

use std::collections::BTreeSet;

use super::closed::{default_deny, is_governed};
use super::names::{Affixes, PolicyNames};
use super::servers;
use super::text;
use crate::analysis::{Analysis, Variant};
use crate::cluster::PresumedAs;
use crate::facts::default_deny::DefaultDenies;
use crate::facts::evidence::{Doubt, Party, Reason, Request, rule_ports};
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::{Labels, NamespaceId, WorkloadId};
use crate::policy::{NamespaceSet, Peer, PodSet};
use crate::reach::Endpoint;

/// The cluster with the policies that are kept and a default deny for each namespace that lacks one.
pub(super) struct Base {
    pub(super) closed: Analysis,
    lacks_deny: BTreeSet<(NamespaceId, Direction)>,
    /// The namespaces whose names are resolved by what is not in the cluster.
    resolved: BTreeSet<NamespaceId>,
}

impl Base {
    /// Of a cluster all of whose policies are kept.
    pub(super) fn new(analysis: &Analysis) -> Self {
        let governed = analysis.namespaces().into_iter().map(|(id, _)| id).filter(|id| is_governed(analysis, *id));
        let lacking = governed.flat_map(|id| Direction::BOTH.map(|direction| (id, direction)));
        let denies = DefaultDenies::new(analysis);
        let lacks_deny: BTreeSet<_> = lacking.filter(|(id, direction)| !denies.cover(*id, *direction)).collect();
        let namespaces: BTreeSet<NamespaceId> = lacks_deny.iter().map(|(id, _)| *id).collect();
        let mut names = PolicyNames::new(analysis, true, Affixes::default());
        let texts = namespaces.into_iter().filter_map(|namespace| {
            let deny = default_deny(namespace, Direction::BOTH.to_vec(), &mut names)?;
            let name = format!("<default deny of {}>", analysis.cluster().namespace_name(namespace));
            Some((name, text::policy(analysis, &deny, None).text))
        });
        let texts: Vec<(String, String)> = texts.collect();
        let config = std::sync::Arc::new(analysis.config().clone());
        let closed = analysis.variant(Variant { texts: &texts, replaces: false, config });
        Self { closed, lacks_deny, resolved: BTreeSet::new() }
    }

    /// Takes it as given that a namespace is closed in a direction.
    pub(super) fn set_denied(&mut self, namespace: NamespaceId, direction: Direction) {
        self.lacks_deny.remove(&(namespace, direction));
    }

    /// Takes it as given that all workloads of a namespace may ask the cluster's DNS.
    pub(super) fn set_resolved(&mut self, namespace: NamespaceId) {
        self.resolved.insert(namespace);
    }

    /// Whether no policy isolates all pods of a namespace in a direction.
    pub(super) fn lacks_deny(&self, namespace: NamespaceId, direction: Direction) -> bool {
        self.lacks_deny.contains(&(namespace, direction))
    }

    /// Whether all workloads of a namespace may ask the cluster's DNS.
    pub(super) fn resolves_names(&self, namespace: NamespaceId) -> bool {
        let cluster = self.closed.cluster();
        let mut workloads = cluster.workloads_in(namespace).filter(|(_, workload)| !workload.host_network);
        let reach = self.closed.reach();
        self.resolved.contains(&namespace)
            || workloads.all(|(id, _)| {
                servers::servers(&self.closed).iter().all(|server| {
                    let is_it =
                        |labels: &Labels| server.labels.iter().all(|(key, value)| labels.get(key) == Some(value));
                    let mut pods = cluster.presumed.iter().enumerate().filter(|(_, pod)| {
                        matches!(pod.presumed_as, PresumedAs::Dns { .. })
                            && cluster.namespace_name(pod.namespace) == server.namespace
                            && is_it(&pod.labels)
                    });
                    let asked = servers::ports(&server.ports);
                    pods.any(|(place, _)| {
                        reach.egress(Endpoint::Workload(id), Endpoint::Presumed(place)).is_superset(&asked)
                    })
                })
            })
    }

    /// Whether policies that are kept already admit a connection at one of its ends.
    pub(super) fn admits(&self, request: &Request<'_, '_>, direction: Direction) -> bool {
        if let Reason::Rule { rule, .. } = request.evidence.reason
            && rule.direction == direction
        {
            return true;
        }
        let (own, other) = match direction {
            Direction::Egress => (&request.from, &request.to),
            Direction::Ingress => (&request.to, &request.from),
        };
        let Party::Workload(own) = *own else { return true };
        let own = Endpoint::Workload(own);
        match other {
            Party::Workload(other) => self.side(direction, own, Endpoint::Workload(*other)).is_superset(&request.ports),
            Party::AnyPod(namespace) => {
                let other = namespace.map_or(Endpoint::UnknownNamespace, Endpoint::OtherPod);
                self.side(direction, own, other).is_superset(&request.ports)
            }
            Party::Addresses(block) => {
                let asked = AddressSet::block(&block.cidr).difference(&AddressSet::from_blocks(&block.except));
                self.reaches(direction, own, &asked, request)
            }
            Party::Anyone => {
                self.side(direction, own, Endpoint::UnknownNamespace).is_superset(&request.ports)
                    && self.reaches(direction, own, &AddressSet::all(), request)
            }
            Party::Pods(set) => self.admits_pods(direction, request, set),
        }
    }

    /// Whether a rule that is kept names pods that the input does not show: these, or such as may be who is asked for.
    fn admits_pods(&self, direction: Direction, request: &Request<'_, '_>, set: &PodSet) -> bool {
        let own = match direction {
            Direction::Egress => &request.from,
            Direction::Ingress => &request.to,
        };
        let Party::Workload(own) = own else { return false };
        let reach = self.closed.reach();
        let is_presumed = matches!(request.doubt, Some(Doubt::Controller(_) | Doubt::Scraper(_)));
        let names = |peer: &Peer| match peer {
            Peer::Pods(kept) => {
                let is_wider = kept.pods.is_empty() || kept.pods == set.pods;
                kept.namespaces == set.namespaces && is_wider
                    || is_presumed
                        && kept.namespaces != NamespaceSet::One(self.home(*own))
                        && reach.peer_workloads(peer).is_empty()
            }
            _ => false,
        };
        let policies = reach.isolating(Endpoint::Workload(*own), direction).filter_map(|id| self.closed.lowered(id));
        let mut rules = policies.flat_map(|policy| policy.rules(direction));
        rules.any(|rule| {
            let ports = rule_ports(&self.closed, &rule.ports, Some(*own)).unwrap_or_else(PortSet::all);
            ports.is_superset(&request.ports) && rule.peers.listed().iter().any(names)
        })
    }

    fn home(&self, workload: WorkloadId) -> NamespaceId {
        self.closed.workload(workload).map(|it| it.object.namespace).unwrap_or_default()
    }

    fn side(&self, direction: Direction, own: Endpoint, other: Endpoint) -> PortSet {
        match direction {
            Direction::Egress => self.closed.reach().egress(own, other),
            Direction::Ingress => self.closed.reach().ingress(other, own),
        }
    }

    fn reaches(&self, direction: Direction, own: Endpoint, asked: &AddressSet, request: &Request<'_, '_>) -> bool {
        let entries = self.closed.reach().external(own, direction);
        let open = entries.into_iter().filter(|entry| entry.ports.is_superset(&request.ports));
        let open = open.fold(AddressSet::default(), |set, entry| set.union(&entry.addresses));
        open.is_superset(asked)
    }
}
