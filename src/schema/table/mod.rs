//! The form of the tables.

pub(crate) mod field;
pub(crate) mod report;

use crate::schema::flaw::Flaw;
use crate::schema::syntax::{any_number, any_text, port_name, port_number};
use crate::yaml::{Kind, Node, Segment};
use field::Field;
use report::Report;

/// What a field holds.
pub(crate) enum Type {
    /// Anything: the field exists, and netlint does not look into it.
    Any,
    /// A boolean.
    Bool,
    /// A whole number that passes a check.
    Int(fn(i64) -> Result<(), Flaw>),
    /// A string that passes a check.
    Str(fn(&str) -> Result<(), Flaw>),
    /// Any number.
    Number,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A whole number or a string, each with its check: `IntOrString`.
    IntOrStr(fn(i64) -> Result<(), Flaw>, fn(&str) -> Result<(), Flaw>),
    /// A list.
    List(&'static Type),
    /// A mapping of free keys to strings, with a check of either.
    Strings(fn(&str) -> Result<(), Flaw>, fn(&str) -> Result<(), Flaw>),
    /// A mapping with the fields of a table.
    Map(&'static Schema),
}

/// Any whole number.
pub(crate) const INT: Type = Type::Int(any_number);
/// Any string.
pub(crate) const STR: Type = Type::Str(any_text);
/// A list of any strings.
pub(crate) const STRINGS: Type = Type::List(&STR);
/// A port by its number.
pub(crate) const PORT: Type = Type::Int(port_number);
/// A port by its number or name.
pub(crate) const PORT_OR_NAME: Type = Type::IntOrStr(port_number, port_name);
/// The protocols; an empty string stands for the default, TCP.
pub(crate) const PROTOCOL: Type = Type::OneOf(&["", "TCP", "UDP", "SCTP"]);

impl Type {
    /// Whether a value of this kind can be in the field. Null leaves the field unset, whatever it holds.
    pub(crate) fn takes(&self, kind: Kind) -> bool {
        match self {
            Self::Any => true,
            Self::Bool => matches!(kind, Kind::Bool | Kind::Null),
            Self::Int(_) => matches!(kind, Kind::Int | Kind::Null),
            Self::Number => matches!(kind, Kind::Int | Kind::Float | Kind::Null),
            Self::Str(_) | Self::OneOf(_) => matches!(kind, Kind::Str | Kind::Null),
            Self::IntOrStr(..) => matches!(kind, Kind::Int | Kind::Str | Kind::Null),
            Self::List(_) => matches!(kind, Kind::Seq | Kind::Null),
            Self::Strings(..) | Self::Map(_) => matches!(kind, Kind::Map | Kind::Null),
        }
    }
}

/// One demand on a mapping.
pub(crate) enum Constraint {
    /// `required`: the mapping has the field. With what to write.
    Required(&'static str, &'static str),
    /// `minProperties: 1` and `maxProperties: 1`: the mapping has exactly one of its fields. With what to write.
    OneField(&'static str),
    /// `minItems` and `maxItems`: the list under the key has so many items. With what to write into an empty list.
    Items(&'static str, usize, usize, &'static str),
    /// `x-kubernetes-list-type: set`: the list under the key has no string twice.
    Distinct(&'static str),
}

/// A type of the API: all its fields.
pub(crate) struct Schema {
    /// Its name in the published schema.
    pub(crate) name: &'static str,
    /// The fields that are checked.
    pub(crate) fields: &'static [(&'static str, Type)],
    /// The names of all other fields.
    pub(crate) others: &'static [&'static str],
    /// What a value of the type is called in messages: `rule`, `peer`.
    pub(crate) noun: &'static str,
    /// What the published schema asks for beside the types of the fields.
    pub(crate) constraints: &'static [Constraint],
    /// What must hold between the fields.
    pub(crate) check: fn(&Field<'_, '_>, &mut Report<'_>),
    /// What to say of a field that the type does not have, by its name and value, where there is more to say than
    /// where the field belongs.
    pub(crate) explain: fn(&Field<'_, '_>, &str, Node<'_>) -> Option<Dropped>,
}

/// What to say of a field that the API server drops.
#[derive(Default)]
pub(crate) struct Dropped {
    /// What becomes of the object without it, where there is more to say than that it is dropped.
    pub(crate) remark: Option<String>,
    /// What to write instead, where it is not to be found in the tables.
    pub(crate) help: Option<String>,
    /// The field that it was meant to be.
    pub(crate) meant: Option<&'static str>,
    /// Another field of the object that has other effects now, and which.
    pub(crate) because: Option<(Vec<Segment>, String)>,
}

impl Dropped {
    /// A field to write otherwise.
    pub(crate) fn written_as(help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..Self::default() }
    }
}

impl Schema {
    /// A type with these fields, and nothing to hold between them.
    pub(crate) const fn new(name: &'static str, fields: &'static [(&'static str, Type)]) -> Self {
        Self { name, fields, others: &[], noun: "mapping", constraints: &[], check: |_, _| {}, explain: |_, _, _| None }
    }

    /// Says what a value of the type is called.
    pub(crate) const fn called(mut self, noun: &'static str) -> Self {
        self.noun = noun;
        self
    }

    /// Says what the published schema asks for beside the types of the fields.
    pub(crate) const fn holding(mut self, constraints: &'static [Constraint]) -> Self {
        self.constraints = constraints;
        self
    }

    /// Says more about fields that the type does not have.
    pub(crate) const fn explained_by(mut self, explain: fn(&Field<'_, '_>, &str, Node<'_>) -> Option<Dropped>) -> Self {
        self.explain = explain;
        self
    }

    /// Names the fields that netlint does not look into.
    pub(crate) const fn others(mut self, names: &'static [&'static str]) -> Self {
        self.others = names;
        self
    }

    /// Says what must hold between the fields.
    pub(crate) const fn checked_by(mut self, check: fn(&Field<'_, '_>, &mut Report<'_>)) -> Self {
        self.check = check;
        self
    }

    /// The type of a field; `None` where there is no such field.
    pub(crate) fn find(&self, name: &str) -> Option<&'static Type> {
        let known = self.fields.iter().find(|(field, _)| *field == name).map(|(_, known)| known);
        known.or_else(|| self.others.contains(&name).then_some(&Type::Any))
    }

    /// All fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|(name, _)| *name).chain(self.others.iter().copied())
    }
}
