//! Did-you-mean for labels: what a selector that finds no pod was most likely meant to ask for.

use smol_str::SmolStr;

use super::peers::WrittenSelector;
use crate::analysis::{Analysis, LOOKED_AT};
use crate::diagnostic::Draft;
use crate::objects::{Labels, NAME_LABEL, NamespaceId, Operator, Requirement, Selector, WorkloadId};
use crate::policy::{NamespaceSet, PodSet};
use crate::source::{Origin, Place};
use crate::text::slip::{FAR, slip};

/// What a selector that finds no pod most likely meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint<'m> {
    /// The labels are on the object that makes the pods, and not on its pod template.
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
    analysis: &'m Analysis,
    namespaces: &[NamespaceId],
    selector: &'m Selector,
) -> Option<Hint<'m>> {
    let workloads = namespaces.iter().flat_map(|&id| analysis.cluster().workloads_in(id)).take(LOOKED_AT);
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
    hints.chain(elsewhere(analysis, selector)).min_by_key(Hint::rank)
}

/// Whether a slip of one label is the only one that is near: the pods of no other workload have another label which may
/// be meant as well.
pub(crate) fn is_only_meaning(
    analysis: &Analysis,
    namespaces: &[NamespaceId],
    selector: &Selector,
    meant: (&str, &str),
) -> bool {
    let workloads = namespaces.iter().flat_map(|&id| analysis.cluster().workloads_in(id)).take(LOOKED_AT);
    let mut near = workloads.filter_map(|(_, workload)| {
        let mut failing = workload.failing(selector);
        let (requirement, None) = (failing.next()?, failing.next()) else { return None };
        nearest_label(requirement, &workload.pod_labels).filter(|(distance, _)| *distance < FAR)
    });
    near.all(|(_, label)| label == meant)
}

/// Another namespace whose pods have the labels.
fn elsewhere<'m>(analysis: &'m Analysis, selector: &Selector) -> Option<Hint<'m>> {
    let anywhere = PodSet::new(NamespaceSet::every(), selector.clone());
    if let Some(id) = analysis.at_most().any_workload(&anywhere) {
        let namespace = analysis.workload(id)?.object.namespace;
        return Some(Hint::Elsewhere { namespace, workload: Some(id) });
    }
    let presumed = analysis.cluster().presumed.iter().find(|pod| selector.matches(&pod.labels))?;
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

    /// What was meant, where it is, and what to write. `elsewhere` says what to write for pods of another
    /// namespace, of the name that it is given.
    pub(crate) fn advice(&self, analysis: &Analysis, elsewhere: impl Fn(&str) -> String) -> Advice {
        let object = |id: WorkloadId| analysis.workload(id).map(|workload| &workload.object);
        let name = |id| object(id).map_or("", |object| &object.name);
        match *self {
            Self::Slip { label: (key, value), workload, .. } => Advice {
                remark: format!("did you mean `{key}: {value}`?"),
                help: format!("write `{key}: {value}`, as on the pods of `{}`", name(workload)),
                because: label(analysis, workload, key),
            },
            Self::OnObject { requirement, workload } => {
                let kind = object(workload).map_or("", |object| &object.kind);
                let key = &requirement.key;
                let place =
                    object(workload).map(|object| object.origin.keys(["metadata", "labels"]).key(key.to_string()));
                Advice {
                    remark: format!("the pods of `{}` lack this label", name(workload)),
                    help: format!("add `{key}` to the labels of the pod template of {kind} `{}` too", name(workload)),
                    because: place.map(|place| (place.entry(), format!("is on the {kind}, not on its pods"))),
                }
            }
            Self::Elsewhere { namespace, workload } => {
                let there = analysis.cluster().namespace_name(namespace);
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
                because: label(analysis, workload, &requirement.key),
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
fn label(analysis: &Analysis, workload: WorkloadId, key: &str) -> Option<(Place, String)> {
    let workload = analysis.workload(workload)?;
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

/// The namespace of the input that all but one requirement match, and nearly that one.
pub(crate) fn nearest_namespace<'m>(
    analysis: &'m Analysis,
    selector: &'m Selector,
) -> Option<(&'m Requirement, (&'m str, &'m str), NamespaceId)> {
    let cluster = analysis.cluster();
    let known = cluster.namespaces.iter().zip(0..).map(|(namespace, index)| (NamespaceId(index), namespace));
    let known = known.filter(|(id, _)| analysis.is_in_input(*id));
    let near = known.filter_map(|(id, namespace)| {
        let failing = |it: &&Requirement| !it.holds(namespace.labels.get(&it.key));
        let mut failing = selector.requirements().iter().filter(failing);
        let (requirement, None) = (failing.next()?, failing.next()) else { return None };
        let (distance, label) = nearest_label(requirement, &namespace.labels)?;
        (distance < FAR || label.0 == NAME_LABEL && requirement.key != NAME_LABEL)
            .then_some((distance, (requirement, label, id)))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, found)| found)
}
