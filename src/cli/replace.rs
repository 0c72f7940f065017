//! Files that netlint writes: reports, baselines, a first configuration.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::file_tree::{FileTree, WorkTree};

/// Writes a file beside its place, under a name that nobody can foresee, and renames it, so that nobody ever reads half
/// of it. A link at its place is replaced and never followed: whoever writes the manifests may have put it there. What
/// is no regular file (a device, a named pipe) is written directly, as are links that the system itself has.
///
/// # Errors
/// Where the directory is missing, cannot be written to, or lies outside the repository that a link leads out of.
pub(super) fn replace(file: &Path, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let there = fs::symlink_metadata(file).ok();
    let kind = there.as_ref().map(fs::Metadata::file_type);
    if kind.is_some_and(|kind| kind.is_dir()) || file.file_name().is_none() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let is_special = kind.is_some_and(|kind| !kind.is_file() && !kind.is_symlink());
    if is_special || is_of_the_system(file) {
        let mut out = BufWriter::new(fs::File::options().write(true).open(file)?);
        render(&mut out)?;
        return out.flush();
    }
    let beside = beside(&directory(file)?)?;
    if let Some(there) = there.filter(fs::Metadata::is_file) {
        beside.as_file().set_permissions(there.permissions())?;
    }
    let mut out = BufWriter::new(beside);
    render(&mut out)?;
    let beside = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    beside.persist(file).map(drop).map_err(|error| error.error)
}

/// A new file in a directory, under a name that nobody can foresee, which is gone unless it is given another name.
pub(super) fn beside(directory: &Path) -> io::Result<NamedTempFile> {
    let mut beside = tempfile::Builder::new();
    beside.prefix(".netlint-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As the system makes new files, of which it takes what the process masks.
        beside.permissions(fs::Permissions::from_mode(0o666));
    }
    beside.tempfile_in(directory)
}

/// Whether the path is one that the system keeps: `/dev/stdout`, and what a shell makes of `>(command)`.
fn is_of_the_system(file: &Path) -> bool {
    cfg!(unix) && ["/dev", "/proc"].iter().any(|directory| file.starts_with(directory))
}

/// The directory of a file. One inside the repository that leads out of it through a link is refused.
fn directory(file: &Path) -> io::Result<PathBuf> {
    let tree = WorkTree::of_process();
    let written = tree.absolute(file.parent().unwrap_or(Path::new("")));
    let real = tree.real_path(&written)?;
    let here = tree.real_path(tree.working_directory())?;
    let leads_out = tree.repository(&here).is_some_and(|repository| {
        let below = written.strip_prefix(tree.working_directory()).map(|below| here.join(below));
        below.unwrap_or(written).starts_with(&repository) && !real.starts_with(&repository)
    });
    if leads_out {
        return Err(io::Error::other("its directory is a link that leads out of the repository"));
    }
    Ok(real)
}
