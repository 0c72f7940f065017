//! Whether a boolean expression holds for the pods of a class.

use smol_str::SmolStr;

use super::partition::Classes;
use super::vocabulary::{OTHER, Predicate};
use crate::objects::{Match, NAME_LABEL, Operator};
use crate::policy::{Attribute, Condition};
use crate::reach::reading::Reading;

impl Classes {
    /// Whether it holds. What the input does not show is absent in what is shown, and unknown otherwise.
    pub(in crate::reach) fn judge(&self, condition: &Condition, class: u32, reading: Reading) -> Match {
        let each = |several: &[Condition]| -> Vec<Match> {
            several.iter().map(|condition| self.judge(condition, class, reading)).collect()
        };
        match condition {
            Condition::Is(attribute, operator) => self.judge_attribute(attribute, operator, class, reading),
            Condition::All(several) => all(each(several)),
            Condition::Any(several) => any(each(several)),
            Condition::Not(one) => not(self.judge(one, class, reading)),
        }
    }

    fn judge_attribute(&self, attribute: &Attribute, operator: &Operator, class: u32, reading: Reading) -> Match {
        if let Attribute::NamespaceLabel(key) = attribute {
            return self.judge_namespace_label(key, operator, self.namespace(class), reading);
        }
        let Some(predicate) = self.vocabulary.of_attribute(attribute, operator) else { return Match::No };
        let it = self.get(class);
        let labels = it.map_or(&[][..], |class| &class.labels);
        let is_shown = reading == Reading::Shown;
        let is_known = match attribute {
            Attribute::ServiceAccountLabel(_) => it.is_some_and(|class| class.account_is_known),
            Attribute::ServiceAccountName => labels.iter().any(|(key, _)| Some(*key) == predicate.key()),
            _ => !self.is_unknown(class),
        };
        match (is_known, is_shown, attribute) {
            // It has a name, which no selector can have meant.
            (false, true, Attribute::ServiceAccountName) => holds_for_another(&predicate),
            (true, ..) | (false, true, _) => predicate.holds(labels),
            (false, false, _) => Match::Unknown,
        }
    }

    /// Whether a label of a namespace is as asked for.
    pub(in crate::reach) fn judge_namespace_label(
        &self,
        key: &str,
        operator: &Operator,
        namespace: usize,
        reading: Reading,
    ) -> Match {
        let is_shown = reading == Reading::Shown;
        let Some((labels, declared)) = self.namespaces.get(namespace) else {
            return match key == NAME_LABEL {
                true if is_shown => of(operator.holds(Some(&SmolStr::default()))),
                true => self.judge_unknown_name(operator),
                false if is_shown => of(operator.holds(None)),
                false => Match::Unknown,
            };
        };
        match labels.get(key) {
            None if !(*declared || is_shown || key == NAME_LABEL) => Match::Unknown,
            value => of(operator.holds(value)),
        }
    }

    /// Whether the name of a namespace is as asked for that is none of the input.
    fn judge_unknown_name(&self, operator: &Operator) -> Match {
        let are_known = |names: &[SmolStr]| names.iter().all(|name| self.known_names.contains(name.as_str()));
        match operator {
            Operator::In(names) if are_known(names) => Match::No,
            Operator::NotIn(names) if are_known(names) => Match::Yes,
            Operator::Exists => Match::Yes,
            Operator::DoesNotExist => Match::No,
            _ => Match::Unknown,
        }
    }
}

fn holds_for_another(predicate: &Predicate) -> Match {
    let Some(key) = predicate.key() else { return of(!predicate.is_positive()) };
    predicate.holds(&[(key, OTHER)])
}

fn of(holds: bool) -> Match {
    if holds { Match::Yes } else { Match::No }
}

/// Whether it does not hold.
pub(in crate::reach) fn not(one: Match) -> Match {
    match one {
        Match::Yes => Match::No,
        Match::No => Match::Yes,
        Match::Unknown => Match::Unknown,
    }
}

/// Whether all of them hold.
pub(in crate::reach) fn all(several: impl IntoIterator<Item = Match>) -> Match {
    several.into_iter().fold(Match::Yes, |sum, one| match (sum, one) {
        (Match::No, _) | (_, Match::No) => Match::No,
        (Match::Unknown, _) | (_, Match::Unknown) => Match::Unknown,
        (Match::Yes, Match::Yes) => Match::Yes,
    })
}

/// Whether any of them holds.
pub(in crate::reach) fn any(several: impl IntoIterator<Item = Match>) -> Match {
    not(all(several.into_iter().map(not)))
}
