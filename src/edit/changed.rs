//! Files whose text changes.

use std::path::PathBuf;

/// A file that edits change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its name, as reports print it.
    pub name: String,
    /// Where it is, from the root of the file system.
    pub path: PathBuf,
    /// What it said.
    pub before: String,
    /// What it says with the edits.
    pub after: String,
}
