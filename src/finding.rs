//! What rules report: findings that point at the YAML that causes them.

use std::borrow::Cow;
use std::fmt;

use crate::source::FileId;
use crate::yaml::{FieldPath, Part, Span};

/// How much a finding matters. Ordered: a note is less than a warning, a warning less than an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is known to be wrong.
    Note,
    /// Probably wrong, or unsafe.
    Warning,
    /// Certainly wrong: the manifests do not do what they say.
    Error,
}

impl Severity {
    /// The word used in every report: `note`, `warning` or `error`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// Where a fact of the model was written: file, document and field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// The document of the file, counted from 0.
    pub document: u32,
    /// The field, from the root of the document.
    pub path: FieldPath,
}

impl Origin {
    /// The origin of `key` below this field.
    #[must_use]
    pub fn key(&self, key: impl Into<Cow<'static, str>>) -> Self {
        Self { path: self.path.key(key), ..*self }
    }

    /// The origin of several nested keys below this field.
    #[must_use]
    pub fn keys<const N: usize>(&self, keys: [&'static str; N]) -> Self {
        Self { path: self.path.keys(keys), ..*self }
    }

    /// The origin of item `index` of this sequence.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self { path: self.path.index(index), ..*self }
    }

    /// The bytes of the value.
    #[must_use]
    pub fn value(self) -> Place {
        Place { origin: self, part: Part::Value }
    }

    /// The bytes of the key.
    #[must_use]
    pub fn key_only(self) -> Place {
        Place { origin: self, part: Part::Key }
    }

    /// The bytes of the whole entry: key and value, or an item with its dash.
    #[must_use]
    pub fn entry(self) -> Place {
        Place { origin: self, part: Part::Entry }
    }
}

/// An [`Origin`] and which of its bytes are meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The field.
    pub origin: Origin,
    /// Its key, its value or both.
    pub part: Part,
}

/// The object a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// For example `NetworkPolicy`; empty where the document has no readable kind.
    pub kind: String,
    /// The namespace as printed; `None` for cluster-scoped objects and unreadable documents.
    pub namespace: Option<String>,
    /// `metadata.name`; empty where the document has none.
    pub name: String,
}

/// A piece of a file with what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub file: FileId,
    /// The field path, for people and for fingerprints; empty for a whole document or a syntax error.
    pub field: String,
    /// The bytes.
    pub span: Span,
    /// A few words; may be empty on a primary label, where the finding's message speaks.
    pub message: String,
}

/// One thing wrong, with its cause: all that a report needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, for example `one-sided-allow`.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One line, readable alone, present tense, no full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The object it is about.
    pub subject: Subject,
    /// The smallest piece of YAML a person would edit.
    pub primary: Label,
    /// Why, in the order of the explanation.
    pub related: Vec<Label>,
}
