//! The texts of inputs, and of other files that they name.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{Excludes, FileEntry, Input, InputError};
use crate::source::{FileId, Sources, paths};
use crate::yaml::DecodeError;

/// Texts by the paths of their files.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) sources: Sources,
    /// Inputs that could not be read.
    pub(crate) errors: Vec<InputError>,
    /// Inputs that are no text.
    pub(crate) undecoded: Vec<(FileId, DecodeError)>,
    /// The path of each source.
    inputs: Vec<Input>,
    /// The sources by their paths from the root of the file system, once somebody asks; `None` for what cannot be read.
    by_path: Option<HashMap<PathBuf, Option<FileId>>>,
    excludes: Excludes,
}

impl Texts {
    /// Those of the inputs, most of which were read when they were found.
    pub(crate) fn read(files: Vec<FileEntry>, excludes: Excludes) -> Self {
        let mut texts = Self { excludes, ..Self::default() };
        for file in files {
            texts.add(file);
        }
        texts
    }

    fn add(&mut self, file: FileEntry) -> Option<FileId> {
        let (name, input, text) = file.into_parts();
        let text = text.map_err(|error| self.errors.push(error)).ok()?;
        self.inputs.push(input);
        Some(match text {
            Ok(text) => self.sources.add(name, text),
            Err(error) => {
                let id = self.sources.add(name, "");
                self.undecoded.push((id, error));
                id
            }
        })
    }

    /// Where a source is, from the root of the file system; `None` for standard input.
    pub(crate) fn path(&self, file: FileId) -> Option<PathBuf> {
        match self.inputs.get(file.0 as usize)? {
            Input::File(path) => Some(paths::absolute(path)),
            Input::Stdin => None,
        }
    }

    /// The file at a path from the root of the file system, read if that was not done yet; `None` where there is none
    /// or it is excluded.
    pub(crate) fn file(&mut self, path: &Path) -> Option<FileId> {
        if let Some(known) = self.by_path().get(path) {
            return *known;
        }
        let name = printed(path);
        let file = if path.is_file() && !self.excludes.cover(&name) {
            self.add(FileEntry::new(name, Input::File(path.to_owned())))
        } else {
            None
        };
        self.by_path().insert(path.to_owned(), file);
        file
    }

    /// Whether a path from the root of the file system is not to be read.
    pub(crate) fn is_excluded(&self, path: &Path) -> bool {
        self.excludes.cover(&printed(path))
    }

    /// The file at a path from the root of the file system, if it was read.
    pub(crate) fn known(&mut self, path: &Path) -> Option<FileId> {
        self.by_path().get(path).copied().flatten()
    }

    fn by_path(&mut self) -> &mut HashMap<PathBuf, Option<FileId>> {
        let Self { sources, inputs, by_path, .. } = self;
        by_path.get_or_insert_with(|| {
            let files = sources.ids().zip(inputs);
            let files = files.filter_map(|(id, input)| match input {
                Input::File(path) => Some((paths::absolute(path), Some(id))),
                Input::Stdin => None,
            });
            files.collect()
        })
    }
}

fn printed(path: &Path) -> String {
    paths::printed(&paths::relative(path, &paths::absolute(Path::new("."))))
}
