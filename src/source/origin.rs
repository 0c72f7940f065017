//! Places of the input, before they become bytes.

use std::borrow::Cow;

use super::FileId;
use crate::yaml::{FieldPath, Part, Span};

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
    pub fn keys(&self, keys: impl IntoIterator<Item = &'static str>) -> Self {
        Self { path: self.path.keys(keys), ..*self }
    }

    /// The origin of item `index` of this sequence.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self { path: self.path.index(index), ..*self }
    }

    /// The origin of what contains this field.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self { path: self.path.parent(), ..*self }
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

/// A place of the input: a field, or bytes where a document has no tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// A field of a document.
    Field(Place),
    /// Bytes of a file.
    Bytes(FileId, Span),
}

impl From<Place> for Location {
    fn from(place: Place) -> Self {
        Self::Field(place)
    }
}
