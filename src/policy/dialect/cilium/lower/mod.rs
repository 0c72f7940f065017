//! From policies as they are written to the common form.
//!
//! The entries of all four lists of a rule become rules, and those of several `specs` rules of one policy, each for the
//! pods that its own `endpointSelector` selects. Entries that match nothing are kept: they isolate all the same.

mod blocks;
mod peers;
mod pods;
mod services;
mod traffic;

use super::{CiliumPolicy, Entry, Kind, Options, Part, Rule, Selector, Subject, written};
use crate::net::Direction;
use crate::objects;
use crate::policy::{Action, Condition, Engagement, NamespaceSet, Order, Peer, PodSet, Policy, StageName};

/// What an entry is part of.
#[derive(Clone, Copy)]
struct Context<'p> {
    kind: Kind,
    /// The selector of the rule's subject.
    subject: &'p Selector,
    options: &'p Options,
}

/// Lowers one policy.
#[must_use]
pub fn lower(written: &CiliumPolicy, options: &Options) -> Policy {
    let subjects: Vec<Option<PodSet>> = written.rules.iter().map(|rule| subject(rule, written.kind, options)).collect();
    let mut distinct: Vec<&PodSet> = subjects.iter().flatten().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let union = union(&distinct, written.kind);
    let engagement = |direction| {
        let isolating = written.rules.iter().zip(&subjects).filter(|(rule, _)| rule.isolates(direction));
        let mut isolating: Vec<&PodSet> = isolating.filter_map(|(_, subject)| subject.as_ref()).collect();
        isolating.sort_unstable();
        isolating.dedup();
        match isolating.as_slice() {
            [] => Engagement::Matches,
            some if *some == *distinct => Engagement::Engages,
            some => Engagement::EngagesSome(Box::new(self::union(some, written.kind))),
        }
    };
    let rules = |direction: Direction| {
        let parts = written.parts(direction).iter();
        let rules = parts.filter_map(|part| {
            let (rule, entry) = written.entry(part)?;
            let (Subject::Pods(selector), Some(Some(subject))) = (&rule.subject, subjects.get(part.rule)) else {
                return None;
            };
            let own = (distinct.len() > 1).then(|| Box::new(Peer::Pods(subject.clone())));
            let context = Context { kind: written.kind, subject: selector, options };
            Some(crate::policy::Rule { subject: own, ..lowered(entry, part, context) })
        });
        rules.collect()
    };
    Policy {
        stage: StageName::Cilium,
        order: Order::default(),
        engages_ingress: engagement(Direction::Ingress),
        engages_egress: engagement(Direction::Egress),
        ingress: rules(Direction::Ingress),
        egress: rules(Direction::Egress),
        subject: union,
    }
}

/// The rules that the entries of a direction become, in the order of the rules and of their entries. Policies for nodes have none for pods.
pub(super) fn parts(rules: &[Rule], direction: Direction) -> Vec<Part> {
    let of_pods = rules.iter().enumerate().filter(|(_, rule)| rule.subject != Subject::Nodes);
    let of_rule = |(number, rule): (usize, &Rule)| {
        let entries = rule.entries.iter().enumerate().filter(|(_, entry)| entry.direction == direction);
        let parts = entries.flat_map(|(place, entry)| {
            let part =
                move |items| Part { rule: number, entry: place, items, ports: traffic::places(&entry.traffic, items) };
            traffic::kinds(&entry.traffic).map(part)
        });
        parts.collect::<Vec<_>>()
    };
    of_pods.flat_map(of_rule).collect()
}

fn lowered(entry: &Entry, part: &Part, context: Context<'_>) -> crate::policy::Rule {
    let action = match entry.action {
        written::Action::Allow => Action::Allow,
        written::Action::Deny => Action::Deny,
    };
    let ports = traffic::ports(&entry.traffic, part.items, entry.direction);
    crate::policy::Rule {
        layer7: part.items == written::Items::Restricted,
        ..crate::policy::Rule::new(action, peers::peers(entry, context), ports)
    }
}

/// The pods that a rule is for.
fn subject(rule: &Rule, kind: Kind, options: &Options) -> Option<PodSet> {
    match &rule.subject {
        Subject::Pods(selector) => Some(pods::of_subject(selector, kind, options)),
        Subject::Nodes => None,
    }
}

/// The pods of any of these sets, which are all of the policy's own namespace or of any.
fn union(sets: &[&PodSet], kind: Kind) -> PodSet {
    let namespaces = match kind {
        Kind::Namespaced => NamespaceSet::own(),
        Kind::Clusterwide => NamespaceSet::every(),
    };
    match sets {
        [one] => (*one).clone(),
        several if several.iter().any(|set| set.is_whole_namespaces() && set.namespaces == namespaces) => {
            PodSet::new(namespaces, objects::Selector::default())
        }
        several => PodSet {
            condition: Some(Box::new(Condition::Any(several.iter().map(|set| pods::condition(set)).collect()))),
            ..PodSet::new(namespaces, objects::Selector::default())
        },
    }
}
