//! A file of the input, and its text.

use std::io;
use std::path::PathBuf;

use super::InputError;
use crate::file_tree::{self, FileTree};
use crate::yaml::{self, DecodeError};

/// The name of standard input in reports.
pub const STDIN_NAME: &str = "<stdin>";

/// Where the bytes of an input are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A regular file, from the root of the file system.
    File(PathBuf),
}

/// An input that was read.
#[derive(Debug)]
pub struct FileEntry {
    /// The name as reports print it: relative to the working directory where it can be, with forward slashes,
    /// what is not UTF-8 replaced; [`STDIN_NAME`] for standard input.
    pub name: String,
    /// Where its bytes are.
    pub input: Input,
    /// What reading it gave.
    pub text: Read,
}

/// The text of an input, which may be no text, or not to be read at all: where the file cannot be read, is not a
/// regular file, or has more than [`file_tree::MAX_FILE_BYTES`].
pub type Read = Result<Result<String, DecodeError>, InputError>;

impl FileEntry {
    /// Reads an input.
    #[must_use]
    pub fn read(tree: &dyn FileTree, name: String, input: Input) -> Self {
        let bytes = match &input {
            Input::Stdin => file_tree::read_limited(io::stdin().lock(), 0),
            Input::File(path) => tree.read(path),
        };
        let text = bytes.map(yaml::decode).map_err(|error| InputError::of_reading(name.clone(), error));
        Self { name, input, text }
    }

    /// Its place among others.
    pub(super) fn place_in_order(&self) -> (&str, &Input) {
        (&self.name, &self.input)
    }
}
