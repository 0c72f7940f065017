//! Rules of Admin and Baseline policies that deny the cluster's DNS along with everything else.

use std::collections::BTreeMap;

use super::{DNS_PORT, Dns, names_port, own_resolver, servers};
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::WorkloadId;
use crate::policy::{Action, Peer, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

/// The rule that denies a workload all DNS, if one does.
pub(super) fn denier(context: &Context<'_>, workload: WorkloadId) -> Option<RuleRef> {
    let tiers = &context.facts().admin.tiers;
    if tiers.rules(Direction::Egress).is_empty() || own_resolver(context, workload) != Dns::None {
        return None;
    }
    let subject = Endpoint::Workload(workload);
    let udp = |port| PortSet::single(Protocol::Udp, port);
    let mut deniers =
        servers(context).map(|(server, port)| tiers.denier(Direction::Egress, subject, server, &udp(port)));
    let first = deniers.next()??.at;
    (deniers.all(|denier| denier.is_some()) && !opens_a_resolver(context)).then_some(first)
}

/// Whether a rule is for addresses on the port of DNS: a resolver outside.
fn opens_a_resolver(context: &Context<'_>) -> bool {
    let mut rules = context.facts().admin.tiers.rules(Direction::Egress).iter();
    rules.any(|it| {
        let is_block = |peer: &Peer| matches!(peer, Peer::Block { .. });
        it.rule.action != Action::Deny
            && it.rule.peers.listed().iter().any(is_block)
            && it.rule.ports.listed().iter().any(|port| names_port(port, Protocol::Udp, DNS_PORT))
    })
}

pub(super) fn report(context: &mut Context<'_>, denied: &BTreeMap<RuleRef, Vec<WorkloadId>>) {
    for (&at, workloads) in denied {
        let rules = context.facts().admin.tiers.rules(Direction::Egress);
        let Some(rule) = rules.iter().find(|rule| rule.at == at) else { continue };
        let who = phrase::list(context.names(workloads));
        let message = format!("{who} cannot reach cluster DNS: {} denies it", rule.title());
        let about = context.cluster().subject(&rule.object.object);
        context.report_because(Cause::Rule(at), rule.action_place(), about, message).help(
            "before it, accept pods `k8s-app: kube-dns` in namespace `kube-system` on UDP and TCP 53 \
             (5353 on OpenShift)",
        );
    }
}
