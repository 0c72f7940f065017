//! What becomes of a rule or policy without a field that Calico does not have, where it is for more than what was
//! written.

use crate::schema::field::Field;
use crate::schema::table::Dropped;
use crate::text::suggest::nearest;
use crate::yaml::Node;

/// What people write for `selector`.
const SELECTORS: [&str; 4] = ["selector", "podSelector", "endpointSelector", "matchLabels"];

/// A field of a policy: without a selector it selects every pod.
pub(super) fn from_spec(field: &Field<'_, '_>, name: &str, _: Node<'_>) -> Option<Dropped> {
    if !field.lacks("selector") || nearest(name, SELECTORS).is_none() {
        return None;
    }
    let scope = if super::is_global(field) { "cluster" } else { "namespace" };
    remark(format!("dropped, so that the policy selects every pod of the {scope}"))
}

/// A field of a rule: without `source` and `destination` it is for everything.
pub(super) fn from_rule(field: &Field<'_, '_>, _: &str, _: Node<'_>) -> Option<Dropped> {
    let is_bare = !field.has("source") && !field.has("destination");
    is_bare.then(|| remark("dropped, so that the rule is for every peer and port".to_owned())).flatten()
}

/// A field of `source` or `destination`: without any it is for everyone.
pub(super) fn from_entity(field: &Field<'_, '_>, _: &str, _: Node<'_>) -> Option<Dropped> {
    let is_bare = field.schema.is_some_and(|schema| !schema.names().any(|name| field.has(name)));
    let end = field.key();
    is_bare.then(|| remark(format!("dropped, so that the rule is for every {end}"))).flatten()
}

fn remark(text: String) -> Option<Dropped> {
    Some(Dropped { remark: Some(text), ..Dropped::default() })
}
