//! What is wrong with a value.

use std::ops::Range;

use crate::edit::{Change, Safety};
use crate::yaml::Span;

/// What is wrong with a value, and what to write.
pub(crate) struct Flaw {
    pub(crate) message: String,
    pub(crate) help: String,
    /// Which bytes of a string are wrong, and what is wrong with them.
    pub(crate) inside: Option<(Span, String)>,
    /// What to make of the field, where there is one repair.
    pub(crate) fix: Option<Box<Repair>>,
}

/// A repair that can be the only one that is meant.
pub(crate) struct Repair {
    pub(crate) safety: Safety,
    pub(crate) change: Change,
    /// Whether what changes is the mapping that the field is in.
    pub(crate) is_around: bool,
}

impl Flaw {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), inside: None, fix: None }
    }

    /// The same with the one thing that can have been meant.
    pub(crate) fn meant(self, change: Change) -> Self {
        Self { fix: Some(Box::new(Repair { safety: Safety::Reference, change, is_around: false })), ..self }
    }

    /// The same with what the mapping that the field is in was meant to be.
    pub(crate) fn meant_around(self, change: Change) -> Self {
        Self { fix: Some(Box::new(Repair { safety: Safety::Reference, change, is_around: true })), ..self }
    }

    /// The same with another way to write what it means.
    pub(crate) fn same_as(self, change: Change) -> Self {
        Self { fix: Some(Box::new(Repair { safety: Safety::Neutral, change, is_around: false })), ..self }
    }

    /// The same of some bytes of a string, with a remark on them.
    pub(crate) fn inside(self, bytes: Range<usize>, remark: impl Into<String>) -> Self {
        Self { inside: Some((Span::new(bytes.start, bytes.end), remark.into())), ..self }
    }
}
