//! Whether other rules admit all that a rule admits.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashSet;

use super::classes::{ClassSet, PortName};
use super::end::Endpoint;
use super::reachability::Reachability;
use super::reading::Reading;
use super::resolution::{ResolvedPolicy, ResolvedRule};
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::PolicyId;
use crate::policy::{RuleRef, StageName};

/// How many rules are compared with one: more than apply to any pod of a cluster that people look after, and a bound
/// on the time for the rest.
const COMPARED: usize = 256;

/// One port of destinations, by number and by the names that all of them have for it.
#[derive(Clone, Debug)]
pub struct AskedPort {
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number.
    pub number: u16,
    /// Its names.
    pub names: Vec<String>,
}

/// A part of what a rule admits: peers, and ports by number and by name.
#[derive(Clone)]
struct Part<'r> {
    everyone: bool,
    classes: Cow<'r, ClassSet>,
    addresses: Cow<'r, AddressSet>,
    ports: Cow<'r, PortSet>,
    named: Cow<'r, [PortName]>,
    /// Names that mean the same as `ports`.
    aliases: Vec<PortName>,
}

impl Reachability {
    /// The rules that admit, together, everything that a rule admits to or from each pod of its policy, whatever the
    /// input does not show. Rules `without` which this must hold do not count, nor does the rule itself. `None` where
    /// something is left, where the rule admits no source, or where too many rules apply to compare them. With `only`, the
    /// peers are the rule's, and the port is this one.
    ///
    /// This is asked of what is permitted for certain; `most` is all that may be.
    #[must_use]
    pub fn covering(
        &self,
        most: &Self,
        rule: RuleRef,
        only: Option<&AskedPort>,
        without: &dyn Fn(RuleRef) -> bool,
    ) -> Option<Vec<RuleRef>> {
        let each = self.enforcing(rule.policy.0).zip(most.enforcing(rule.policy.0));
        let covering: Option<Vec<_>> = each.map(|(it, most)| it.covering_alone(most, rule, only, without)).collect();
        Some(covering?.into_iter().flatten().collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn covering_alone(
        &self,
        most: &Self,
        rule: RuleRef,
        only: Option<&AskedPort>,
        without: &dyn Fn(RuleRef) -> bool,
    ) -> Option<Vec<RuleRef>> {
        let (policy, own) = (most.policy(rule.policy.0)?, most.rule(rule)?);
        let whole = own.whole(only, most).filter(|_| self.is_union(rule.policy))?;
        let cover = Cover { least: self, most, rule, own, whole, without };
        let mut covering = BTreeSet::new();
        // To pods that the same policies select, the same rules apply.
        let mut seen: HashSet<&[u32]> = HashSet::default();
        for class in policy.subject.most.intervals().iter().flat_map(|&(first, last)| first..=last) {
            let selecting = self.selecting(class, rule.direction);
            if !seen.contains(selecting) {
                cover.add(selecting, &mut covering)?;
                seen.insert(selecting);
            }
        }
        Some(covering.into_iter().collect()).filter(|covering: &Vec<RuleRef>| !covering.is_empty())
    }

    /// Whether each pod that a policy isolates in a direction is isolated by another one, of those that are not
    /// `without`.
    #[must_use]
    pub fn isolates_without(&self, policy: PolicyId, direction: Direction, without: &dyn Fn(PolicyId) -> bool) -> bool {
        self.enforcing(policy.0).all(|it| it.isolates_without_alone(policy, direction, without))
    }

    fn isolates_without_alone(
        &self,
        policy: PolicyId,
        direction: Direction,
        without: &dyn Fn(PolicyId) -> bool,
    ) -> bool {
        let Some(own) = self.policy(policy.0) else { return false };
        let (own_stage, isolates) = (self.stage_of(policy.0), |it: &ResolvedPolicy, class| {
            it.engages(class, direction).and(it.subject.has(class)).least
        });
        let mut classes = own.subject.most.intervals().iter().flat_map(|&(first, last)| first..=last);
        classes.all(|class| {
            let mut others =
                self.selecting(class, direction).iter().filter(|&&it| it != policy.0 && !without(PolicyId(it)));
            others.any(|&it| self.stage_of(it) == own_stage && self.policy(it).is_some_and(|it| isolates(it, class)))
        })
    }

    /// The groups of workloads that a rule's peers admit.
    #[must_use]
    pub fn admitted_groups(&self, rule: RuleRef) -> Cow<'_, ClassSet> {
        self.classes_of_policy(rule.policy, |it| it.rule(rule).map(|rule| &*rule.ends.of(it.reading).classes))
    }

    /// Whether a rule's peers admit an endpoint.
    #[must_use]
    pub fn rule_admits(&self, rule: RuleRef, endpoint: Endpoint) -> bool {
        let admits = |it: &Self| {
            let (rule, remote) = (it.rule(rule), it.remote(endpoint));
            rule.zip(remote).is_some_and(|(rule, remote)| it.admits(rule, remote))
        };
        let mut each = self.enforcing(rule.policy.0);
        if self.reading == Reading::Most { each.any(admits) } else { each.all(admits) }
    }

    /// Whether what a policy allows adds up with what others allow.
    fn is_union(&self, policy: PolicyId) -> bool {
        self.basis.places.get(policy.0 as usize).is_some_and(|place| place.adds_up)
    }

    fn stage_of(&self, policy: u32) -> Option<usize> {
        self.basis.places.get(policy as usize)?.stage
    }

    fn rule(&self, rule: RuleRef) -> Option<&ResolvedRule> {
        self.policy(rule.policy.0)?.rules(rule.direction).get(rule.index)
    }

    /// The rules of these policies, in order.
    fn rules_for<'s>(
        &'s self,
        policies: &'s [u32],
        direction: Direction,
    ) -> impl Iterator<Item = (RuleRef, &'s ResolvedRule)> {
        let policies = policies.iter().filter_map(|&number| Some((PolicyId(number), self.policy(number)?)));
        policies.filter(|(_, it)| it.name == StageName::Network).flat_map(move |(policy, it)| {
            let rules = it.rules(direction).iter().enumerate().filter(|(_, rule)| rule.is_plain());
            rules.map(move |(index, rule)| (RuleRef { policy, direction, index }, rule))
        })
    }

    /// How many they are, as far as [`COMPARED`] and one policy more.
    fn count_rules(&self, policies: &[u32], direction: Direction) -> usize {
        let policies = policies.iter().filter_map(|&number| self.policy(number));
        let mut counts = policies.filter(|it| it.name == StageName::Network).map(|it| it.rules(direction).len());
        let count = counts.try_fold(0, |sum, count| if sum > COMPARED { Err(sum) } else { Ok(sum + count) });
        count.unwrap_or_else(|enough| enough)
    }
}

/// A rule that others may cover.
struct Cover<'a> {
    least: &'a Reachability,
    most: &'a Reachability,
    rule: RuleRef,
    own: &'a ResolvedRule,
    whole: Part<'a>,
    without: &'a dyn Fn(RuleRef) -> bool,
}

impl Cover<'_> {
    /// Adds the rules of these policies that cover it together; `None` where something is left.
    fn add(&self, policies: &[u32], covering: &mut BTreeSet<RuleRef>) -> Option<()> {
        if self.least.count_rules(policies, self.rule.direction) > COMPARED {
            return None;
        }
        let all = || self.least.rules_for(policies, self.rule.direction);
        let counts = |other: RuleRef| other != self.rule && !(self.without)(other);
        // Most rules have nothing in common with any other one, which is quickly seen.
        let meets = |other, it| self.whole.meets(it, || self.has_same_peers(other)) && counts(other);
        let mut meeting = all().filter(|(other, it)| meets(*other, it)).peekable();
        meeting.peek()?;
        if let Some((one, _)) = meeting.find(|(other, it)| self.less(&self.whole, *other, it).is_empty()) {
            covering.insert(one);
            return Some(());
        }
        let mut left = vec![self.whole.clone()];
        for (other, it) in all().filter(|(other, _)| counts(*other)) {
            let (met, mut rest): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|part| part.meets(it, || self.has_same_peers(other)));
            if !met.is_empty() {
                covering.insert(other);
            }
            rest.extend(met.iter().flat_map(|part| self.less(part, other, it)));
            left = rest;
        }
        left.is_empty().then_some(())
    }

    /// What a rule does not admit of a part.
    fn less<'p>(&self, part: &Part<'p>, other: RuleRef, rule: &ResolvedRule) -> Vec<Part<'p>> {
        part.minus(rule, self.has_same_peers(other))
    }

    /// Whether the pods that a rule admits are those of this one, whatever the input does not show.
    fn has_same_peers(&self, other: RuleRef) -> bool {
        self.most.rule(other).is_some_and(|it| Arc::ptr_eq(&it.ends.most.classes, &self.own.ends.most.classes))
    }
}

impl ResolvedRule {
    /// All that the rule admits, or what its peers may connect to on this port; `None` where that is nothing.
    fn whole(&self, only: Option<&AskedPort>, reach: &Reachability) -> Option<Part<'_>> {
        let (ports, named, aliases) = match only {
            Some(AskedPort { protocol, number, names }) => {
                let known = names.iter().filter_map(|name| reach.classes().vocabulary.port_name(name));
                let aliases = known.map(|name| (name, Some(*protocol))).collect();
                (Cow::Owned(PortSet::single(*protocol, *number)), Cow::default(), aliases)
            }
            None => (Cow::Borrowed(&self.traffic.ports), Cow::Borrowed(self.traffic.named.as_slice()), Vec::new()),
        };
        // What may be behind an address of a block, whoever admits the address admits as well.
        let pods = reach.classes().pods();
        let classes = if self.everyone || pods.is_superset(&self.ends.most.classes) {
            Cow::Borrowed(&*self.ends.most.classes)
        } else {
            Cow::Owned(self.ends.most.classes.intersection(&pods))
        };
        let whole = Part {
            everyone: self.everyone,
            classes,
            addresses: Cow::Borrowed(&self.ends.most.addresses),
            ports,
            named,
            aliases,
        };
        Some(whole).filter(|part| !part.is_empty())
    }

    /// Whether it admits all ports that a name can stand for.
    fn admits_name(&self, name: PortName) -> bool {
        let can_be = name.1.map_or_else(PortSet::all, |protocol| PortSet::range(protocol, 1, u16::MAX));
        self.traffic.names(name) || self.traffic.ports.is_superset(&can_be)
    }
}

impl<'r> Part<'r> {
    fn is_empty(&self) -> bool {
        (self.classes.is_empty() && self.addresses.is_empty()) || (self.ports.is_empty() && self.named.is_empty())
    }

    /// Whether a rule admits any of it.
    fn meets(&self, rule: &ResolvedRule, same_peers: impl FnOnce() -> bool) -> bool {
        let on_ports = self.ports.meets(&rule.traffic.ports)
            || self.named.iter().any(|name| rule.admits_name(*name))
            || self.aliases.iter().any(|name| rule.traffic.names(*name));
        on_ports
            && (rule.everyone || !self.everyone)
            && (self.classes.meets(&rule.ends.least.classes)
                || self.addresses.meets(&rule.ends.least.addresses)
                || (!self.classes.is_empty() && same_peers()))
    }

    /// What a rule does not admit of it. `same_peers`: the pods that the rule admits are those of the part, whatever
    /// the input does not show.
    fn minus(&self, rule: &ResolvedRule, same_peers: bool) -> Vec<Self> {
        // Node addresses are admitted only by a rule for everyone.
        if self.everyone && !rule.everyone {
            return vec![self.clone()];
        }
        let (classes, addresses) = if same_peers {
            (self.classes.clone(), self.addresses.intersection(&rule.ends.least.addresses))
        } else {
            (
                Cow::Owned(self.classes.intersection(&rule.ends.least.classes)),
                self.addresses.intersection(&rule.ends.least.addresses),
            )
        };
        let named: Vec<_> = self.named.iter().filter(|name| !rule.admits_name(**name)).copied().collect();
        let other_peers = Self {
            classes: Cow::Owned(self.classes.difference(&classes)),
            addresses: Cow::Owned(self.addresses.difference(&addresses)),
            ..self.clone()
        };
        let by_name = self.aliases.iter().any(|name| rule.traffic.names(*name));
        let ports = if by_name { PortSet::default() } else { self.ports.difference(&rule.traffic.ports) };
        let (addresses, ports) = (Cow::Owned(addresses), Cow::Owned(ports));
        let other_ports = Self { classes, addresses, ports, named: Cow::Owned(named), ..self.clone() };
        [other_peers, other_ports].into_iter().filter(|part| !part.is_empty()).collect()
    }
}
