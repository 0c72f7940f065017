//! Changes of manifests: what to change as places and values, and the bytes that it takes.
//!
//! Rules say what to change ([`Edit`]). A change of bytes ([`Patch`]) keeps everything else as it is: comments, order,
//! quotes, indentation, line breaks. Before it is handed out, the text that it makes is read again: it must say what
//! the edits ask for and nothing else. An edit that cannot be made like that is refused with a reason.

mod bytes;
mod changed;
mod expected;
mod layout;
mod locate;
mod patch;
mod value;
mod write;

use crate::source::Origin;
use crate::yaml::Span;
pub use changed::ChangedFile;
pub use locate::{Locator, written};
pub use patch::{Patch, apply, plan};
pub use value::Value;
pub use write::{compact, lines, scalar};

/// One change of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The field that changes. For a new document: the document that it comes after.
    pub at: Origin,
    /// What becomes of it.
    pub change: Change,
}

/// What becomes of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another value.
    Set(Value),
    /// Another key, with the value that is there.
    Rename(String),
    /// The value becomes that of a key of a new mapping: `{app: web}` becomes `{matchLabels: {app: web}}`.
    Wrap(String),
    /// The value becomes the only item of a list.
    Enlist,
    /// The entry or item goes away.
    Remove,
    /// The mapping gets another entry: behind the one of a key, where there is such a one, else at its end.
    Insert {
        /// The key of the new entry.
        key: String,
        /// Its value.
        value: Value,
        /// The key of the entry to put it behind.
        after: Option<&'static str>,
    },
    /// The list gets another item at its end. Where no list is, it is the first of one.
    Append(Value),
    /// The file gets another document at its end.
    AddDocument(Value),
    /// The document goes away.
    RemoveDocument,
    /// Other text in place of bytes of the file that are in a comment, or are its whole lines.
    Comment(Span, String),
}

/// What a fix may do to the connections that are permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// None of them changes.
    Neutral,
    /// A word that meant nothing gets the one meaning that it can have. What it opens and closes is what was written.
    Reference,
    /// It opens or closes what the manifests did not say, or is one of several ways to repair them.
    Unsafe,
}

impl Safety {
    /// Whether `--fix` applies it without being told that it may change connections.
    #[must_use]
    pub fn is_safe(self) -> bool {
        self != Self::Unsafe
    }

    /// The word used in every report: `safe` or `unsafe`.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self.is_safe() { "safe" } else { "unsafe" }
    }
}

/// How to repair what a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it may do to connections.
    pub safety: Safety,
    /// What it does, as an instruction: `` write `TCP` ``.
    pub title: String,
    /// The changes, all of which belong together.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix of one change.
    #[must_use]
    pub fn new(safety: Safety, title: impl Into<String>, at: Origin, change: Change) -> Self {
        Self { safety, title: title.into(), edits: vec![Edit { at, change }] }
    }

    /// The fix with another change that belongs to it.
    #[must_use]
    pub fn and(mut self, at: Origin, change: Change) -> Self {
        self.edits.push(Edit { at, change });
        self
    }
}
