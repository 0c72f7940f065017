//! Files replaced by what fixes make of them.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::replace::beside;
use crate::edit::ChangedFile;

/// Why a file was left as it is.
#[derive(Debug, Error)]
pub(super) enum RewriteError {
    #[error("`{name}` is a symbolic link to `{}`", .target.display())]
    Link { name: String, target: PathBuf },
    #[error("`{name}` is read-only")]
    ReadOnly { name: String },
    #[error("`{name}` has changed since it was read")]
    Changed { name: String },
    #[error("`{name}` cannot be written: {source}")]
    System { name: String, source: io::Error },
}

impl RewriteError {
    /// What to do about it.
    pub(super) fn advice(&self) -> String {
        match self {
            Self::Link { target, .. } => format!("links are not followed: fix `{}` itself", target.display()),
            Self::ReadOnly { name } => format!("make it writable: `chmod u+w {name}`"),
            Self::Changed { .. } => "nothing was written to it; run netlint again".to_owned(),
            Self::System { .. } => "nothing was written to it".to_owned(),
        }
    }
}

/// Replaces a file that is still what it was when it was read. The new text is written beside it and takes its place at
/// once, so that nobody ever reads half of it; permissions stay. A link is never followed: what takes the place of a
/// file is put where the name is.
pub(super) fn rewrite(file: &ChangedFile) -> Result<(), RewriteError> {
    let name = || file.name.clone();
    let failed = |source| RewriteError::System { name: file.name.clone(), source };
    let metadata = fs::symlink_metadata(&file.path).map_err(failed)?;
    if metadata.is_symlink() {
        return Err(RewriteError::Link { name: name(), target: fs::read_link(&file.path).unwrap_or_default() });
    }
    if metadata.permissions().readonly() {
        return Err(RewriteError::ReadOnly { name: name() });
    }
    let mut beside = beside(file.path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    beside.write_all(file.after.as_bytes()).map_err(failed)?;
    beside.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    keep_owner(beside.path(), &metadata);
    beside.as_file().sync_all().map_err(failed)?;
    let is_as_it_was = fs::read(&file.path).is_ok_and(|bytes| bytes == file.before.as_bytes());
    if !is_as_it_was {
        return Err(RewriteError::Changed { name: name() });
    }
    beside.persist(&file.path).map(drop).map_err(|error| failed(error.error))
}

/// Who may give files away gives the new one to the owner of the old one.
#[cfg(unix)]
fn keep_owner(beside: &Path, like: &Metadata) {
    use std::os::unix::fs::{MetadataExt, chown};
    // For anybody else the file stays theirs, as with any editor.
    let _ = chown(beside, Some(like.uid()), Some(like.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &Metadata) {}
