//! Nobody but these: every other source that may connect all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{Outcome, failed};
use crate::analysis::Analysis;
use crate::config::Expectation;
use crate::endpoint::{Cover, Destination, End, EndpointError, behind_unseen_controller};
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, WorkloadId};
use crate::query::{Answer, MAX_PAIRS, Pair, verdicts};
use crate::source::Origin;

pub(super) fn outcome<'m>(
    analysis: &'m Analysis,
    expectation: &Expectation,
    sources: &[String],
) -> Result<Outcome<'m>, (Origin, EndpointError)> {
    let resolver = analysis.resolver();
    let to = resolver.destination(&expectation.to).map_err(|error| (expectation.origin.key("to"), error))?;
    let mut meant = Cover::default();
    for (index, source) in sources.iter().enumerate() {
        let at = |error| (expectation.origin.key("only").index(index), error);
        meant.add(&resolver, source).map_err(at)?;
    }
    let mut pairs = Vec::new();
    let others = Others::new(analysis, &meant);
    for destination in to.ends.iter().filter(|destination| is_pod(&destination.end)) {
        others.reaching(analysis, destination, &mut pairs);
        if pairs.len() > MAX_PAIRS {
            break;
        }
    }
    let answer = Answer::new(analysis, [&sources.join(", "), &expectation.to], pairs, to.notes);
    Ok(if answer.pairs.is_empty() { Outcome::Met(answer.notes) } else { failed(answer, true) })
}

/// Only of pods does a policy say who may connect.
fn is_pod(end: &End) -> bool {
    !matches!(end, End::External(_))
}

/// Every source that is not meant. Workloads that no policy distinguishes are asked about once.
struct Others {
    groups: Vec<Vec<WorkloadId>>,
    pods: Vec<End>,
    addresses: AddressSet,
    /// What an ingress controller is there to reach, where it is not meant.
    behind_ingress: BTreeMap<WorkloadId, PortSet>,
}

impl Others {
    fn new(analysis: &Analysis, meant: &Cover) -> Self {
        let cluster = analysis.cluster();
        let is_other = |end: &End| !meant.contains(end, cluster);
        let mut groups: BTreeMap<(u32, NamespaceId), Vec<WorkloadId>> = BTreeMap::new();
        for (workload, id) in cluster.workloads.iter().zip((0..).map(WorkloadId)) {
            if is_other(&End::Workload(id)) {
                groups.entry((analysis.reach().group(id), workload.object.namespace)).or_default().push(id);
            }
        }
        let holding: BTreeSet<NamespaceId> =
            cluster.workloads.iter().map(|workload| workload.object.namespace).collect();
        // Pods that are presumed to exist are some of them.
        let any = holding.into_iter().map(Some).chain([None]).map(End::AnyPod);
        let controller = is_other(&End::IngressController);
        Self {
            groups: groups.into_values().collect(),
            pods: any.filter(is_other).collect(),
            addresses: AddressSet::all().difference(&meant.addresses),
            behind_ingress: if controller { behind_unseen_controller(cluster) } else { BTreeMap::new() },
        }
    }

    /// Adds those that may connect to the destination: known workloads first.
    fn reaching(&self, analysis: &Analysis, destination: &Destination, found: &mut Vec<Pair>) {
        let Destination { end, ports } = destination;
        let permitted = |source: &End, ports: &PortSet| {
            verdicts(analysis, source, end, ports).into_iter().filter(Pair::is_allowed).collect::<Vec<_>>()
        };
        for group in &self.groups {
            let mut members = group.iter().map(|&id| End::Workload(id)).filter(|source| source != end).peekable();
            let Some(first) = members.peek() else { continue };
            if let [pair] = permitted(first, ports).as_slice() {
                found.extend(members.map(|from| Pair { from, ..pair.clone() }));
            }
        }
        for pod in self.pods.iter().filter(|pod| *pod != end) {
            found.extend(permitted(pod, ports));
        }
        if let End::Workload(id) = end
            && let Some(meant) = self.behind_ingress.get(id)
            && !meant.intersection(ports).is_empty()
        {
            found.extend(permitted(&End::IngressController, &meant.intersection(ports)));
        }
        if !self.addresses.is_empty() {
            found.extend(permitted(&End::External(self.addresses.clone()), ports));
        }
    }
}
