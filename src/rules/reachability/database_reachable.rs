//! A database that more than its backend can reach.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::frontends::Frontends;
use super::source::{Source, describe};
use crate::cluster::{Confidence, Direction, NamespaceId, PolicyId, Protocol, Tier, Workload, WorkloadId};
use crate::finding::{Place, Severity};
use crate::policy::{NamespaceSet, Peer, Peers, PodSet};
use crate::reach::Endpoint;
use crate::reach::ports::PortSet;
use crate::rules::Context;

/// Addresses that stand for the outside: of the documentation ranges, so that no rule means them (RFC 5737, RFC 3849).
const OUTSIDE: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut frontends = Frontends::new(context);
    for (id, workload) in context.workloads().filter(|(_, workload)| !workload.host_network) {
        let Some(tier) = context.model().tier(id) else { continue };
        let severity = match tier.confidence {
            _ if tier.tier != Tier::Database => continue,
            Confidence::High => Severity::Error,
            Confidence::Medium => Severity::Warning,
            Confidence::Low => continue,
        };
        let database = Database {
            id,
            workload,
            severity,
            ports: client_ports(workload, tier.family.map_or(&[][..], |family| family.ports)),
            what: tier.family.map_or("database", |family| family.name),
        };
        let near = frontends.reaching(context, id, workload.object.namespace, &database.ports);
        check_database(context, &database, &near);
    }
}

struct Database<'m> {
    id: WorkloadId,
    workload: &'m Workload,
    severity: Severity,
    /// The ports that clients use.
    ports: PortSet,
    /// The product.
    what: &'static str,
}

/// The ports on which a database serves clients: those it declares, as far as the product is known to use them.
fn client_ports(workload: &Workload, of_product: &[u16]) -> PortSet {
    let declared = || workload.containers.iter().flat_map(|container| &container.ports);
    let known = declared().filter(|port| of_product.contains(&port.port));
    let known = known.fold(PortSet::default(), |set, port| set.union(&PortSet::single(port.protocol, port.port)));
    if !known.is_empty() {
        return known;
    }
    let standard = of_product.iter().map(|&port| PortSet::single(Protocol::Tcp, port));
    let standard = standard.fold(PortSet::default(), |set, port| set.union(&port));
    let all = declared().fold(standard, |set, port| set.union(&PortSet::single(port.protocol, port.port)));
    if all.is_empty() { PortSet::all() } else { all }
}

fn check_database(context: &mut Context<'_>, database: &Database<'_>, frontends: &[WorkloadId]) {
    let frontends: Vec<Source<'_>> = frontends
        .iter()
        .filter_map(|&id| Some(Source::Frontend(id, context.workload(id)?.object.name.as_str())))
        .collect();
    let namespace = database.workload.object.namespace;
    let name = context.cluster().namespace_name(namespace);
    let mut sources = vec![Source::Namespace(namespace, name), Source::Cluster];
    sources.extend(OUTSIDE.map(Source::Outside));
    let target = Endpoint::Workload(database.id);
    let reach = context.at_least();
    sources.retain(|source| !reach.ports(source.endpoint(), target).intersection(&database.ports).is_empty());
    sources.splice(0..0, frontends);
    if sources.is_empty() {
        return;
    }
    if !reach.is_isolated(target, Direction::Ingress) {
        let who = describe(&sources);
        let name = &database.workload.object.name;
        let message = format!("{} `{name}` is reachable from {who}: nothing isolates it", database.what);
        let about = context.cluster().subject(&database.workload.object);
        let evidence = evidence(context, database);
        let draft = context.report(database.workload.object.name_place(), about, message);
        draft.severity(database.severity).help(HELP);
        for (place, words) in evidence {
            draft.because(place, words);
        }
        return;
    }
    report_rules(context, database, &sources);
}

const HELP: &str = "isolate it for ingress, and allow its backend by `podSelector`, on its port alone";

/// One finding for each rule or peer that lets the wrong ones in.
fn report_rules(context: &mut Context<'_>, database: &Database<'_>, sources: &[Source<'_>]) {
    let reach = context.at_least();
    let target = Endpoint::Workload(database.id);
    let mut causes: BTreeMap<Place, (PolicyId, Vec<Source<'_>>)> = BTreeMap::new();
    for source in sources {
        for port in reach.ports(source.endpoint(), target).intersection(&database.ports).ranges().take(1) {
            let explanation = reach.explain(source.endpoint(), target, port.protocol, port.first);
            for rule in explanation.ingress.admitting {
                let (Some(written), Some(lowered)) = (context.policy(rule.policy), context.lowered(rule.policy)) else {
                    continue;
                };
                let Some(lowered) = lowered.ingress.get(rule.index) else { continue };
                let origin = written.rule_origin(Direction::Ingress, rule.index);
                let peers = match &lowered.peers {
                    Peers::Everyone => vec![origin.entry()],
                    Peers::Of(peers) => peers
                        .iter()
                        .enumerate()
                        .filter(|(_, peer)| admits(context, peer, source.endpoint()))
                        .map(|(index, _)| written.peer_origin(Direction::Ingress, rule.index, index).entry())
                        .collect(),
                };
                for place in peers {
                    let entry = causes.entry(place).or_insert_with(|| (rule.policy, Vec::new()));
                    entry.1.push(*source);
                }
            }
        }
    }
    for (place, (policy, who)) in causes {
        let Some(policy) = context.policy(policy) else { continue };
        let (name, who) = (&database.workload.object.name, describe(&who));
        let message = format!("`{}` opens {} `{name}` to {who}", policy.object.name, database.what);
        let about = context.cluster().subject(&policy.object);
        let evidence = evidence(context, database);
        let draft = context.report(place, about, message);
        draft.severity(database.severity).help("admit the backend alone, by `podSelector`");
        for (place, words) in evidence {
            draft.because(place, words);
        }
    }
}

/// Whether a peer is what admits this source.
fn admits(context: &Context<'_>, peer: &Peer, source: Endpoint) -> bool {
    match (source, peer) {
        (Endpoint::Workload(id), _) => context.at_least().peer_workloads(peer).contains(&id),
        (Endpoint::External(address), Peer::Block { cidr, except }) => {
            cidr.contains(&address) && !except.iter().any(|except| except.contains(&address))
        }
        (_, Peer::Block { cidr, .. }) => context.model().meets_pods(cidr),
        (Endpoint::OtherPod(namespace), Peer::Pods(set)) => {
            set.pods.matches(&BTreeMap::new()) && in_namespaces(context, set, Some(namespace))
        }
        (_, Peer::Pods(set)) => set.pods.matches(&BTreeMap::new()) && in_namespaces(context, set, None),
        _ => false,
    }
}

fn in_namespaces(context: &Context<'_>, set: &PodSet, namespace: Option<NamespaceId>) -> bool {
    match (&set.namespaces, namespace) {
        (NamespaceSet::One(own), Some(namespace)) => *own == namespace,
        (NamespaceSet::One(_), None) => false,
        (NamespaceSet::Matching(selector), None) => selector.is_empty(),
        (NamespaceSet::Matching(selector), Some(namespace)) => {
            let labels = context.cluster().namespaces.get(namespace.0 as usize).map(|namespace| &namespace.labels);
            labels.is_some_and(|labels| selector.matches(labels))
        }
    }
}

/// Why the workload is taken for a database.
fn evidence(context: &Context<'_>, database: &Database<'_>) -> Vec<(Place, String)> {
    let tier = context.model().tier(database.id);
    let strongest = tier.into_iter().flat_map(|tier| &tier.evidence).take(1);
    strongest
        .map(|evidence| (evidence.origin.clone().value(), format!("taken for a database: {}", evidence.words)))
        .collect()
}
