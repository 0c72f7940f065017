//! Connections that something in the input rules out, whatever asks for them.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::cluster::{Confidence, Tier};
use crate::config::{Claim, Expectation};
use crate::endpoint::{Cover, End};
use crate::facts::databases::{client_ports, database};
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;

use super::Party;

/// What rules a connection out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Forbidden {
    /// An expectation of the configuration, in its words.
    Expectation(String),
    /// The tiers of the configuration: those of the server and of the client.
    Tier(String, String),
    /// It leads from a frontend to a database.
    Frontend,
    /// It leads from outside, or from any pod, to a database.
    Everyone,
}

/// Workloads that expectations are about, with the ports.
type Targets = Vec<(WorkloadId, PortSet)>;

/// The expectations that rule something out, with what they are about.
pub(super) struct Rules<'m> {
    analysis: &'m Analysis,
    denied: Vec<(&'m Expectation, Vec<End>, Targets)>,
    only: Vec<(&'m Expectation, Cover, Targets)>,
    permitted: BTreeSet<(WorkloadId, WorkloadId)>,
}

impl<'m> Rules<'m> {
    /// Those of the configuration.
    pub(super) fn new(analysis: &'m Analysis) -> Self {
        let mut rules = Self { analysis, denied: Vec::new(), only: Vec::new(), permitted: BTreeSet::new() };
        let resolver = analysis.resolver();
        for expectation in &analysis.config().expectations {
            let Ok(to) = resolver.destination(&expectation.to) else { continue };
            let targets = to.ends.iter().filter_map(|it| match it.end {
                End::Workload(id) => Some((id, it.ports.clone())),
                _ => None,
            });
            let targets: Targets = targets.collect();
            match &expectation.claim {
                Claim::Allowed { from, allow } => {
                    let Ok(from) = resolver.source(from) else { continue };
                    if *allow {
                        let sources = from.ends.iter().filter_map(|end| match end {
                            End::Workload(id) => Some(*id),
                            _ => None,
                        });
                        let pairs = sources.flat_map(|source| targets.iter().map(move |(target, _)| (source, *target)));
                        rules.permitted.extend(pairs);
                    } else {
                        rules.denied.push((expectation, from.ends, targets));
                    }
                }
                Claim::Only(sources) => {
                    let mut cover = Cover::default();
                    if sources.iter().all(|source| cover.add(&resolver, source).is_ok()) {
                        rules.only.push((expectation, cover, targets));
                    }
                }
            }
        }
        rules
    }

    /// What rules out a connection to a workload, if anything does.
    pub(super) fn forbid(&self, from: &Party, to: WorkloadId, ports: &PortSet) -> Option<Forbidden> {
        let end = match from {
            Party::Workload(id) => End::Workload(*id),
            Party::AnyPod(namespace) => End::AnyPod(*namespace),
            Party::Pods(_) | Party::Addresses(_) | Party::Anyone => return self.forbid_everyone(from, to, ports),
        };
        let is_to = |targets: &[(WorkloadId, PortSet)]| {
            targets.iter().any(|(target, asked)| *target == to && asked.meets(ports))
        };
        let denied = self.denied.iter().find(|(_, sources, targets)| is_to(targets) && sources.contains(&end));
        let not_only = || {
            let cluster = self.analysis.cluster();
            self.only.iter().find(|(_, cover, targets)| is_to(targets) && !cover.contains(&end, cluster))
        };
        let expectation = denied.map(|it| it.0).or_else(|| not_only().map(|it| it.0));
        if let Some(expectation) = expectation {
            return Some(Forbidden::Expectation(expectation.statement()));
        }
        match from {
            Party::Workload(from) if !self.permitted.contains(&(*from, to)) => self.forbid_by_tier(*from, to, ports),
            _ => None,
        }
    }

    fn forbid_by_tier(&self, from: WorkloadId, to: WorkloadId, ports: &PortSet) -> Option<Forbidden> {
        let analysis = self.analysis;
        let frontend = || {
            let looks = analysis.tier(from)?;
            let is_frontend = looks.tier == Tier::Frontend && looks.confidence > Confidence::Low;
            is_frontend.then(|| looks.tier.keyword())
        };
        let source = analysis.configured_tier(from).map(|tier| tier.name.as_str()).or_else(frontend);
        let source = source?;
        if let Some(tier) = analysis.configured_tier(to).filter(|tier| tier.reachable_from.is_some()) {
            return (!tier.admits(source)).then(|| Forbidden::Tier(tier.name.clone(), source.to_owned()));
        }
        let is_frontend = source == Tier::Frontend.keyword();
        (is_frontend && self.serves_as_database(to, ports)).then_some(Forbidden::Frontend)
    }

    fn forbid_everyone(&self, from: &Party, to: WorkloadId, ports: &PortSet) -> Option<Forbidden> {
        let is_everyone = match from {
            Party::Addresses(block) => block.cidr.prefix_len() == 0,
            Party::Anyone => true,
            _ => false,
        };
        (is_everyone && self.serves_as_database(to, ports)).then_some(Forbidden::Everyone)
    }

    /// Whether a workload is taken for a database, and serves clients on one of these ports.
    fn serves_as_database(&self, id: WorkloadId, ports: &PortSet) -> bool {
        let workload = self.analysis.workload(id);
        let found = workload.zip(database(self.analysis, id));
        found.is_some_and(|(workload, tier)| client_ports(workload, tier).meets(ports))
    }
}
