//! Did-you-mean for labels: what a selector that finds no pod was most likely meant to ask for.
use smol_str::SmolStr;

use super::Context;
use super::peers::WrittenSelector;
use crate::diagnostic::Draft;
use crate::objects::{Labels, NamespaceId, Operator, Requirement, Selector, WorkloadId};
use crate::policy::{NamespaceSet, PodSet};
use crate::source::{Origin, Place};

/// How many workloads are compared: enough for any real namespace, and a bound on the time for the rest.
pub(super) const LOOKED_AT: usize = 2_000;

/// What a selector that finds no pod most likely meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint<'m> {
    /// The labels stand on the object that makes the pods, and not on its pod template.
    OnObject { requirement: &'m Requirement, workload: WorkloadId },
    /// One label is written differently on the pods of a workload.
    Slip { distance: usize, requirement: &'m Requirement, label: (&'m str, &'m str), workload: WorkloadId },
    /// Pods of another namespace have these labels; a workload of the input, or the cluster's DNS.
    Elsewhere { namespace: NamespaceId, workload: Option<WorkloadId> },
    /// The pods of a workload have all of the labels but one.
    AllButOne { requirement: &'m Requirement, workload: WorkloadId },
}

/// The best guess for a selector that finds no pod in these namespaces.
pub(crate) fn nearest<'m>(
    context: &Context<'m>,
    namespaces: &[NamespaceId],
    selector: &'m Selector,
) -> Option<Hint<'m>> {
    let workloads = namespaces.iter().flat_map(|&id| context.cluster().workloads_in(id)).take(LOOKED_AT);
    let hints = workloads.filter_map(|(id, workload)| {
        let mut failing = workload.failing(selector);
        let (requirement, rest) = (failing.next()?, failing.next());
        let on_object = |it: &Requirement| is_positive(it) && it.holds(workload.object.labels.get(&it.key));
        if workload.failing(selector).all(on_object) {
            return Some(Hint::OnObject { requirement, workload: id });
        }
        if rest.is_some() {
            return None;
        }
        match nearest_label(requirement, &workload.pod_labels) {
            Some((distance, label)) => Some(Hint::Slip { distance, requirement, label, workload: id }),
            None if selector.requirements().len() > 1 => Some(Hint::AllButOne { requirement, workload: id }),
            None => None,
        }
    });
    hints.chain(elsewhere(context, selector)).min_by_key(Hint::rank)
}

/// Another namespace whose pods have the labels.
fn elsewhere<'m>(context: &Context<'m>, selector: &Selector) -> Option<Hint<'m>> {
    let anywhere = PodSet::new(NamespaceSet::every(), selector.clone());
    if let Some(id) = context.at_most().any_workload(&anywhere) {
        let namespace = context.workload(id)?.object.namespace;
        return Some(Hint::Elsewhere { namespace, workload: Some(id) });
    }
    let presumed = context.cluster().presumed.iter().find(|pod| selector.matches(&pod.labels))?;
    Some(Hint::Elsewhere { namespace: presumed.namespace, workload: None })
}

/// The label that a requirement which does not hold was meant to name, and how far off it is.
pub(crate) fn nearest_label<'m>(requirement: &Requirement, labels: &'m Labels) -> Option<(usize, (&'m str, &'m str))> {
    let values: &[SmolStr] = match &requirement.operator {
        Operator::In(values) => values,
        Operator::Exists => &[],
        _ => return None,
    };
    let key = requirement.key.as_str();
    if let Some((key, actual)) = labels.iter().find(|(own, _)| *own == key) {
        let distance = values.iter().filter_map(|value| slip(value, actual)).min()?;
        return Some((distance, (key, actual)));
    }
    let with_value = labels.iter().filter(|(_, value)| values.is_empty() || values.contains(value));
    let near = with_value.filter_map(|(other, value)| {
        // Another key with the very value is what was meant, unless the value says little.
        let telling = !values.is_empty() && value.chars().count() >= 3 && !["true", "false"].contains(&value.as_str());
        let distance = slip(key, other).or(telling.then_some(FAR))?;
        Some((distance, (other.as_str(), value.as_str())))
    });
    near.min()
}

/// The distance of what is less near than any misspelling.
pub(crate) const FAR: usize = 100;

/// How many edits make one name of another, where they are so few that a person may have slipped. Names that follow
/// a scheme are no slips of one another: `db-1` and `db-2`, `team-a` and `team-b`, `shop-dev` and `shop-prd`.
/// [`FAR`] where one name is a part of the other, in whole words.
pub(crate) fn slip(typed: &str, meant: &str) -> Option<usize> {
    let (of_typed, of_meant) = (typed.split(SEPARATORS), meant.split(SEPARATORS));
    if of_typed.clone().flat_map(str::chars).eq(of_meant.clone().flat_map(str::chars)) {
        return Some(1);
    }
    if of_typed.clone().count() != of_meant.clone().count() {
        return (is_part(typed, meant) || is_part(meant, typed)).then_some(FAR);
    }
    let differing = of_typed.zip(of_meant).filter(|(typed, meant)| typed != meant);
    differing.map(|(typed, meant)| slip_of_word(typed, meant)).sum()
}

const SEPARATORS: [char; 4] = ['-', '_', '.', '/'];

/// Whether a name is some of the words of another: `api` of `shop-api`, as with a release's name before it.
fn is_part(part: &str, whole: &str) -> bool {
    let ends = |character: Option<char>| character.is_none_or(|it| SEPARATORS.contains(&it));
    part.len() > 3
        && whole.match_indices(part).any(|(start, _)| {
            let (before, after) = (whole.get(..start), whole.get(start + part.len()..));
            ends(before.and_then(|it| it.chars().next_back())) && ends(after.and_then(|it| it.chars().next()))
        })
}

fn slip_of_word(typed: &str, meant: &str) -> Option<usize> {
    let longest = typed.len().max(meant.len());
    let limit = longest.div_ceil(3);
    let letters = |word: &'_ str| word.trim_end_matches(|it: char| it.is_ascii_digit()).len();
    let numbered = typed.get(..letters(typed)) == meant.get(..letters(meant));
    let of_scheme = numbered || typed.len() == meant.len() && longest <= 3;
    if of_scheme || typed.len().abs_diff(meant.len()) > limit || letters_apart(typed, meant) > limit {
        return None;
    }
    Some(strsim::damerau_levenshtein(typed, meant)).filter(|distance| *distance <= limit)
}

/// How many letters of one word the other lacks: never more than the edits between them, and quick to count.
fn letters_apart(one: &str, other: &str) -> usize {
    let mut counts = [0_i16; 128];
    let mut count = |word: &str, by: i16| {
        for byte in word.bytes() {
            if let Some(count) = counts.get_mut(usize::from(byte & 127)) {
                *count = count.saturating_add(by);
            }
        }
    };
    count(one, 1);
    count(other, -1);
    let (more, fewer): (Vec<i16>, Vec<i16>) = counts.iter().filter(|&&it| it != 0).partition(|&&it| it > 0);
    let total = |counts: &[i16]| counts.iter().map(|it| usize::from(it.unsigned_abs())).sum::<usize>();
    total(&more).max(total(&fewer))
}

fn is_positive(requirement: &Requirement) -> bool {
    matches!(requirement.operator, Operator::In(_) | Operator::Exists)
}

impl Hint<'_> {
    /// The more likely, the lower.
    fn rank(&self) -> (u8, usize) {
        match self {
            Self::OnObject { .. } => (0, 0),
            Self::Slip { distance, .. } if *distance < FAR => (1, *distance),
            Self::Elsewhere { .. } => (2, 0),
            Self::Slip { .. } => (3, 0),
            Self::AllButOne { .. } => (4, 0),
        }
    }

    /// Whether it is so likely that pods which the input does not show can hardly be meant.
    pub(crate) fn is_near(&self) -> bool {
        self.rank() < (2, 0)
    }

    /// What to edit: the label of the selector that is wrong, or all of it.
    pub(crate) fn place(&self, selector: &WrittenSelector<'_>) -> Place {
        match self {
            Self::Slip { requirement, label: (key, _), .. } => {
                slip_place(selector.requirement(&requirement.key), requirement, key)
            }
            Self::OnObject { requirement, .. } | Self::AllButOne { requirement, .. } => {
                selector.requirement(&requirement.key).entry()
            }
            Self::Elsewhere { .. } => selector.origin.clone().entry(),
        }
    }

    /// What was meant, where it stands, and what to write. `elsewhere` says what to write for pods of another
    /// namespace, of the name that it is given.
    pub(crate) fn advice(&self, context: &Context<'_>, elsewhere: impl Fn(&str) -> String) -> Advice {
        let object = |id: WorkloadId| context.workload(id).map(|workload| &workload.object);
        let name = |id| object(id).map_or("", |object| &object.name);
        match *self {
            Self::Slip { label: (key, value), workload, .. } => Advice {
                remark: format!("did you mean `{key}: {value}`?"),
                help: format!("write `{key}: {value}`, as on the pods of `{}`", name(workload)),
                because: label(context, workload, key),
            },
            Self::OnObject { requirement, workload } => {
                let kind = object(workload).map_or("", |object| &object.kind);
                let key = &requirement.key;
                let place =
                    object(workload).map(|object| object.origin.keys(["metadata", "labels"]).key(key.to_string()));
                Advice {
                    remark: format!("the pods of `{}` lack this label", name(workload)),
                    help: format!("add `{key}` to the labels of the pod template of {kind} `{}` too", name(workload)),
                    because: place.map(|place| (place.entry(), format!("stands on the {kind}, not on its pods"))),
                }
            }
            Self::Elsewhere { namespace, workload } => {
                let there = context.cluster().namespace_name(namespace);
                let words = format!("has these labels, in namespace `{there}`");
                Advice {
                    remark: format!("pods of namespace `{there}` have these labels"),
                    help: elsewhere(there),
                    because: workload.and_then(object).map(|object| (object.name_place(), words)),
                }
            }
            Self::AllButOne { requirement, workload } => Advice {
                remark: format!("the pods of `{}` have all but this", name(workload)),
                help: format!("leave `{}` out, or give the pods of `{}` this label", requirement.key, name(workload)),
                because: label(context, workload, &requirement.key),
            },
        }
    }
}

/// What a finding says of a [`Hint`].
pub(crate) struct Advice {
    remark: String,
    help: String,
    because: Option<(Place, String)>,
}

impl Advice {
    /// Says it.
    pub(crate) fn give(self, draft: &mut Draft) {
        draft.remark(self.remark).help(self.help);
        if let Some((place, words)) = self.because {
            draft.because(place, words);
        }
    }
}

/// The label of a workload's pods, where they have one of this key.
fn label(context: &Context<'_>, workload: WorkloadId, key: &str) -> Option<(Place, String)> {
    let workload = context.workload(workload)?;
    let origin = workload.labels_origin.key(key.to_owned());
    workload.pod_labels.contains_key(key).then(|| (origin.entry(), format!("the label of `{}`", workload.object.name)))
}

/// The part of a requirement that a slip is in: key or value, where `matchLabels` lets tell them apart.
pub(crate) fn slip_place(requirement: Origin, asked: &Requirement, key: &str) -> Place {
    let in_expressions = matches!(requirement.path.last(), Some(crate::yaml::Segment::Index(_)));
    if in_expressions {
        requirement.entry()
    } else if asked.key == key {
        requirement.value()
    } else {
        requirement.key_only()
    }
}

#[cfg(test)]
mod tests {
    use super::{FAR, slip};

    #[test]
    fn slips_of_the_hand_are_near() {
        for (typed, meant) in [
            ("frontnd", "frontend"),
            ("fronted", "frontend"),
            ("secure-ap", "secure-app"),
            ("secureapp", "secure-app"),
            ("app.kuberentes.io/name", "app.kubernetes.io/name"),
            ("k8s_app", "k8s-app"),
            ("wbe", "webs"),
        ] {
            assert!(slip(typed, meant).is_some_and(|distance| distance < 3), "{typed} for {meant}");
        }
    }

    #[test]
    fn names_of_a_scheme_and_other_words_are_no_slips() {
        for (one, other) in [
            ("db-1", "db-2"),
            ("postgres14", "postgres15"),
            ("team-a", "team-b"),
            ("shop-dev", "shop-prd"),
            ("prod-eu", "prod-us"),
            ("api", "app"),
            ("frontend", "backend"),
            ("", "web"),
        ] {
            assert_eq!(slip(one, other), None, "{one} and {other}");
        }
    }

    #[test]
    fn whole_words_of_a_longer_name_are_far_but_not_unrelated() {
        assert_eq!(slip("frontend", "shop-frontend"), Some(FAR));
        assert_eq!(slip("shop-frontend-v2", "frontend"), Some(FAR));
        assert_eq!(slip("front", "frontend-shop"), None);
        assert_eq!(slip("api", "shop-api"), None, "too short to tell");
    }
}
