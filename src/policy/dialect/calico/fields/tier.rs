//! Tiers.

use super::has_spec;
use crate::schema::field::Field;
use crate::schema::metadata::kind;
use crate::schema::report::{Flaw, Report};
use crate::schema::table::{STR, Schema, Type};

pub(super) static TIER: Schema = kind!("org.projectcalico.v3.Tier", SPEC).checked_by(tier);

static SPEC: Schema = Schema::new(
    "org.projectcalico.v3.TierSpec",
    &[("defaultAction", Type::OneOf(&["Deny", "Pass"])), ("order", Type::Number)],
);

/// The tiers that Calico makes: name, order and default action.
const BUILT_IN: [(&str, f64, &str); 3] =
    [("default", 1_000_000.0, "Deny"), ("kube-admin", 1_000.0, "Pass"), ("kube-baseline", 10_000_000.0, "Pass")];

/// The rules of the resource's schema: a built-in tier keeps its order and its default action, which is Deny where
/// none is written.
fn tier(object: &Field<'_, '_>, report: &mut Report<'_>) {
    has_spec(object, report);
    let metadata = object.get("metadata");
    let name = metadata.as_ref().and_then(|metadata| metadata.text("name"));
    let Some((name, order, action)) = BUILT_IN.into_iter().find(|(built_in, ..)| Some(*built_in) == name) else {
        return;
    };
    let Some(spec) = object.get("spec").map(|spec| spec.with(&SPEC)) else { return };
    let wrong_order = || Flaw::new(format!("the order of tier `{name}` is fixed"), format!("write `order: {order}`"));
    match spec.get("order") {
        None => report.missing(&spec, "order", wrong_order()),
        Some(written) if written.node.as_f64() != Some(order) => report.invalid(&written, wrong_order()),
        Some(_) => {}
    }
    let wrong_action = || {
        let message = format!("the default action of tier `{name}` is fixed");
        Flaw::new(message, format!("write `defaultAction: {action}`"))
    };
    match spec.get("defaultAction") {
        None if action != "Deny" => report.missing(&spec, "defaultAction", wrong_action()),
        Some(written) if written.node.as_str() != Some(action) => report.invalid(&written, wrong_action()),
        _ => {}
    }
}
