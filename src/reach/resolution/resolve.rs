//! Policies resolved against the classes: which pods each selects, and what each of its rules matches.

use std::sync::Arc;

use super::resolver::Resolver;
use super::traffic::RuleTraffic;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::policy::{Action, Arrangement, BlockReach, Engagement, Join, Peer, Peers, PolicyObject, Rule, StageName};
use crate::reach::bounds::Bounds;
use crate::reach::classes::ClassSet;
use crate::reach::end::Remote;
use crate::reach::ends::EndSet;

/// A policy in terms of classes.
#[derive(Debug)]
pub(in crate::reach) struct ResolvedPolicy {
    /// The stage that it asks for.
    pub(in crate::reach) name: StageName,
    /// Whether it is for pods of more than one namespace.
    pub(in crate::reach) is_of_cluster: bool,
    pub(in crate::reach) subject: Bounds<Arc<ClassSet>>,
    /// For ingress and for egress, the pods that it engages.
    engages: [Option<Bounds<Arc<ClassSet>>>; 2],
    rules: [Vec<ResolvedRule>; 2],
    /// For ingress and for egress, the rules that may be for each class: class and place, in order. `None` where all
    /// rules are for all pods of the policy, or where there would be too many of these.
    of_classes: [Option<Vec<(u32, u32)>>; 2],
}

/// How many rules of classes are listed at most for one policy.
const LISTED: usize = 4_000_000;

/// A rule in terms of classes, addresses and ports.
#[derive(Debug)]
pub(in crate::reach) struct ResolvedRule {
    pub(in crate::reach) action: Action,
    /// The pods of the policy that it is for; `None` means all.
    pub(in crate::reach) subject: Option<Box<Bounds<EndSet>>>,
    /// No peers are given: everyone, node addresses included.
    pub(in crate::reach) everyone: bool,
    pub(in crate::reach) ends: Bounds<EndSet>,
    pub(in crate::reach) traffic: RuleTraffic,
    pub(in crate::reach) layer7: bool,
}

impl ResolvedPolicy {
    /// A policy that allows everything to every class, whichever there are, and engages none.
    pub(in crate::reach) fn allowing_everything() -> Self {
        let classes = || ClassSet::range(0, u32::MAX);
        let rule = || ResolvedRule {
            action: Action::Allow,
            subject: None,
            everyone: true,
            ends: Bounds::exact(EndSet::new(classes(), AddressSet::all())),
            traffic: RuleTraffic::all(),
            layer7: false,
        };
        Self {
            name: StageName::Network,
            is_of_cluster: false,
            subject: Bounds::exact(Arc::new(classes())),
            engages: [None, None],
            rules: [vec![rule()], vec![rule()]],
            of_classes: [None, None],
        }
    }

    /// Whether it engages any of the pods that it selects.
    pub(in crate::reach) fn isolates(&self, direction: Direction) -> bool {
        self.engaged(direction).is_some()
    }

    /// Whether it engages the pods of a class that it selects.
    pub(in crate::reach) fn engages(&self, class: u32, direction: Direction) -> Bounds<bool> {
        self.engaged(direction).map_or_else(Bounds::default, |engaged| engaged.has(class))
    }

    fn engaged(&self, direction: Direction) -> Option<&Bounds<Arc<ClassSet>>> {
        let [ingress, egress] = &self.engages;
        match direction {
            Direction::Ingress => ingress.as_ref(),
            Direction::Egress => egress.as_ref(),
        }
    }

    pub(in crate::reach) fn rules(&self, direction: Direction) -> &[ResolvedRule] {
        let [ingress, egress] = &self.rules;
        match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        }
    }

    /// Whether the pods that it selects, and those of them that it engages, are known.
    pub(in crate::reach) fn is_plain_subject(&self) -> bool {
        self.subject.is_exact() && self.engages.iter().flatten().all(Bounds::is_exact)
    }

    /// Visits the rules that may be for the pods of a class, in order, each with its place.
    pub(in crate::reach) fn visit_rules_of<'r>(
        &'r self,
        class: u32,
        direction: Direction,
        mut visit: impl FnMut(usize, &'r ResolvedRule),
    ) {
        let [ingress, egress] = &self.of_classes;
        let of_classes = match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        };
        let rules = self.rules(direction);
        let Some(of_classes) = of_classes else {
            return rules.iter().enumerate().for_each(|(place, rule)| visit(place, rule));
        };
        let first = of_classes.partition_point(|(it, _)| *it < class);
        let own = of_classes.iter().skip(first).take_while(|(it, _)| *it == class);
        for place in own.map(|(_, place)| *place as usize) {
            rules.get(place).into_iter().for_each(|rule| visit(place, rule));
        }
    }

    /// Whether it says no more than a NetworkPolicy can: it isolates all pods that it selects, or none, and allows what
    /// is by numbers and names.
    pub(in crate::reach) fn is_plain(&self) -> bool {
        let is_whole = |engaged: &Bounds<Arc<ClassSet>>| Arc::ptr_eq(&engaged.least, &self.subject.least);
        self.subject.is_exact()
            && self.engages.iter().flatten().all(is_whole)
            && self.rules.iter().flatten().all(ResolvedRule::is_plain)
    }
}

impl ResolvedRule {
    /// Whether it only allows, what is by numbers and names.
    pub(in crate::reach) fn is_plain(&self) -> bool {
        self.action == Action::Allow && self.subject.is_none() && !self.layer7 && self.traffic.is_plain()
    }

    /// Whether its peers match an end; whoever it may be, where only a rule for everyone does for certain.
    pub(in crate::reach) fn matches(&self, end: Remote) -> Bounds<bool> {
        match end {
            Remote::Anyone => Bounds { least: self.everyone, most: true },
            end => self.ends.contains(end),
        }
    }

    /// Whether it is for the pods of a class, of those that its policy selects.
    pub(in crate::reach) fn is_for(&self, class: u32) -> Bounds<bool> {
        let subject = self.subject.as_ref();
        subject.map_or_else(|| Bounds::exact(true), |subject| subject.contains(Remote::Class(class)))
    }
}

impl Resolver<'_> {
    pub(in crate::reach) fn policy(&mut self, object: &PolicyObject, arrangement: &Arrangement) -> ResolvedPolicy {
        let policy = &object.policy;
        let subject = self.pods(&policy.subject);
        let mut resolved = ResolvedPolicy {
            name: policy.stage.clone(),
            is_of_cluster: policy.namespace().is_none(),
            engages: [None, None],
            rules: [const { Vec::new() }; 2],
            of_classes: [None, None],
            subject,
        };
        // What the cluster does not have, or nothing enforces, selects pods and does nothing to them.
        let join = arrangement.join(&policy.stage).filter(|_| !object.rejected);
        let Some((join, stage)) = join.and_then(|join| Some((join, arrangement.stages.get(join.stage)?))) else {
            return resolved;
        };
        let parts = resolved.engages.iter_mut().zip(&mut resolved.rules).zip(Direction::BOTH);
        for ((engages, rules), direction) in parts {
            let written = policy.rules(direction);
            if is_enforced(policy.engagement(direction), join, written) {
                *engages = self.engaged(policy.engagement(direction), &resolved.subject);
                *rules = written.iter().map(|rule| self.rule(rule, stage.blocks)).collect();
            }
        }
        for (of_classes, rules) in resolved.of_classes.iter_mut().zip(&resolved.rules) {
            *of_classes = rules_of_classes(rules, &resolved.subject.most);
        }
        resolved
    }

    fn engaged(&mut self, engagement: &Engagement, subject: &Bounds<Arc<ClassSet>>) -> Option<Bounds<Arc<ClassSet>>> {
        match engagement {
            Engagement::Matches => None,
            Engagement::Engages | Engagement::Ignored => Some(subject.clone()),
            Engagement::EngagesSome(some) => {
                let both = |one: &Arc<ClassSet>, other: &Arc<ClassSet>| Arc::new(one.intersection(other));
                Some(self.pods(some).with(subject, both))
            }
        }
    }

    fn rule(&mut self, rule: &Rule, reach: BlockReach) -> ResolvedRule {
        let everyone = matches!(rule.peers, Peers::Everyone);
        let ends = match &rule.peers {
            Peers::Everyone => Bounds::exact(EndSet::all(&self.universe.classes)),
            Peers::Of(peers) => match peers.as_slice() {
                // Rules that name the same pods share the set.
                [Peer::Pods(set)] => {
                    let pods = self.pods(set);
                    let of = |classes| EndSet { classes, addresses: Arc::clone(&self.no_addresses) };
                    Bounds { least: of(pods.least), most: of(pods.most) }
                }
                several => self.union(several, reach),
            },
        };
        ResolvedRule {
            action: rule.action,
            subject: rule.subject.as_ref().map(|subject| Box::new(self.ends(subject, reach).settled(self.reading))),
            everyone,
            ends: ends.settled(self.reading),
            traffic: self.traffic(&rule.ports),
            layer7: rule.layer7,
        }
    }
}

/// The rules that may be for each class, where some are not for all pods of their policy.
fn rules_of_classes(rules: &[ResolvedRule], subject: &ClassSet) -> Option<Vec<(u32, u32)>> {
    if rules.iter().all(|rule| rule.subject.is_none()) {
        return None;
    }
    let mut listed = Vec::new();
    for (rule, place) in rules.iter().zip(0..) {
        let own = rule.subject.as_ref().map(|own| own.most.classes.intersection(subject));
        for &(first, last) in own.as_ref().unwrap_or(subject).intervals() {
            if listed.len() + (last - first) as usize >= LISTED {
                return None;
            }
            listed.extend((first..=last).map(|class| (class, place)));
        }
    }
    listed.sort_unstable();
    Some(listed)
}

/// Whether the rules of a direction are in force.
fn is_enforced(engagement: &Engagement, join: &Join, rules: &[Rule]) -> bool {
    *engagement != Engagement::Ignored || (join.enforces_ignored && !rules.is_empty())
}
