//! Files as they are in the file system.

use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use super::{Entry, FileTree, Kind, MAX_FILE_BYTES, ReadError, content};
use crate::source::paths;

/// The file system, seen from a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkTree {
    working_directory: PathBuf,
}

impl WorkTree {
    /// Seen from a directory, which is given from the root.
    #[must_use]
    pub fn new(working_directory: &Path) -> Self {
        Self { working_directory: paths::normal(working_directory) }
    }

    /// Seen from the working directory that the process has now.
    #[must_use]
    pub fn of_process() -> Self {
        Self::new(&std::env::current_dir().unwrap_or_default())
    }
}

impl FileTree for WorkTree {
    fn working_directory(&self) -> &Path {
        &self.working_directory
    }

    fn kind(&self, path: &Path) -> io::Result<Kind> {
        Ok(kind_of(fs::metadata(path)?.file_type()))
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<Entry>> {
        let entries = fs::read_dir(directory)?.map(|entry| {
            let entry = entry?;
            // Most file systems tell the type together with the name.
            let file_type = entry.file_type().ok().filter(|file_type| !file_type.is_symlink());
            Ok(Entry { name: entry.file_name(), kind: file_type.map(kind_of) })
        });
        entries.collect()
    }

    fn read(&self, file: &Path) -> Result<Vec<u8>, ReadError> {
        let file = open(file)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is not a regular file").into());
        }
        content(read_limited(file, metadata.len())?)
    }

    fn is_on_disk(&self) -> bool {
        true
    }
}

/// Opens a file. A named pipe that has taken the place of a regular one is opened too, without a wait for a writer.
fn open(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.read(true).open(path)
}

/// Reads as many bytes as are known to be there: at that length there is nothing more to ask for. What is made up on
/// demand has no length before it is read, and is read to its end.
pub(crate) fn read_limited(reader: impl io::Read, length: u64) -> Result<Vec<u8>, ReadError> {
    if length > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge);
    }
    let limit = if length == 0 { MAX_FILE_BYTES + 1 } else { length };
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    io::Read::read_to_end(&mut reader.take(limit), &mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES { Err(ReadError::TooLarge) } else { Ok(bytes) }
}

fn kind_of(file_type: FileType) -> Kind {
    if file_type.is_dir() {
        return Kind::Directory;
    }
    if file_type.is_file() {
        return Kind::File;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if file_type.is_fifo() {
            return Kind::Special("a named pipe");
        }
        if file_type.is_socket() {
            return Kind::Special("a socket");
        }
    }
    Kind::Special("a device")
}
