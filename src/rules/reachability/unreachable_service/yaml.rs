//! The policies that open Services which are closed.

use std::collections::BTreeSet;

use super::SHOWN;
use crate::cluster::Tier;
use crate::edit::Value;
use crate::facts::unreachable::{Closed, Ends, target_ports};
use crate::net::Direction;
use crate::net::address::whole_world;
use crate::objects::{Labels, WorkloadId};
use crate::policy::PolicyObject;
use crate::rules::Context;
use crate::rules::repairs::{self, Allow, Far};

/// An instruction with a policy for each Service. `None` where they are many, or nothing says who is to be let into a
/// database.
pub(super) fn help(
    context: &Context<'_>,
    like: &PolicyObject,
    closed: Closed,
    services: &[&Ends<'_>],
) -> Option<String> {
    if services.len() > SHOWN {
        return None;
    }
    let clients: Vec<BTreeSet<WorkloadId>> = services.iter().map(|ends| clients(context, ends)).collect();
    let is_known = clients.iter().all(|clients| !clients.is_empty());
    let instruction = match closed {
        Closed::ToOutside => "admit the addresses of the clients, or all",
        _ if is_known => "admit those who call it",
        _ => "admit those who call it, or all pods of its namespace",
    };
    let policies = services.iter().zip(&clients).map(|(ends, clients)| policy(context, like, closed, ends, clients));
    Some(repairs::with_policies(instruction, &policies.collect::<Option<Vec<_>>>()?))
}

/// The workloads whose policies name the pods of a Service.
fn clients(context: &Context<'_>, (_, targets): &Ends<'_>) -> BTreeSet<WorkloadId> {
    let asked_for = &context.facts().unreachable.asked_for;
    let policies = targets.iter().filter_map(|target| asked_for.get(&target.id)).flatten();
    policies.flat_map(|policy| context.at_most().selected(*policy)).collect()
}

fn policy(
    context: &Context<'_>,
    like: &PolicyObject,
    closed: Closed,
    (service, targets): &Ends<'_>,
    clients: &BTreeSet<WorkloadId>,
) -> Option<Value> {
    let namespace = service.object.namespace;
    let tier = |id| context.analysis().tier(id).map(|found| found.tier);
    let holds_data = targets.iter().any(|target| tier(target.id) == Some(Tier::Database));
    let far = match closed {
        _ if holds_data && clients.is_empty() => return None,
        Closed::ToOutside => vec![Far::Blocks(whole_world().into())],
        _ if clients.is_empty() => vec![Far::Pods { namespace: None, labels: Labels::default() }],
        _ => {
            let of = |id: &WorkloadId| Far::workload(context, context.workload(*id)?, namespace);
            clients.iter().take(SHOWN).map(of).collect::<Option<Vec<_>>>()?
        }
    };
    let allow = Allow {
        namespace,
        name: format!("{}-ingress", service.object.name),
        pods: repairs::lasting(service.selector.as_ref()?)?,
        rules: far.into_iter().map(|far| (Direction::Ingress, far)).collect(),
        ports: target_ports(targets),
    };
    repairs::policy(context, like, &allow)
}
