//! The only file that speaks to the engine under test.

use std::net::IpAddr;

use netlint::analysis::{Analysis, Options};
use netlint::policy::PolicyObject;
use netlint::source::Location;
use netlint::{net, objects, reach};

use super::cluster::{Cluster, Direction, Endpoint, Protocol};
use super::oracle::Connection;

/// The engine's reading of a text.
pub(crate) struct Engine {
    analysis: Analysis,
}

/// Why the engine allows or denies a connection.
#[derive(Debug)]
pub(crate) struct Explanation {
    pub(crate) allowed: bool,
    pub(crate) egress: Side,
    pub(crate) ingress: Side,
}

impl Explanation {
    pub(crate) fn side(&self, direction: Direction) -> &Side {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }
}

/// One side of an explanation, in terms of the cluster that the text was made from.
#[derive(Debug)]
pub(crate) struct Side {
    /// Indices of [`Cluster::policies`].
    pub(crate) isolating: Vec<usize>,
    /// Indices of [`Cluster::policies`] and of the rule within the policy's list.
    pub(crate) admitting: Vec<(usize, usize)>,
}

impl Engine {
    pub(crate) fn read(text: &str) -> Self {
        Self { analysis: Analysis::from_texts(&[("cluster.yaml", text)], &Options::default()) }
    }

    /// The ports that may be connected to, as a predicate.
    pub(crate) fn permitted(
        &self,
        cluster: &Cluster,
        from: Endpoint,
        to: Endpoint,
    ) -> impl Fn(Protocol, u16) -> bool + use<> {
        to_predicate(self.analysis.reach().ports(self.endpoint(cluster, from), self.endpoint(cluster, to)))
    }

    /// The ports that may be connected to for certain, and those that may be at most.
    pub(crate) fn bounds(
        &self,
        cluster: &Cluster,
        from: Endpoint,
        to: Endpoint,
    ) -> (impl Fn(Protocol, u16) -> bool + use<>, impl Fn(Protocol, u16) -> bool + use<>) {
        let (from, to) = (self.endpoint(cluster, from), self.endpoint(cluster, to));
        (to_predicate(self.analysis.at_least().ports(from, to)), to_predicate(self.analysis.at_most().ports(from, to)))
    }

    pub(crate) fn explain(&self, cluster: &Cluster, connection: Connection) -> Explanation {
        let from = self.endpoint(cluster, connection.from);
        let to = self.endpoint(cluster, connection.to);
        let found = self.analysis.reach().explain(from, to, to_model(connection.protocol), connection.port);
        Explanation {
            allowed: found.allowed,
            egress: self.side(cluster, &found.egress, net::Direction::Egress),
            ingress: self.side(cluster, &found.ingress, net::Direction::Ingress),
        }
    }

    fn side(&self, cluster: &Cluster, side: &reach::SideExplanation, direction: net::Direction) -> Side {
        let admitting = side.admitting.iter().map(|rule| {
            assert_eq!(rule.direction, direction, "a rule of the other direction admits nothing here");
            (self.policy(cluster, rule.policy), rule.index)
        });
        Side {
            isolating: side.isolating.iter().map(|&policy| self.policy(cluster, policy)).collect(),
            admitting: admitting.collect(),
        }
    }

    /// What `redundant-rule` names, in order: policies of the test's cluster, and of those that stay, rules.
    pub(crate) fn redundant(&self, cluster: &Cluster) -> Vec<(usize, Option<(Direction, usize)>)> {
        let drafts =
            netlint::findings::drafts(&self.analysis).into_iter().filter(|draft| draft.rule == "redundant-rule");
        let mut redundant: Vec<_> = drafts
            .map(|draft| {
                let Location::Field(place) = draft.primary else { panic!("a rule or a policy is a field") };
                let origin = |policy: &PolicyObject| {
                    let own = &policy.object.origin;
                    (own.file, own.document) == (place.origin.file, place.origin.document)
                };
                let policies = self.analysis.cluster().policies.iter();
                let id = policies.clone().position(|policy| origin(policy)).unwrap();
                let policy = self.policy(cluster, objects::PolicyId(u32::try_from(id).unwrap()));
                let field = place.origin.path.to_string();
                let rule = field.strip_prefix("spec.").map(|rule| {
                    let (direction, index) = rule.strip_suffix(']').unwrap().split_once('[').unwrap();
                    let direction = if direction == "ingress" { Direction::Ingress } else { Direction::Egress };
                    (direction, index.parse().unwrap())
                });
                (policy, rule)
            })
            .collect();
        redundant.sort_by_key(|(policy, rule)| (*policy, rule.map(|(direction, index)| (direction as u8, index))));
        redundant
    }

    /// The index in the test's cluster of a policy of the model.
    fn policy(&self, cluster: &Cluster, id: objects::PolicyId) -> usize {
        let analysis = self.analysis.cluster();
        let object = &analysis.policies[id.0 as usize].object;
        let namespace = analysis.namespace_name(object.namespace);
        let is_same = |policy: &super::cluster::Policy| {
            policy.name == object.name && cluster.namespaces[policy.namespace].printed_name() == namespace
        };
        cluster.policies.iter().position(is_same).unwrap()
    }

    /// The peers about which the engine says one thing when asked for all their workloads and another for one of them.
    pub(crate) fn contradictions(&self) -> Vec<String> {
        let analysis = &self.analysis;
        let rules = analysis.policies().iter().flat_map(|it| it.policy.ingress.iter().chain(&it.policy.egress));
        let mut contradictions = Vec::new();
        for peer in rules.flat_map(|rule| rule.peers.listed()) {
            for reach in [analysis.reach(), analysis.at_least(), analysis.at_most()] {
                let all = reach.peer_workloads(peer);
                for workload in (0..analysis.cluster().workloads.len()).map(|it| objects::WorkloadId(it as u32)) {
                    if all.contains(&workload) != reach.peer_admits(peer, reach::Endpoint::Workload(workload)) {
                        contradictions.push(format!("{peer:?} and {workload:?}"));
                    }
                }
            }
        }
        contradictions
    }

    fn endpoint(&self, cluster: &Cluster, endpoint: Endpoint) -> reach::Endpoint {
        match endpoint {
            Endpoint::Workload(index) => {
                let workload = &cluster.workloads[index];
                let namespace = cluster.namespaces[workload.namespace].printed_name();
                self.workload(namespace, |object| object.kind == workload.kind && object.name == workload.name)
            }
            Endpoint::OtherPod(index) => self.other_pod(cluster.namespaces[index].printed_name()),
            Endpoint::UnknownNamespace => reach::Endpoint::UnknownNamespace,
            Endpoint::IngressController => reach::Endpoint::IngressController,
            Endpoint::External(address) => reach::Endpoint::External(address),
        }
    }

    fn workload(&self, namespace: &str, is_same: impl Fn(&objects::Object) -> bool) -> reach::Endpoint {
        let analysis = self.analysis.cluster();
        let found = analysis.workloads.iter().position(|workload| {
            analysis.namespace_name(workload.object.namespace) == namespace && is_same(&workload.object)
        });
        reach::Endpoint::Workload(objects::WorkloadId(u32::try_from(found.unwrap()).unwrap()))
    }

    fn other_pod(&self, namespace: &str) -> reach::Endpoint {
        let found = self.analysis.cluster().namespaces.iter().position(|known| known.name == namespace);
        reach::Endpoint::OtherPod(objects::NamespaceId(u32::try_from(found.unwrap()).unwrap()))
    }

    /// Whether a connection by the names of a hand-written manifest is permitted: `shop/web` is a workload, `shop/*`
    /// any other pod of the namespace, `elsewhere` a pod of an unknown namespace, and there are IP addresses.
    pub(crate) fn connects(&self, from: &str, to: &str, protocol: Protocol, port: u16) -> bool {
        let ports = self.analysis.reach().ports(self.named(from), self.named(to));
        ports.contains(to_model(protocol), port)
    }

    fn named(&self, name: &str) -> reach::Endpoint {
        if let Ok(address) = name.parse::<IpAddr>() {
            return reach::Endpoint::External(address);
        }
        match name.split_once('/') {
            None => match name {
                "elsewhere" => reach::Endpoint::UnknownNamespace,
                "ingress-controller" => reach::Endpoint::IngressController,
                _ => panic!("no endpoint is called {name}"),
            },
            Some((namespace, "*")) => self.other_pod(namespace),
            Some((namespace, name)) => self.workload(namespace, |object| object.name == name),
        }
    }
}

fn to_predicate(ports: net::ports::PortSet) -> impl Fn(Protocol, u16) -> bool {
    move |protocol, port| ports.contains(to_model(protocol), port)
}

fn to_model(protocol: Protocol) -> net::Protocol {
    match protocol {
        Protocol::Tcp => net::Protocol::Tcp,
        Protocol::Udp => net::Protocol::Udp,
        Protocol::Sctp => net::Protocol::Sctp,
    }
}
