//! What each stage makes of a connection.

use smol_str::SmolStr;

use super::asked::{Asked, AskedRules};
use super::side::Side;
use super::walk::{Met, Walk};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::net::traffic::Traffic;
use crate::policy::{Action, Combine, RuleRef, Silence, Stage};
use crate::reach::bounds::Bounds;
use crate::reach::end::Endpoint;
use crate::reach::resolution::ResolvedPolicy;
use crate::reach::{Reachability, Reading};

/// What a stage makes of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageExplanation {
    /// The name of the stage.
    pub name: SmolStr,
    /// What it does. Of several ports, what it does with those that it treats best.
    pub outcome: Outcome,
    /// The rule that does it; `None` where none matches.
    pub rule: Option<RuleRef>,
}

/// What a stage does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A rule allows it, and no other stage is asked.
    Allow,
    /// A rule denies it, or no rule matches and the stage denies what none matches. No other stage is asked.
    Deny,
    /// A rule leaves it to the next stage.
    Pass,
    /// No rule matches, and the next stage is asked.
    Silent,
    /// No policy of the stage is for the pod, and the next stage is asked.
    NotEngaged,
    /// It depends on what the input does not show.
    Maybe,
}

impl Reachability {
    /// What the stages make, one after the other, of a connection on any of these ports, on the side of its source
    /// (egress) or of its destination (ingress). The last one listed is the last that is asked. The list is empty where
    /// policies do not apply.
    #[must_use]
    pub fn stages(&self, from: Endpoint, to: Endpoint, direction: Direction, asked: &PortSet) -> Vec<StageExplanation> {
        let (subject, remote) = match direction {
            Direction::Egress => (from, to),
            Direction::Ingress => (to, from),
        };
        let side = self.subject(subject, direction).zip(self.remote(remote));
        let side = side.map(|(subject, remote)| Side { direction, subject, remote });
        let Some(side) = side.filter(|&side| !self.is_free(side)) else { return Vec::new() };
        let mut stages = Vec::new();
        let mut before = Traffic::of_ports(asked.clone());
        let mut walk = Walk::new(before.clone()).recording();
        self.through_stages(&mut walk, side, &self.asked(side), |stage, walk| {
            if !before.is_empty() {
                stages.push(self.explain_stage(stage, walk, side));
            }
            before = walk.open.union(&walk.passed);
        });
        stages
    }

    fn explain_stage(&self, number: usize, walk: &Walk, side: Side) -> StageExplanation {
        let stage = self.basis.arrangement.stages.get(number);
        let (outcome, rule) = match stage {
            Some(stage) if self.concerns(number, stage, side) => outcome(walk),
            _ => (Outcome::NotEngaged, None),
        };
        StageExplanation { name: stage.map(|stage| stage.name.clone()).unwrap_or_default(), outcome, rule }
    }

    /// Whether any policy of a stage may be for a pod.
    fn concerns(&self, number: usize, stage: &Stage, side: Side) -> bool {
        let is_for = |policy: &ResolvedPolicy| {
            policy.subject.most.contains(side.subject)
                && (policy.isolates(side.direction) || !policy.rules(side.direction).is_empty())
        };
        let places = self.basis.places.iter().zip(&self.resolved.policies);
        stage.engages_all(side.direction)
            || places.filter(|(place, _)| place.stage == Some(number)).any(|(_, policy)| is_for(policy))
    }

    /// Asks the stages one after the other, and says of each what it did before the next one is asked.
    pub(in crate::reach) fn through_stages(
        &self,
        walk: &mut Walk,
        side: Side,
        asked: &AskedRules<'_>,
        mut after: impl FnMut(usize, &Walk),
    ) {
        let whole = walk.open.clone();
        for (number, stage) in self.basis.arrangement.stages.iter().enumerate() {
            let first = asked.partition_point(|rule| rule.place.stage < Some(number));
            let end = asked.partition_point(|rule| rule.place.stage <= Some(number));
            let rules = asked.get(first..end).unwrap_or_default();
            let is_known = self.is_known(stage);
            let left = (!is_known).then(|| std::mem::replace(&mut walk.open, whole.clone()));
            match stage.combine {
                _ if rules.is_empty() => {}
                _ if !is_known => rules.iter().for_each(|rule| self.ask(walk, rule, side, Bounds::perhaps(true))),
                Combine::FirstMatch => self.first_match(walk, stage, rules, side),
                Combine::DenyWins => self.deny_wins(walk, rules, side),
            }
            if stage.on_silence == Silence::Deny {
                self.deny_silence(walk, number, stage, side);
            }
            if let Some(left) = left {
                // It may be asked before the others, and may leave to them whatever it is asked.
                (walk.open, walk.passed) = (left, Traffic::default());
            }
            after(number, walk);
            walk.leave_stage();
        }
    }

    fn first_match(&self, walk: &mut Walk, stage: &Stage, rules: &[Asked<'_>], side: Side) {
        let is_certain = stage.ties.certain || self.reading == Reading::Shown;
        if is_certain {
            return rules.iter().for_each(|rule| self.ask(walk, rule, side, Bounds::exact(true)));
        }
        for tied in rules.chunk_by(|one, other| one.place.tie == other.place.tie) {
            let policies = tied.chunk_by(|one, other| one.place.rank == other.place.rank);
            walk.ask_in_any_order(policies, |walk, rules| {
                rules.iter().for_each(|rule| self.ask(walk, rule, side, Bounds::exact(true)));
            });
        }
    }

    /// A deny decides, else an allow, else a pass.
    fn deny_wins(&self, walk: &mut Walk, rules: &[Asked<'_>], side: Side) {
        for action in [Action::Deny, Action::Allow, Action::Pass] {
            let rules = rules.iter().filter(|asked| asked.rule.action == action);
            rules.for_each(|rule| self.ask(walk, rule, side, Bounds::exact(true)));
        }
    }

    /// Whether the place of a stage is known, and what its silence means; in what is shown it is as it stands here.
    pub(in crate::reach) fn is_known(&self, stage: &Stage) -> bool {
        stage.is_defined || self.reading == Reading::Shown
    }

    /// Asks a rule, which is asked here for certain or perhaps.
    fn ask(&self, walk: &mut Walk, asked: &Asked<'_>, side: Side, is_here: Bounds<bool>) {
        let Asked { id, policy, rule, .. } = *asked;
        let selects = policy.subject.has(side.subject).and(is_here);
        let applies = selects.and(rule.is_for(side.subject)).and(rule.matches(side.remote));
        if applies.most {
            walk.meet(id, rule, applies, &rule.traffic.on(side.destination(), self.classes()).settled(self.reading));
        }
    }

    /// Denies what no rule of the stage has decided, of pods that it engages.
    fn deny_silence(&self, walk: &mut Walk, number: usize, stage: &Stage, side: Side) {
        if walk.open.is_empty() {
            return;
        }
        let of_stage =
            |&&index: &&u32| self.basis.places.get(index as usize).is_some_and(|place| place.stage == Some(number));
        let selecting = self.selecting(side.subject, side.direction).iter().filter(of_stage);
        let policies = selecting.filter_map(|&index| self.policy(index));
        let engages = |policy: &ResolvedPolicy| {
            policy.engages(side.subject, side.direction).and(policy.subject.has(side.subject))
        };
        let is_certain = stage.engages_all(side.direction) || policies.clone().any(|policy| engages(policy).least);
        if is_certain && self.is_known(stage) {
            return walk.deny_open();
        }
        for policy in policies.filter(|policy| engages(policy).most) {
            // Where it does engage the pod, its own rules are in force.
            let rules = policy.rules(side.direction).iter().filter(|rule| {
                rule.action != Action::None && rule.is_for(side.subject).and(rule.matches(side.remote)).least
            });
            let decided = rules.map(|rule| rule.traffic.on(side.destination(), self.classes()).least);
            walk.deny_perhaps(&decided.fold(Traffic::default(), |sum, it| sum.union(&it)));
        }
    }
}

/// What a stage did to what it was asked, and the rule by which.
fn outcome(walk: &Walk) -> (Outcome, Option<RuleRef>) {
    let met = walk.met.as_deref().unwrap_or_default();
    let by = |action: Action| {
        let hits = met.iter().filter(|it| it.action == action).map(|it| &it.hit);
        hits.fold(Traffic::default(), |sum, hit| sum.union(hit))
    };
    let (allowed, denied) = (by(Action::Allow), by(Action::Deny).union(&walk.silenced));
    let onward = walk.open.union(&walk.passed);
    let unknown = allowed.intersection(&denied).union(&onward.intersection(&allowed.union(&denied)));
    let first =
        |action: Action, of: &Traffic| met.iter().find(|it| it.action == action && it.hit.meets(of)).map(|it| it.rule);
    let certain = allowed.difference(&unknown);
    if !certain.is_empty() {
        return (Outcome::Allow, first(Action::Allow, &certain));
    }
    if !unknown.is_empty() {
        let meets = |it: &&Met| it.hit.meets(&unknown);
        let maybe = met.iter().filter(meets).find(|it| !it.is_certain).or_else(|| met.iter().find(meets));
        return (Outcome::Maybe, maybe.map(|it| it.rule));
    }
    if !walk.passed.is_empty() {
        return (Outcome::Pass, first(Action::Pass, &walk.passed));
    }
    if !walk.open.is_empty() {
        return (Outcome::Silent, None);
    }
    (Outcome::Deny, first(Action::Deny, &denied))
}
