//! Pods that may connect to anything, so that whoever takes one over may as well.

use std::net::{IpAddr, Ipv4Addr};

use crate::diagnostic::Severity;
use crate::facts::default_deny::{has_default_deny, near_misses};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Peer, Peers, Ports, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::source::Place;
use crate::text::phrase;

/// An address that stands for the outside: of the documentation range, so that no rule means it (RFC 5737).
const OUTSIDE: Endpoint = Endpoint::External(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    not_isolated(context);
    let facts = context.facts();
    for (policy, written, lowered) in context.policies() {
        if !lowered.isolates(Direction::Egress) {
            continue;
        }
        for (index, rule) in lowered.egress.iter().enumerate() {
            let rule_ref = RuleRef { policy, direction: Direction::Egress, index };
            // What cancels a deny is `allow-all-defeats-deny`.
            if !facts.openings.cancels_a_deny(rule_ref) {
                open_rule(context, (policy, written), index, rule, |peer| {
                    facts.metadata_services.contains(rule_ref, peer)
                });
            }
        }
    }
}

/// Namespaces with workloads that no policy isolates for egress.
fn not_isolated(context: &mut Context<'_>) {
    for (namespace, workloads) in context.analysis().namespaces() {
        let open: Vec<_> = workloads
            .iter()
            .filter(|&&id| !context.at_most().is_isolated(Endpoint::Workload(id), Direction::Egress))
            .filter(|&&id| !is_denied(context, id))
            .collect();
        // A default deny that forgets egress is `missing-default-deny`.
        let forgotten = has_default_deny(context.analysis(), namespace, Direction::Ingress)
            && near_misses(context.analysis(), namespace, Direction::Egress).next().is_some();
        if open.is_empty() || forgotten || has_default_deny(context.analysis(), namespace, Direction::Egress) {
            continue;
        }
        let Some(place) = context.analysis().namespace_place(namespace, &workloads) else { continue };
        let subject = context.analysis().namespace_subject(namespace);
        let who = phrase::list(context.names(open.iter().copied()));
        // A single destination may be denied.
        let restricts = if context.facts().admin.is_empty() { "nothing" } else { "no default deny" };
        let message = format!("{restricts} restricts egress of {who} in namespace `{}`", subject.name);
        context
            .report(place, subject, message)
            .help("isolate them for egress, then allow DNS and each connection that they need");
    }
}

/// Whether an Admin or Baseline policy denies a workload every address outside.
fn is_denied(context: &Context<'_>, workload: WorkloadId) -> bool {
    let tiers = &context.facts().admin.tiers;
    tiers.denier(Direction::Egress, Endpoint::Workload(workload), OUTSIDE, &PortSet::all()).is_some()
}

/// A rule that admits every destination. Peers that are reported for something worse are passed over.
fn open_rule(
    context: &mut Context<'_>,
    (policy, written): (PolicyId, &NetworkPolicy),
    index: usize,
    rule: &Rule,
    is_reported: impl Fn(usize) -> bool,
) {
    let places: Vec<(Place, String, bool)> = match &rule.peers {
        Peers::Everyone => {
            // An empty `to` is `empty-peer-list`.
            let empty = written.empty_peers.contains(&(Direction::Egress, index));
            let place = || written.rule_origin(Direction::Egress, index).entry();
            if empty { Vec::new() } else { vec![(place(), "everything".to_owned(), false)] }
        }
        Peers::Of(peers) => peers
            .iter()
            .enumerate()
            .filter_map(|(peer, block)| match block {
                Peer::Block { cidr, except } if cidr.prefix_len() == 0 && !is_reported(peer) => {
                    let place = written.peer_origin(Direction::Egress, index, peer).keys(["ipBlock", "cidr"]).value();
                    Some((place, format!("`{cidr}`"), !except.is_empty()))
                }
                _ => None,
            })
            .collect(),
    };
    if rule.ports.is_limited_to(&[53, 5353]) {
        return;
    }
    // What an Admin policy denies first, no rule of a NetworkPolicy opens.
    let mut selected = context.at_most().selected(policy).peekable();
    if selected.peek().is_some() && selected.all(|id| is_denied(context, id)) {
        return;
    }
    for (place, what, carved) in places {
        let https = rule.ports.is_limited_to(&[443]);
        let message = match (&rule.ports, https) {
            (_, true) => format!("`{}` permits egress to {what}, though only for HTTPS", written.object.name),
            (Ports::All, _) => format!("`{}` permits egress to {what}", written.object.name),
            _ => format!("`{}` permits egress to {what} on the ports it names", written.object.name),
        };
        let subject = context.cluster().subject(&written.object);
        let draft = context.report(place, subject, message);
        if https || carved {
            draft.severity(Severity::Note);
        }
        draft.help("name the destinations: pods by selector, outside addresses by narrower blocks");
    }
}
