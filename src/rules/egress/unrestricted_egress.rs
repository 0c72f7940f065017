//! Pods that may connect to anything, so that whoever takes one over may as well.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use crate::analysis::MayClose;
use crate::diagnostic::Severity;
use crate::facts::default_deny::has_default_deny;
use crate::facts::in_force::RuleAt;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, PolicyId, WorkloadId};
use crate::policy::{Peer, Peers, PolicyObject, Ports, Rule, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

/// An address that stands for the outside: of the documentation range, so that no rule means it (RFC 5737).
const OUTSIDE: Endpoint = Endpoint::External(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));

const HELP: &str = "name the destinations: pods by selector, outside addresses by narrower blocks";

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    not_isolated(context);
    let everywhere = open_namespaces(context);
    for RuleAt { object, lowered, at, rule } in context.rules().filter(|it| it.at.direction == Direction::Egress) {
        let is_told = is_open(rule) && everywhere.contains_key(&object.object.namespace);
        if !is_told && !context.analysis().opens_nothing(at.policy, lowered) {
            open_rule(context, object, at, rule);
        }
    }
    for (namespace, rules) in everywhere {
        open_namespace(context, namespace, rules);
    }
}

/// Whether a rule permits everything, whatever the port.
fn is_open(rule: &Rule) -> bool {
    rule.peers == Peers::Everyone && matches!(rule.ports, Ports::All)
}

/// Namespaces most of whose policies permit all egress, two at least: the choice was made once and repeated. Of the rules,
/// those that open anything.
fn open_namespaces<'m>(context: &Context<'m>) -> BTreeMap<NamespaceId, Vec<(&'m PolicyObject, RuleRef)>> {
    let mut open: BTreeMap<NamespaceId, Vec<(&PolicyObject, RuleRef)>> = BTreeMap::new();
    let mut policies: BTreeMap<NamespaceId, BTreeMap<PolicyId, bool>> = BTreeMap::new();
    for RuleAt { object, lowered, at, rule } in context.rules().filter(|it| it.at.direction == Direction::Egress) {
        let namespace = object.object.namespace;
        *policies.entry(namespace).or_default().entry(at.policy).or_default() |= is_open(rule);
        let may_open =
            || !context.analysis().opens_nothing(at.policy, lowered) && !is_denied_for_all(context, at.policy);
        if is_open(rule) && may_open() {
            open.entry(namespace).or_default().push((object, at));
        }
    }
    open.retain(|namespace, rules| {
        let own: BTreeSet<PolicyId> = rules.iter().map(|(_, at)| at.policy).collect();
        let all = policies.get(namespace);
        let is_most = all.is_some_and(|all| 2 * all.values().filter(|is_open| **is_open).count() > all.len());
        own.len() > 1 && is_most
    });
    open
}

/// A choice that is repeated in all policies of a namespace.
fn open_namespace<'m>(context: &mut Context<'m>, namespace: NamespaceId, rules: Vec<(&'m PolicyObject, RuleRef)>) {
    let causes = rules.iter().map(|&(_, at)| Cause::Rule(at)).collect();
    context.claim(causes, move |context, left| {
        let left: Vec<_> = rules.into_iter().filter(|&(_, at)| left.contains(&Cause::Rule(at))).collect();
        let place = |object: &PolicyObject, at: RuleRef| object.rule_origin(at.direction, at.index).entry();
        let Some((&(first, at), others)) = left.split_first() else { return };
        let names = phrase::list(left.iter().map(|(object, _)| object.object.name.as_str()));
        let verb = if others.is_empty() { "permits" } else { "permit" };
        let subject = match others {
            [] => context.cluster().subject(&first.object),
            _ => context.analysis().namespace_subject(namespace),
        };
        let draft = context.report(place(first, at), subject, format!("{names} {verb} egress to everything"));
        for (object, at) in others {
            draft.because(place(object, *at), format!("so does `{}`", object.object.name));
        }
        draft.help(HELP);
    });
}

/// Whether Admin policies deny all pods that a policy selects every address outside.
fn is_denied_for_all(context: &Context<'_>, policy: PolicyId) -> bool {
    let mut selected = context.at_most().selected(policy).peekable();
    selected.peek().is_some() && selected.all(|id| is_denied(context, id))
}

/// Namespaces with workloads that no policy isolates for egress.
fn not_isolated(context: &mut Context<'_>) {
    let may_close = MayClose::new(context.analysis(), Direction::Egress);
    for (namespace, workloads) in context.analysis().namespaces() {
        let is_open = |&id: &WorkloadId| {
            let is_isolated = || context.at_most().is_isolated(Endpoint::Workload(id), Direction::Egress);
            !may_close.holds(id) && !is_isolated() && !is_denied(context, id)
        };
        let open: Vec<WorkloadId> = workloads.iter().copied().filter(is_open).collect();
        if open.is_empty() || has_default_deny(context.analysis(), namespace, Direction::Egress) {
            continue;
        }
        let Some(place) = context.analysis().namespace_place(namespace, &workloads) else { continue };
        let subject = context.analysis().namespace_subject(namespace);
        let side = move |id: WorkloadId| Cause::Side(namespace, id, Direction::Egress);
        context.claim(open.iter().copied().map(side).collect(), move |context, left| {
            let open: Vec<WorkloadId> = open.iter().copied().filter(|&id| left.contains(&side(id))).collect();
            let who = phrase::list(context.names(&open));
            // A single destination may be denied.
            let restricts = if context.facts().admin.is_empty() { "nothing" } else { "no default deny" };
            let message = format!("{restricts} restricts egress of {who} in namespace `{}`", subject.name);
            let refused = context.refused(Direction::Egress, &open);
            // What is not known may isolate them; an open rule is open whatever else there is.
            let is_incomplete = context.cluster().is_incomplete_in(Some(&subject.name));
            let draft = context.report(place, subject, message);
            draft
                .because_of(refused)
                .help("isolate them for egress, then allow DNS and each connection that they need");
            if is_incomplete {
                draft.severity(Severity::Note);
            }
        });
    }
}

/// Whether an Admin or Baseline policy denies a workload every address outside.
fn is_denied(context: &Context<'_>, workload: WorkloadId) -> bool {
    let tiers = &context.facts().admin.tiers;
    tiers.denier(Direction::Egress, Endpoint::Workload(workload), OUTSIDE, &PortSet::all()).is_some()
}

/// A rule that admits every destination.
fn open_rule(context: &mut Context<'_>, object: &PolicyObject, at: RuleRef, rule: &Rule) {
    let places: Vec<(Cause, Place, String, bool)> = match &rule.peers {
        Peers::Everyone => {
            let place = object.rule_origin(at.direction, at.index).entry();
            vec![(Cause::Rule(at), place, "everything".to_owned(), false)]
        }
        Peers::Of(peers) => peers
            .iter()
            .enumerate()
            .filter_map(|(peer, block)| match block {
                Peer::Block { cidr, except } if cidr.prefix_len() == 0 => {
                    let place = object.block_place(at.direction, at.index, peer);
                    Some((Cause::Peer(at, peer), place, format!("`{cidr}`"), !except.is_empty()))
                }
                Peer::World => {
                    let place = object.peer_origin(at.direction, at.index, peer).value();
                    Some((Cause::Peer(at, peer), place, "the world".to_owned(), false))
                }
                _ => None,
            })
            .collect(),
    };
    if rule.ports.are_of_dns() {
        return;
    }
    // What an Admin policy denies first, no rule of a NetworkPolicy opens.
    if is_denied_for_all(context, at.policy) {
        return;
    }
    for (cause, place, what, carved) in places {
        // The address of the API server differs from cluster to cluster.
        let https = rule.ports.is_limited_to(&[443]);
        let encrypted = https || rule.ports.is_limited_to(&[443, 6443]);
        let message = match (&rule.ports, encrypted) {
            (_, true) if https => format!("`{}` permits egress to {what}, though only for HTTPS", object.object.name),
            (_, true) => {
                format!("`{}` permits egress to {what}, though only for the Kubernetes API", object.object.name)
            }
            (Ports::All, _) => format!("`{}` permits egress to {what}", object.object.name),
            _ => format!("`{}` permits egress to {what} on the ports it names", object.object.name),
        };
        let subject = context.cluster().subject(&object.object);
        let draft = context.report_because(cause, place, subject, message);
        if encrypted || carved {
            draft.severity(Severity::Note);
        }
        draft.help(HELP);
    }
}
