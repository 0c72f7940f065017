//! A file of the input, and its text.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::InputError;
use crate::yaml::{self, DecodeError};

/// The most bytes that one input may have. Real dumps of whole clusters stay far below.
const MAX_BYTES: u64 = 1 << 30;

/// The name of standard input in reports.
pub const STDIN_NAME: &str = "<stdin>";

/// Where the bytes of an input are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A regular file.
    File(PathBuf),
}

/// An input to read.
#[derive(Debug)]
pub struct FileEntry {
    /// The name as reports print it: relative to the working directory where it can be, with forward slashes,
    /// what is not UTF-8 replaced; [`STDIN_NAME`] for standard input.
    pub name: String,
    /// Where its bytes are.
    pub input: Input,
    /// What reading it gave, once that was done.
    read: OnceLock<Read>,
}

/// The text of an input, which may be no text, or not to be read at all: where the file cannot be read, is no regular
/// file any more, or has more than 1 GiB.
pub type Read = Result<Result<String, DecodeError>, InputError>;

impl FileEntry {
    /// An input that is yet to be read.
    #[must_use]
    pub fn new(name: String, input: Input) -> Self {
        Self { name, input, read: OnceLock::new() }
    }

    /// Reads it, so that its text is at hand.
    pub(super) fn read_ahead(&self) {
        self.read.get_or_init(|| read(&self.name, &self.input));
    }

    /// Its name, where it is, and its text, which is read now if that was not done yet.
    pub fn into_parts(self) -> (String, Input, Read) {
        let Self { name, input, read: already } = self;
        let read = already.into_inner().unwrap_or_else(|| read(&name, &input));
        (name, input, read)
    }

    /// Its place among others.
    pub(super) fn place_in_order(&self) -> (&str, &Input) {
        (&self.name, &self.input)
    }
}

fn read(name: &str, input: &Input) -> Read {
    let bytes = match input {
        Input::Stdin => read_limited(io::stdin().lock(), MAX_BYTES + 1),
        Input::File(path) => read_file(path),
    };
    match bytes {
        Ok(bytes) if bytes.len() as u64 > MAX_BYTES => Err(InputError::TooLarge { name: name.to_owned() }),
        Ok(bytes) => Ok(yaml::decode(bytes)),
        Err(source) => Err(InputError::Unreadable { name: name.to_owned(), source }),
    }
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file any more"));
    }
    match metadata.len() {
        // What a file system makes up on demand has no length before it is read.
        0 => read_limited(file, MAX_BYTES + 1),
        // At the known length there is nothing more to ask for.
        length => read_limited(file, length.min(MAX_BYTES + 1)),
    }
}

/// Opens a file. A named pipe that has taken the place of a regular one is opened too, without a wait for a writer.
fn open(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.read(true).open(path)
}

fn read_limited(reader: impl io::Read, limit: u64) -> io::Result<Vec<u8>> {
    let expected = if limit > MAX_BYTES { 0 } else { limit };
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
    reader.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
