//! The files that fixes change, laid over those that are there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::edit::{self, ChangedFile, Edit};
use crate::file_tree::{Overlay, SharedTree};
use crate::source::{FileId, Sources};

/// Changed files by their names.
#[derive(Clone)]
pub(super) struct Files {
    tree: SharedTree,
    changed: BTreeMap<String, ChangedFile>,
}

impl Files {
    /// Nothing changed yet in a tree.
    pub(super) fn over(tree: &SharedTree) -> Self {
        Self { tree: Arc::clone(tree), changed: BTreeMap::new() }
    }

    /// The tree with the changed files.
    pub(super) fn tree(&self) -> SharedTree {
        if self.changed.is_empty() {
            return Arc::clone(&self.tree);
        }
        let mut overlay = Overlay::over(Arc::clone(&self.tree));
        for file in self.changed.values() {
            overlay.add(&file.path, file.after.as_bytes());
        }
        Arc::new(overlay)
    }

    /// The files with edits of the texts of a run.
    ///
    /// # Errors
    /// Why one of them cannot be changed like that, as a sentence without a full stop.
    pub(super) fn with(&self, edits: &[&Edit], sources: &Sources) -> Result<Self, String> {
        let mut of_files: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in edits {
            of_files.entry(edit.at.file).or_default().push(edit);
        }
        let mut files = self.clone();
        for (file, edits) in of_files {
            let text = sources.text(file);
            let splices = edit::plan(text, &edits)?;
            let after = edit::apply(text, splices.iter().map(|(span, text)| (*span, text.as_str())));
            files.change(sources.name(file), text, after)?;
        }
        Ok(files)
    }

    fn change(&mut self, name: &str, text: &str, after: String) -> Result<(), String> {
        if let Some(known) = self.changed.get_mut(name) {
            known.after = after;
            return Ok(());
        }
        let path = self.tree.resolve(Path::new(name));
        // Names are made printable, and texts made UTF-8: what cannot be written back as it was is left alone.
        if self.tree.read(&path).ok().as_deref() != Some(text.as_bytes()) {
            return Err(format!("`{name}` is not a file of UTF-8 text that can be written back"));
        }
        let file = ChangedFile { name: name.to_owned(), path, before: text.to_owned(), after };
        self.changed.insert(name.to_owned(), file);
        Ok(())
    }

    /// The files that are not as they were, sorted by name.
    pub(super) fn into_changed(self) -> Vec<ChangedFile> {
        self.changed.into_values().filter(|file| file.before != file.after).collect()
    }
}
