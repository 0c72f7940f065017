//! Label selectors.

use crate::schema::field::Field;
use crate::schema::metadata::LABELS;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{label_key, label_value};
use crate::schema::table::{Schema, Type};
use crate::yaml::Kind;

pub(crate) static LABEL_SELECTOR: Schema = Schema::new(
    "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
    &[("matchExpressions", Type::List(&Type::Map(&REQUIREMENT))), ("matchLabels", LABELS)],
);

static REQUIREMENT: Schema = Schema::new(
    "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement",
    &[
        ("key", Type::Str(label_key)),
        ("operator", Type::OneOf(&["In", "NotIn", "Exists", "DoesNotExist"])),
        ("values", Type::List(&Type::Str(label_value))),
    ],
)
.checked_by(requirement);

/// "values must be specified when `operator` is 'In' or 'NotIn'", and "may not be specified when `operator` is
/// 'Exists' or 'DoesNotExist'" (`ValidateLabelSelectorRequirement`).
fn requirement(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if !field.has("key") {
        report.missing(field, "key", Flaw::new("this expression has no `key`", "write the label's key: `key: app`"));
    }
    if !field.has("operator") {
        let help = "write `operator: In`, `NotIn`, `Exists` or `DoesNotExist`";
        report.missing(field, "operator", Flaw::new("this expression has no `operator`", help));
    }
    let values =
        field.get("values").filter(|values| values.node.kind() != Kind::Seq || values.items().next().is_some());
    match (field.text("operator"), values) {
        (Some(operator @ ("In" | "NotIn")), None) => {
            let help = "write the values: `values: [a, b]`; for any value, write `operator: Exists`";
            report.missing(field, "values", Flaw::new(format!("`{operator}` has no `values`"), help));
        }
        (Some(operator @ ("Exists" | "DoesNotExist")), Some(values)) => {
            let instead = if operator == "Exists" { "In" } else { "NotIn" };
            let help = format!("remove `values`, or write `operator: {instead}`");
            report.invalid_key(&values, Flaw::new(format!("`{operator}` takes no `values`"), help));
        }
        _ => {}
    }
}
