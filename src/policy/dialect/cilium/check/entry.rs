//! An item of `ingress`, `ingressDeny`, `egress` or `egressDeny`.

use super::{Place, icmp, is_empty, peers, ports};
use crate::policy::dialect::cilium::peer;
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};

/// Checks an entry.
pub(super) fn check(entry: &Field<'_, '_>, place: &Place, report: &mut Report<'_>) {
    peers::check(entry, peer::lists(place.direction, place.action), report);
    if !is_empty(entry, "icmps")
        && let Some(ports) = entry.get("toPorts").filter(|_| !is_empty(entry, "toPorts"))
    {
        let help = "make them two items: start `toPorts` with a dash of its own, and repeat the peers there";
        report.key_rejected_by_agent(&ports, Flaw::new("`icmps` and `toPorts` cannot be in one item", help));
    }
    if let Some(items) = entry.list("toPorts") {
        for item in items.items() {
            ports::check(&item, place, report);
        }
    }
    if let Some(items) = entry.list("icmps") {
        for item in items.items() {
            icmp::check(&item, report);
        }
    }
}
