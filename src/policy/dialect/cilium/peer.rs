//! The lists of peers that an entry may have. What the schema does not have there is dropped by the API server, and so
//! passed over here.

use super::Action;
use crate::net::Direction;

/// The lists of peers of an entry, by direction and action. Only one of them may hold anything.
pub(super) fn lists(direction: Direction, action: Action) -> &'static [&'static str] {
    match (direction, action) {
        (Direction::Ingress, _) => INGRESS,
        (Direction::Egress, Action::Allow) => EGRESS,
        (Direction::Egress, Action::Deny) => EGRESS_DENY,
    }
}

/// Whether an empty list selects nothing; of the others it is as good as absent (`mergeEndpointSelectors`).
pub(super) fn selects_nothing_where_empty(list: &str) -> bool {
    !list.ends_with("Groups") && !matches!(list, "toServices" | "toFQDNs")
}

const INGRESS: &[&str] = &["fromEndpoints", "fromCIDR", "fromCIDRSet", "fromEntities", "fromNodes", "fromGroups"];

const EGRESS: &[&str] =
    &["toEndpoints", "toCIDR", "toCIDRSet", "toEntities", "toNodes", "toGroups", "toServices", "toFQDNs"];

const EGRESS_DENY: &[&str] = &["toEndpoints", "toCIDR", "toCIDRSet", "toEntities", "toNodes", "toGroups", "toServices"];
