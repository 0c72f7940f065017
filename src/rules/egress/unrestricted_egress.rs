//! Pods that may connect to anything, so that whoever takes one over may as well.

use crate::analysis::MayClose;
use crate::diagnostic::Severity;
use crate::facts::default_deny::{has_default_deny, near_misses};
use crate::net::Direction;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Peer, Peers, Ports, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::source::Place;
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    not_isolated(context);
    let facts = context.facts();
    for (policy, written, lowered) in context.policies() {
        if !lowered.isolates(Direction::Egress) || context.analysis().opens_nothing(policy, lowered) {
            continue;
        }
        for (index, rule) in lowered.egress.iter().enumerate() {
            let rule_ref = RuleRef { policy, direction: Direction::Egress, index };
            // What cancels a deny is `allow-all-defeats-deny`.
            if !facts.openings.cancels_a_deny(rule_ref) {
                open_rule(context, written, index, rule, |peer| facts.metadata_services.contains(rule_ref, peer));
            }
        }
    }
}

/// Namespaces with workloads that no policy isolates for egress.
fn not_isolated(context: &mut Context<'_>) {
    let may_close = MayClose::new(context.analysis(), Direction::Egress);
    for (namespace, workloads) in context.analysis().namespaces() {
        let open: Vec<_> = workloads
            .iter()
            .filter(|&&id| !may_close.holds(id))
            .filter(|&&id| !context.at_most().is_isolated(Endpoint::Workload(id), Direction::Egress))
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
        let message = format!("nothing restricts egress of {who} in namespace `{}`", subject.name);
        context
            .report(place, subject, message)
            .help("isolate them for egress, then allow DNS and each connection that they need");
    }
}

/// A rule that admits every destination. Peers that are reported for something worse are passed over.
fn open_rule(
    context: &mut Context<'_>,
    written: &NetworkPolicy,
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
