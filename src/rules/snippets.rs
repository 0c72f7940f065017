//! What help asks for, as each kind of policy writes it.

use crate::net::Protocol;
use crate::policy::PolicyObject;
use crate::policy::dialect::Dialect;
use crate::policy::dialect::admin::AdminKind;

/// How a rule of this policy names ports: some that the containers declare.
pub(super) fn ports(object: &PolicyObject, ports: &[(Protocol, u16)]) -> Vec<String> {
    let each =
        |of: &dyn Fn(Protocol, u16) -> String| ports.iter().map(|&(protocol, port)| of(protocol, port)).collect();
    match &object.dialect {
        Dialect::Cilium(_) => {
            each(&|protocol, port| format!("toPorts: [{{ports: [{{port: \"{port}\", protocol: {protocol}}}]}}]"))
        }
        Dialect::Calico(_) => {
            each(&|protocol, port| format!("{{protocol: {protocol}, destination: {{ports: [{port}]}}}}"))
        }
        Dialect::Admin(written) if written.kind == AdminKind::ClusterNetworkPolicy => each(&|protocol, port| {
            let protocol = protocol.to_string().to_lowercase();
            format!("{{{protocol}: {{destinationPort: {{number: {port}}}}}}}")
        }),
        Dialect::Admin(_) => each(&|protocol, port| format!("{{portNumber: {{protocol: {protocol}, port: {port}}}}}")),
        Dialect::NetworkPolicy(_) | Dialect::Unread(_) => {
            each(&|protocol, port| format!("{{protocol: {protocol}, port: {port}}}"))
        }
    }
}
