//! What both sides of a connection permit.

use super::permitted::Permitted;
use super::side::Side;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::reach::end::{Endpoint, Remote, is_itself};
use crate::reach::reachability::Reachability;
use crate::reach::resolution::ResolvedRule;

impl Reachability {
    /// All that `from` may send to `to`: what the egress of the one and the ingress of the other both permit.
    #[must_use]
    pub fn permitted(&self, from: Endpoint, to: Endpoint) -> Permitted {
        if is_itself(from, to) {
            return Permitted::all();
        }
        self.settle_permitted(|it| {
            let side = |direction, subject: Endpoint, remote: Endpoint| {
                let subject = it.subject(subject, direction).zip(it.remote(remote));
                let ask = |(subject, remote)| it.permitted_by(Side { direction, subject, remote });
                subject.map_or_else(Permitted::all, ask)
            };
            let (egress, ingress) = (side(Direction::Egress, from, to), side(Direction::Ingress, to, from));
            let traffic = egress.traffic.intersection(&ingress.traffic);
            Permitted { layer7: egress.layer7.union(&ingress.layer7).intersection(&traffic), traffic }
        })
    }

    /// The ports on which `from` may open connections to `to`: the egress of the one and the ingress of the
    /// other both admit them. Between two addresses outside, netlint has nothing to say: every port.
    #[must_use]
    pub fn ports(&self, from: Endpoint, to: Endpoint) -> PortSet {
        if is_itself(from, to) { PortSet::all() } else { self.ports_between(from, to) }
    }

    /// The same of two pods, even if they are pods of one workload.
    #[must_use]
    pub fn ports_between(&self, from: Endpoint, to: Endpoint) -> PortSet {
        self.settle_ports(|it| {
            let ingress = it.ports_of(Direction::Ingress, to, from);
            if ingress.is_empty() { ingress } else { it.ports_of(Direction::Egress, from, to).intersection(&ingress) }
        })
    }

    /// The ports that the egress of `from` admits towards `to`.
    #[must_use]
    pub fn egress(&self, from: Endpoint, to: Endpoint) -> PortSet {
        self.settle_ports(|it| it.ports_of(Direction::Egress, from, to))
    }

    /// The ports that the ingress of `to` admits from `from`.
    #[must_use]
    pub fn ingress(&self, from: Endpoint, to: Endpoint) -> PortSet {
        self.settle_ports(|it| it.ports_of(Direction::Ingress, to, from))
    }

    fn ports_of(&self, direction: Direction, subject: Endpoint, remote: Endpoint) -> PortSet {
        match (self.subject(subject, direction), self.remote(remote)) {
            (Some(subject), Some(remote)) => self.side(direction, subject, remote),
            _ => PortSet::all(),
        }
    }

    /// Whether no policy of a workload permits any of the others, so that it is cut off from them all. `false` proves
    /// nothing.
    #[must_use]
    pub fn is_cut_off(&self, workload: WorkloadId, direction: Direction, others: &[WorkloadId]) -> bool {
        let Some(class) = self.class(Endpoint::Workload(workload)) else { return false };
        self.classes().is_pod(class) && self.each().all(|it| it.is_class_cut_off(class, direction, others))
    }

    fn is_class_cut_off(&self, class: u32, direction: Direction, others: &[WorkloadId]) -> bool {
        if !self.resolved.is_plain {
            let mut others = others.iter().filter_map(|&other| self.classes().of_workload(other));
            return others.all(|other| self.side(direction, class, Remote::Class(other)).is_empty());
        }
        let policies = || self.policies_on(class, direction);
        let admits = |rule: &ResolvedRule| {
            let mut others = others.iter().filter_map(|&other| self.classes().of_workload(other));
            others.any(|other| self.admits(rule, Remote::Class(other)))
        };
        policies().any(|policy| policy.isolates(direction))
            && !policies().flat_map(|policy| policy.rules(direction)).any(admits)
    }
}
