//! Staged policies, which are written like those that they would replace.

use super::has_spec;
use super::policy::{PERFORMANCE_HINTS, RULES, SELECTOR, TYPES, global_spec, spec};
use super::syntax::optional_name;
use crate::policy::dialect::network_policy;
use crate::schema::field::Field;
use crate::schema::metadata::kind;
use crate::schema::report::{Flaw, Report};
use crate::schema::table::{STR, Schema, Type};
use crate::yaml::Node;

pub(super) static NETWORK_POLICY: Schema = kind!("org.projectcalico.v3.StagedNetworkPolicy", SPEC).checked_by(has_spec);

pub(super) static GLOBAL_NETWORK_POLICY: Schema =
    kind!("org.projectcalico.v3.StagedGlobalNetworkPolicy", GLOBAL_SPEC).checked_by(has_spec);

pub(super) static KUBERNETES_NETWORK_POLICY: Schema =
    kind!("org.projectcalico.v3.StagedKubernetesNetworkPolicy", KUBERNETES_SPEC).checked_by(has_spec);

static SPEC: Schema = Schema::new(
    "org.projectcalico.v3.StagedNetworkPolicySpec",
    &[
        ("egress", RULES),
        ("ingress", RULES),
        ("order", Type::Number),
        ("performanceHints", PERFORMANCE_HINTS),
        ("selector", SELECTOR),
        ("serviceAccountSelector", SELECTOR),
        ("stagedAction", STAGED_ACTION),
        ("tier", Type::Str(optional_name)),
        ("types", TYPES),
    ],
)
.checked_by(staged_spec);

static GLOBAL_SPEC: Schema = Schema::new(
    "org.projectcalico.v3.StagedGlobalNetworkPolicySpec",
    &[
        ("applyOnForward", Type::Bool),
        ("doNotTrack", Type::Bool),
        ("egress", RULES),
        ("ingress", RULES),
        ("namespaceSelector", SELECTOR),
        ("order", Type::Number),
        ("performanceHints", PERFORMANCE_HINTS),
        ("preDNAT", Type::Bool),
        ("selector", SELECTOR),
        ("serviceAccountSelector", SELECTOR),
        ("stagedAction", STAGED_ACTION),
        ("tier", Type::Str(optional_name)),
        ("types", TYPES),
    ],
)
.checked_by(staged_global_spec);

static KUBERNETES_SPEC: Schema = Schema::new(
    "org.projectcalico.v3.StagedKubernetesNetworkPolicySpec",
    &[
        ("egress", Type::List(&Type::Map(&network_policy::fields::EGRESS_RULE))),
        ("ingress", Type::List(&Type::Map(&network_policy::fields::INGRESS_RULE))),
        ("podSelector", Type::Map(&crate::schema::selector::LABEL_SELECTOR)),
        ("policyTypes", TYPES),
        ("stagedAction", STAGED_ACTION),
    ],
)
.checked_by(only_deletes);

const STAGED_ACTION: Type = Type::OneOf(&["Set", "Delete", "Learn", "Ignore"]);

fn staged_spec(field: &Field<'_, '_>, report: &mut Report<'_>) {
    spec(field, report);
    only_deletes(field, report);
}

fn staged_global_spec(field: &Field<'_, '_>, report: &mut Report<'_>) {
    global_spec(field, report);
    only_deletes(field, report);
}

/// "Spec fields, except Tier, should all be zero-value if stagedAction is Delete".
fn only_deletes(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if field.text("stagedAction") != Some("Delete") {
        return;
    }
    let is_field = |name: &str| field.schema.is_some_and(|schema| schema.find(name).is_some());
    let is_zero = |value: Node<'_>| value.is_null() || value.as_str() == Some("") || value.as_bool() == Some(false);
    let other = field
        .node
        .entries()
        .find(|(name, _, value)| !matches!(*name, "stagedAction" | "tier") && is_field(name) && !is_zero(*value));
    if let Some((name, _, value)) = other {
        let message = format!("a policy with `stagedAction: Delete` cannot have `{name}`");
        report.invalid_key(&field.child(name, value), Flaw::new(message, format!("remove `{name}`")));
    }
}
