//! Why a connection is permitted or not.

use super::classes::Kind;
use super::resolve::ResolvedRule;
use super::side::Side;
use super::{Endpoint, Reachability, Remote, is_itself};
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::PolicyId;
use crate::policy::{Action, Peer, RuleRef};

/// Why one connection is permitted or not: both sides of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whether both sides admit it, on a port in common.
    pub allowed: bool,
    /// The egress of the source.
    pub egress: SideExplanation,
    /// The ingress of the destination.
    pub ingress: SideExplanation,
}

/// What one side says of a connection, and by which policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideExplanation {
    /// Which side.
    pub direction: Direction,
    /// How it decides.
    pub admission: Admission,
    /// The policies that isolate the pod in this direction.
    pub isolating: Vec<PolicyId>,
    /// The rules that admit the connection.
    pub admitting: Vec<RuleRef>,
    /// The rules that admit the far end, but on none of the ports asked for.
    pub other_ports: Vec<RuleRef>,
    /// Those of the ports asked for that this side lets pass.
    pub ports: PortSet,
}

/// How one side decides about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// No policy speaks: the end is outside the cluster, or the connection is a pod's to itself.
    NotSubject,
    /// The pod is on the network of its node, where policies do not apply.
    HostNetwork,
    /// No policy isolates the pod.
    NotIsolated,
    /// A rule admits it.
    Admitted,
    /// The pod is isolated and no rule admits it.
    Denied,
}

impl SideExplanation {
    fn not_subject(direction: Direction, asked: &PortSet) -> Self {
        Self {
            direction,
            admission: Admission::NotSubject,
            isolating: Vec::new(),
            admitting: Vec::new(),
            other_ports: Vec::new(),
            ports: asked.clone(),
        }
    }

    /// Whether this side lets the connection pass.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.admission != Admission::Denied
    }
}

impl Reachability {
    /// Why `from` may or may not connect to this port of `to`.
    #[must_use]
    pub fn explain(&self, from: Endpoint, to: Endpoint, protocol: Protocol, port: u16) -> Explanation {
        let asked = PortSet::single(protocol, port);
        if is_itself(from, to) {
            let side = |direction| SideExplanation::not_subject(direction, &asked);
            return Explanation { allowed: true, egress: side(Direction::Egress), ingress: side(Direction::Ingress) };
        }
        self.explain_ports(from, to, &asked)
    }

    /// Why `from` may or may not connect to any of these ports of `to`. The two are different pods, even if they are
    /// pods of one workload.
    #[must_use]
    pub fn explain_ports(&self, from: Endpoint, to: Endpoint, asked: &PortSet) -> Explanation {
        let source = self.subject(from, Direction::Egress);
        let egress = self.explain_side(Direction::Egress, source, self.remote(to), asked);
        let ingress = self.explain_side(Direction::Ingress, self.class(to), self.remote(from), asked);
        Explanation { allowed: egress.ports.meets(&ingress.ports), egress, ingress }
    }

    /// Whether a peer of one of the policies means this endpoint.
    #[must_use]
    pub fn peer_admits(&self, peer: &Peer, endpoint: Endpoint) -> bool {
        match (peer, self.remote(endpoint)) {
            (Peer::Pods(set), Some(Remote::Class(class))) => self.classes().is_in(class, set, self.reading),
            (Peer::Block { cidr, .. }, Some(Remote::Class(class))) if self.classes().is_pod(class) => {
                self.basis.pods_of_block(cidr).is_some_and(|pods| pods.contains(class))
            }
            (_, Some(end)) => self.ends(peer).contains(end),
            (_, None) => false,
        }
    }

    fn explain_side(
        &self,
        direction: Direction,
        subject: Option<u32>,
        remote: Option<Remote>,
        asked: &PortSet,
    ) -> SideExplanation {
        let mut side = SideExplanation::not_subject(direction, asked);
        let (Some(subject), Some(remote)) = (subject, remote) else { return side };
        match self.classes().kind(subject) {
            Kind::Pod | Kind::IngressController => {}
            Kind::HostNetwork => {
                side.admission = Admission::HostNetwork;
                return side;
            }
            Kind::OwnNode | Kind::OtherNode | Kind::ApiServer | Kind::Domain(_) => return side,
        }
        for &index in self.selecting(subject, direction) {
            let Some(policy) = self.policy(index) else { continue };
            if self.isolates(policy, subject, direction) {
                side.isolating.push(PolicyId(index));
            }
            let allows = |rule: &ResolvedRule| rule.action == Action::Allow && rule.is_for(subject).least;
            for (place, rule) in policy.rules(direction).iter().enumerate().filter(|(_, rule)| allows(rule)) {
                if self.admits(rule, remote) {
                    let ports = self.rule_ports(rule, Side { direction, subject, remote }).intersection(asked);
                    let rules = if ports.is_empty() { &mut side.other_ports } else { &mut side.admitting };
                    rules.push(RuleRef { policy: PolicyId(index), direction, index: place });
                }
            }
        }
        side.ports = self.side(direction, subject, remote).intersection(asked);
        side.admission = if side.ports.is_empty() {
            Admission::Denied
        } else if side.isolating.is_empty() {
            Admission::NotIsolated
        } else {
            Admission::Admitted
        };
        side
    }
}
