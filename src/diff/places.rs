//! Where causes are, in bytes.

use super::Difference;
use super::side::{Both, Side};
use crate::diagnostic::{self, Label};
use crate::source::{Location, Sources};

/// A cause with its place in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The state whose texts the place is in.
    pub side: Side,
    /// The place, and what is said there.
    pub label: Label,
    /// Whether it differs between the states.
    pub is_changed: bool,
}

/// The causes of a difference, by their numbers.
#[must_use]
pub fn located(difference: &Difference, sources: Both<&Sources>) -> Vec<Located> {
    let labels = Both::made(|side| {
        let own = difference.causes.iter().filter(|cause| cause.side == side);
        let places: Vec<(Location, String)> = own.map(|cause| (cause.place.clone(), cause.message.clone())).collect();
        diagnostic::labels(places, sources.of(side)).into_iter()
    });
    let Both { base: mut of_base, head: mut of_head } = labels;
    let causes = difference.causes.iter().filter_map(|cause| {
        let label = match cause.side {
            Side::Base => of_base.next(),
            Side::Head => of_head.next(),
        }?;
        Some(Located { side: cause.side, label, is_changed: cause.is_changed })
    });
    causes.collect()
}
