//! Pods whose egress is isolated and that cannot reach the cluster's DNS: no name resolves, and the application
//! stops, whatever else is allowed.

mod causes;
mod denied;
mod slips;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv4Addr};

use crate::cluster::PresumedAs;
use crate::diagnostic::Severity;
use crate::edit::{Change, Fix, Safety, Value};
use crate::facts::dns::looks_at_home;
use crate::facts::in_force::{RulePeer, allowing_rules};
use crate::net::{Direction, Protocol};
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::dialect::Dialect;
use crate::policy::{Peer, PodSet, PolicyObject, PortMatch, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context, repairs};
use crate::text::phrase;
use causes::{ByPolicy, by_policy, causes, isolating};

/// Where NodeLocal DNSCache listens: the default of Kubernetes, and that of kubespray.
const NODE_LOCAL: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(169, 254, 20, 10)), IpAddr::V4(Ipv4Addr::new(169, 254, 25, 10))];

const DNS_PORT: u16 = 53;

/// Where the DNS servers of the cluster are, on nearly every one.
const DNS_NAMESPACE: &str = "kube-system";

/// How much of DNS a workload can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Dns {
    None,
    UdpOnly,
    Both,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut cut: Vec<(WorkloadId, Dns)> = Vec::new();
    let mut leaves: Vec<WorkloadId> = Vec::new();
    let clients = OnceCell::new();
    let mut denied: BTreeMap<RuleRef, Vec<WorkloadId>> = BTreeMap::new();
    for (id, workload) in context.workloads() {
        let resolves_elsewhere = workload.dns_policy.as_deref() == Some("None");
        if !resolves_elsewhere && let Some(rule) = denied::denier(context, id) {
            denied.entry(rule).or_default().push(id);
            continue;
        }
        if resolves_elsewhere || !context.at_most().is_isolated(Endpoint::Workload(id), Direction::Egress) {
            continue;
        }
        match dns_of(context, id) {
            Dns::Both => {}
            Dns::None if is_leaf(context, id, clients.get_or_init(|| clients_by_name(context))) => leaves.push(id),
            less => cut.push((id, less)),
        }
    }
    denied::report(context, &denied);
    report_at_home(context, &mut cut);
    slips::report(context, &mut cut);
    let leaves = if cut.is_empty() { ByPolicy::new() } else { by_policy(context, leaves) };
    for less in [Dns::None, Dns::UdpOnly] {
        let affected: Vec<WorkloadId> = cut.iter().filter(|(_, dns)| *dns == less).map(|(id, _)| *id).collect();
        for (policy, here) in causes(context, &affected) {
            let side = |&id: &WorkloadId| {
                context.workload(id).map(|it| Cause::Side(it.object.namespace, id, Direction::Egress))
            };
            let (sides, idle) = (here.iter().filter_map(side).collect(), leaves.get(&policy).cloned());
            context.claim(sides, move |context, _| report(context, policy, less, &here, &idle.unwrap_or_default()));
        }
    }
}

/// Reports the peers that look for DNS in the wrong namespace, with the workloads which have no other.
fn report_at_home(context: &mut Context<'_>, cut: &mut Vec<(WorkloadId, Dns)>) {
    let egress =
        allowing_rules(context.analysis()).filter(|it| it.at.direction == Direction::Egress && !cut.is_empty());
    let is_at_home =
        |peer: &RulePeer<'_>| matches!(peer.peer, Peer::Pods(set) if looks_at_home(context.analysis(), set));
    let peers: Vec<RulePeer<'_>> = egress.flat_map(|rule| rule.peers()).filter(is_at_home).collect();
    let without = cut.iter().filter(|(_, dns)| *dns == Dns::None).map(|(id, _)| *id);
    let without = if peers.is_empty() { ByPolicy::new() } else { by_policy(context, without) };
    let mut reported: BTreeSet<WorkloadId> = BTreeSet::new();
    for peer in peers {
        let (object, cause) = (peer.rule.object, Cause::Peer(peer.rule.at, peer.index));
        let mut here = without.get(&peer.rule.at.policy).cloned().unwrap_or_default();
        let is_affected = !here.is_empty();
        here.retain(|id| reported.insert(*id));
        let Some(&first) = here.first() else {
            // The pods are those of another such peer, which is reported.
            if is_affected {
                context.claim(vec![cause], |_, _| ());
            }
            continue;
        };
        let who = phrase::list(context.names(&here));
        let own = context.cluster().namespace_name(object.object.namespace);
        let message = format!("{who} cannot reach cluster DNS: this peer means pods of `{own}`");
        let by: Vec<_> = isolating(context, first).filter_map(|id| context.policy(id)).take(1).collect();
        let (about, origin) = (context.subject(&peer.rule), peer.origin());
        let place = match object.network_policy() {
            Some(_) => origin.key("podSelector").entry(),
            None => peer.place(),
        };
        let draft = context.report_because(cause, place, about, message);
        let add = Change::Insert {
            key: "namespaceSelector".to_owned(),
            value: repairs::namespace_named(DNS_NAMESPACE),
            after: None,
        };
        let fix = Fix::new(Safety::Unsafe, format!("add `namespaceSelector` for `{DNS_NAMESPACE}`"), origin, add);
        draft.fix(fix);
        draft.help(how_to_name_namespace(object));
        for policy in by {
            draft.because(policy.isolation_place(Direction::Egress), "isolates their egress");
        }
    }
    cut.retain(|(id, _)| !reported.contains(id));
}

/// How to look for DNS in its own namespace, in the words of the policy's kind.
fn how_to_name_namespace(object: &PolicyObject) -> &'static str {
    match &object.dialect {
        Dialect::Cilium(_) => "add `k8s:io.kubernetes.pod.namespace: kube-system` to the same selector",
        Dialect::Calico(_) => "add `namespaceSelector: projectcalico.org/name == 'kube-system'` beside the selector",
        _ => "add `namespaceSelector` with `kubernetes.io/metadata.name: kube-system` to the same item",
    }
}

/// Where names are resolved, with the port: the DNS servers of the cluster, and the caches on its nodes.
fn servers<'m>(context: &Context<'m>) -> impl Iterator<Item = (Endpoint, u16)> + use<'m> {
    let presumed = context.cluster().presumed.iter().enumerate();
    let presumed = presumed.filter_map(|(index, pod)| match pod.presumed_as {
        PresumedAs::Dns { port } => Some((Endpoint::Presumed(index), port)),
        PresumedAs::Replica { .. } | PresumedAs::Example => None,
    });
    presumed.chain(NODE_LOCAL.map(|address| (Endpoint::External(address), DNS_PORT)))
}

fn dns_of(context: &Context<'_>, workload: WorkloadId) -> Dns {
    let reach = context.at_most();
    let from = Endpoint::Workload(workload);
    let mut best = Dns::None;
    for (server, port) in servers(context) {
        // Only the egress matters: a policy on the DNS servers themselves is theirs to answer for.
        let ports = reach.egress(from, server);
        if ports.contains(Protocol::Udp, port) {
            if ports.contains(Protocol::Tcp, port) {
                return Dns::Both;
            }
            best = Dns::UdpOnly;
        }
    }
    match own_resolver(context, workload) {
        Dns::None => best,
        own => own,
    }
}

/// DNS at addresses that a rule names together with port 53: a resolver outside, or the address of the DNS Service.
fn own_resolver(context: &Context<'_>, workload: WorkloadId) -> Dns {
    let rules = isolating(context, workload).filter_map(|id| context.lowered(id)).flat_map(|policy| &policy.egress);
    let to_addresses = rules.filter(|rule| rule.peers.listed().iter().any(|peer| matches!(peer, Peer::Block { .. })));
    let named = to_addresses.flat_map(|rule| rule.ports.listed());
    let named: Vec<&PortMatch> = named.collect();
    let names = |protocol| named.iter().any(|port| names_port(port, protocol, DNS_PORT));
    match (names(Protocol::Udp), names(Protocol::Tcp)) {
        (true, true) => Dns::Both,
        (true, false) => Dns::UdpOnly,
        (false, _) => Dns::None,
    }
}

fn names_port(port: &PortMatch, wanted: Protocol, number: u16) -> bool {
    matches!(port, PortMatch::Range { protocol, first, last } if *protocol == wanted && (first..=last).contains(&&number))
}

/// Whether a workload starts no connection, as far as policies tell: it may send nothing at all, and no rule names
/// it as a client.
fn is_leaf(context: &Context<'_>, workload: WorkloadId, clients: &BTreeSet<WorkloadId>) -> bool {
    let sends_nothing = isolating(context, workload)
        .filter_map(|id| context.lowered(id))
        .all(|policy| policy.egress.iter().all(Rule::matches_nothing));
    sends_nothing && !clients.contains(&workload)
}

/// The workloads that ingress rules admit by their labels, and ingress controllers.
fn clients_by_name(context: &Context<'_>) -> BTreeSet<WorkloadId> {
    let rules = context.policies().flat_map(|(_, _, policy)| &policy.ingress);
    let peers = rules.flat_map(|rule| rule.peers.listed());
    let sets = peers.filter_map(|peer| match peer {
        Peer::Pods(set) if !set.pods.is_empty() => Some((set, peer)),
        _ => None,
    });
    // Each set once, however many rules have it.
    let sets: HashMap<&PodSet, &Peer> = sets.collect();
    let named = sets.into_values().flat_map(|peer| context.at_most().peer_workloads(peer));
    // A controller connects to the backends of Ingresses and routes.
    let controllers = context.cluster().ingress_controllers.iter().filter(|_| !context.cluster().backends.is_empty());
    named.chain(controllers.copied()).collect()
}

fn report(context: &mut Context<'_>, cause: PolicyId, less: Dns, affected: &[WorkloadId], idle: &[WorkloadId]) {
    let Some(policy) = context.policy(cause) else { return };
    let who = phrase::list(context.names(affected));
    let message = match less {
        Dns::UdpOnly => format!("{who} can reach cluster DNS over UDP only: long answers need TCP port 53"),
        _ => format!("{who} cannot reach cluster DNS: no rule allows UDP port 53"),
    };
    let others: BTreeSet<PolicyId> =
        affected.iter().flat_map(|&id| isolating(context, id)).filter(|&id| id != cause).collect();
    let related: Vec<_> = others.iter().filter_map(|&id| context.policy(id)).take(3).collect();
    let about = context.cluster().subject(&policy.object);
    let remark = format!("isolates egress of {}", phrase::list(context.names(affected.iter().chain(idle))));
    let refused = context.refused(Direction::Egress, affected);
    // Other dialects write their rules otherwise.
    let written = policy.network_policy().filter(|_| less != Dns::UdpOnly);
    let rule = written.and_then(|_| repairs::dns_rule(context));
    let yaml = rule.as_ref().map(|rule| {
        let name = &policy.object.name;
        let rules = Value::map([("egress", Value::List(vec![rule.clone()]))]);
        repairs::with_yaml(&format!("add a rule to `spec` of `{name}`"), &rules)
    });
    let fix = rule.zip(written).map(|(rule, written)| {
        let add = Change::Append(rule);
        Fix::new(Safety::Unsafe, "add an egress rule to cluster DNS", written.rules_origin(Direction::Egress), add)
    });
    let draft = context.report(policy.isolation_place(Direction::Egress), about, message);
    draft.fix(fix).because_of(refused);
    for other in related {
        draft.because(
            other.restriction_place(Direction::Egress),
            format!("`{}` restricts egress too, without DNS", other.object.name),
        );
    }
    let mut help = yaml.unwrap_or_else(|| {
        "add an egress rule to pods `k8s-app: kube-dns` in namespace `kube-system`, ports 53 UDP and TCP".to_owned()
    });
    if less == Dns::UdpOnly {
        draft.severity(Severity::Warning);
        help = "add `protocol: TCP, port: 53` beside the UDP port".to_owned();
    }
    draft.help(help);
    draft.remark(remark).key(if less == Dns::UdpOnly { "UDP only" } else { "none" });
}
