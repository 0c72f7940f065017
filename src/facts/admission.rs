//! Who is let in, and which policy forgot which.

use super::admin::may_be_denied;
use crate::analysis::Analysis;
use crate::net::{Direction, Protocol};
use crate::objects::{PolicyId, Workload, WorkloadId};
use crate::policy::dialect::PolicyObject;
use crate::policy::{PortMatch, Ports};
use crate::reach::Endpoint;

/// The policy that most likely forgot a connection of a workload: one with rules that was written for such pods, else
/// one that denies everything, else whichever isolates them. None where an Admin policy may deny the connection first.
pub(crate) fn responsible_policy(
    analysis: &Analysis,
    workload: WorkloadId,
    direction: Direction,
) -> Option<(PolicyId, &PolicyObject)> {
    if may_be_denied(analysis, workload, direction) {
        return None;
    }
    let isolating = analysis.at_most().isolating(Endpoint::Workload(workload), direction);
    let rank = |id: &PolicyId| {
        let policy = analysis.lowered(*id)?;
        Some(match (policy.rules(direction).is_empty(), policy.subject.pods.is_empty()) {
            (false, false) => 0,
            (true, _) => 1,
            (false, true) => 2,
        })
    };
    let id = isolating.min_by_key(|id| (rank(id), *id))?;
    Some((id, analysis.policy(id)?))
}

/// Whether some address outside the cluster's pods may connect to the workload (ingress), or be reached by it
/// (egress), on a port. Nodes have such addresses, and the API server with them.
pub(crate) fn admits_addresses(
    analysis: &Analysis,
    workload: WorkloadId,
    direction: Direction,
    protocol: Protocol,
    port: u16,
) -> bool {
    let (most, own) = (analysis.at_most(), Endpoint::Workload(workload));
    let mut others = [Endpoint::ApiServer, Endpoint::OtherNode].into_iter().map(|other| match direction {
        Direction::Ingress => most.ingress(other, own),
        Direction::Egress => most.egress(own, other),
    });
    others.any(|ports| ports.contains(protocol, port))
        || most.external(own, direction).iter().any(|external| external.ports.contains(protocol, port))
}

/// Whether the ports of an ingress rule are open on the workload that it protects.
pub(crate) fn opens(ports: &Ports, workload: &Workload, protocol: Protocol, port: u16) -> bool {
    match ports {
        Ports::All => true,
        Ports::Of(ports) => any_opens(ports, workload, protocol, port),
    }
}

/// Whether some of the items of such a rule's ports open the port.
pub(super) fn any_opens(ports: &[PortMatch], workload: &Workload, protocol: Protocol, port: u16) -> bool {
    ports.iter().any(|candidate| match candidate {
        PortMatch::Protocol(of) => *of == protocol,
        PortMatch::Range { protocol: of, first, last } => *of == protocol && (*first..=*last).contains(&port),
        PortMatch::Named { protocol: of, name } => {
            of.is_none_or(|of| of == protocol) && workload.named_port(name, protocol) == Some(port)
        }
        _ => false,
    })
}
