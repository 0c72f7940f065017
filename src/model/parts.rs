//! The clusters of an input, each text of which is read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Model, Options};
use crate::kustomize::Part;
use crate::manifest::{self, FileContent};
use crate::source::{FileId, Sources};

impl Model {
    /// Reads the texts of several clusters, each text once, and assembles the clusters. There is at least one.
    pub(crate) fn of_parts(mut sources: Sources, parts: Vec<Part>, options: &Options) -> Vec<Self> {
        options.config.add_to(&mut sources);
        let sources = Arc::new(sources);
        if let [Part { name, files, sources: made, rendered, .. }] = parts.as_slice()
            && made.is_empty()
            && rendered.is_empty()
        {
            let contents = read(&sources, files.clone());
            return vec![Self::assemble(Some(name.clone()), sources, contents, options)];
        }
        let several = parts.len() > 1;
        let files: BTreeSet<FileId> = parts.iter().flat_map(Part::texts).collect();
        let mut contents: BTreeMap<_, _> = read(&sources, files.into_iter().collect()).into_iter().collect();
        let models = parts.into_iter().map(|part| {
            let own = part.texts().filter_map(|file| {
                let content = contents.get_mut(&file)?;
                let mut own = if several { content.clone() } else { std::mem::take(content) };
                // Documents are counted once, whatever clusters they are in, and not again for what is made of them.
                content.documents = 0;
                if part.rendered.contains(&file) && !part.sources.is_empty() {
                    own.documents = 0;
                } else if part.sources.contains(&file) {
                    own.keep_syntax();
                }
                Some((file, own))
            });
            let own = own.collect();
            let mut model = Self { several, ..Self::assemble(Some(part.name), Arc::clone(&sources), own, options) };
            model.cluster.set_unknown(part.unknown);
            model.files.retain(|file| part.sources.binary_search(file).is_err());
            model.made_of = part.sources;
            model
        });
        models.collect()
    }
}

/// Reads files, on all cores.
pub(super) fn read(sources: &Sources, files: Vec<FileId>) -> Vec<(FileId, FileContent)> {
    files.into_par_iter().map(|file| (file, manifest::read(file, sources.text(file)))).collect()
}
