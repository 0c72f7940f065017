//! The clusters of an input, each text of which is read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::analysis::{Analysis, Options};
use crate::kustomize::Part;
use crate::manifest::{self, FileContent};
use crate::source::{FileId, Sources};
use crate::yaml::Span;

impl Analysis {
    /// Reads the texts of several clusters, each text once, and assembles the clusters. There is at least one.
    pub(crate) fn of_parts(mut sources: Sources, parts: Vec<Part>, options: &Options) -> Vec<Self> {
        options.config.add_to(&mut sources);
        let sources = Arc::new(sources);
        if let [Part { name, files, sources: made, rendered, refused, .. }] = parts.as_slice()
            && made.is_empty()
            && rendered.is_empty()
            && refused.is_empty()
        {
            let read = Contents::read(&sources, files.clone());
            return vec![Self::assemble(Some(name.clone()), sources, read, options)];
        }
        let several = parts.len() > 1;
        let files: BTreeSet<FileId> = parts.iter().flat_map(Part::texts).collect();
        let files: Vec<FileId> = files.into_iter().collect();
        let contents = files.into_par_iter().map(|file| (file, manifest::read(file, sources.text(file))));
        let mut contents: BTreeMap<_, _> = contents.collect();
        let models = parts.into_iter().map(|part| {
            let mut all = Contents::default();
            for file in part.texts() {
                let Some(content) = contents.get_mut(&file) else { continue };
                let mut own = if several { content.clone() } else { std::mem::take(content) };
                // Documents are counted once, whatever clusters they are in, and not again for what is made of them.
                content.documents = 0;
                if part.rendered.contains(&file) && !part.sources.is_empty() {
                    own.documents = 0;
                } else if part.sources.contains(&file) {
                    own.keep_syntax();
                } else if part.checked.contains(&file) {
                    own.keep_problems();
                }
                all.add(file, own);
            }
            let mut analysis = Self { several, ..Self::assemble(Some(part.name), Arc::clone(&sources), all, options) };
            analysis.cluster.set_unread(part.unread);
            analysis.problems.extend(part.refused);
            let mut made_of = [part.sources, part.checked].concat();
            made_of.sort_unstable();
            analysis.files.retain(|file| made_of.binary_search(file).is_err());
            analysis.made_of = made_of;
            analysis
        });
        models.collect()
    }
}

/// What several files say.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The files, in order.
    pub(super) files: Vec<FileId>,
    /// What each of them says, one after the other.
    pub(super) all: FileContent,
    /// Those that are templates nobody rendered, with their first braces.
    pub(super) unrendered: Vec<(FileId, Span)>,
}

impl Contents {
    /// Reads files, on all cores.
    pub(super) fn read(sources: &Sources, files: Vec<FileId>) -> Self {
        let add = |mut contents: Self, file| {
            contents.add(file, manifest::read(file, sources.text(file)));
            contents
        };
        let append = |mut first: Self, second: Self| {
            first.add_all(second);
            first
        };
        files.into_par_iter().fold(Self::default, add).reduce(Self::default, append)
    }

    /// Adds what further files say.
    pub(super) fn add_all(&mut self, mut others: Self) {
        self.files.append(&mut others.files);
        self.unrendered.append(&mut others.unrendered);
        self.all.append(&mut others.all);
    }

    fn add(&mut self, file: FileId, mut content: FileContent) {
        self.files.push(file);
        self.unrendered.extend(content.template.take().map(|braces| (file, braces)));
        self.all.append(&mut content);
    }
}
