//! What the configured network plugin does not do with a policy that the API server accepts.

use super::policies;
use crate::config::Plugin;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::dialect::PolicyObject;
use crate::policy::dialect::admin::{AdminKind, AdminPeer, AdminPolicy, AdminPort, AdminRule};
use crate::policy::{Action, RuleRef};
use crate::rules::{Cause, Context};
use crate::source::Place;

/// What is not done, and what to do about it.
struct Lack {
    message: String,
    help: String,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let Some(plugin) = context.analysis().cni().map(|cni| cni.name) else { return };
    for (id, object, written) in policies(context).collect::<Vec<_>>() {
        if let Some(lack) = not_enforced(plugin, object, written) {
            report(context, Cause::Policy(id), object, object.object.origin.key("kind").value(), lack);
        } else if let Some(lack) = out_of_range(plugin, object, written) {
            let place = object.object.origin.keys(["spec", "priority"]).value();
            report(context, Cause::Policy(id), object, place, lack);
        } else {
            check_rules(context, plugin, id, object, written);
        }
    }
}

fn report(context: &mut Context<'_>, cause: Cause, object: &PolicyObject, place: Place, lack: Lack) {
    let about = context.cluster().subject(&object.object);
    context.report_because(cause, place, about, lack.message).help(lack.help);
}

/// The kinds that a plugin does not know, or no more.
fn not_enforced(plugin: Plugin, object: &PolicyObject, written: &AdminPolicy) -> Option<Lack> {
    let is_new = written.kind == AdminKind::ClusterNetworkPolicy;
    let knows = match plugin {
        Plugin::OvnKubernetes => !is_new,
        Plugin::Calico | Plugin::Cilium => is_new,
        Plugin::Antrea | Plugin::KubeNetworkPolicies | Plugin::KubeOvn => true,
    };
    let other = if is_new { "AdminNetworkPolicy or BaselineAdminNetworkPolicy" } else { "ClusterNetworkPolicy" };
    (!knows).then(|| Lack {
        message: format!("{plugin} does not enforce {} `{}`", object.object.kind, object.object.name),
        help: format!("write it as {other}, which {plugin} enforces"),
    })
}

/// Priorities above those that a plugin has room for: the object is accepted, and never applied.
fn out_of_range(plugin: Plugin, object: &PolicyObject, written: &AdminPolicy) -> Option<Lack> {
    let highest = match (plugin, written.kind) {
        (Plugin::OvnKubernetes | Plugin::KubeOvn, AdminKind::AdminNetworkPolicy) => 99,
        (Plugin::KubeOvn, AdminKind::ClusterNetworkPolicy) => 399,
        _ => return None,
    };
    (written.priority > highest).then(|| Lack {
        message: format!("{plugin} does not apply `{}`: its priority is above {highest}", object.object.name),
        help: format!("give it a priority from 0 to {highest}"),
    })
}

fn check_rules(context: &mut Context<'_>, plugin: Plugin, id: PolicyId, object: &PolicyObject, written: &AdminPolicy) {
    for direction in Direction::BOTH {
        for (index, rule) in written.rules(direction).iter().enumerate() {
            let at = RuleRef { policy: id, direction, index };
            let origin = object.rule_origin(direction, index);
            if let Some((peer, lack)) = unknown_peer(plugin, object, rule) {
                let place = origin.key(direction.peers_field()).index(peer).entry();
                report(context, Cause::Peer(at, peer), object, place, lack);
            }
            if let Some(lack) = unknown_ports(plugin, object, written, rule) {
                report(context, Cause::Rule(at), object, origin.key(written.kind.ports_field()).key_only(), lack);
            }
        }
    }
}

/// A peer that a plugin cannot serve, and what it does then.
fn unknown_peer(plugin: Plugin, object: &PolicyObject, rule: &AdminRule) -> Option<(usize, Lack)> {
    let place = rule.peers.iter().position(|peer| match peer {
        AdminPeer::Nodes(_) => plugin == Plugin::Calico,
        AdminPeer::DomainNames(_) => matches!(plugin, Plugin::Calico | Plugin::OvnKubernetes),
        _ => false,
    })?;
    let field = match rule.peers.get(place) {
        Some(AdminPeer::Nodes(_)) => "nodes",
        _ => "domainNames",
    };
    let then = match (plugin, rule.action) {
        (Plugin::Calico, Action::Allow) => ": it leaves the rule out",
        (Plugin::Calico, _) => ": the rule denies everything",
        _ => "",
    };
    let message = format!("{plugin} does not support the `{field}` of `{}`{then}", object.object.name);
    Some((place, Lack { message, help: "name the addresses by `networks`".to_owned() }))
}

/// Ports that a plugin does not read: Kube-OVN has the field of an earlier draft, and no named ports.
fn unknown_ports(plugin: Plugin, object: &PolicyObject, written: &AdminPolicy, rule: &AdminRule) -> Option<Lack> {
    let ports = rule.ports.as_ref().filter(|_| plugin == Plugin::KubeOvn)?;
    let name = &object.object.name;
    if written.kind == AdminKind::ClusterNetworkPolicy {
        return Some(Lack {
            message: format!("{plugin} does not read the `protocols` of `{name}`: the rule is for every port"),
            help: "write the rule as an AdminNetworkPolicy, with `ports`".to_owned(),
        });
    }
    ports.iter().all(|port| matches!(port, AdminPort::Named(_))).then(|| Lack {
        message: format!("{plugin} does not support named ports: this rule of `{name}` has no effect"),
        help: "write the numbers".to_owned(),
    })
}
