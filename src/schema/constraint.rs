//! What a published schema asks of a mapping beside the types of its fields: which it must have, and how many.

use std::collections::BTreeSet;

use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{is_placeholder, quote};
pub(crate) use crate::schema::table::Constraint;
use crate::schema::table::Schema;
use crate::schema::unknown::Strangers;
use crate::yaml::Node;

/// Reports the demands that a mapping does not meet. Gives back those of its unknown fields that were meant to meet
/// them: they are the mistake, and are reported as such.
pub(crate) fn check<'d>(
    field: &Field<'d, '_>,
    schema: &'static Schema,
    strangers: &Strangers<'d>,
    report: &mut Report<'_>,
) -> Vec<&'d str> {
    let mut causes = Vec::new();
    for constraint in schema.constraints {
        match constraint {
            Constraint::Required(key, advice) if !field.has(key) => {
                match meant(field, schema, strangers, key).filter(|stranger| !causes.contains(stranger)) {
                    Some(stranger) => causes.push(stranger),
                    None => {
                        let message = format!("this {} has no `{key}`", schema.noun);
                        report.absent(field, key, Flaw::new(message, *advice));
                    }
                }
            }
            Constraint::OneField(advice) => causes.extend(one_field(field, schema, strangers, advice, report)),
            Constraint::Items(key, least, most, advice) => items(field, schema, key, (*least, *most), advice, report),
            Constraint::Distinct(key) => distinct(field, key, report),
            Constraint::Required(..) => {}
        }
    }
    causes
}

/// The unknown field that was meant to be a missing one: by its name, or because nothing else is in the mapping.
fn meant<'d>(field: &Field<'d, '_>, schema: &'static Schema, strangers: &Strangers<'d>, key: &str) -> Option<&'d str> {
    let is_alone = !schema.names().any(|name| field.has(name));
    let is_meant = |(name, node): &&(&str, Node<'d>)| {
        let told = (schema.explain)(field, name, *node).and_then(|dropped| dropped.meant);
        told.or_else(|| strangers.nearest(name)) == Some(key)
    };
    let by_name = strangers.fields.iter().find(is_meant);
    by_name.or_else(|| strangers.fields.first().filter(|_| is_alone)).map(|(name, _)| *name)
}

fn one_field<'d>(
    field: &Field<'d, '_>,
    schema: &'static Schema,
    strangers: &Strangers<'d>,
    advice: &'static str,
    report: &mut Report<'_>,
) -> Option<&'d str> {
    let noun = schema.noun;
    let mut present = schema.names().filter_map(|name| field.get(name));
    let Some(first) = present.next() else {
        if strangers.fields.is_empty() {
            let null = schema.names().find(|name| field.node.get(name).is_some());
            let first = schema.names().next().unwrap_or_default();
            report.absent(field, null.unwrap_or(first), Flaw::new(format!("this {noun} is empty"), advice));
        }
        return strangers.fields.first().map(|(name, _)| *name);
    };
    for other in present {
        let (one, two) = (first.key(), other.key());
        let help = match field.is_item() {
            true => format!("make them two: start `{two}` with a dash of its own"),
            false => "keep one of the two".to_owned(),
        };
        report.invalid_key(&other, Flaw::new(format!("`{one}` and `{two}` are in one {noun}"), help));
    }
    None
}

fn items(
    field: &Field<'_, '_>,
    schema: &'static Schema,
    key: &str,
    (least, most): (usize, usize),
    advice: &'static str,
    report: &mut Report<'_>,
) {
    let Some(list) = field.list(key) else { return };
    let count = list.node.items().count();
    if count < least {
        report.invalid(&list, Flaw::new(format!("`{key}` is empty"), advice));
    } else if count > most {
        let message = format!("`{key}` has {count} entries; the API takes at most {most}");
        report.invalid(&list, Flaw::new(message, format!("move the rest into another {}", schema.noun)));
    }
}

fn distinct(field: &Field<'_, '_>, key: &str, report: &mut Report<'_>) {
    let Some(list) = field.list(key) else { return };
    let mut seen = BTreeSet::new();
    for item in list.items() {
        let Some(text) = item.node.as_str().filter(|text| !is_placeholder(text)) else { continue };
        if !seen.insert(text) {
            let message = format!("{} is in `{key}` twice", quote(text));
            report.invalid(&item, Flaw::new(message, "remove one of the two"));
        }
    }
}
