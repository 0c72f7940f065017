//! An object beside its table.

use crate::edit::Change;
use crate::schema::field::Field;
use crate::schema::mismatch::alternatives;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{is_placeholder, quote};
use crate::schema::table::{STR, Schema, Type};
use crate::schema::unknown::Strangers;
use crate::schema::{constraint, mismatch, unknown};
use crate::text::suggest::nearest;
use crate::yaml::Kind;

/// Checks the fields of a mapping, and what must hold between them.
pub(crate) fn mapping(field: &Field<'_, '_>, schema: &'static Schema, report: &mut Report<'_>) {
    let mut strangers = Vec::new();
    let mut is_patch = false;
    for (name, _, node) in field.node.entries() {
        match schema.find(name) {
            Some(holds) => value(&field.child(name, node), holds, report),
            // Directives of a strategic merge patch: `$patch`, `$setElementOrder/containers`.
            None if name.starts_with('$') => is_patch = true,
            None => strangers.push((name, node)),
        }
    }
    let strangers = Strangers::new(field, schema, strangers);
    let causes = if is_patch { Vec::new() } else { constraint::check(field, schema, &strangers, report) };
    unknown::report(field, schema, &strangers, &causes, report);
    if !is_patch {
        (schema.check)(field, report);
    }
}

/// Checks a value against what its field holds.
///
/// Null is what Go's decoder makes of it: an entry that is null is as good as absent, and an item that is null is the
/// zero value of its type, an empty string or mapping.
fn value(field: &Field<'_, '_>, holds: &'static Type, report: &mut Report<'_>) {
    let node = field.node;
    let kind = node.kind();
    if kind == Kind::Null && !field.is_item() {
        return;
    }
    if kind == Kind::Null && !report.takes_null_items() {
        return report.invalid(field, mismatch::flaw(field, holds));
    }
    let text = || node.as_str().unwrap_or_default();
    let found = match holds {
        _ if !holds.takes(kind) => Err(mismatch::flaw(field, holds)),
        Type::Any | Type::Bool | Type::Number => Ok(()),
        Type::Int(check) => node.as_i64().map_or(Ok(()), check),
        Type::IntOrStr(number, name) => node.as_i64().map_or_else(|| name(text()), number),
        Type::Str(check) => check(text()),
        Type::OneOf(values) => one_of(field, text(), values),
        Type::List(item) => {
            for field in field.items() {
                value(&field, item, report);
            }
            Ok(())
        }
        Type::Strings(check_key, check_value) => {
            strings(field, *check_key, *check_value, report);
            Ok(())
        }
        Type::Map(schema) => {
            mapping(&field.with(schema), schema, report);
            Ok(())
        }
    };
    if let Err(flaw) = found
        && !is_placeholder(text())
    {
        report.invalid(field, flaw);
    }
}

fn one_of(field: &Field<'_, '_>, text: &str, values: &[&str]) -> Result<(), Flaw> {
    if values.contains(&text) {
        return Ok(());
    }
    let place = if field.is_item() { "an entry of" } else { "a value of" };
    let values = || values.iter().copied().filter(|value| !value.is_empty());
    // A short word is near to others that mean something else: `ICMP` to `TCP`.
    let meant = nearest(text, values()).filter(|meant| text.len() > 4 || meant.eq_ignore_ascii_case(text));
    let help = meant.map_or_else(|| alternatives(values()), |meant| format!("`{meant}`"));
    let flaw = Flaw::new(format!("{} is not {place} `{}`", quote(text), field.key()), format!("write {help}"));
    Err(match meant {
        Some(meant) => flaw.meant(Change::Set(meant.into())),
        None => flaw,
    })
}

type Check = fn(&str) -> Result<(), Flaw>;

fn strings(field: &Field<'_, '_>, check_key: Check, check_value: Check, report: &mut Report<'_>) {
    for (name, _, node) in field.node.entries() {
        let entry = field.child(name, node);
        if let Err(flaw) = check_key(name)
            && !is_placeholder(name)
            && !name.starts_with('$')
        {
            report.invalid_key(&entry, flaw);
        }
        let text = node.as_str().unwrap_or_default();
        let found = if STR.takes(node.kind()) { check_value(text) } else { Err(mismatch::flaw(&entry, &STR)) };
        if let Err(flaw) = found
            && !is_placeholder(text)
        {
            report.invalid(&entry, flaw);
        }
    }
}
