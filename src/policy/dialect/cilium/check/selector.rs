//! Label selectors: keys with sources, operators and values (`pkg/labels/validation.go`).

use super::is_empty;
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{is_placeholder, label_key, label_value, quote};

/// Checks a selector of pods or nodes.
pub(super) fn check(selector: &Field<'_, '_>, report: &mut Report<'_>) {
    check_with(selector, key, report);
}

/// Checks a selector of groups of addresses: the agent gives keys a source before it checks them, and takes a `$` or
/// `:` at the start as one that is left out.
pub(super) fn check_of_groups(selector: &Field<'_, '_>, report: &mut Report<'_>) {
    check_with(selector, |text| key(text.strip_prefix(['$', ':']).unwrap_or(text)), report);
}

type KeyCheck = fn(&str) -> Result<(), Flaw>;

fn check_with(selector: &Field<'_, '_>, key: KeyCheck, report: &mut Report<'_>) {
    if let Some(labels) = selector.get("matchLabels") {
        // The API server removes what is null.
        for (name, _, node) in labels.node.entries().filter(|(_, _, node)| !node.is_null()) {
            if let Err(flaw) = key(name) {
                report.key_rejected_by_agent(&labels.child(name, node), flaw);
            }
        }
    }
    let Some(expressions) = selector.list("matchExpressions") else { return };
    for expression in expressions.items() {
        requirement(&expression, key, report);
    }
}

fn requirement(expression: &Field<'_, '_>, key: KeyCheck, report: &mut Report<'_>) {
    if let Some(field) = expression.get("key")
        && let Some(Err(flaw)) = field.node.as_str().map(key)
    {
        report.rejected_by_agent(&field, flaw);
    }
    let operator = expression.text("operator").unwrap_or_default();
    match (operator, expression.get("values").filter(|_| !is_empty(expression, "values"))) {
        ("In" | "NotIn", None) => {
            let help = "write the values: `values: [a, b]`; for any value, write `operator: Exists`";
            report.rejected_by_agent(expression, Flaw::new(format!("`{operator}` has no `values`"), help));
        }
        ("Exists" | "DoesNotExist", Some(values)) => {
            let instead = if operator == "Exists" { "In" } else { "NotIn" };
            let help = format!("remove `values`, or write `operator: {instead}`");
            report.key_rejected_by_agent(&values, Flaw::new(format!("`{operator}` takes no `values`"), help));
        }
        (_, Some(values)) => {
            for value in values.items() {
                if let Some(Err(flaw)) = value.node.as_str().filter(|text| !is_placeholder(text)).map(label_value) {
                    report.rejected_by_agent(&value, flaw);
                }
            }
        }
        (_, None) => {}
    }
}

/// A label's key, with its source before it where wanted.
fn key(text: &str) -> Result<(), Flaw> {
    if is_placeholder(text) {
        return Ok(());
    }
    let Some((source, name)) = text.split_once(':') else { return label_key(text) };
    if !source.is_empty() && source.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return label_key(name);
    }
    let help = "write `source:key`, such as `k8s:app`, or the key alone";
    Err(Flaw::new(format!("{} is not a valid label key", quote(text)), help))
}
