//! Connections that the manifests show to be meant, and that policies deny.

pub(super) mod ambient_port_blocked;
pub(super) mod ambient_port_open;
pub(super) mod blocked_api_server;
pub(super) mod blocked_client;
pub(super) mod blocked_metrics;
pub(super) mod blocked_webhook;
mod hosts;
pub(crate) mod mentions;
pub(super) mod quorum_ports_blocked;

use crate::net::{Direction, Protocol};
use crate::objects::{PolicyId, Workload, WorkloadId};
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{PortMatch, Ports};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::source::Place;
use crate::yaml::Part;

/// How many places a finding shows.
const SHOWN: usize = 3;

/// The policy that most likely forgot a connection of a workload: one with rules that was written for such pods, else
/// one that denies everything, else whichever isolates them.
pub(in crate::rules) fn to_blame<'m>(
    context: &Context<'m>,
    workload: WorkloadId,
    direction: Direction,
) -> Option<(PolicyId, &'m NetworkPolicy)> {
    let isolating = context.at_most().isolating(Endpoint::Workload(workload), direction);
    let rank = |id: &PolicyId| {
        let policy = context.lowered(*id)?;
        Some(match (policy.rules(direction).is_empty(), policy.subject.pods.is_empty()) {
            (false, false) => 0,
            (true, _) => 1,
            (false, true) => 2,
        })
    };
    let id = isolating.min_by_key(|id| (rank(id), *id))?;
    Some((id, context.policy(id)?))
}

/// Where a policy keeps out what it does not admit, and what to say there.
fn restriction(policy: &NetworkPolicy, direction: Direction) -> (Place, String) {
    let place = policy.restriction_place(direction);
    let words = match place.part {
        Part::Key => format!("{direction} is limited to this"),
        _ => format!("this isolates them for {direction}"),
    };
    (place, words)
}

/// Whether some address outside the cluster's pods may connect to the workload (ingress), or be reached by it
/// (egress), on a TCP port. Nodes have such addresses, and the API server with them.
fn admits_addresses(context: &Context<'_>, workload: WorkloadId, direction: Direction, port: u16) -> bool {
    let external = context.at_most().external(Endpoint::Workload(workload), direction);
    external.iter().any(|external| external.ports.contains(Protocol::Tcp, port))
}

/// Whether the ports of an ingress rule are open on the workload that it protects.
pub(in crate::rules) fn opens(ports: &Ports, workload: &Workload, protocol: Protocol, port: u16) -> bool {
    let Ports::Of(ports) = ports else { return true };
    ports.iter().any(|candidate| match candidate {
        PortMatch::Protocol(of) => *of == protocol,
        PortMatch::Range { protocol: of, first, last } => *of == protocol && (*first..=*last).contains(&port),
        PortMatch::Named { protocol: of, name } => *of == protocol && workload.named_port(name, *of) == Some(port),
        PortMatch::Invalid => false,
    })
}
