//! The stages, asked one after the other.

use super::asked::{Asked, AskedRules};
use super::side::Side;
use super::walk::Walk;
use crate::net::traffic::Traffic;
use crate::policy::{Action, Combine, Silence, Stage};
use crate::reach::bounds::Bounds;
use crate::reach::reachability::Reachability;
use crate::reach::reading::Reading;
use crate::reach::resolution::ResolvedPolicy;

impl Reachability {
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
