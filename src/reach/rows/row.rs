//! Everything that one endpoint may connect to, at once.

use std::sync::Arc;

use super::candidates::Candidates;
use super::sides::Sides;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::reach::alike::External;
use crate::reach::end::Endpoint;
use crate::reach::reachability::Reachability;
use crate::reach::reading::Reading;

/// The permitted connections of one source.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Workloads with the ports permitted, in order; the source itself is left out.
    pub workloads: Vec<(WorkloadId, Arc<PortSet>)>,
    /// External addresses, the fewest entries with equal ports.
    pub external: Vec<External>,
}

/// The permitted connections of many sources: what their rows have in common is worked out once.
#[derive(Debug)]
pub struct Rows<'r> {
    reach: &'r Reachability,
    candidates: Candidates,
    sides: Sides,
    /// Those under the other arrangement that the cluster may have, where what it alone permits counts.
    alternative: Option<Box<Self>>,
}

impl Rows<'_> {
    /// Everything that `from` may connect to.
    #[must_use]
    pub fn row(&self, from: Endpoint) -> Row {
        let external = match from {
            Endpoint::IngressController => Vec::new(),
            _ => self.reach.external(from, Direction::Egress),
        };
        Row { workloads: self.targets(from), external }
    }

    /// The workloads that `from` may connect to, in order, with the ports permitted; `from` itself is left out.
    #[must_use]
    pub fn targets(&self, from: Endpoint) -> Vec<(WorkloadId, Arc<PortSet>)> {
        let candidates = match self.reach.class(from) {
            // It may be on the node of any pod, which always reaches it.
            Some(class) if self.reach.reading == Reading::Most && self.reach.is_some_node(class) => {
                self.reach.classes().all()
            }
            Some(class) => {
                let of = |rows: &Self| rows.candidates.of(class, from == Endpoint::IngressController, rows.reach);
                self.alternative.iter().fold(of(self), |sum, other| sum.union(&of(other)))
            }
            None => self.reach.classes().all(),
        };
        let mut targets = Vec::new();
        for class in candidates.intervals().iter().flat_map(|&(first, last)| first..=last) {
            let mut members =
                self.reach.classes().members(class).iter().filter(|&&it| from != Endpoint::Workload(it)).peekable();
            let Some(&&first) = members.peek() else { continue };
            // Workloads of one class differ in nothing that a policy sees.
            let ports = self.ports(from, (class, first));
            if !ports.is_empty() {
                targets.extend(members.map(|&member| (member, Arc::clone(&ports))));
            }
        }
        targets.sort_unstable_by_key(|(workload, _)| *workload);
        targets
    }

    /// The ports on which `from` may open connections to a workload of a class.
    fn ports(&self, from: Endpoint, (class, workload): (u32, WorkloadId)) -> Arc<PortSet> {
        let to = Endpoint::Workload(workload);
        let source = self.reach.class(from).filter(|_| matches!(from, Endpoint::Workload(_)));
        let known = |subject: u32, direction, remote| self.sides.get(subject, direction)?.at(remote).cloned();
        let (ingress, egress) = match source {
            Some(source) => (known(class, Direction::Ingress, source), known(source, Direction::Egress, class)),
            None => (None, None),
        };
        if ingress.is_none() && egress.is_none() {
            return Arc::new(self.reach.ports(from, to));
        }
        let ingress = ingress.unwrap_or_else(|| Arc::new(self.reach.ingress(from, to)));
        if ingress.is_empty() {
            return ingress;
        }
        let egress = egress.unwrap_or_else(|| Arc::new(self.reach.egress(from, to)));
        match (ingress.is_all(), egress.is_all()) {
            (_, true) => ingress,
            (true, false) => egress,
            (false, false) => Arc::new(egress.intersection(&ingress)),
        }
    }
}

impl Reachability {
    /// Prepares the rows of many sources.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        let other = self.alternative.as_deref().filter(|_| self.reading == Reading::Most);
        let alternative = other.map(|other| Box::new(other.rows()));
        Rows { reach: self, candidates: Candidates::new(self), sides: Sides::new(self), alternative }
    }

    /// The ports on which the endpoint's own side may admit anyone at all: of a pod that is not isolated, every port.
    #[must_use]
    pub fn open_ports(&self, endpoint: Endpoint, direction: Direction) -> PortSet {
        let Some(class) = self.class(endpoint) else { return PortSet::all() };
        if self.classes().is_pod(class) {
            self.settle_ports(|it| it.side_for_anybody(direction, class))
        } else {
            PortSet::all()
        }
    }
}
