//! Revisions that cannot be read.

use std::io;

use thiserror::Error;

/// Why a revision cannot be read.
#[derive(Debug, Error)]
pub enum RevisionError {
    /// git would take it for an option, or for nothing at all.
    #[error("`{revision}` is not a valid revision")]
    Malformed {
        /// As given.
        revision: String,
    },
    /// The program is not on PATH.
    #[error("cannot read the revision `{revision}`: `git` is not on PATH")]
    NoGit {
        /// As given.
        revision: String,
    },
    /// No repository contains the directory.
    #[error("cannot read the revision `{revision}`: `{directory}` is not in a git repository")]
    NoRepository {
        /// As given.
        revision: String,
        /// The printed path.
        directory: String,
    },
    /// The repository does not have it.
    #[error("the revision `{revision}` does not exist in this {}", if *.is_shallow { "shallow clone" } else { "repository" })]
    Unknown {
        /// As given.
        revision: String,
        /// Whether the repository has a part of its history only.
        is_shallow: bool,
    },
    /// git refuses, or says what cannot be understood.
    #[error("cannot read the revision `{revision}`: {message}")]
    Failed {
        /// As given.
        revision: String,
        /// What git says.
        message: String,
    },
}

impl RevisionError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Malformed { .. } => Some("write a branch, a tag or a commit, such as `origin/main`".to_owned()),
            Self::NoGit { .. } => Some("install git".to_owned()),
            Self::NoRepository { .. } => Some("run netlint in a clone of the repository".to_owned()),
            Self::Unknown { is_shallow: true, .. } => Some(
                "fetch the history: `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` in GitLab, else \
                 `git fetch --unshallow`"
                    .to_owned(),
            ),
            Self::Unknown { .. } => {
                Some("`git fetch` brings what the remote has; `git branch --all` lists the branches".to_owned())
            }
            Self::Failed { message, .. } if message.contains("dubious ownership") => {
                Some("trust it with `git config --global --add safe.directory DIRECTORY`".to_owned())
            }
            Self::Failed { .. } => None,
        }
    }

    pub(super) fn of_start(revision: &str, error: &io::Error) -> Self {
        let revision = revision.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::NoGit { revision },
            _ => Self::Failed { revision, message: format!("`git` cannot be started: {error}") },
        }
    }
}
