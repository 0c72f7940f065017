//! Values that do not fit.

use super::super::path::{FieldPath, Segment};
use super::super::span::Span;
use crate::text::suggest::nearest;
use serde::de::{Error, Expected, Unexpected};
use std::fmt;

/// A value that does not have the type that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// Where, from the node that was read.
    pub path: FieldPath,
    /// The value, or the key that leads to it.
    pub span: Span,
    /// One clause, such as "`true` is a boolean where a string is meant".
    pub message: String,
    /// What to write instead, where a name is not known.
    pub help: Option<String>,
}

impl fmt::Display for TypeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for TypeError {}

/// A [`TypeError`] on its way up, boxed: values that fit are handed on from level to level beside it.
#[derive(Debug)]
pub(super) struct Fault(pub(super) Box<Details>);

#[derive(Debug)]
pub(super) struct Details {
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) span: Option<Span>,
    /// From the value outwards.
    pub(super) steps: Vec<Segment>,
}

impl Fault {
    pub(super) fn at(mut self, span: Span) -> Self {
        self.0.span.get_or_insert(span);
        self
    }

    pub(super) fn below(mut self, step: Segment) -> Self {
        self.0.steps.push(step);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.message)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Box::new(Details { message: message.to_string(), help: None, span: None, steps: Vec::new() }))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("{unexpected} where {expected} is meant"))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("{unexpected} where {expected} is meant"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format_args!("`{field}` is missing"))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::unknown("key", field, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::unknown("value", variant, expected)
    }
}

impl Fault {
    fn unknown(what: &str, name: &str, expected: &[&str]) -> Self {
        let help = match nearest(name, expected.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are `{}`", expected.join("`, `")),
        };
        let mut fault = Self::custom(format_args!("unknown {what} `{name}`"));
        fault.0.help = Some(help);
        fault
    }
}
