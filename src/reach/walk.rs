//! A walk through the rules of one side, with what is still to be decided.

use super::Permitted;
use super::bounds::Bounds;
use super::resolve::ResolvedRule;
use super::select::Reading;
use crate::net::traffic::Traffic;
use crate::policy::Action;

/// A walk through rules. What a certain match decides goes no further; what a maybe decides may go on as well. So what
/// may be allowed and what may be denied meet where something is not known, and the one is all that may be permitted,
/// what is not in the other all that is permitted for certain.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    /// What may reach the next rule.
    open: Traffic,
    /// What may have left the stage.
    passed: Traffic,
    /// What may be allowed.
    allowed: Traffic,
    /// What may be denied.
    denied: Traffic,
    /// What is allowed with a restriction at layer 7.
    layer7: Traffic,
    /// Of that, what another rule of the stage may still allow without.
    liftable: Traffic,
}

impl Walk {
    pub(super) fn new() -> Self {
        let none = Traffic::default;
        Self { open: Traffic::all(), passed: none(), allowed: none(), denied: none(), layer7: none(), liftable: none() }
    }

    /// Meets a rule that applies to the two ends, and to this traffic, for certain or perhaps.
    pub(super) fn meet(&mut self, rule: &ResolvedRule, applies: Bounds<bool>, traffic: Bounds<Traffic>) {
        let hit = self.open.intersection(&traffic.most);
        match rule.action {
            Action::Allow => {
                self.allowed = self.allowed.union(&hit);
                if rule.layer7 {
                    self.layer7 = self.layer7.union(&hit);
                    self.liftable = self.liftable.union(&hit);
                }
            }
            Action::Deny => self.denied = self.denied.union(&hit),
            Action::Pass => self.passed = self.passed.union(&hit),
            Action::None => return,
        }
        if applies.least {
            self.open = self.open.difference(&traffic.least);
            if rule.action == Action::Allow && !rule.layer7 {
                self.layer7 = self.layer7.difference(&self.liftable.intersection(&traffic.least));
            }
            if !rule.layer7 {
                self.liftable = self.liftable.difference(&traffic.least);
            }
        }
    }

    /// Asks several, any of which may be the first.
    pub(super) fn ask_in_any_order<T>(&mut self, several: &[T], mut ask: impl FnMut(&mut Self, &T)) {
        let first = self.open.clone();
        let mut last = first.clone();
        for one in several {
            self.open.clone_from(&first);
            ask(self, one);
            last = last.intersection(&self.open);
        }
        self.open = last;
    }

    /// Denies what no rule of the stage decided.
    pub(super) fn deny_open(&mut self) {
        self.denied = self.denied.union(&std::mem::take(&mut self.open));
    }

    /// Denies it perhaps, but not what would be decided then.
    pub(super) fn deny_perhaps(&mut self, decided: &Traffic) {
        self.denied = self.denied.union(&self.open.difference(decided));
    }

    /// Goes on to the next stage, with what passed and with what is not decided.
    pub(super) fn leave_stage(&mut self) {
        self.open = self.open.union(&std::mem::take(&mut self.passed));
        self.liftable = Traffic::default();
    }

    /// What is permitted: what the last stage leaves is allowed.
    pub(super) fn finish(self, reading: Reading) -> Permitted {
        let traffic = match reading {
            Reading::Least => self.denied.complement(),
            Reading::Shown | Reading::Most => self.allowed.union(&self.open),
        };
        Permitted { layer7: self.layer7.intersection(&traffic), traffic }
    }
}
