//! Where the configuration is.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Config, Rejected};
use crate::discover::{CONFIGURATION_NAME, FileEntry, Input, InputError};
use crate::file_tree::{Boundary, FileTree};
use crate::source::paths::{self, Base};
use crate::yaml::DecodeError;

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A directory is not a configuration.
    #[error("the configuration `{name}` is a directory")]
    Directory {
        /// The printed path.
        name: String,
    },
    /// Nobody named it, and it is a link that leads out of the repository.
    #[error("the configuration `{name}` is a link that leads out of the repository")]
    Outside {
        /// The printed path.
        name: String,
    },
    /// The file is not text.
    #[error("the configuration `{name}` cannot be read: {error}")]
    NotText {
        /// The printed path.
        name: String,
        /// What is wrong with its bytes.
        error: DecodeError,
    },
    /// It is invalid.
    #[error("the configuration is invalid")]
    Rejected(Box<Rejected>),
}

impl ConfigError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Input(error) => error.advice(),
            Self::Directory { name } => Some(format!("name the file: `--config {name}/{CONFIGURATION_NAME}`")),
            Self::Outside { name } => Some(format!("replace it by a file, or name it: `--config {name}`")),
            Self::NotText { error, .. } => Some(error.help.clone()),
            Self::Rejected(_) => None,
        }
    }
}

/// The nearest configuration at or above a path, or the working directory where none is given. The search ends at
/// the root of the repository: the directory that has `.git`.
#[must_use]
pub fn find(tree: &dyn FileTree, path: Option<&Path>) -> Option<PathBuf> {
    let start = tree.absolute(path.unwrap_or(Path::new(".")));
    for directory in start.ancestors() {
        let file = directory.join(CONFIGURATION_NAME);
        if tree.is_file(&file) {
            return Some(file);
        }
        if tree.exists(&directory.join(".git")) {
            break;
        }
    }
    None
}

/// Reads a configuration that was found. It may lie above what was given, but not be a link that leads out of it.
///
/// # Errors
/// As [`read`], and where it is such a link.
pub fn read_found(tree: &dyn FileTree, path: &Path, boundary: &Boundary) -> Result<Config, ConfigError> {
    let in_place = || Some(tree.real_path(path.parent()?).ok()?.join(path.file_name()?));
    let name = || paths::printed(&paths::relative(path, tree.working_directory()));
    let real = tree.real_path(path).map_err(|source| InputError::Unreadable { name: name(), source })?;
    if boundary.holds(&real) || in_place() == Some(real) {
        read(tree, path)
    } else {
        Err(ConfigError::Outside { name: name() })
    }
}

/// Reads a configuration file.
///
/// # Errors
/// Where the file cannot be read, or is invalid.
pub fn read(tree: &dyn FileTree, path: &Path) -> Result<Config, ConfigError> {
    let absolute = tree.absolute(path);
    let name = paths::printed(&paths::relative(&absolute, tree.working_directory()));
    let path = tree.resolve(path);
    if tree.is_directory(&path) {
        return Err(ConfigError::Directory { name });
    }
    if !tree.exists(&path) {
        return Err(InputError::Missing { name, similar: None }.into());
    }
    let FileEntry { text, .. } = FileEntry::read(tree, name.clone(), Input::File(absolute.clone()));
    let text = text?.map_err(|error| ConfigError::NotText { name: name.clone(), error })?;
    let base = Base::new(absolute.parent().unwrap_or(&absolute), tree.working_directory());
    Config::parse(&name, &text, base).map_err(|rejected| ConfigError::Rejected(Box::new(rejected)))
}
