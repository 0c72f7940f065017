//! Connections that the manifests show to be meant, and that policies deny.

pub(super) mod ambient_port_blocked;
pub(super) mod ambient_port_open;
pub(super) mod blocked_api_server;
pub(super) mod blocked_client;
pub(super) mod blocked_metrics;
pub(super) mod blocked_webhook;
pub(super) mod quorum_ports_blocked;

use crate::net::Direction;
use crate::objects::WorkloadId;
use crate::policy::dialect::PolicyObject;
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::yaml::Part;

/// How many places a finding shows.
const SHOWN: usize = 3;

/// Workloads in a direction, each by itself.
fn sides(context: &Context<'_>, workloads: impl Iterator<Item = WorkloadId>, direction: Direction) -> Vec<Cause> {
    let namespace = |id: &WorkloadId| context.workload(*id).map(|workload| workload.object.namespace);
    workloads.filter_map(|id| Some(Cause::Side(namespace(&id)?, id, direction))).collect()
}

/// Where a policy keeps out what it does not admit, and what to say there.
fn restriction(policy: &PolicyObject, direction: Direction) -> (Place, String) {
    let place = policy.restriction_place(direction);
    let words = match place.part {
        Part::Key => format!("{direction} is limited to this"),
        _ => format!("this isolates them for {direction}"),
    };
    (place, words)
}
