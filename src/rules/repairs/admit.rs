//! Policies that let those in who are meant to connect.

use std::collections::BTreeMap;

use super::{Allow, Far, lasting, policy, with_policies};
use crate::facts::evidence::Meant;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::policy::PolicyObject;
use crate::rules::Context;

/// How many policies a help text holds.
pub(in crate::rules) const POLICIES: usize = 3;

/// How many peers each of them lets in.
const PEERS: usize = 8;

/// Who is to be let in.
pub(in crate::rules) struct Admitted<'a> {
    /// What they are called, after `the`.
    pub(in crate::rules) who: &'static str,
    /// Who they are.
    pub(in crate::rules) meant: &'a Meant,
    /// What the name of a policy says of it, after that of its workload.
    pub(in crate::rules) suffix: &'static str,
}

/// An instruction with a policy for each workload that lets them in on its ports, in the syntax of the policy that keeps
/// them out. `None` where that takes many policies or peers, or more than labels.
pub(in crate::rules) fn admit(
    context: &Context<'_>,
    like: &PolicyObject,
    admitted: &Admitted<'_>,
    workloads: BTreeMap<WorkloadId, PortSet>,
) -> Option<String> {
    let Admitted { who, meant: (parties, presumed), suffix } = admitted;
    if workloads.len() > POLICIES || parties.len() > PEERS {
        return None;
    }
    let policies = workloads.into_iter().map(|(id, ports)| {
        let workload = context.workload(id)?;
        let namespace = workload.object.namespace;
        let of = |party| Some((Direction::Ingress, Far::party(context, party, namespace)?));
        let rules = parties.iter().map(of).collect::<Option<_>>()?;
        let (name, pods) = (format!("{}-{suffix}", workload.object.name), lasting(&workload.pod_labels)?);
        policy(context, like, &Allow { namespace, name, pods, rules, ports })
    });
    let policies: Vec<_> = policies.collect::<Option<_>>()?;
    let instruction = match presumed {
        Some(namespace) => format!("admit the {who}, which is usually in namespace `{namespace}`"),
        None => format!("admit the {who}"),
    };
    Some(with_policies(&instruction, &policies))
}
