//! A walk through the rules of one side, with what is still to be decided.

use super::permitted::Permitted;
use crate::net::traffic::Traffic;
use crate::policy::{Action, RuleRef};
use crate::reach::bounds::Bounds;
use crate::reach::reading::Reading;
use crate::reach::resolution::ResolvedRule;

/// A walk through rules. What a certain match decides goes no further; what a maybe decides may go on as well. So what
/// may be allowed and what may be denied meet where something is not known, and the one is all that may be permitted,
/// what is not in the other all that is permitted for certain.
#[derive(Clone, Debug)]
pub(in crate::reach) struct Walk {
    /// What may reach the next rule.
    pub(in crate::reach) open: Traffic,
    /// What may have left the stage.
    pub(in crate::reach) passed: Traffic,
    /// What may be allowed.
    allowed: Traffic,
    /// What may be denied.
    denied: Traffic,
    /// Of that, what the stage may deny because none of its rules matches.
    pub(in crate::reach) silenced: Traffic,
    /// What is allowed with a restriction at layer 7.
    layer7: Traffic,
    /// Of that, what another rule of the stage may still allow without.
    liftable: Traffic,
    /// The rules of the stage that matched, where somebody wants to know.
    pub(in crate::reach) met: Option<Vec<Met>>,
}

/// A rule that matched something that reached it.
#[derive(Clone, Debug)]
pub(in crate::reach) struct Met {
    pub(in crate::reach) rule: RuleRef,
    pub(in crate::reach) action: Action,
    /// What it decides, for certain or perhaps.
    pub(in crate::reach) hit: Traffic,
    /// Whether it matches for certain.
    pub(in crate::reach) is_certain: bool,
}

impl Walk {
    /// A walk with this traffic.
    pub(in crate::reach) fn new(open: Traffic) -> Self {
        let none = Traffic::default;
        Self {
            open,
            passed: none(),
            allowed: none(),
            denied: none(),
            silenced: none(),
            layer7: none(),
            liftable: none(),
            met: None,
        }
    }

    /// The same, which keeps the rules that matched.
    pub(in crate::reach) fn recording(self) -> Self {
        Self { met: Some(Vec::new()), ..self }
    }

    /// Meets a rule that applies to the two ends, and to this traffic, for certain or perhaps.
    pub(in crate::reach) fn meet(
        &mut self,
        id: RuleRef,
        rule: &ResolvedRule,
        applies: Bounds<bool>,
        traffic: &Bounds<Traffic>,
    ) {
        let hit = self.open.intersection(&traffic.most);
        if hit.is_empty() {
            // A rule without a restriction lifts that of another one all the same.
            self.lift(rule, applies, &traffic.least);
            return;
        }
        if let Some(met) = &mut self.met {
            let is_certain = applies.least && traffic.least.is_superset(&hit);
            met.push(Met { rule: id, action: rule.action, hit: hit.clone(), is_certain });
        }
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
        }
        self.lift(rule, applies, &traffic.least);
    }

    /// Takes the restriction at layer 7 from what a rule allows without one.
    fn lift(&mut self, rule: &ResolvedRule, applies: Bounds<bool>, traffic: &Traffic) {
        if rule.layer7 || !applies.least || self.liftable.is_empty() || rule.action == Action::None {
            return;
        }
        if rule.action == Action::Allow {
            self.layer7 = self.layer7.difference(&self.liftable.intersection(traffic));
        }
        self.liftable = self.liftable.difference(traffic);
    }

    /// Asks several, any of which may be the first.
    pub(in crate::reach) fn ask_in_any_order<T>(
        &mut self,
        several: impl Iterator<Item = T>,
        mut ask: impl FnMut(&mut Self, T),
    ) {
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
    pub(in crate::reach) fn deny_open(&mut self) {
        let open = std::mem::take(&mut self.open);
        self.denied = self.denied.union(&open);
        self.silenced = open;
    }

    /// Denies it perhaps, but not what would be decided then.
    pub(in crate::reach) fn deny_perhaps(&mut self, decided: &Traffic) {
        let silenced = self.open.difference(decided);
        self.denied = self.denied.union(&silenced);
        self.silenced = self.silenced.union(&silenced);
    }

    /// Goes on to the next stage, with what passed and with what is not decided.
    pub(in crate::reach) fn leave_stage(&mut self) {
        if !self.passed.is_empty() {
            self.open = self.open.union(&std::mem::take(&mut self.passed));
        }
        (self.liftable, self.silenced) = Default::default();
        self.met.iter_mut().for_each(Vec::clear);
    }

    /// What is permitted: what the last stage leaves is allowed.
    pub(in crate::reach) fn finish(self, reading: Reading) -> Permitted {
        let traffic = match reading {
            Reading::Least => self.denied.complement(),
            Reading::Shown | Reading::Most => self.allowed.union(&self.open),
        };
        Permitted { layer7: self.layer7.intersection(&traffic), traffic }
    }
}
