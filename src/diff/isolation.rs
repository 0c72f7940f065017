//! Workloads that became isolated in a direction, or no longer are.

use super::causes::Causes;
use super::change::{Cause, IsolationChange};
use super::matching::Matching;
use super::side::{Both, Side};
use super::touched::Touched;
use crate::net::Direction;
use crate::reach::Reading;

/// The changes, by workload and direction, each with its causes.
pub(super) fn changed_isolation(
    matching: &Matching<'_>,
    touched: &Touched,
    causes: &Causes<'_>,
) -> Vec<(IsolationChange, Vec<Cause>)> {
    let mut changes = Vec::new();
    let workloads = touched.workloads().filter_map(|place| matching.workloads.get(place));
    for workload in workloads.filter(|it| it.presence().is_none()) {
        for direction in Direction::BOTH {
            let is_isolated = Both::made(|side| {
                let endpoint = *workload.endpoints.of(side);
                endpoint.is_some_and(|it| matching.reach(side, Reading::Shown).is_isolated(it, direction))
            });
            if is_isolated.is_same() {
                continue;
            }
            let side = if is_isolated.head { Side::Head } else { Side::Base };
            let change = IsolationChange {
                workload: workload.end.clone(),
                direction,
                is_gained: is_isolated.head,
                causes: Vec::new(),
            };
            changes.push((change, causes.of_isolation(side, workload, direction)));
        }
    }
    changes
}
