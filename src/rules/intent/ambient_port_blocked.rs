//! Pods in Istio's ambient mode whose policies admit the ports of the application, and not the one that all of their
//! traffic arrives on.

use std::collections::BTreeMap;

use super::SHOWN;
use crate::edit::{Change, Edit, Safety};
use crate::facts::in_force::RuleAt;
use crate::facts::mesh::{Mesh, TUNNEL, ends, leaves_out_tunnel};
use crate::net::{Direction, Protocol};
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::PortMatch;
use crate::rules::{Context, repairs};
use crate::text::phrase;

/// A rule, and the workloads whose traffic it was to admit.
type Blocking<'m> = (RuleAt<'m>, Vec<WorkloadId>);

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mesh = Mesh::of(context.analysis());
    if mesh.is_empty() {
        return;
    }
    let mut blocked: BTreeMap<(PolicyId, Direction), Vec<Blocking<'_>>> = BTreeMap::new();
    for rule in context.rules().filter(|rule| leaves_out_tunnel(&rule.rule.ports)) {
        let pairs = mesh.pairs(context.analysis(), &rule);
        let mut peers: Vec<WorkloadId> =
            pairs.into_iter().filter(|pair| is_blocked(context, &rule, *pair)).map(|(_, peer)| peer).collect();
        peers.sort_unstable();
        peers.dedup();
        if !peers.is_empty() {
            blocked.entry((rule.at.policy, rule.at.direction)).or_default().push((rule, peers));
        }
    }
    for rules in blocked.values() {
        report(context, rules);
    }
}

/// Whether the side of the rule refuses what the mesh makes of the traffic that the rule admits.
fn is_blocked(context: &Context<'_>, rule: &RuleAt<'_>, pair: (WorkloadId, WorkloadId)) -> bool {
    let (from, to) = ends(rule, pair);
    let ports = match rule.at.direction {
        Direction::Ingress => context.at_most().ingress(from, to),
        Direction::Egress => context.at_most().egress(from, to),
    };
    !ports.is_empty() && !ports.contains(Protocol::Tcp, TUNNEL)
}

fn report(context: &mut Context<'_>, rules: &[Blocking<'_>]) {
    let Some(((rule, peers), others)) = rules.split_first() else { return };
    let message =
        format!("`{}` leaves out TCP {TUNNEL}, which carries all traffic of the mesh", rule.object.object.name);
    let names = phrase::list(context.names(peers));
    let remark = match rule.at.direction {
        Direction::Ingress => format!("traffic from {names} arrives on TCP {TUNNEL}"),
        Direction::Egress => format!("traffic to {names} leaves on TCP {TUNNEL}"),
    };
    let tunnel = PortMatch::Range { protocol: Protocol::Tcp, first: TUNNEL, last: TUNNEL };
    let add = |(rule, _): &Blocking<'_>| {
        rule.object.network_policy()?;
        let at = rule.object.ports_origin(rule.at.direction, rule.at.index);
        Some(Edit { at, change: Change::Append(repairs::port(&tunnel)?) })
    };
    let edits = rules.iter().map(add).collect::<Option<Vec<_>>>().unwrap_or_default();
    let fix = repairs::fix(Safety::Unsafe, format!("add TCP {TUNNEL}"), edits);
    let draft = context.report(
        rule.object.ports_origin(rule.at.direction, rule.at.index).key_only(),
        context.subject(rule),
        message,
    );
    draft.fix(fix).remark(remark);
    let port = match rule.object.cilium_policy() {
        Some(_) => format!("{{port: \"{TUNNEL}\", protocol: TCP}}"),
        None => format!("{{protocol: TCP, port: {TUNNEL}}}"),
    };
    draft.help(format!(
        "add `{port}` to these ports; what may be called through it is for an \
         AuthorizationPolicy to limit"
    ));
    for (other, _) in others.iter().take(SHOWN) {
        draft.because(other.object.ports_origin(other.at.direction, other.at.index).key_only(), "here too");
    }
}
