//! NetworkPolicies and GlobalNetworkPolicies.

use super::rule::RULE;
use super::syntax::{optional_name, selector_of_endpoints};
use super::{dropped, has_spec, limit, not_blank};
use crate::schema::field::Field;
use crate::schema::metadata::kind;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::quote;
use crate::schema::table::{STR, Schema, Type};

pub(super) static NETWORK_POLICY: Schema = kind!("org.projectcalico.v3.NetworkPolicy", SPEC).checked_by(has_spec);

pub(super) static GLOBAL_NETWORK_POLICY: Schema =
    kind!("org.projectcalico.v3.GlobalNetworkPolicy", GLOBAL_SPEC).checked_by(has_spec);

static SPEC: Schema = Schema::new(
    "org.projectcalico.v3.NetworkPolicySpec",
    &[
        ("egress", RULES),
        ("ingress", RULES),
        ("order", Type::Number),
        ("performanceHints", PERFORMANCE_HINTS),
        ("selector", SELECTOR),
        ("serviceAccountSelector", SELECTOR),
        ("tier", Type::Str(optional_name)),
        ("types", TYPES),
    ],
)
.checked_by(namespaced_spec)
.explained_by(dropped::from_spec);

static GLOBAL_SPEC: Schema = Schema::new(
    "org.projectcalico.v3.GlobalNetworkPolicySpec",
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
        ("tier", Type::Str(optional_name)),
        ("types", TYPES),
    ],
)
.checked_by(global_spec)
.explained_by(dropped::from_spec);

pub(super) const RULES: Type = Type::List(&Type::Map(&RULE));
pub(super) const SELECTOR: Type = Type::Str(selector_of_endpoints);
pub(super) const TYPES: Type = Type::List(&Type::OneOf(&["Ingress", "Egress"]));
pub(super) const PERFORMANCE_HINTS: Type = Type::List(&Type::OneOf(&["AssumeNeededOnEveryNode"]));

pub(super) fn spec(field: &Field<'_, '_>, report: &mut Report<'_>) {
    for key in ["ingress", "egress"] {
        limit(field, key, 1024, report);
    }
    if let Some(types) = field.list("types")
        && types.items().next().is_none()
    {
        let help = "write `types: [Ingress]`, `[Egress]` or `[Ingress, Egress]`, or remove it";
        report.invalid(&types, Flaw::new("`types` is empty", help));
    }
    for key in ["types", "performanceHints"] {
        unique(field, key, report);
    }
}

/// A selector of blanks: put together with the policy's namespace it is one that Calico's agent cannot read.
fn namespaced_spec(field: &Field<'_, '_>, report: &mut Report<'_>) {
    spec(field, report);
    if let Some(selector) = field.get("selector") {
        not_blank(&selector, report);
    }
}

/// "type specified more than once".
fn unique(field: &Field<'_, '_>, key: &str, report: &mut Report<'_>) {
    let Some(list) = field.list(key) else { return };
    let mut seen = Vec::new();
    for item in list.items() {
        let name = item.node.as_str().unwrap_or_default();
        if seen.contains(&name) {
            let message = format!("`{key}` lists {} twice", quote(name));
            return report.invalid(&item, Flaw::new(message, "remove one of them"));
        }
        seen.push(name);
    }
}

/// "PreDNAT and DoNotTrack cannot both be true", "PreDNAT PolicySpec cannot have any Egress rules", and
/// "ApplyOnForward must be true if either PreDNAT or DoNotTrack is true".
pub(super) fn global_spec(field: &Field<'_, '_>, report: &mut Report<'_>) {
    spec(field, report);
    let is_set = |key: &'static str| field.get(key).filter(|value| value.node.as_bool() == Some(true));
    let (before_nat, untracked) = (is_set("preDNAT"), is_set("doNotTrack"));
    if let (Some(before_nat), Some(_)) = (&before_nat, &untracked) {
        let flaw = Flaw::new("`preDNAT` cannot be combined with `doNotTrack`", "make them two policies");
        report.invalid_key(before_nat, flaw);
    }
    if before_nat.is_some() {
        if let Some(rules) = field.list("egress").filter(|rules| rules.items().next().is_some()) {
            let flaw = Flaw::new("a `preDNAT` policy cannot have egress rules", "remove `egress`");
            report.invalid_key(&rules, flaw);
        }
        let types = field.list("types");
        if let Some(egress) = types.iter().flat_map(Field::items).find(|item| item.node.as_str() == Some("Egress")) {
            let flaw = Flaw::new("a `preDNAT` policy cannot be of type `Egress`", "write `types: [Ingress]`");
            report.invalid(&egress, flaw);
        }
    }
    if let Some(needs) = before_nat.or(untracked)
        && is_set("applyOnForward").is_none()
    {
        let message = format!("`{}` needs `applyOnForward: true`", needs.key());
        report.invalid_key(&needs, Flaw::new(message, "add `applyOnForward: true`"));
    }
}
