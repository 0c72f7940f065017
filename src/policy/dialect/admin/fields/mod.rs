//! What the API server does with objects of `policy.networking.k8s.io`: the published definitions, as tables.
//!
//! The tables follow the experimental channel of release 0.3.0 (ClusterNetworkPolicy) and of release 0.1.7
//! (AdminNetworkPolicy, BaselineAdminNetworkPolicy), whose fields include those of the standard channel. Unlike
//! NetworkPolicy, which Kubernetes validates in code, these kinds get no more than their definitions say: label
//! selectors, and the protocols of `v1alpha1`, are not checked at all. What would disable them is `unchecked-value`.

mod alpha;
mod cluster;
mod dropped;
mod selector;
mod values;

pub(crate) use alpha::{ADMIN_NETWORK_POLICY, BASELINE_ADMIN_NETWORK_POLICY};
pub(crate) use cluster::CLUSTER_NETWORK_POLICY;
pub(super) use selector::OPERATORS;

use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};

/// "networks/nodes/domainNames peer cannot be set with namedPorts", of egress rules: the definition's own expression.
/// `ports` is the key of the rule's ports, and `named` that of a named one.
fn named_ports(field: &Field<'_, '_>, (ports, named): (&str, &str), report: &mut Report<'_>) {
    let (Some(peers), Some(ports)) = (field.list("to"), field.list(ports)) else { return };
    let without_ports =
        |peer: &Field<'_, '_>| ["networks", "nodes", "domainNames"].into_iter().find(|key| peer.has(key));
    let Some((peer, key)) = peers.items().find_map(|peer| without_ports(&peer).map(|key| (peer, key))) else { return };
    for port in ports.items() {
        let Some(port) = port.get(named) else { continue };
        let message = format!("`{named}` and `{key}` are in one rule");
        report.invalid(&port, Flaw::new(message, "write the number of the port, or make them two rules"));
        report.because(peer.segments(), format!("`{key}` has no named ports"));
    }
}
