//! The DNS servers that pods ask: those of the configuration, else kube-dns, and OpenShift's where the input is for
//! OpenShift.

use crate::analysis::Analysis;
use crate::cluster::{PresumedDns, kube_dns, openshift_dns};
use crate::net::Protocol;
use crate::net::ports::PortSet;

/// The servers that pods ask.
pub(super) fn servers(analysis: &Analysis) -> Vec<PresumedDns> {
    let configured = &analysis.config().dns;
    if !configured.is_empty() {
        return configured.clone();
    }
    let mut servers = vec![kube_dns()];
    if is_openshift(analysis) {
        servers.push(openshift_dns());
    }
    servers
}

/// Whether the input has objects that only OpenShift has.
fn is_openshift(analysis: &Analysis) -> bool {
    let cluster = analysis.cluster();
    cluster.backends.iter().any(|backend| backend.object.kind == "Route")
        || cluster.workloads.iter().any(|workload| workload.object.kind == "DeploymentConfig")
}

/// The ports of a server, with both protocols: long answers come over TCP.
pub(super) fn ports(numbers: &[u16]) -> PortSet {
    let both = numbers.iter().flat_map(|&port| [Protocol::Udp, Protocol::Tcp].map(|it| PortSet::single(it, port)));
    both.fold(PortSet::default(), |set, port| set.union(&port))
}
