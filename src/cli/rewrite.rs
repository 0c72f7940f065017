//! Files replaced by what fixes make of them.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::repair::ChangedFile;

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
    let beside = beside(&file.path);
    let written = write(&beside, &file.after, &metadata).map_err(failed).and_then(|()| {
        let is_as_it_was = fs::read(&file.path).is_ok_and(|bytes| bytes == file.before.as_bytes());
        if !is_as_it_was {
            return Err(RewriteError::Changed { name: name() });
        }
        fs::rename(&beside, &file.path).map_err(failed)
    });
    if written.is_err() {
        // The first error is the one worth telling.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A name beside a file that nobody else has.
fn beside(file: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    file.with_file_name(name)
}

fn write(beside: &Path, text: &str, like: &Metadata) -> io::Result<()> {
    // What is there already is not ours.
    let mut target = File::options().write(true).create_new(true).open(beside)?;
    target.write_all(text.as_bytes())?;
    target.set_permissions(like.permissions())?;
    keep_owner(beside, like);
    target.sync_all()
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
