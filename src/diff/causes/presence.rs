//! Connections of workloads that only one of the states has.

use super::aspect::{Items, changed, explains};
use super::backends;
use crate::diff::change::{Cause, Presence};
use crate::diff::matching::{Matched, Matching};
use crate::diff::pairs::Found;
use crate::diff::side::Side;
use crate::net::Direction;

/// The rules that permit the connection, those that changed first, and the workload itself behind these.
pub(super) fn causes(matching: &Matching<'_>, found: &Found, presence: Presence) -> Vec<Cause> {
    let side = presence.side();
    let (mut changed_rules, mut others) = (Vec::new(), Vec::new());
    let ports = found.ports.of(side);
    if let (Some(from), Some(to)) = (*found.from.endpoints.of(side), *found.to.endpoints.of(side)) {
        let explanation = matching.reach(side, found.reading).explain_ports(from, to, ports);
        for (direction, explained) in
            [(Direction::Ingress, &explanation.ingress), (Direction::Egress, &explanation.egress)]
        {
            let (subject, remote) = match direction {
                Direction::Ingress => (&found.to, &found.from),
                Direction::Egress => (&found.from, &found.to),
            };
            let items = Items { matching, direction, subject, remote: Some(remote) };
            for &rule in &explained.admitting {
                let Some(place) = items.rule_place(side, rule) else { continue };
                let does = match direction {
                    Direction::Ingress => "admits this",
                    Direction::Egress => "permits this",
                };
                match matching.equal_rule(side, rule) {
                    None if side == Side::Head => {
                        changed_rules.push(changed(side, place, format!("now {does}")));
                    }
                    _ => others.push(explains(side, place, does.to_owned())),
                }
            }
        }
    }
    if found.is_through_ingress() {
        others.extend(backends::causes(matching, &found.to, side));
    }
    let ends = [&found.from, &found.to].into_iter().filter(|end| end.presence() == Some(presence));
    let ends: Vec<Cause> = ends.filter_map(|end| of_end(matching, end, side)).collect();
    changed_rules.into_iter().chain(ends).chain(others).collect()
}

/// The workload itself, and where it went or came from.
fn of_end(matching: &Matching<'_>, end: &Matched, side: Side) -> Option<Cause> {
    let (workload, name) = (matching.workload(side, end)?, end.name()?);
    let elsewhere = matching.moved(name, side);
    let what = format!("{} `{}`", name.kind, name.name);
    let message = match (side, elsewhere) {
        (Side::Head, None) => format!("{what} is new"),
        (Side::Head, Some(other)) => format!("{what} moved here from namespace `{other}`"),
        (Side::Base, None) => format!("{what} is removed"),
        (Side::Base, Some(other)) => format!("{what} moved to namespace `{other}`"),
    };
    Some(changed(side, workload.object.name_place(), message))
}
