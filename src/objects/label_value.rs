//! The labels of a workload's pods, those that its controller sets included.

use smol_str::{SmolStr, format_smolstr};

use super::kinds::{ControllerLabel, ControllerValue, workload_kind};
use super::numbered::pod_number;
use super::{Match, Numbered, Operator, ReadFrom, Requirement, Selector, Workload};

/// What the pods of a workload have for a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelValue<'w> {
    /// No such label.
    Absent,
    /// This value.
    Is(SmolStr),
    /// A value that the input does not show.
    Unknown,
    /// A value of its own for each pod: the prefix and the number of the pod.
    Numbered(SmolStr, &'w Numbered),
}

impl Workload {
    /// The labels that its controller sets.
    pub(crate) fn controller_labels(&self) -> &'static [ControllerLabel] {
        workload_kind(&self.object.kind).map_or(&[], |kind| kind.controller_labels)
    }

    /// What its pods have for a label. What a controller sets counts, whatever the template says.
    #[must_use]
    pub fn label(&self, key: &str) -> LabelValue<'_> {
        let written = || self.pod_labels.get(key).cloned();
        let set = self.controller_labels().iter().find(|label| label.key == key);
        let Some(set) = set else { return written().map_or(LabelValue::Absent, LabelValue::Is) };
        let name = self.owner_name();
        match set.value {
            ControllerValue::ObjectName if !name.is_empty() => LabelValue::Is(name.clone()),
            ControllerValue::ObjectName | ControllerValue::Generated => {
                // Pods show what their controller gave them.
                let shown = written().filter(|_| self.read_from != ReadFrom::Manifest);
                shown.map_or(LabelValue::Unknown, LabelValue::Is)
            }
            ControllerValue::PodName => self.numbered_label(|| format_smolstr!("{name}-")),
            ControllerValue::PodNumber => self.numbered_label(SmolStr::default),
        }
    }

    fn numbered_label(&self, prefix: impl Fn() -> SmolStr) -> LabelValue<'_> {
        match (self.replica.as_ref().and_then(|replica| replica.number), &self.numbered) {
            (Some(number), _) => LabelValue::Is(format_smolstr!("{}{number}", prefix())),
            (None, Some(numbered)) => LabelValue::Numbered(prefix(), numbered),
            (None, None) => LabelValue::Absent,
        }
    }

    /// Whether its pods meet a requirement: all of them, none, or some or nobody knows.
    #[must_use]
    pub fn meets(&self, requirement: &Requirement) -> Match {
        self.label(&requirement.key).meets(&requirement.operator)
    }

    /// Whether a selector selects its pods: all of them, none, or some or nobody knows.
    #[must_use]
    pub fn is_selected_by(&self, selector: &Selector) -> Match {
        selector.requirements().iter().fold(Match::Yes, |sum, it| sum.and(self.meets(it)))
    }

    /// Whether some of its pods have a label for certain.
    #[must_use]
    pub fn has_label(&self, key: &str, value: &str) -> bool {
        match self.label(key) {
            LabelValue::Is(own) => own == value,
            LabelValue::Numbered(prefix, numbered) => number_behind(value, &prefix)
                .is_some_and(|it| numbered.may_hold(it) && numbered.exists(it) == Match::Yes),
            LabelValue::Absent | LabelValue::Unknown => false,
        }
    }
}

impl LabelValue<'_> {
    /// Whether it is as asked for.
    #[must_use]
    pub fn meets(&self, operator: &Operator) -> Match {
        let of = |holds| if holds { Match::Yes } else { Match::No };
        match self {
            Self::Absent => of(operator.holds(None)),
            Self::Is(value) => of(operator.holds(Some(value))),
            Self::Unknown => match operator {
                Operator::Exists => Match::Yes,
                Operator::DoesNotExist => Match::No,
                _ => Match::Unknown,
            },
            Self::Numbered(prefix, numbered) => of_numbered(prefix, numbered, operator),
        }
    }
}

fn of_numbered(prefix: &str, numbered: &Numbered, operator: &Operator) -> Match {
    let holds_any = |values: &[SmolStr]| {
        let mut numbers = values.iter().filter_map(|value| number_behind(value, prefix));
        if numbers.any(|number| numbered.may_hold(number)) { Match::Unknown } else { Match::No }
    };
    let ends_in_digit = |text: &str| text.ends_with(|last: char| last.is_ascii_digit());
    match operator {
        Operator::Exists => Match::Yes,
        Operator::DoesNotExist => Match::No,
        Operator::In(values) => holds_any(values),
        Operator::NotIn(values) => holds_any(values).negated(),
        Operator::StartsWith(start) if prefix.starts_with(start.as_str()) => Match::Yes,
        Operator::StartsWith(start) => unknown_if(start.strip_prefix(prefix).and_then(pod_number).is_some()),
        Operator::EndsWith(end) if end.is_empty() => Match::Yes,
        Operator::EndsWith(end) => unknown_if(ends_in_digit(end)),
        Operator::Contains(part) if prefix.contains(part.as_str()) => Match::Yes,
        Operator::Contains(part) => unknown_if(ends_in_digit(part)),
    }
}

fn unknown_if(is_possible: bool) -> Match {
    if is_possible { Match::Unknown } else { Match::No }
}

/// The number of the pod that such a label names.
pub(crate) fn number_behind(value: &str, prefix: &str) -> Option<u64> {
    value.strip_prefix(prefix).and_then(pod_number)
}
