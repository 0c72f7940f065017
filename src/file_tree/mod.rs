//! Where files are read from: the work tree, a git revision, or either with generated files laid over it.
//!
//! A tree has its own working directory, and nothing here depends on that of the process: trees can be read side by
//! side. All paths are given from the root of the file system; [`FileTree::resolve`] makes them so.

mod boundary;
mod history;
mod overlay;
mod revision;
#[cfg(test)]
mod tests;
mod work_tree;

use std::ffi::OsString;
use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::source::paths;
pub use boundary::Boundary;
pub use history::{ignored, last_changes};
pub use overlay::Overlay;
pub use revision::{Revision, RevisionError};
pub use work_tree::WorkTree;
pub(crate) use work_tree::read_limited;

/// The most bytes that one file may have, and standard input. Real dumps of whole clusters stay far below.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// How many links may follow upon one another, as in Linux.
const MAX_LINKS: usize = 40;

/// A tree that several steps read, on several cores.
pub type SharedTree = Arc<dyn FileTree>;

/// Files and directories by their paths. A file is read in one call, so that a call through this interface costs
/// nothing beside it.
pub trait FileTree: Debug + Send + Sync {
    /// Where relative paths start, from the root of the file system. Reports name files relative to it.
    fn working_directory(&self) -> &Path;

    /// What a path leads to, links followed.
    ///
    /// # Errors
    /// Where it leads to nothing, or that cannot be found out.
    fn kind(&self, path: &Path) -> io::Result<Kind>;

    /// The path without links and `..`.
    ///
    /// # Errors
    /// As [`Self::kind`].
    fn real_path(&self, path: &Path) -> io::Result<PathBuf>;

    /// What is in a directory, in no particular order.
    ///
    /// # Errors
    /// Where there is no directory, or it cannot be read.
    fn list(&self, directory: &Path) -> io::Result<Vec<Entry>>;

    /// The bytes of a regular file, links followed. Never waits for a writer.
    ///
    /// # Errors
    /// Where there is no regular file, or it cannot be read or has more than [`MAX_FILE_BYTES`].
    fn read(&self, file: &Path) -> Result<Vec<u8>, ReadError>;

    /// Whether the file system itself has at every path what this tree has there, for programs that read it.
    fn is_on_disk(&self) -> bool {
        false
    }

    /// The top of the git repository that contains a directory, which is given by its real path.
    fn repository(&self, directory: &Path) -> Option<PathBuf> {
        directory.ancestors().find(|above| self.exists(&above.join(".git"))).map(Path::to_owned)
    }

    /// A path from the root, which may still hold `..`: after a link, that leads out of its target.
    fn resolve(&self, path: &Path) -> PathBuf {
        self.working_directory().join(path)
    }

    /// A path from the root without `.` and `..`, by its letters alone.
    fn absolute(&self, path: &Path) -> PathBuf {
        paths::normal(&self.resolve(path))
    }

    /// Whether a path leads to a regular file.
    fn is_file(&self, path: &Path) -> bool {
        self.kind(path).is_ok_and(|kind| kind == Kind::File)
    }

    /// Whether a path leads to a directory.
    fn is_directory(&self, path: &Path) -> bool {
        self.kind(path).is_ok_and(|kind| kind == Kind::Directory)
    }

    /// Whether a path leads to anything.
    fn exists(&self, path: &Path) -> bool {
        self.kind(path).is_ok()
    }
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A regular file.
    File,
    /// Something that reading may wait for, with its article: `a named pipe`.
    Special(&'static str),
}

/// What a directory lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the directory.
    pub name: OsString,
    /// What it is; `None` for a link, and where only [`FileTree::kind`] can tell.
    pub kind: Option<Kind>,
}

/// Why there are no bytes of a file.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It has more than [`MAX_FILE_BYTES`].
    #[error("it is larger than {} GiB", MAX_FILE_BYTES >> 30)]
    TooLarge,
    /// There is a pointer in its place, and Git LFS has the content.
    #[error("its content is in Git LFS")]
    LfsPointer,
    /// All else.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// How Git LFS begins the text that stands for a large file.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The bytes of a file, unless they are a pointer.
fn content(bytes: Vec<u8>) -> Result<Vec<u8>, ReadError> {
    if bytes.starts_with(LFS_POINTER) { Err(ReadError::LfsPointer) } else { Ok(bytes) }
}

/// Nothing is at a path, as the system would say.
fn not_found() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "no such file or directory")
}
