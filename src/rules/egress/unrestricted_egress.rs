//! Pods that may connect to anything, so that whoever takes one over may as well.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::MayClose;
use crate::diagnostic::Severity;
use crate::facts::in_force::{RuleAt, allowing_rules};
use crate::facts::openers::Openers;
use crate::facts::world::{OUTSIDE, Worldwide, outside_of, worldwide};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, PolicyId, WorkloadId};
use crate::policy::{Action, Peer, Peers, Ports};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

const HELP: &str = "name the destinations: pods by selector, outside addresses by narrower blocks";

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    not_isolated(context);
    let mut openers = Openers::new(context.analysis(), PortSet::all());
    let repeated = repeated_choices(context, &mut openers);
    for rule in allowing_rules(context.analysis()).filter(|it| it.at.direction == Direction::Egress) {
        let is_repeated = opens_everything(&rule) && repeated.contains_key(&rule.object.object.namespace);
        if !is_repeated && !context.analysis().opens_nothing(rule.at.policy, rule.lowered) {
            open_rule(context, &mut openers, rule);
        }
    }
    for (namespace, rules) in repeated {
        repeated_choice(context, namespace, rules);
    }
}

/// Whether a rule permits every destination on every port, and its policy denies none of it.
fn opens_everything(rule: &RuleAt<'_>) -> bool {
    rule.rule.peers == Peers::Everyone && matches!(rule.rule.ports, Ports::All) && !denies_some(rule)
}

/// Whether the policy of a rule denies some destinations: then somebody has thought of the rest.
fn denies_some(rule: &RuleAt<'_>) -> bool {
    rule.lowered.egress.iter().any(|it| it.action == Action::Deny && !it.matches_nothing())
}

/// Namespaces most of whose policies permit all egress, two at least: the choice was made once and repeated. Of the rules,
/// those that open anything.
fn repeated_choices<'m>(context: &Context<'m>, openers: &mut Openers<'_>) -> BTreeMap<NamespaceId, Vec<RuleAt<'m>>> {
    let mut open: BTreeMap<NamespaceId, Vec<RuleAt<'m>>> = BTreeMap::new();
    let mut policies: BTreeMap<NamespaceId, BTreeMap<PolicyId, bool>> = BTreeMap::new();
    for rule in allowing_rules(context.analysis()).filter(|it| it.at.direction == Direction::Egress) {
        let namespace = rule.object.object.namespace;
        let is_open = opens_everything(&rule);
        *policies.entry(namespace).or_default().entry(rule.at.policy).or_default() |= is_open;
        if is_open && !context.analysis().opens_nothing(rule.at.policy, rule.lowered) && opens(context, openers, &rule)
        {
            open.entry(namespace).or_default().push(rule);
        }
    }
    open.retain(|namespace, rules| {
        let own: BTreeSet<PolicyId> = rules.iter().map(|rule| rule.at.policy).collect();
        let all = policies.get(namespace);
        let is_most = all.is_some_and(|all| 2 * all.values().filter(|is_open| **is_open).count() > all.len());
        own.len() > 1 && is_most && *namespace != NamespaceId::CLUSTER
    });
    open
}

fn repeated_choice<'m>(context: &mut Context<'m>, namespace: NamespaceId, rules: Vec<RuleAt<'m>>) {
    let causes = rules.iter().map(|rule| Cause::Rule(rule.at)).collect();
    context.claim(causes, move |context, left| {
        let left: Vec<_> = rules.into_iter().filter(|rule| left.contains(&Cause::Rule(rule.at))).collect();
        let Some((first, others)) = left.split_first() else { return };
        let names = phrase::list(left.iter().map(|rule| rule.object.object.name.as_str()));
        let verb = if others.is_empty() { "permits" } else { "permit" };
        let subject = match others {
            [] => context.subject(first),
            _ => context.analysis().namespace_subject(namespace),
        };
        let draft = context.report(first.origin().entry(), subject, format!("{names} {verb} egress to everything"));
        for rule in others {
            draft.because(rule.origin().entry(), format!("so does `{}`", rule.object.object.name));
        }
        draft.help(HELP);
    });
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
        if open.is_empty() || context.facts().default_denies.cover(namespace, Direction::Egress) {
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
    let [outside, _] = OUTSIDE.map(Endpoint::External);
    tiers.denier(Direction::Egress, Endpoint::Workload(workload), outside, &PortSet::all()).is_some()
}

/// Whether a rule opens the outside: what an Admin policy denies first, no rule of a NetworkPolicy opens.
fn opens(context: &Context<'_>, openers: &mut Openers<'_>, rule: &RuleAt<'_>) -> bool {
    outside_of(context.analysis(), rule.at).is_none_or(|outside| openers.opens_any(rule, &[outside]))
}

/// What opens a rule to every destination.
struct Open {
    cause: Cause,
    place: Place,
    /// Which destinations, in words.
    what: String,
    /// Whether some are left out.
    carved: bool,
}

/// A rule that admits every destination.
fn open_rule(context: &mut Context<'_>, openers: &mut Openers<'_>, rule: RuleAt<'_>) {
    if rule.rule.ports.are_of_dns() {
        return;
    }
    let open: Vec<Open> = if matches!(rule.rule.peers, Peers::Everyone) {
        let (cause, place) = (Cause::Rule(rule.at), rule.origin().entry());
        vec![Open { cause, place, what: "everything".to_owned(), carved: false }]
    } else {
        open_peers(context, rule)
    };
    if open.is_empty() || !opens(context, openers, &rule) {
        return;
    }
    let has_denies = denies_some(&rule);
    let name = &rule.object.object.name;
    for Open { cause, place, what, carved } in open {
        // The address of the API server differs from cluster to cluster.
        let https = rule.rule.ports.is_limited_to(&[443]);
        let encrypted = https || rule.rule.ports.is_limited_to(&[443, 6443]);
        let message = match (&rule.rule.ports, encrypted) {
            (_, true) if https => format!("`{name}` permits egress to {what}, though only for HTTPS"),
            (_, true) => format!("`{name}` permits egress to {what}, though only for the Kubernetes API"),
            (Ports::All, _) => format!("`{name}` permits egress to {what}"),
            _ => format!("`{name}` permits egress to {what} on the ports it names"),
        };
        let draft = context.report_because(cause, place, context.subject(&rule), message);
        if encrypted || carved || has_denies {
            draft.severity(Severity::Note);
        }
        draft.help(HELP);
    }
}

fn open_peers(context: &Context<'_>, rule: RuleAt<'_>) -> Vec<Open> {
    let peers = rule.peers().filter_map(|peer| {
        let (place, what, carved) = match peer.peer {
            Peer::Block { cidr, except } if cidr.prefix_len() == 0 => {
                (peer.block_place(), format!("`{cidr}`"), !except.is_empty())
            }
            other => match worldwide(context.analysis(), other)? {
                Worldwide::Block(_) => return None,
                Worldwide::World => (peer.origin().value(), "the world".to_owned(), false),
                Worldwide::Rest => (peer.place(), "every address that it does not exclude".to_owned(), true),
            },
        };
        Some(Open { cause: Cause::Peer(rule.at, peer.index), place, what, carved })
    });
    peers.collect()
}
