//! Where the configuration is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Config, Rejected};
use crate::discover::{CONFIGURATION_NAME, CONFIGURATION_NAMES, FileEntry, Input, InputError};
use crate::file_tree::{Boundary, FileTree};
use crate::source::paths::{self, Base};
use crate::text::phrase;
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
    /// A directory has several, or the paths have different ones, and nobody says which is meant.
    #[error("there are several configurations: {}", phrase::list(.names))]
    Several {
        /// Their printed paths.
        names: Vec<String>,
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
            Self::Several { .. } => Some("keep one of them, or name one: `--config FILE`".to_owned()),
            Self::Outside { name } => Some(format!("replace it by a file, or name it: `--config {name}`")),
            Self::NotText { error, .. } => Some(error.help.clone()),
            Self::Rejected(_) => None,
        }
    }
}

/// The configuration of paths, whatever their order: the nearest at or above each of them, or above the working directory
/// where none is given. Where that differs, it is the one above the working directory, else the one above all paths: never
/// that of a neighbour. The search ends at the root of the repository: the directory that has `.git`.
///
/// # Errors
/// Where a directory has several, or where paths have different ones and none is above all of them.
pub fn find<'p>(
    tree: &dyn FileTree,
    paths: impl IntoIterator<Item = &'p Path>,
) -> Result<Option<PathBuf>, ConfigError> {
    let here = tree.absolute(Path::new("."));
    let mut starts: Vec<PathBuf> = paths.into_iter().map(|path| tree.absolute(path)).collect();
    if starts.is_empty() {
        starts.push(here.clone());
    }
    let found: BTreeSet<Option<PathBuf>> =
        starts.iter().map(|start| nearest(tree, start)).collect::<Result<_, ConfigError>>()?;
    if let Ok([one]) = <[_; 1]>::try_from(found.iter().cloned().collect::<Vec<_>>()) {
        return Ok(one);
    }
    let found: BTreeSet<PathBuf> = found.into_iter().flatten().collect();
    let is_above = |file: &&PathBuf| file.parent().is_some_and(|directory| here.starts_with(directory));
    if let Some(own) = found.iter().find(is_above) {
        return Ok(Some(own.clone()));
    }
    let together = starts.into_iter().reduce(|one, other| common(&one, &other)).unwrap_or_default();
    match nearest(tree, &together)? {
        None if found.len() > 1 => Err(several(tree, found.iter())),
        above => Ok(above),
    }
}

/// The nearest configuration at or above a path.
fn nearest(tree: &dyn FileTree, start: &Path) -> Result<Option<PathBuf>, ConfigError> {
    for directory in start.ancestors() {
        let there = CONFIGURATION_NAMES.map(|name| directory.join(name)).into_iter().filter(|file| tree.is_file(file));
        let mut there: Vec<PathBuf> = there.collect();
        if there.len() > 1 {
            return Err(several(tree, there.iter()));
        }
        if let Some(file) = there.pop() {
            return Ok(Some(file));
        }
        if tree.exists(&directory.join(".git")) {
            break;
        }
    }
    Ok(None)
}

fn several<'f>(tree: &dyn FileTree, files: impl Iterator<Item = &'f PathBuf>) -> ConfigError {
    let name = |file: &PathBuf| paths::printed(&paths::relative(file, tree.working_directory()));
    ConfigError::Several { names: files.map(name).collect() }
}

/// The deepest directory that holds both.
fn common(one: &Path, other: &Path) -> PathBuf {
    let together = one.components().zip(other.components()).take_while(|(one, other)| one == other);
    together.map(|(component, _)| component).collect()
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
