//! Inputs that cannot be read.

use std::io;

use thiserror::Error;

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
    /// More bytes than any manifest has.
    #[error("`{name}` is larger than 1 GiB")]
    TooLarge {
        /// The printed path.
        name: String,
    },
}

impl InputError {
    /// The path as printed.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Missing { name, .. }
            | Self::Special { name, .. }
            | Self::Unreadable { name, .. }
            | Self::TooLarge { name } => name,
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
            Self::Unreadable { .. } => None,
            Self::TooLarge { .. } => Some("split it, or leave it out with `--exclude`".to_owned()),
        }
    }
}
