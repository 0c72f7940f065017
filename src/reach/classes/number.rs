//! The numbers of classes.

use crate::net::interval::IntervalSet;

/// A set of classes, by number.
pub(in crate::reach) type ClassSet = IntervalSet<u32>;

/// The number of what is at this place of a list.
pub(in crate::reach) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
