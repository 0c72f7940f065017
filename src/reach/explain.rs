//! Why a connection is permitted or not.

use super::{Endpoint, Reachability, Remote, is_itself};
use crate::cluster::{Direction, PolicyId, Protocol};
use crate::policy::RuleRef;

/// Why one connection is permitted or not: both sides of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whether both sides admit it.
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
        let free = is_itself(from, to);
        let source = self.class(from).filter(|_| !free && from != Endpoint::IngressController);
        let target = self.class(to).filter(|_| !free);
        let egress = self.explain_side(Direction::Egress, source, self.remote(to), protocol, port);
        let ingress = self.explain_side(Direction::Ingress, target, self.remote(from), protocol, port);
        Explanation { allowed: egress.allows() && ingress.allows(), egress, ingress }
    }

    fn explain_side(
        &self,
        direction: Direction,
        subject: Option<u32>,
        remote: Option<Remote>,
        protocol: Protocol,
        port: u16,
    ) -> SideExplanation {
        let mut side = SideExplanation {
            direction,
            admission: Admission::NotSubject,
            isolating: Vec::new(),
            admitting: Vec::new(),
        };
        let (Some(subject), Some(remote)) = (subject, remote) else { return side };
        if self.classes.is_host_network(subject) {
            side.admission = Admission::HostNetwork;
            return side;
        }
        for &index in self.selecting(subject) {
            let Some(policy) = self.policy(index) else { continue };
            if policy.isolates(direction) {
                side.isolating.push(PolicyId(index));
            }
            for (place, rule) in policy.rules(direction).iter().enumerate() {
                if self.admits(rule, remote)
                    && self.rule_ports(rule, direction, subject, remote).contains(protocol, port)
                {
                    side.admitting.push(RuleRef { policy: PolicyId(index), direction, index: place });
                }
            }
        }
        side.admission = if !self.side(direction, subject, remote).contains(protocol, port) {
            Admission::Denied
        } else if side.isolating.is_empty() {
            Admission::NotIsolated
        } else {
            Admission::Admitted
        };
        side
    }
}
