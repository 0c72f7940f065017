//! Label selectors. The API server takes any operator, values and labels; implementations drop what does not parse
//! (`LabelSelectorAsSelector` of apimachinery fails, and the rule or policy with it).

use super::dropped;
use crate::diagnostic::Severity;
use crate::schema::constraint::Constraint::Required;
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{any_text, is_placeholder, label_key, label_value, quote};
use crate::schema::table::{STR, STRINGS, Schema, Type};
use crate::text::suggest::nearest;
use crate::yaml::Part;

/// The operators that selectors know.
pub(in crate::policy::dialect::admin) const OPERATORS: [&str; 4] = ["In", "NotIn", "Exists", "DoesNotExist"];

/// Namespaces, pods or nodes by their labels; an empty selector matches all.
pub(super) const SELECTOR: Type = Type::Map(&LABEL_SELECTOR);

static LABEL_SELECTOR: Schema = Schema::new(
    "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
    &[("matchExpressions", Type::List(&Type::Map(&REQUIREMENT))), ("matchLabels", Type::Strings(any_text, any_text))],
)
.called("selector")
.checked_by(labels)
.explained_by(dropped::from_selector);

static REQUIREMENT: Schema = Schema::new(
    "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement",
    &[("key", STR), ("operator", STR), ("values", STRINGS)],
)
.called("expression")
.holding(&[
    Required("key", "write the label's key: `key: app`"),
    Required("operator", "write `operator: In`, `NotIn`, `Exists` or `DoesNotExist`"),
])
.checked_by(requirement);

fn labels(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(labels) = field.get("matchLabels") else { return };
    for (key, _, value) in labels.node.entries() {
        let entry = labels.child(key, value);
        if !key.starts_with('$') {
            unchecked(&entry, Part::Key, key, label_key, report);
        }
        unchecked(&entry, Part::Value, value.as_str().unwrap_or_default(), label_value, report);
    }
}

fn requirement(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if let Some(key) = field.get("key") {
        unchecked(&key, Part::Value, key.node.as_str().unwrap_or("a"), label_key, report);
    }
    let values = field.list("values");
    let has_values = values.as_ref().is_some_and(|values| values.node.items().next().is_some());
    for value in values.iter().flat_map(Field::items) {
        if value.node.is_null() {
            let flaw = Flaw::new("an item of `values` takes a string, not null", "write `\"\"` for the empty value");
            report.invalid(&value, flaw);
        }
        unchecked(&value, Part::Value, value.node.as_str().unwrap_or_default(), label_value, report);
    }
    let Some(operator) = field.get("operator") else { return };
    let Some(name) = operator.node.as_str().filter(|name| !is_placeholder(name)) else { return };
    let flaw = match name {
        "In" | "NotIn" if !has_values => {
            let help = "write the values: `values: [a, b]`; for any value, write `operator: Exists`";
            Flaw::new(format!("`{name}` has no `values`"), help)
        }
        "Exists" | "DoesNotExist" if has_values => {
            let instead = if name == "Exists" { "In" } else { "NotIn" };
            let help = format!("remove `values`, or write `operator: {instead}`");
            Flaw::new(format!("`{name}` takes no `values`"), help)
        }
        name if OPERATORS.contains(&name) => return,
        name => {
            let meant = nearest(name, OPERATORS).map(|meant| format!("write `{meant}`"));
            let help = meant.unwrap_or_else(|| "write `In`, `NotIn`, `Exists` or `DoesNotExist`".to_owned());
            Flaw::new(format!("{} is not an operator of a selector", quote(name)), help)
        }
    };
    report.unchecked(&operator, Part::Value, Severity::Error, flaw);
}

fn unchecked(
    field: &Field<'_, '_>,
    part: Part,
    text: &str,
    check: fn(&str) -> Result<(), Flaw>,
    report: &mut Report<'_>,
) {
    if let Err(flaw) = check(text)
        && !is_placeholder(text)
    {
        report.unchecked(field, part, Severity::Error, flaw);
    }
}
