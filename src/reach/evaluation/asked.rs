//! The rules that one side of a connection is asked about.

use smallvec::SmallVec;

use super::side::Side;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::{Action, RuleRef};
use crate::reach::end::Remote;
use crate::reach::reachability::Reachability;
use crate::reach::resolution::{Place, ResolvedPolicy, ResolvedRule, SharedRule};

/// A rule that may match, and when it is asked.
#[derive(Clone, Copy)]
pub(in crate::reach) struct Asked<'r> {
    pub(in crate::reach) place: Place,
    pub(in crate::reach) id: RuleRef,
    pub(in crate::reach) policy: &'r ResolvedPolicy,
    pub(in crate::reach) rule: &'r ResolvedRule,
}

/// Rules in the order in which they are asked.
pub(in crate::reach) type AskedRules<'r> = SmallVec<[Asked<'r>; 8]>;

impl Reachability {
    /// The rules that may match the two ends.
    pub(in crate::reach) fn asked(&self, side: Side) -> AskedRules<'_> {
        let mut asked: AskedRules<'_> = SmallVec::new();
        self.own_rules(side.subject, side.direction, |rule| {
            if rule.rule.ends.most.contains(side.remote) {
                asked.push(rule);
            }
        });
        let own = asked.len();
        match side.remote {
            Remote::Class(class) => {
                let shared = self.shared(side.direction).of_class(class);
                asked.extend(shared.filter_map(|it| self.asked_rule(it, side.direction)));
            }
            Remote::Address(_) => {
                let shared = self.shared(side.direction).of_addresses();
                let shared = shared.filter_map(|it| self.asked_rule(it, side.direction));
                asked.extend(shared.filter(|it| it.rule.ends.most.contains(side.remote)));
            }
            Remote::Anyone => {
                let shared = self.shared(side.direction).all();
                asked.extend(shared.filter_map(|it| self.asked_rule(it, side.direction)));
            }
        }
        asked.retain(|it| it.policy.subject.most.contains(side.subject));
        if own > 0 && asked.len() > own {
            asked.sort_by_key(|it| (it.place.rank, it.id.index));
        }
        asked
    }

    /// The rules of policies of the whole cluster that may be for a class.
    pub(in crate::reach) fn shared_rules(&self, class: u32, direction: Direction) -> impl Iterator<Item = Asked<'_>> {
        let shared = self.shared(direction).all().filter_map(move |it| self.asked_rule(it, direction));
        shared.filter(move |it| it.policy.subject.most.contains(class))
    }

    /// All rules that may be for a class and match addresses outside.
    pub(in crate::reach) fn asked_about_addresses(&self, class: u32, direction: Direction) -> AskedRules<'_> {
        let mut asked: AskedRules<'_> = SmallVec::new();
        self.own_rules(class, direction, |rule| asked.push(rule));
        let shared = self.shared(direction).of_addresses();
        let own = asked.len();
        asked.extend(shared.filter_map(|it| self.asked_rule(it, direction)));
        asked.retain(|it| it.policy.subject.most.contains(class));
        if own > 0 && asked.len() > own {
            asked.sort_by_key(|it| (it.place.rank, it.id.index));
        }
        asked
    }

    /// Visits the rules of the policies of a class that are not shared, in the order in which they are asked.
    pub(in crate::reach) fn own_rules<'r>(
        &'r self,
        class: u32,
        direction: Direction,
        mut visit: impl FnMut(Asked<'r>),
    ) {
        for &number in self.selecting(class, direction) {
            let policy = self.policy(number).filter(|policy| !self.is_shared(policy));
            let Some((policy, &place)) = policy.zip(self.basis.places.get(number as usize)) else { continue };
            policy.visit_rules_of(class, direction, |index, rule| {
                if rule.action != Action::None {
                    let id = RuleRef { policy: PolicyId(number), direction, index };
                    visit(Asked { place, id, policy, rule });
                }
            });
        }
    }

    /// A shared rule.
    pub(in crate::reach) fn asked_rule(&self, rule: SharedRule, direction: Direction) -> Option<Asked<'_>> {
        let SharedRule { policy, index, .. } = rule;
        let place = *self.basis.places.get(policy as usize)?;
        let (id, policy) = (RuleRef { policy: PolicyId(policy), direction, index }, self.policy(policy)?);
        let rule = policy.rules(direction).get(index)?;
        Some(Asked { place, id, policy, rule })
    }
}
