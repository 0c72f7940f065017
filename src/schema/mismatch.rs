//! Values of a wrong type.

use crate::edit::{Change, Value};
use crate::schema::field::Field;
use crate::schema::report::Flaw;
use crate::schema::syntax::quote;
use crate::schema::table::{Schema, Type};
use crate::yaml::{Kind, Node};

/// What to say of a value that its field cannot hold.
pub(crate) fn flaw(field: &Field<'_, '_>, holds: &'static Type) -> Flaw {
    let key = field.key();
    let place = if field.is_item() { format!("an item of `{key}`") } else { quote(key) };
    let takes = match holds {
        Type::Any => "a value",
        Type::Bool => "a boolean",
        Type::Int(_) => "a whole number",
        Type::Number => "a number",
        Type::Str(_) | Type::OneOf(_) => "a string",
        Type::IntOrStr(..) => "a number or a name",
        Type::List(_) => "a list",
        Type::Strings(..) | Type::Map(_) => "a mapping",
    };
    let text = field.node.scalar_text().unwrap_or_default();
    let found = match field.node.kind() {
        Kind::Null => "null".to_owned(),
        Kind::Bool => format!("the boolean {}", quote(text)),
        Kind::Int | Kind::Float => format!("the number {}", quote(text)),
        Kind::Str => format!("the string {}", quote(text)),
        Kind::Seq => "a list".to_owned(),
        Kind::Map => "a mapping".to_owned(),
    };
    let flaw = Flaw::new(format!("{place} takes {takes}, not {found}"), help(field, holds));
    match meant(field, holds) {
        Some(change) => flaw.meant(change),
        None => flaw,
    }
}

/// What to make of a value whose quotes or brackets alone are wrong.
fn meant(field: &Field<'_, '_>, holds: &'static Type) -> Option<Change> {
    let (kind, text) = (field.node.kind(), field.node.scalar_text()?);
    match (holds, kind) {
        (Type::Str(check), Kind::Bool | Kind::Int | Kind::Float) if check(text).is_ok() => {
            Some(Change::Set(text.into()))
        }
        (Type::Bool, Kind::Str) if matches!(text, "true" | "false") => Some(Change::Set(Value::Bool(text == "true"))),
        (Type::Int(check), Kind::Str) => {
            let number = text.parse().ok().filter(|number| check(*number).is_ok())?;
            Some(Change::Set(Value::Number(number)))
        }
        (Type::List(item), kind) if kind != Kind::Null && item.takes(kind) => Some(Change::Enlist),
        _ => None,
    }
}

fn help(field: &Field<'_, '_>, holds: &'static Type) -> String {
    let (node, key) = (field.node, field.key());
    let text = node.scalar_text().unwrap_or_default();
    match (holds, node.kind()) {
        (Type::Str(_) | Type::OneOf(_), Kind::Bool | Kind::Int | Kind::Float) => format!("quote it: `\"{text}\"`"),
        (Type::Str(_) | Type::OneOf(_), _) => "write one string".to_owned(),
        (Type::Bool, Kind::Str) if matches!(text, "true" | "false") => format!("write it without quotes: `{text}`"),
        (Type::Bool, _) => "write `true` or `false`".to_owned(),
        (Type::Int(_), Kind::Str) if text.parse::<i64>().is_ok() => format!("write it without quotes: `{text}`"),
        (Type::Number, Kind::Str) if text.parse::<f64>().is_ok() => format!("write it without quotes: `{text}`"),
        (Type::Int(_), _) => "write a whole number".to_owned(),
        (Type::Number, _) => "write a number".to_owned(),
        (Type::IntOrStr(..), _) => "write a whole number, or a name".to_owned(),
        (Type::List(_), Kind::Map) => match node.entries().next() {
            Some((first, _, _)) => format!("put `- ` before `{first}`: each item of a list starts with a dash"),
            None => "write `[]` for an empty list".to_owned(),
        },
        (Type::List(item), kind) if item.takes(kind) => format!("write a list: `{key}: [{text}]`"),
        (Type::List(_), _) => "write a list: each item starts with a dash".to_owned(),
        (Type::Strings(..), _) => "write `name: value`, a line for each".to_owned(),
        (Type::Map(schema), Kind::Seq) => only_item(node, schema),
        (Type::Map(schema), kind) => fields(field, schema, kind, text),
        (Type::Any, _) => String::new(),
    }
}

/// A list where a mapping is meant: mostly a dash too many.
fn only_item(node: Node<'_>, schema: &'static Schema) -> String {
    let mut items = node.items();
    match (items.next(), items.next()) {
        (Some(item), None) if item.kind() == Kind::Map => "remove the `- ` before its fields".to_owned(),
        _ => mapping(schema),
    }
}

/// A scalar where a mapping is meant: often the value of one of its fields.
fn fields(field: &Field<'_, '_>, schema: &'static Schema, kind: Kind, text: &str) -> String {
    let mut fitting = schema.fields.iter().filter(|(_, holds)| holds.takes(kind));
    match (fitting.next(), fitting.next()) {
        (Some((name, _)), None) if field.is_item() => format!("write `{name}: {text}`"),
        (Some((name, _)), None) => format!("write `{}: {{{name}: {text}}}`", field.key()),
        _ => mapping(schema),
    }
}

/// What a mapping has fields for, where they are few.
pub(crate) fn takes(schema: &Schema) -> Option<String> {
    const FEW: usize = 6;
    (schema.names().count() <= FEW).then(|| format!("it takes {}", alternatives(schema.names())))
}

fn mapping(schema: &Schema) -> String {
    takes(schema).unwrap_or_else(|| "write a mapping".to_owned())
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn alternatives<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => String::new(),
    }
}
