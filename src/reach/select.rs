//! Which classes a set of pods is made of.

use smallvec::SmallVec;
use smol_str::SmolStr;

use super::classes::{Class, ClassSet, Classes};
use super::vocabulary::Condition;
use crate::objects::{Labels, Match, NAME_LABEL, Operator, Requirement, Selector};
use crate::policy::{NamespaceSet, PodSet};

/// How selectors are read that ask for labels which the input does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Labels that are not shown are absent, and policies that the API server would reject are not in force:
    /// the reading of `connections` and `query`.
    Shown,
    /// Only what is permitted for certain.
    Least,
    /// All that may be permitted.
    Most,
}

/// Whether a set of pods is the same one under every reading: the labels of pods are known, those of namespaces and
/// whatever is in an unknown one may not be.
pub(super) fn is_known(set: &PodSet) -> bool {
    match &set.namespaces {
        NamespaceSet::One(_) => true,
        NamespaceSet::Matching(selector) => selector.is_empty() && set.pods.is_empty(),
    }
}

impl Classes {
    /// The classes that a set of pods is made of.
    pub(super) fn select(&self, set: &PodSet, reading: Reading) -> ClassSet {
        let domain = self.domain(&set.namespaces, reading);
        let mut selected = self.select_pods(&set.pods, &domain);
        if reading == Reading::Most && domain.contains(self.unknown()) {
            // The labels of a pod that is not in the input may be any.
            selected = selected.union(&ClassSet::range(self.unknown(), self.unknown()));
        }
        selected
    }

    /// Whether a class is in a set of pods: what [`Self::select`] says of it, without the others.
    pub(super) fn is_in(&self, class: u32, set: &PodSet, reading: Reading) -> bool {
        let namespace = self.namespace(class);
        let is_here = match &set.namespaces {
            NamespaceSet::One(own) => own.0 as usize == namespace,
            NamespaceSet::Matching(selector) => {
                selector.is_empty() || self.namespace_matches(selector, namespace, reading)
            }
        };
        let labels = self.get(class).map_or(&[][..], |class| &class.labels);
        let mut conditions = set.pods.requirements().iter().map(|it| self.vocabulary.condition(it));
        let may_be_any = reading == Reading::Most && class == self.unknown();
        is_here && !self.is_host_network(class) && (may_be_any || conditions.all(|condition| condition.holds(labels)))
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

    fn namespace_matches(&self, selector: &Selector, index: usize, reading: Reading) -> bool {
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

    fn select_pods(&self, selector: &Selector, domain: &ClassSet) -> ClassSet {
        let conditions: SmallVec<[Condition<'_>; 2]> =
            selector.requirements().iter().map(|requirement| self.vocabulary.condition(requirement)).collect();
        let lists: SmallVec<[_; 2]> = conditions.iter().map(|condition| self.index.listed(condition)).collect();
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
            others().all(|condition| condition.holds(labels))
        }))
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
