//! Inputs that cannot be read.

use std::io;

use thiserror::Error;

use crate::file_tree::{MAX_FILE_BYTES, ReadError};

/// Why an input was not read.
#[derive(Debug, Error)]
pub enum InputError {
    /// Nothing is at the path.
    #[error("`{name}` does not exist")]
    Missing {
        /// The path as typed.
        name: String,
        /// The path of a neighbour with nearly the same name.
        similar: Option<String>,
    },
    /// A named pipe, socket or device: reading one may wait for ever.
    #[error("`{name}` is {kind}, not a file or directory")]
    Special {
        /// The printed path.
        name: String,
        /// With its article: `a named pipe`.
        kind: &'static str,
    },
    /// The operating system refuses.
    #[error("cannot read `{name}`: {source}")]
    Unreadable {
        /// The printed path.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// No program that renders it is on PATH.
    #[error("cannot render `{name}`: {} is on PATH", if *.is_chart { format!("no {programs}") } else { format!("neither {programs}") })]
    NoRenderer {
        /// The printed path.
        name: String,
        /// The programs that would do.
        programs: String,
        /// Whether it is a chart, else a kustomization.
        is_chart: bool,
    },
    /// The program that renders it fails.
    #[error("`{command}` fails: {message}")]
    Unrendered {
        /// The printed path.
        name: String,
        /// The command.
        command: String,
        /// What the program says.
        message: String,
    },
    /// A program would render it, which only reads what is on disk.
    #[error("cannot render `{name}`: it is not on disk")]
    NotOnDisk {
        /// The printed path.
        name: String,
    },
    /// More than [`MAX_FILE_BYTES`], more bytes than any manifest has.
    #[error("`{name}` is larger than {} GiB", MAX_FILE_BYTES >> 30)]
    TooLarge {
        /// The printed path.
        name: String,
    },
    /// The git revision has a pointer in its place.
    #[error("`{name}` is in Git LFS, and there is only a pointer to it")]
    LfsPointer {
        /// The printed path.
        name: String,
    },
}

impl InputError {
    /// Why a file has no bytes.
    pub(crate) fn of_reading(name: String, error: ReadError) -> Self {
        match error {
            ReadError::TooLarge => Self::TooLarge { name },
            ReadError::LfsPointer => Self::LfsPointer { name },
            ReadError::System(source) => Self::Unreadable { name, source },
        }
    }

    /// The path as printed.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Missing { name, .. }
            | Self::Special { name, .. }
            | Self::Unreadable { name, .. }
            | Self::NoRenderer { name, .. }
            | Self::Unrendered { name, .. }
            | Self::NotOnDisk { name }
            | Self::TooLarge { name }
            | Self::LfsPointer { name } => name,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Missing { similar, .. } => similar.as_ref().map(|similar| format!("did you mean `{similar}`?")),
            Self::Special { name, .. } => Some(format!("send its content to standard input: `netlint - < {name}`")),
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some("make it readable, or leave it out with `--exclude`".to_owned())
            }
            Self::NoRenderer { is_chart: true, .. } => Some("install Helm, or leave `--render` out".to_owned()),
            Self::NoRenderer { .. } => {
                Some("install one, or leave `--render` out: netlint applies kustomizations itself".to_owned())
            }
            Self::Unrendered { command, .. } => {
                Some(format!("run `{command}` until it succeeds, or leave `--render` out"))
            }
            Self::Unreadable { .. } => None,
            Self::NotOnDisk { .. } => Some("check out the revision, or leave `--render` out".to_owned()),
            Self::LfsPointer { .. } => {
                Some("`git lfs pull` fetches it for the work tree; else leave it out with `--exclude`".to_owned())
            }
            Self::TooLarge { .. } => Some("split it, or leave it out with `--exclude`".to_owned()),
        }
    }
}
