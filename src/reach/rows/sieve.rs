//! What policies of the whole cluster may do with ends, whatever the traffic.

use crate::net::Direction;
use crate::policy::{Action, Combine, Silence};
use crate::reach::classes::ClassSet;
use crate::reach::reachability::Reachability;
use crate::reach::resolution::{Place, ResolvedPolicy, ResolvedRule};

/// What the rules of a policy may do with the classes at the far end: supersets, so that whoever is in none of them is
/// not permitted.
#[derive(Debug)]
pub(in crate::reach) struct Sieve {
    /// Those that a rule may allow something.
    allowed: ClassSet,
    /// Those of which a rule may pass something.
    passed: ClassSet,
    /// Those of which something may be left that no rule decides.
    open: ClassSet,
    /// Those that no rule for sure denies everything.
    not_denied: ClassSet,
}

/// What all policies of the whole cluster that select a class may do with the far ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::reach) struct Sifted {
    /// Those that may be permitted something.
    pub(in crate::reach) reached: ClassSet,
    /// For each stage, those that it may be asked about.
    pub(in crate::reach) asked: Vec<ClassSet>,
}

impl Reachability {
    /// What one policy may do.
    pub(in crate::reach) fn sieve(&self, policy: &ResolvedPolicy, combine: Combine, direction: Direction) -> Sieve {
        let all = self.classes().all();
        let (mut allowed, mut passed) = (ClassSet::default(), ClassSet::default());
        let (mut open, mut not_denied) = (all.clone(), all.clone());
        for rule in policy.rules(direction) {
            // In what order they are asked matters only where the first one decides.
            let here = match combine {
                Combine::FirstMatch => rule.ends.most.classes.intersection(&open),
                Combine::DenyWins => (*rule.ends.most.classes).clone(),
            };
            match rule.action {
                Action::Allow => allowed = allowed.union(&here),
                Action::Pass => passed = passed.union(&here),
                Action::Deny | Action::None => {}
            }
            if policy.subject.is_exact() && decides_all(rule) {
                open = open.difference(&rule.ends.least.classes);
                if rule.action == Action::Deny {
                    not_denied = not_denied.difference(&rule.ends.least.classes);
                }
            }
        }
        Sieve { allowed, passed, open, not_denied }
    }

    /// What policies may do one after the other, with pods that some stages engage for certain.
    pub(in crate::reach) fn sift(&self, policies: &[(Place, &Sieve)], engaged: &[usize]) -> Sifted {
        let mut sifted = Sifted::default();
        let mut asked = self.classes().all();
        for (number, stage) in self.basis.arrangement.stages.iter().enumerate() {
            let first = policies.partition_point(|(place, _)| place.stage < Some(number));
            let end = policies.partition_point(|(place, _)| place.stage <= Some(number));
            let policies = policies.get(first..end).unwrap_or_default();
            if !self.is_known(stage) {
                let allowed = policies.iter().map(|(_, sieve)| &sieve.allowed);
                sifted.reached = allowed.fold(sifted.reached, |sum, allowed| sum.union(allowed));
                sifted.asked.push(self.classes().all());
                continue;
            }
            let (mut open, mut passed) = (asked.clone(), ClassSet::default());
            match stage.combine {
                Combine::FirstMatch => {
                    // Any of tied policies may be the first.
                    for tied in policies.chunk_by(|(one, _), (other, _)| one.tie == other.tie) {
                        let before = open.clone();
                        for (_, sieve) in tied {
                            sifted.reached = sifted.reached.union(&before.intersection(&sieve.allowed));
                            passed = passed.union(&before.intersection(&sieve.passed));
                            open = open.intersection(&sieve.open);
                        }
                    }
                }
                Combine::DenyWins => {
                    let left = policies.iter().fold(asked.clone(), |left, (_, it)| left.intersection(&it.not_denied));
                    for (_, sieve) in policies {
                        sifted.reached = sifted.reached.union(&left.intersection(&sieve.allowed));
                        passed = passed.union(&left.intersection(&sieve.passed));
                        open = open.intersection(&sieve.open);
                    }
                }
            }
            let next = match stage.on_silence {
                Silence::Deny if engaged.contains(&number) => passed,
                Silence::Deny | Silence::Next => passed.union(&open),
            };
            sifted.asked.push(std::mem::replace(&mut asked, next));
        }
        sifted.reached = sifted.reached.union(&asked);
        sifted
    }
}

/// Whether a rule decides all traffic of its ends for certain.
fn decides_all(rule: &ResolvedRule) -> bool {
    rule.action != Action::None && rule.subject.is_none() && rule.traffic.is_all
}
