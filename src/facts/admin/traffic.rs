//! The traffic that a rule is about at one destination.

use crate::analysis::Analysis;
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::net::traffic::Traffic;
use crate::policy::{PortMatch, Ports};
use crate::reach::Endpoint;

/// What is so for certain, and what may be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Between<T> {
    pub(crate) least: T,
    pub(crate) most: T,
}

/// The traffic of a rule's ports at a destination.
pub(super) fn traffic(analysis: &Analysis, ports: &Ports, destination: Endpoint) -> Between<Traffic> {
    let Ports::Of(ports) = ports else { return Between { least: Traffic::all(), most: Traffic::all() } };
    let (mut least, mut most) = (PortSet::default(), PortSet::default());
    for port in ports {
        match (port.range(), port) {
            (Some((protocol, first, last)), _) => {
                let range = PortSet::range(protocol, first, last);
                least = least.union(&range);
                most = most.union(&range);
            }
            (None, PortMatch::Named { protocol, name }) => {
                let named = named(analysis, name, *protocol, destination);
                least = least.union(&named.least);
                most = most.union(&named.most);
            }
            (None, PortMatch::Invalid) => {}
            // Not said by policies of these tiers, nor by NetworkPolicies.
            (None, _) => most = PortSet::all(),
        }
    }
    Between { least: Traffic::of_ports(least), most: Traffic::of_ports(most) }
}

fn named(analysis: &Analysis, name: &str, protocol: Option<Protocol>, destination: Endpoint) -> Between<PortSet> {
    let is_meant = |of: Protocol| protocol.is_none_or(|protocol| protocol == of);
    let exact = |ports: PortSet| Between { least: ports.clone(), most: ports };
    match destination {
        Endpoint::Workload(id) => {
            let containers = analysis.workload(id).filter(|it| !it.host_network).map_or(&[][..], |it| &it.containers);
            let ports = containers.iter().flat_map(|container| &container.ports);
            let ports = ports.filter(|port| port.name.as_deref() == Some(name) && is_meant(port.protocol));
            exact(ports.fold(PortSet::default(), |sum, port| sum.union(&PortSet::single(port.protocol, port.port))))
        }
        Endpoint::Presumed(place) => {
            let ports = analysis.cluster().presumed.get(place).map_or(&[][..], |pod| &pod.named_ports);
            let ports = ports.iter().filter(|(own, of, _)| own == name && is_meant(*of));
            exact(ports.fold(PortSet::default(), |sum, (_, of, port)| sum.union(&PortSet::single(*of, *port))))
        }
        // A pod that the input doesn't show may declare anything.
        Endpoint::OtherPod(_) | Endpoint::UnknownNamespace => {
            Between { least: PortSet::default(), most: PortSet::all() }
        }
        _ => Between::default(),
    }
}
