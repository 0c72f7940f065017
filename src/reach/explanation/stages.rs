//! What each stage makes of a connection.

use smol_str::SmolStr;

use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::net::traffic::Traffic;
use crate::policy::{Action, RuleRef, Stage};
use crate::reach::end::Endpoint;
use crate::reach::evaluation::{Met, Side, Walk};
use crate::reach::reachability::Reachability;
use crate::reach::resolution::ResolvedPolicy;

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
