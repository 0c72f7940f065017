//! From the paths of the command line to the ordered list of files to read.

mod error;
mod exclude;
mod render;
#[cfg(test)]
mod tests;
mod texts;
mod walk;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub use error::InputError;
pub use exclude::{Excludes, GlobError, PathGlobs};
pub(crate) use render::{Renderable, render};
pub(crate) use texts::Texts;

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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileEntry {
    /// The name as reports print it: relative to the working directory where it can be, with forward slashes,
    /// what is not UTF-8 replaced; [`STDIN_NAME`] for standard input.
    pub name: String,
    /// Where its bytes are.
    pub input: Input,
}

/// What the paths lead to.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Each file once, sorted by name.
    pub files: Vec<FileEntry>,
    /// Helm charts whose templates were passed over, by printed name of the chart's directory: how many files.
    pub templates: BTreeMap<String, usize>,
    /// Paths that lead nowhere, sorted by name. The others are still checked.
    pub errors: Vec<InputError>,
    /// What is not to be read, though a file names it.
    pub excludes: Excludes,
}

/// Lists the files below `paths`: directories with everything below them, files, and `-` for standard input.
///
/// Directories give their `.yaml`, `.yml` and `.json` files, configurations left out. Symbolic links are followed and
/// loops survived; hidden directories, `node_modules`, whatever `excludes` names, and anything that is not a regular
/// file are passed over. A path that is named itself is taken as it is, except that templates of a Helm chart (files
/// below `templates/` of a directory with a `Chart.yaml`) are counted and never listed.
#[must_use]
pub fn discover(paths: &[PathBuf], excludes: &Excludes) -> Discovery {
    let mut walk = walk::Walk::new(excludes);
    for path in paths {
        walk.add(path);
    }
    walk.finish()
}

/// Reads an input.
///
/// # Errors
/// Where the file cannot be read, is no regular file any more, or has more than 1 GiB.
pub fn read(entry: &FileEntry) -> Result<Vec<u8>, InputError> {
    let read = match &entry.input {
        Input::Stdin => read_limited(io::stdin().lock(), MAX_BYTES + 1),
        Input::File(path) => read_file(path),
    };
    match read {
        Ok(bytes) if bytes.len() as u64 > MAX_BYTES => Err(InputError::TooLarge { name: entry.name.clone() }),
        Ok(bytes) => Ok(bytes),
        Err(source) => Err(InputError::Unreadable { name: entry.name.clone(), source }),
    }
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = fs::File::open(path)?;
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

fn read_limited(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let expected = if limit > MAX_BYTES { 0 } else { limit };
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
    reader.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
