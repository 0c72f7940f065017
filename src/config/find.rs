//! Where the configuration is.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Config, Rejected};
use crate::discover::{CONFIGURATION_NAME, FileEntry, Input, InputError};
use crate::source::paths;
use crate::yaml::DecodeError;

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A directory is no configuration.
    #[error("the configuration `{name}` is a directory")]
    Directory {
        /// The printed path.
        name: String,
    },
    /// The file is no text.
    #[error("the configuration `{name}` cannot be read: {error}")]
    NotText {
        /// The printed path.
        name: String,
        /// What is wrong with its bytes.
        error: DecodeError,
    },
    /// It makes no sense.
    #[error("the configuration makes no sense")]
    Rejected(Box<Rejected>),
}

impl ConfigError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Input(error) => error.advice(),
            Self::Directory { name } => Some(format!("name the file: `--config {name}/{CONFIGURATION_NAME}`")),
            Self::NotText { error, .. } => Some(error.help.clone()),
            Self::Rejected(_) => None,
        }
    }
}

/// The nearest configuration at or above a path, or the working directory where none is given. The search ends at
/// the root of the repository: the directory that has `.git`.
#[must_use]
pub fn find(path: Option<&Path>) -> Option<PathBuf> {
    let start = paths::absolute(path.unwrap_or(Path::new(".")));
    for directory in start.ancestors() {
        let file = directory.join(CONFIGURATION_NAME);
        if file.is_file() {
            return Some(file);
        }
        if directory.join(".git").exists() {
            break;
        }
    }
    None
}

/// Reads a configuration file.
///
/// # Errors
/// Where the file cannot be read, or makes no sense.
pub fn read(path: &Path) -> Result<Config, ConfigError> {
    let absolute = paths::absolute(path);
    let name = paths::printed(&paths::relative(&absolute, &paths::absolute(Path::new("."))));
    if path.is_dir() {
        return Err(ConfigError::Directory { name });
    }
    if !path.exists() {
        return Err(InputError::Missing { name, similar: None }.into());
    }
    let (_, _, text) = FileEntry::new(name.clone(), Input::File(absolute.clone())).into_parts();
    let text = text?.map_err(|error| ConfigError::NotText { name: name.clone(), error })?;
    let directory = absolute.parent().unwrap_or(&absolute);
    Config::parse(&name, &text, directory).map_err(|rejected| ConfigError::Rejected(Box::new(rejected)))
}
