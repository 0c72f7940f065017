//! The texts of inputs, and of other files that they name.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::render::{Renderable, RenderedText, render};
use super::{Discovery, Excludes, FileEntry, Input, InputError, KUSTOMIZATION_NAMES};
use crate::file_tree::{Boundary, FileTree, SharedTree};
use crate::source::{FileId, Sources, paths};
use crate::yaml::DecodeError;

/// Texts by the paths of their files.
#[derive(Debug)]
pub(crate) struct Texts {
    tree: SharedTree,
    pub(crate) sources: Sources,
    /// Inputs that could not be listed or read.
    pub(crate) errors: Vec<InputError>,
    /// Inputs that are not text.
    pub(crate) undecoded: Vec<(FileId, DecodeError)>,
    /// The path of each source.
    inputs: Vec<Input>,
    /// The sources by their paths from the root of the file system, once somebody asks; `None` for what cannot be read.
    by_path: Option<HashMap<PathBuf, Option<FileId>>>,
    excludes: Excludes,
    boundary: Boundary,
    /// Printed paths that lead out of the boundary, and were not read.
    pub(crate) outside: BTreeSet<String>,
}

impl Texts {
    /// Those of the inputs. What they name is read from the same tree. The charts are returned.
    pub(crate) fn of(inputs: Discovery) -> (Self, BTreeMap<String, usize>) {
        let Discovery { tree, files, templates, errors, excludes, boundary, outside, excluded: _ } = inputs;
        let mut texts = Self {
            tree,
            sources: Sources::default(),
            errors,
            undecoded: Vec::new(),
            inputs: Vec::new(),
            by_path: None,
            excludes,
            boundary,
            outside,
        };
        for file in files {
            texts.add(file);
        }
        (texts, templates)
    }

    fn add(&mut self, file: FileEntry) -> Option<FileId> {
        let FileEntry { name, input, text } = file;
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
            Input::File(path) => Some(paths::normal(path)),
            Input::Stdin => None,
        }
    }

    /// A path from the root of the file system, which starts at the working directory if it does not say where.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        self.tree.absolute(path)
    }

    /// Where the files are.
    pub(crate) fn tree(&self) -> &dyn FileTree {
        &*self.tree
    }

    /// A path from the root of the file system, as reports print it.
    pub(crate) fn printed(&self, path: &Path) -> String {
        paths::printed(&paths::relative(path, self.tree.working_directory()))
    }

    /// What another program makes of a directory.
    pub(crate) fn render(&self, what: Renderable, directory: &Path) -> Result<RenderedText, InputError> {
        let name = self.printed(directory);
        if self.tree.is_on_disk() { render(what, directory, &name) } else { Err(InputError::NotOnDisk { name }) }
    }

    /// The file at a path from the root of the file system, read if that was not done yet; `None` where there is none
    /// or it is excluded.
    pub(crate) fn file(&mut self, path: &Path) -> Option<FileId> {
        if let Some(known) = self.by_path().get(path) {
            return *known;
        }
        let name = self.printed(path);
        let is_read = self.tree.is_file(path) && !self.excludes.cover(&name) && self.may_read(path, &name);
        let read = || FileEntry::read(&*self.tree, name, Input::File(path.to_owned()));
        let file = is_read.then(read).and_then(|file| self.add(file));
        self.by_path().insert(path.to_owned(), file);
        file
    }

    /// Whether the boundary holds what is at a path. A base that a kustomization names may lie beside it.
    fn may_read(&mut self, path: &Path, name: &str) -> bool {
        let real = self.tree.real_path(path).ok();
        let is_kustomization = |real: &PathBuf| KUSTOMIZATION_NAMES.iter().any(|known| real.ends_with(known));
        if let Some(base) = real.as_ref().filter(|real| is_kustomization(real)).and_then(|real| real.parent()) {
            self.boundary.take_in(base);
        }
        let is_inside = real.is_some_and(|real| self.boundary.holds(&real));
        if !is_inside {
            self.outside.insert(name.to_owned());
        }
        is_inside
    }

    /// Whether the run may read what is at a real path, wherever that is.
    pub(crate) fn is_within_bounds(&self, real: &Path) -> bool {
        self.boundary.holds(real)
    }

    /// Whether a path from the root of the file system is not to be read.
    pub(crate) fn is_excluded(&self, path: &Path) -> bool {
        self.excludes.cover(&self.printed(path))
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
                Input::File(path) => Some((paths::normal(path), Some(id))),
                Input::Stdin => None,
            });
            files.collect()
        })
    }
}
