//! What becomes of an item of a policy without a field that Cilium does not have: it is for more than what was written,
//! or for nothing.

use crate::net::Direction;
use crate::policy::dialect::cilium::{Action, peer};
use crate::schema::field::Field;
use crate::schema::table::Dropped;
use crate::yaml::Node;

/// A field of an item of one of the four lists.
pub(super) fn from_entry(field: &Field<'_, '_>, _: &str, _: Node<'_>) -> Option<Dropped> {
    let list = field.key();
    let direction = if list.starts_with("ingress") { Direction::Ingress } else { Direction::Egress };
    let action = if list.ends_with("Deny") { Action::Deny } else { Action::Allow };
    let has_peers = peer::lists(direction, action).iter().any(|peers| field.has(peers));
    let has_traffic = field.has("toPorts") || field.has("icmps");
    let does = if action == Action::Deny { "denies" } else { "admits" };
    let remark = match (has_peers, has_traffic) {
        (false, true) => format!("dropped, so that this item {does} every peer"),
        (true, false) => format!("dropped, so that this item {does} every port"),
        (false, false) => "dropped, which leaves this item empty: it matches nothing".to_owned(),
        (true, true) => return None,
    };
    Some(Dropped { remark: Some(remark), ..Dropped::default() })
}
