//! Values that do not fit.

use super::super::path::{FieldPath, Segment};
use super::super::span::Span;
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
}

impl fmt::Display for TypeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for TypeError {}

/// A [`TypeError`] on its way up.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) span: Option<Span>,
    /// From the value outwards.
    pub(super) steps: Vec<Segment>,
}

impl Fault {
    pub(super) fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }

    pub(super) fn below(mut self, step: Segment) -> Self {
        self.steps.push(step);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), span: None, steps: Vec::new() }
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
}
