//! Which pods policies of the whole cluster and silence treat alike.

use rayon::prelude::*;

use crate::net::Direction;
use crate::policy::{Combine, Silence};
use crate::reach::alike::{Own, Stages, Subjects, Traits};
use crate::reach::classes::number;
use crate::reach::reachability::Reachability;
use crate::reach::reading::Reading;
use crate::reach::resolution::{Place, ResolvedPolicy, ResolvedRule};

impl Reachability {
    /// The pods, as they are at one side of a connection.
    pub(in crate::reach) fn subjects(&self, direction: Direction) -> Subjects {
        let are_known = self.basis.arrangement.stages.iter().all(|stage| self.is_known(stage));
        let allow = |policy: &ResolvedPolicy| policy.rules(direction).iter().all(ResolvedRule::is_plain);
        let allows: Vec<bool> = self.resolved.policies.iter().map(|policy| are_known && allow(policy)).collect();
        let classes = (0..number(self.classes().len())).into_par_iter();
        Subjects::new(classes.map(|class| self.traits(class, direction, &allows)).collect())
    }

    /// What a class has in common with others. `allows`: the policies whose rules only allow.
    fn traits(&self, class: u32, direction: Direction, allows: &[bool]) -> Option<Traits> {
        if !self.classes().is_pod(class) {
            return None;
        }
        let selecting = self.shared(direction).selecting.list_of(class);
        let own = self.own(class, direction, allows).unwrap_or(Own::Other);
        Some(Traits { selecting, denying: self.denying_stages(class, direction), own })
    }

    /// What the policies of a class do that are not of the whole cluster; `None` where it is not simple.
    fn own(&self, class: u32, direction: Direction, allows: &[bool]) -> Option<Own> {
        let mut own = Own::Nothing;
        for &index in self.selecting(class, direction) {
            let (policy, place) = (self.policy(index)?, *self.basis.places.get(index as usize)?);
            let selects = policy.subject.has(class);
            let engages = policy.engages(class, direction).and(selects);
            if engages.least != engages.most {
                return None;
            }
            if self.is_shared(policy) || policy.rules(direction).is_empty() {
                continue;
            }
            let allows = allows.get(index as usize).is_some_and(|&allows| allows);
            let here = self.allowed_at(place, class, direction).filter(|_| selects.least && allows)?;
            if own != Own::Nothing && own != here {
                return None;
            }
            own = here;
        }
        Some(own)
    }

    /// Where a policy is asked that only allows; `None` where it may be tied with one of the whole cluster.
    fn allowed_at(&self, place: Place, class: u32, direction: Direction) -> Option<Own> {
        let number = place.stage?;
        let stage = self.basis.arrangement.stages.get(number)?;
        let shared = self.shared(direction);
        let members = shared.selecting.list(shared.selecting.list_of(class)).iter();
        let mut others = members.filter_map(|it| {
            let policy = *shared.policies.get(it.set as usize)?;
            Some((it.set, self.basis.places.get(policy as usize)?))
        });
        let is_in_order = stage.ties.certain || self.reading == Reading::Shown || stage.combine == Combine::DenyWins;
        if !is_in_order && others.clone().any(|(_, it)| it.tie == place.tie) {
            return None;
        }
        let is_later = |it: &Place| match stage.combine {
            Combine::FirstMatch => it.rank > place.rank,
            Combine::DenyWins => it.stage >= place.stage,
        };
        let next = others.find(|(_, it)| is_later(it));
        Some(Own::Allow { stage: number, before: next.map_or(u32::MAX, |(set, _)| set) })
    }

    /// The stages that deny a class for certain what none of their rules matches.
    fn denying_stages(&self, class: u32, direction: Direction) -> Stages {
        let engages = |&index: &u32| {
            let policy = self.policy(index)?;
            let is_certain = policy.engages(class, direction).and(policy.subject.has(class)).least;
            self.basis.places.get(index as usize)?.stage.filter(|_| is_certain)
        };
        let mut engaged: Stages = self.selecting(class, direction).iter().filter_map(engages).collect();
        let stages = || self.basis.arrangement.stages.iter().enumerate();
        engaged.extend(stages().filter(|(_, stage)| stage.engages_all(direction)).map(|(number, _)| number));
        engaged.sort_unstable();
        engaged.dedup();
        let denies = |number: &usize| {
            self.basis.arrangement.stages.get(*number).is_some_and(|stage| stage.on_silence == Silence::Deny)
        };
        engaged.retain(|number| denies(number));
        engaged
    }
}
