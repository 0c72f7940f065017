//! What is permitted, though nothing in the input asks for it.

use std::sync::Arc;

use super::{Connection, Connections};
use crate::endpoint::End;
use crate::facts::evidence::{AllEvidence, Depth, Explained, Side, requests};
use crate::reach::External;

impl Connections<'_> {
    /// The connections that nothing in the input asks for: of those that are asked for on some ports, the other ports.
    /// What policies say is no reason for itself.
    #[must_use]
    pub fn unexplained(mut self) -> Self {
        let evidence = AllEvidence::new(self.analysis, Depth::Intent);
        let asked = requests(self.analysis, &evidence);
        self.explained = Some(Box::new(Explained::new(self.analysis, &asked.connections)));
        self.notes.push(
            "listed is what nothing in the input asks for; code, Secrets and people may have reasons that it does not show"
                .to_owned(),
        );
        self
    }

    /// Whether only what is not asked for is listed.
    pub(crate) fn is_unexplained(&self) -> bool {
        self.explained.is_some()
    }

    /// What is listed of a connection.
    pub(super) fn listed(&self, connection: Connection) -> Vec<Connection> {
        let Some(explained) = &self.explained else { return vec![connection] };
        let none = Side::default();
        let Connection { from, to, ports } = connection;
        let outside = |side: &Side, addresses: &_, whole: &dyn Fn(End) -> (End, End)| {
            let entry = External { addresses: Clone::clone(addresses), ports: (*ports).clone() };
            let left = side.excess(entry).into_iter().map(|External { addresses, ports }| {
                let (from, to) = whole(End::External(addresses));
                Connection { from, to, ports: Arc::new(ports) }
            });
            left.collect()
        };
        let left = match (&from, &to) {
            (End::Workload(source), End::Workload(target)) => ports.difference(&explained.between(*source, *target)),
            (End::External(addresses), End::Workload(target)) => {
                let side = explained.to(*target).unwrap_or(&none);
                return outside(side, addresses, &|end| (end, to.clone()));
            }
            (End::Workload(source), End::External(addresses)) => {
                let side = explained.from(*source).unwrap_or(&none);
                return outside(side, addresses, &|end| (from.clone(), end));
            }
            (End::IngressController, End::Workload(target)) => {
                let side = explained.to(*target).unwrap_or(&none);
                ports.difference(&side.controller).difference(&side.anyone)
            }
            _ => (*ports).clone(),
        };
        if left.is_empty() { Vec::new() } else { vec![Connection { from, to, ports: Arc::new(left) }] }
    }
}
