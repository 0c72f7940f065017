//! Which classes a set of pods is made of.

use std::sync::Arc;

use smallvec::SmallVec;
use smol_str::SmolStr;

use super::class::Class;
use super::number::ClassSet;
use super::partition::Classes;
use super::vocabulary::Predicate;
use crate::objects::kinds::is_controller_label;
use crate::objects::{Labels, Match, NAME_LABEL, Operator, Requirement, Selector};
use crate::policy::{self, Attribute, NamespaceSet, PodSet};
use crate::reach::bounds::Bounds;
use crate::reach::reading::Reading;

/// Whether a set of pods is the same one under every reading: the labels of pods are known, those of namespaces and
/// of accounts, what controllers set and whatever is in an unknown namespace may not be.
pub(in crate::reach) fn is_known(set: &PodSet) -> bool {
    let asks_for_labels_only = |condition: &policy::Condition| {
        let mut only = true;
        condition.visit(&mut |attribute, _| {
            only &= matches!(attribute, Attribute::Label(key) if !is_controller_label(key));
        });
        only
    };
    if set.pods.requirements().iter().any(|it| is_controller_label(&it.key)) {
        return false;
    }
    match &set.namespaces {
        NamespaceSet::One(_) => set.condition.as_deref().is_none_or(asks_for_labels_only),
        NamespaceSet::Matching(selector) => selector.is_empty() && set.is_whole_namespaces(),
    }
}

impl Classes {
    /// The classes that a set of pods is made of, for certain and perhaps. In what is shown there is no perhaps.
    pub(in crate::reach) fn bounds(&self, set: &PodSet, reading: Reading) -> Bounds<Arc<ClassSet>> {
        if reading == Reading::Shown || is_known(set) {
            return Bounds::exact(Arc::new(self.select(set, Reading::Shown)));
        }
        let [least, most] = [Reading::Least, Reading::Most].map(|reading| self.select(set, reading));
        if least == most {
            return Bounds::exact(Arc::new(least));
        }
        Bounds { least: Arc::new(least), most: Arc::new(most) }
    }

    /// The classes that a set of pods is made of.
    pub(in crate::reach) fn select(&self, set: &PodSet, reading: Reading) -> ClassSet {
        let domain = self.domain(&set.namespaces, reading);
        let mut selected = self.select_pods(&set.pods, &domain, reading);
        // The labels of a pod that is not in the input may be any.
        if domain.contains(self.unknown()) && !set.pods.is_empty() {
            match reading {
                Reading::Shown => {}
                Reading::Least => selected = selected.difference(&self.unknown_pods()),
                Reading::Most => selected = selected.union(&self.unknown_pods()),
            }
        }
        let Some(condition) = &set.condition else { return selected };
        let classes = selected.intervals().iter().flat_map(|&(first, last)| first..=last);
        ClassSet::from_points(classes.filter(|&class| self.meets(condition, class, reading)))
    }

    /// Whether a class is in a set of pods: what [`Self::select`] says of it, without the others.
    pub(in crate::reach) fn is_in(&self, class: u32, set: &PodSet, reading: Reading) -> bool {
        let namespace = self.namespace(class);
        let is_here = match &set.namespaces {
            NamespaceSet::One(own) => own.0 as usize == namespace,
            NamespaceSet::Matching(selector) => {
                selector.is_empty() || self.namespace_matches(selector, namespace, reading)
            }
        };
        if !is_here || !self.is_pod(class) {
            return false;
        }
        let has_labels = match reading {
            Reading::Least if self.is_unknown(class) => set.pods.is_empty(),
            Reading::Most if self.is_unknown(class) => true,
            _ => {
                let labels = self.get(class).map_or(&[][..], |class| &class.labels);
                let holds = |it: &Requirement| self.vocabulary.of_label(&it.key, &it.operator).holds(labels);
                set.pods.requirements().iter().all(|it| is_match(holds(it), reading))
            }
        };
        has_labels && set.condition.as_ref().is_none_or(|condition| self.meets(condition, class, reading))
    }

    fn meets(&self, condition: &policy::Condition, class: u32, reading: Reading) -> bool {
        is_match(self.judge(condition, class, reading), reading)
    }

    fn domain(&self, namespaces: &NamespaceSet, reading: Reading) -> ClassSet {
        match namespaces {
            NamespaceSet::One(namespace) => self.of_namespace(namespace.0 as usize),
            NamespaceSet::Matching(selector) if selector.is_empty() => self.pods(),
            NamespaceSet::Matching(selector) => {
                let matching =
                    (0..self.namespace_count()).filter(|&index| self.namespace_matches(selector, index, reading));
                ClassSet::from_intervals(matching.flat_map(|index| self.of_namespace(index).into_intervals()))
            }
        }
    }

    pub(in crate::reach) fn namespace_matches(&self, selector: &Selector, index: usize, reading: Reading) -> bool {
        let Some((labels, declared)) = self.namespaces.get(index) else {
            return match reading {
                Reading::Shown => selector.matches(&unknown_namespace_labels()),
                Reading::Least => selector.is_empty(),
                Reading::Most => !selector.requirements().iter().any(|it| self.names_only_known_namespaces(it)),
            };
        };
        if *declared || reading == Reading::Shown {
            return selector.matches(labels);
        }
        match selector.matches_partly(labels, NAME_LABEL) {
            Match::Yes => true,
            Match::No => false,
            Match::Unknown => reading == Reading::Most,
        }
    }

    fn names_only_known_namespaces(&self, requirement: &Requirement) -> bool {
        requirement.key == NAME_LABEL
            && match &requirement.operator {
                Operator::In(names) => names.iter().all(|name| self.known_names.contains(name.as_str())),
                Operator::DoesNotExist => true,
                _ => false,
            }
    }

    fn select_pods(&self, selector: &Selector, domain: &ClassSet, reading: Reading) -> ClassSet {
        let requirements = selector.requirements().iter();
        let conditions: SmallVec<[Predicate; 2]> =
            requirements.map(|it| self.vocabulary.of_label(&it.key, &it.operator)).collect();
        // What is unknown may be what is asked for, and may be what is not.
        let list =
            |condition: &Predicate| self.index.listed(condition, condition.is_positive() == (reading == Reading::Most));
        let lists: SmallVec<[_; 2]> = conditions.iter().map(list).collect();
        let narrowest = (0..)
            .zip(conditions.iter().zip(&lists))
            .filter(|(_, (condition, _))| condition.is_positive())
            .min_by_key(|(_, (_, lists))| lists.iter().map(|list| list.len()).sum::<usize>());
        let Some((narrowest, (_, candidates))) = narrowest else {
            let excluded = lists.iter().flatten().flat_map(|list| within(list, domain));
            return domain.difference(&ClassSet::from_points(excluded));
        };
        let others = || (0..).zip(&conditions).filter(|(place, _)| *place != narrowest).map(|(_, condition)| condition);
        ClassSet::from_points(candidates.iter().flat_map(|list| within(list, domain)).filter(|&class| {
            let labels = self.get(class).map_or(&[][..], |class: &Class| &class.labels);
            others().all(|condition| is_match(condition.holds(labels), reading))
        }))
    }
}

/// Whether something is a match in a reading: a maybe is one only where all that may match counts.
fn is_match(holds: Match, reading: Reading) -> bool {
    match holds {
        Match::Yes => true,
        Match::No => false,
        Match::Unknown => reading == Reading::Most,
    }
}

/// The labels of a namespace of which nothing is known: a name that no selector can have meant.
fn unknown_namespace_labels() -> Labels {
    Labels::from_iter([(NAME_LABEL.into(), SmolStr::default())])
}

/// The elements of a sorted list that are in the domain.
fn within<'l>(list: &'l [u32], domain: &'l ClassSet) -> impl Iterator<Item = u32> + 'l {
    let slices = domain.intervals().iter().filter_map(|&(first, last)| {
        let start = list.partition_point(|&class| class < first);
        let end = list.partition_point(|&class| class <= last);
        list.get(start..end)
    });
    slices.flatten().copied()
}
