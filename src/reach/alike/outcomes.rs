//! What one side permits, worked out once for all pairs of ends that policies of the whole cluster treat alike.
//!
//! Where the other policies of a pod only allow, and are asked together, each port is permitted whatever they say, or
//! only if one of them allows it, or not at all. Which of these depends on the group of the pod and on the rules that
//! match the far end, and on nothing else.

use std::sync::Arc;

use super::external::External;
use super::subjects::Subjects;
use crate::net::ports::PortSet;

/// What one side permits.
#[derive(Debug)]
pub(in crate::reach) struct Outcome {
    /// What is permitted whatever the pod's own policies say.
    pub(in crate::reach) always: PortSet,
    /// What is permitted beside that if they allow it.
    pub(in crate::reach) if_allowed: PortSet,
}

/// The outcomes of one direction.
#[derive(Debug, Default)]
pub(in crate::reach) struct Outcomes {
    pub(in crate::reach) subjects: Arc<Subjects>,
    /// For each class at the far end, its column.
    pub(in crate::reach) column_of_class: Vec<u32>,
    /// How many columns there are: for classes and for addresses of both families, one for each list of matching rules.
    pub(in crate::reach) columns: usize,
    pub(in crate::reach) first_of_v4: u32,
    pub(in crate::reach) first_of_v6: u32,
    /// For each group and each column, the place of the outcome. Empty where there would be too many.
    pub(in crate::reach) table: Vec<u32>,
    pub(in crate::reach) distinct: Vec<Outcome>,
    /// For each group, what it may be connected to outside where the pod's own policies allow nothing.
    pub(in crate::reach) outside: Vec<Option<Vec<External>>>,
}

/// Stands for an outcome that depends on more than the group and the column.
pub(in crate::reach) const UNKNOWN: u32 = u32::MAX;

impl Outcome {
    /// What is permitted where a pod's own policies allow this.
    pub(in crate::reach) fn permitted(&self, allowed: &PortSet) -> PortSet {
        if self.if_allowed.is_empty() || allowed.is_empty() {
            return self.always.clone();
        }
        let allowed = allowed.intersection(&self.if_allowed);
        if self.always.is_empty() { allowed } else { allowed.union(&self.always) }
    }
}

impl Outcomes {
    /// What a group may be connected to outside where the pod's own policies allow nothing; `None` where it is not known.
    pub(in crate::reach) fn outside(&self, group: usize) -> Option<&[External]> {
        self.outside.get(group)?.as_deref()
    }

    /// The outcome for a group and a class at the far end.
    pub(in crate::reach) fn of_class(&self, group: usize, class: u32) -> Option<&Outcome> {
        self.get(group, *self.column_of_class.get(class as usize)?)
    }

    fn get(&self, group: usize, column: u32) -> Option<&Outcome> {
        let column = Some(column as usize).filter(|&column| column < self.columns)?;
        let place = *self.table.get(group * self.columns + column)?;
        self.distinct.get(place as usize)
    }

    /// The outcome for a group and IPv4 addresses of a list.
    pub(in crate::reach) fn of_v4(&self, group: usize, list: u32) -> Option<&Outcome> {
        self.get(group, self.first_of_v4.saturating_add(list))
    }

    /// The outcome for a group and IPv6 addresses of a list.
    pub(in crate::reach) fn of_v6(&self, group: usize, list: u32) -> Option<&Outcome> {
        self.get(group, self.first_of_v6.saturating_add(list))
    }
}
