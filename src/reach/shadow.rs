//! Whether a rule ever decides anything: others may take all that it matches before it is asked.

use std::collections::BTreeSet;

use foldhash::HashSet;

use super::ends::EndSet;
use super::evaluation::Asked;
use super::reachability::Reachability;
use super::reading::Reading;
use crate::net::Direction;
use crate::net::traffic::Traffic;
use crate::policy::{Action, Combine, RuleRef, Stage};

/// How many rules are asked for one pod: more than clusters have that people look after, and a bound on the time for the
/// rest.
const ASKED: usize = 256;

/// How many pods are looked at for one rule.
const PODS: usize = 2_000;

/// Into how many parts the traffic of a rule is cut.
const PARTS: usize = 64;

/// Some traffic with some ends.
#[derive(Clone)]
struct Part {
    ends: EndSet,
    traffic: Traffic,
}

/// The traffic of a rule on its way to it, for the pods of one class.
struct Approach<'a> {
    reach: &'a Reachability,
    rule: &'a Asked<'a>,
    class: u32,
    /// Rules that may not be counted on.
    without: &'a dyn Fn(RuleRef) -> bool,
    /// What may still reach it.
    open: Vec<Part>,
    /// What may have left the stage.
    passed: Vec<Part>,
    /// The rules that take something.
    taking: BTreeSet<RuleRef>,
}

impl Reachability {
    /// The rules that take, together, all that a rule matches before it is asked, for each pod of its policy and
    /// whatever the input does not show: it never decides anything. Where a deny wins, what other rules with the same
    /// action match is taken as well. Rules `without` which this must hold do not count. `None` where something may be
    /// left, where the rule matches nothing, or where there is too much to compare.
    ///
    /// This is asked of what is permitted for certain.
    #[must_use]
    pub fn taken_before(&self, rule: RuleRef, without: &dyn Fn(RuleRef) -> bool) -> Option<Vec<RuleRef>> {
        let mut taking = BTreeSet::new();
        for each in self.enforcing(rule.policy.0) {
            taking.extend(each.taken_alone(rule, without)?);
        }
        Some(taking.into_iter().collect()).filter(|taking: &Vec<RuleRef>| !taking.is_empty())
    }

    /// [`Self::taken_before`] under this one arrangement.
    fn taken_alone(&self, rule: RuleRef, without: &dyn Fn(RuleRef) -> bool) -> Option<BTreeSet<RuleRef>> {
        let place = *self.basis.places.get(rule.policy.0 as usize)?;
        let stage = self.basis.arrangement.stages.get(place.stage?)?;
        let policy = self.policy(rule.policy.0)?;
        let own = policy.rules(rule.direction).get(rule.index)?;
        let is_comparable = own.action != Action::None && own.traffic.is_the_same_everywhere();
        if self.reading == Reading::Shown || !self.is_known(stage) || !is_comparable {
            return None;
        }
        let asked = Asked { place, id: rule, policy, rule: own };
        let (mut taking, mut seen) = (BTreeSet::new(), HashSet::default());
        let selected = policy.subject.most.intervals().iter().flat_map(|&(first, last)| first..=last);
        for (count, class) in selected.filter(|&class| self.classes().is_pod(class)).enumerate() {
            if count >= PODS {
                return None;
            }
            if !own.is_for(class).most {
                continue;
            }
            let others = self.asked_before(class, rule.direction, &asked)?;
            // For pods for which the same rules are, the same is taken.
            let are_for: Vec<_> = others.iter().map(|it| (it.id, self.is_surely_for(it, class))).collect();
            if seen.insert(are_for) {
                taking.extend(Approach::new(self, &asked, class, without).all_taken(&others)?);
            }
        }
        Some(taking)
    }

    /// The other rules for a class that may take something from a rule, up to those of its stage, in the order in which
    /// they are asked; `None` where there are too many of them.
    fn asked_before<'r>(&'r self, class: u32, direction: Direction, of: &Asked<'_>) -> Option<Vec<Asked<'r>>> {
        let mut others = Vec::new();
        self.own_rules(class, direction, |it| others.push(it));
        others.extend(self.shared_rules(class, direction));
        others.retain(|it| {
            let ends = &it.rule.ends.most;
            it.id != of.id && it.place.stage <= of.place.stage && ends.meets(&of.rule.ends.most)
        });
        others.sort_by_key(|it| (it.place.rank, it.id.index));
        (others.len() <= ASKED).then_some(others)
    }

    fn is_surely_for(&self, it: &Asked<'_>, class: u32) -> bool {
        it.policy.subject.has(class).and(it.rule.is_for(class)).least
    }
}

impl<'a> Approach<'a> {
    fn new(reach: &'a Reachability, rule: &'a Asked<'a>, class: u32, without: &'a dyn Fn(RuleRef) -> bool) -> Self {
        let traffic = rule.rule.traffic.on(None, reach.classes()).most;
        let whole = Part { ends: rule.rule.ends.most.clone(), traffic };
        let open = Some(whole).filter(|whole| !whole.is_empty()).into_iter().collect();
        Self { reach, rule, class, without, open, passed: Vec::new(), taking: BTreeSet::new() }
    }

    /// The rules that take everything; `None` where something is left, or nothing was there.
    fn all_taken(mut self, others: &[Asked<'_>]) -> Option<BTreeSet<RuleRef>> {
        if self.open.is_empty() {
            return None;
        }
        for of_stage in others.chunk_by(|one, other| one.place.stage == other.place.stage) {
            let number = of_stage.first()?.place.stage?;
            let stage = self.reach.basis.arrangement.stages.get(number)?;
            // Nobody knows when an unknown stage is asked.
            if !self.reach.is_known(stage) {
                continue;
            }
            let is_last = self.rule.place.stage == Some(number);
            match stage.combine {
                Combine::FirstMatch => self.first_match(stage, of_stage, is_last),
                Combine::DenyWins => self.deny_wins(of_stage, is_last),
            }
            if !is_last {
                self.open.append(&mut self.passed);
            }
            if self.open.len() + self.passed.len() > PARTS {
                return None;
            }
        }
        self.open.is_empty().then_some(self.taking)
    }

    fn first_match(&mut self, stage: &Stage, others: &[Asked<'_>], is_last: bool) {
        for tied in others.chunk_by(|one, other| one.place.tie == other.place.tie) {
            let policies = tied.iter().map(|it| it.id.policy).collect::<BTreeSet<_>>().len();
            let in_order = stage.ties.certain || policies == 1;
            let reaching = self.open.clone();
            for it in tied {
                let is_of_policy = it.id.policy == self.rule.id.policy;
                let is_before = if is_of_policy {
                    it.id.index < self.rule.id.index
                } else {
                    it.place.rank < self.rule.place.rank && (stage.ties.certain || it.place.tie != self.rule.place.tie)
                };
                if is_last && !is_before {
                    continue;
                }
                if it.rule.action == Action::Pass && !is_last {
                    let reaching = if in_order { self.open.clone() } else { reaching.clone() };
                    self.pass(it, reaching);
                }
                self.take(it);
            }
        }
    }

    fn deny_wins(&mut self, others: &[Asked<'_>], is_last: bool) {
        for action in [Action::Deny, Action::Allow, Action::Pass] {
            for it in others.iter().filter(|it| it.rule.action == action) {
                if action == Action::Pass && !is_last {
                    self.pass(it, self.open.clone());
                }
                self.take(it);
            }
            if is_last && self.rule.rule.action == action {
                return;
            }
        }
    }

    /// Lets a rule pass what it may match of some parts.
    fn pass(&mut self, it: &Asked<'_>, parts: Vec<Part>) {
        let is_told = it.rule.traffic.is_the_same_everywhere();
        let traffic = is_told.then(|| it.rule.traffic.on(None, self.reach.classes()).most);
        let passed = parts.into_iter().map(|part| Part {
            ends: part.ends.intersection(&it.rule.ends.most),
            traffic: traffic.as_ref().map_or_else(|| part.traffic.clone(), |it| part.traffic.intersection(it)),
        });
        self.passed.extend(passed.filter(|part| !part.is_empty()));
    }

    /// Lets a rule take what it matches for certain. What it restricts at layer 7 it does not take from a rule.
    fn take(&mut self, it: &Asked<'_>) {
        let counts = !(self.without)(it.id) && !it.rule.layer7 && it.rule.traffic.is_the_same_everywhere();
        if !counts || !self.reach.is_surely_for(it, self.class) {
            return;
        }
        let (ends, traffic) = (&it.rule.ends.least, it.rule.traffic.on(None, self.reach.classes()).least);
        let mut left = Vec::with_capacity(self.open.len() + 1);
        for part in std::mem::take(&mut self.open) {
            let met = Part { ends: part.ends.intersection(ends), traffic: part.traffic.intersection(&traffic) };
            if met.is_empty() {
                left.push(part);
                continue;
            }
            self.taking.insert(it.id);
            let other_traffic = Part { ends: met.ends, traffic: part.traffic.difference(&traffic) };
            let other_ends = Part { ends: part.ends.difference(ends), traffic: part.traffic };
            left.extend([other_traffic, other_ends].into_iter().filter(|part| !part.is_empty()));
        }
        self.open = left;
    }
}

impl Part {
    fn is_empty(&self) -> bool {
        self.ends.is_empty() || self.traffic.is_empty()
    }
}
