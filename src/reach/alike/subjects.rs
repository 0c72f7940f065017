//! Pods that policies of the whole cluster and silence treat alike.

use foldhash::HashMap;
use smallvec::SmallVec;

use crate::reach::classes::number;

/// The pods, in groups, as they are at one side of a connection.
#[derive(Debug, Default)]
pub(in crate::reach) struct Subjects {
    /// For each class, the place of its group; `None` of what is no pod.
    of_class: Vec<Option<u32>>,
    pub(in crate::reach) groups: Vec<Group>,
}

/// Classes that policies of the whole cluster and silence treat alike.
#[derive(Debug)]
pub(in crate::reach) struct Group {
    /// The first of them.
    pub(in crate::reach) first: u32,
    pub(in crate::reach) traits: Traits,
}

/// What the classes of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::reach) struct Traits {
    /// The number of the list of policies of the whole cluster that may select them.
    pub(in crate::reach) selecting: u32,
    /// The stages that deny for certain what none of their rules matches.
    pub(in crate::reach) denying: Stages,
    /// What the other policies do.
    pub(in crate::reach) own: Own,
}

/// Stages, by their places in the arrangement.
pub(in crate::reach) type Stages = SmallVec<[usize; 4]>;

/// What those policies of a pod do that are not of the whole cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::reach) enum Own {
    /// They have no rules.
    Nothing,
    /// All of their rules allow, and are asked together.
    Allow {
        /// The stage in which they are asked.
        stage: usize,
        /// The place of the policy of the whole cluster before which they are asked, or one past the last.
        before: u32,
    },
    /// It is otherwise, or not known.
    Other,
}

impl Subjects {
    /// Groups classes by their traits, which what is no pod has none of.
    pub(in crate::reach) fn new(traits: Vec<Option<Traits>>) -> Self {
        let mut subjects = Self::default();
        let mut known: HashMap<Traits, u32> = HashMap::default();
        for (traits, first) in traits.into_iter().zip(0..) {
            let place = traits.map(|traits| {
                *known.entry(traits).or_insert_with_key(|traits| {
                    subjects.groups.push(Group { first, traits: traits.clone() });
                    number(subjects.groups.len() - 1)
                })
            });
            subjects.of_class.push(place);
        }
        subjects
    }

    /// The place of the group of a class.
    pub(in crate::reach) fn place(&self, class: u32) -> Option<usize> {
        self.of_class.get(class as usize).copied().flatten().map(|place| place as usize)
    }
}
