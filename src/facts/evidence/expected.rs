//! What the configuration expects to be permitted.

use super::ends::Block;
use super::{Client, Evidence, Reason, Target};
use crate::analysis::Analysis;
use crate::cluster::PresumedPod;
use crate::config::{Claim, Expectation};
use crate::endpoint::{Destination, End};
use crate::net::ports::PortSet;
use crate::objects::Selector;
use crate::policy::{NamespaceSet, PodSet};

/// Every pair of ends that is expected to be permitted, in the order of the configuration. What is not clear is left
/// out: the expectation itself is a finding then.
pub(super) fn expected(analysis: &Analysis) -> Vec<Evidence<'_>> {
    let mut found = Vec::new();
    for expectation in &analysis.config().expectations {
        let sources: &[String] = match &expectation.claim {
            Claim::Allowed { from, allow: true } => std::slice::from_ref(from),
            Claim::Allowed { allow: false, .. } => &[],
            Claim::Only(sources) => sources,
        };
        for source in sources {
            found.extend(pairs(analysis, expectation, source));
        }
    }
    found
}

fn pairs<'m>(analysis: &'m Analysis, expectation: &'m Expectation, source: &str) -> Vec<Evidence<'m>> {
    let resolver = analysis.resolver();
    let (Ok(from), Ok(to)) = (resolver.source(source), resolver.destination(&expectation.to)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for destination in &to.ends {
        for end in from.ends.iter().filter(|end| **end != destination.end) {
            let (clients, servers) = (clients(analysis, end), servers(analysis, destination));
            for client in clients {
                found.extend(servers.iter().map(|server| Evidence {
                    client: client.clone(),
                    server: server.clone(),
                    reason: Reason::Expectation(expectation),
                    place: expectation.origin.clone().value(),
                }));
            }
        }
    }
    found
}

fn clients(analysis: &Analysis, end: &End) -> Vec<Client> {
    match end {
        End::Workload(id) => vec![Client::Workload(*id)],
        End::Presumed(index) => pods_of(analysis, *index).map(Client::Pods).into_iter().collect(),
        End::External(addresses) => {
            addresses.blocks().into_iter().map(|cidr| Client::Addresses(Block::whole(cidr))).collect()
        }
        End::IngressController => vec![Client::IngressController],
        End::AnyPod(namespace) => vec![Client::AnyPod(*namespace)],
    }
}

fn servers<'m>(analysis: &'m Analysis, destination: &Destination) -> Vec<Target<'m>> {
    let ports: Option<PortSet> = Some(&destination.ports).filter(|ports| !ports.is_all()).cloned();
    match &destination.end {
        End::Workload(id) => vec![Target::Workload(*id, ports)],
        End::Presumed(index) => {
            let pods = pods_of(analysis, *index).into_iter();
            pods.map(|pods| Target::Pods(pods, ports.clone())).collect()
        }
        End::External(addresses) => {
            let blocks = addresses.blocks().into_iter().map(Block::whole);
            blocks.map(|block| Target::Addresses(block, ports.clone())).collect()
        }
        End::IngressController | End::AnyPod(_) => Vec::new(),
    }
}

fn pods_of(analysis: &Analysis, index: usize) -> Option<PodSet> {
    let PresumedPod { namespace, labels, .. } = analysis.cluster().presumed.get(index)?;
    Some(PodSet::new(NamespaceSet::One(*namespace), Selector::equalities(labels.iter())))
}
