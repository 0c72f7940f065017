//! Pods that may connect to anything, so that whoever takes one over may as well.

use crate::cluster::{Direction, NetworkPolicy, Protocol};
use crate::finding::{Place, Severity};
use crate::policy::{Peer, Peers, PortMatch, Ports, Rule};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::rules::isolation::{has_default_deny, near_misses};
use crate::words;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    not_isolated(context);
    for (_, written, lowered) in context.policies() {
        if !lowered.isolates(Direction::Egress) {
            continue;
        }
        for (index, rule) in lowered.egress.iter().enumerate() {
            open_rule(context, written, index, rule);
        }
    }
}

/// Namespaces with workloads that no policy isolates for egress.
fn not_isolated(context: &mut Context<'_>) {
    for (namespace, workloads) in context.namespaces() {
        let open: Vec<_> = workloads
            .iter()
            .filter(|&&id| !context.at_most().is_isolated(Endpoint::Workload(id), Direction::Egress))
            .collect();
        // A default deny that forgets egress is `missing-default-deny`.
        let forgotten = has_default_deny(context, namespace, Direction::Ingress)
            && near_misses(context, namespace, Direction::Egress).next().is_some();
        if open.is_empty() || forgotten || has_default_deny(context, namespace, Direction::Egress) {
            continue;
        }
        let Some(place) = context.namespace_place(namespace, &workloads) else { continue };
        let subject = context.namespace_subject(namespace);
        let who = words::list(context.names(open.iter().copied()));
        let message = format!("nothing restricts egress of {who} in namespace `{}`", subject.name);
        context
            .report(place, subject, message)
            .help("isolate them for egress, then allow DNS and each connection that they need");
    }
}

/// A rule that admits every destination.
fn open_rule(context: &mut Context<'_>, written: &NetworkPolicy, index: usize, rule: &Rule) {
    let origin = written.rule_origin(Direction::Egress, index);
    let places: Vec<(Place, String, bool)> = match &rule.peers {
        Peers::Everyone => {
            let mut what = "everything";
            let place = match written.spec.egress.iter().flatten().nth(index).map(|rule| &rule.to) {
                Some(Some(_)) => {
                    what = "everything: `to` is empty";
                    origin.key("to").entry()
                }
                _ => origin.entry(),
            };
            vec![(place, what.to_owned(), false)]
        }
        Peers::Of(peers) => peers
            .iter()
            .enumerate()
            .filter_map(|(peer, block)| match block {
                Peer::Block { cidr, except } if cidr.prefix_len() == 0 => {
                    let place = written.peer_origin(Direction::Egress, index, peer).keys(["ipBlock", "cidr"]).value();
                    Some((place, format!("`{cidr}`"), !except.is_empty()))
                }
                _ => None,
            })
            .collect(),
    };
    if is_limited_to(&rule.ports, &[53, 5353]) {
        return;
    }
    for (place, what, carved) in places {
        let https = is_limited_to(&rule.ports, &[443]);
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

/// Whether a rule speaks of no other ports than these, of TCP or UDP.
fn is_limited_to(ports: &Ports, numbers: &[u16]) -> bool {
    let Ports::Of(ports) = ports else { return false };
    ports.iter().all(|port| match port {
        PortMatch::Range { protocol, first, last } => {
            *protocol != Protocol::Sctp && first == last && numbers.contains(first)
        }
        PortMatch::Invalid => true,
        PortMatch::Protocol(_) | PortMatch::Named { .. } => false,
    })
}
