//! One side of a connection, as the search for causes sees it.

use crate::diff::change::Cause;
use crate::diff::matching::{Matched, Matching};
use crate::diff::side::Side;
use crate::net::Direction;
use crate::source::{Location, Place};

/// One side of a connection in both states.
pub(super) struct Items<'m> {
    pub(super) matching: &'m Matching<'m>,
    pub(super) direction: Direction,
    /// The end whose policies decide.
    pub(super) subject: &'m Matched,
    /// The other one; `None` where only isolation matters.
    pub(super) remote: Option<&'m Matched>,
}

/// A place that differs between the states.
pub(super) fn changed(side: Side, place: Place, message: String) -> Cause {
    Cause { side, place: Location::from(place), message, is_changed: true }
}

/// A place that is the same in both states, or need not differ.
pub(super) fn explains(side: Side, place: Place, message: String) -> Cause {
    Cause { side, place: Location::from(place), message, is_changed: false }
}
