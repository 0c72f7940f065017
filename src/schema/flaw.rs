//! What is wrong with a value.

use std::ops::Range;

use crate::yaml::Span;

/// What is wrong with a value, and what to write.
pub(crate) struct Flaw {
    pub(crate) message: String,
    pub(crate) help: String,
    /// Which bytes of a string are wrong, and what is wrong with them.
    pub(crate) inside: Option<(Span, String)>,
}

impl Flaw {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), inside: None }
    }

    /// The same of some bytes of a string, with a remark on them.
    pub(crate) fn inside(self, bytes: Range<usize>, remark: impl Into<String>) -> Self {
        Self { inside: Some((Span::new(bytes.start, bytes.end), remark.into())), ..self }
    }
}
