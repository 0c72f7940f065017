//! The clusters of an input, each text of which is read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::{alternatives, elsewhere};
use crate::analysis::{Analysis, Options};
use crate::cluster::UNSET_NAMESPACE;
use crate::kustomize::Part;
use crate::manifest::{self, FileContent};
use crate::source::{FileId, Sources};
use crate::yaml::Span;

impl Analysis {
    /// Reads the texts of several clusters, each text once, and assembles the clusters. There is at least one.
    pub(crate) fn of_parts(mut sources: Sources, parts: Vec<Part>, options: &Options) -> Vec<Self> {
        options.config.add_to(&mut sources);
        let sources = Arc::new(sources);
        if let Some(Part { name, files, .. }) = plain(&parts) {
            let read = Contents::read(&sources, files.clone());
            let analysis = Self::assemble(Some(name.clone()), sources, read, options);
            return analysis.or_divided(parts, options);
        }
        Self::of_each(sources, parts, options)
    }

    /// The cluster itself, or several where its files define the same objects.
    fn or_divided(self, parts: Vec<Part>, options: &Options) -> Vec<Self> {
        match self.cluster.replaced.iter().any(|it| it.first.file != it.second.file) {
            true => Self::of_each(self.sources, parts, options),
            false => vec![self],
        }
    }

    fn of_each(sources: Arc<Sources>, parts: Vec<Part>, options: &Options) -> Vec<Self> {
        let files: BTreeSet<FileId> = parts.iter().flat_map(Part::texts).collect();
        let files: Vec<FileId> = files.into_iter().collect();
        let contents = files.into_par_iter().map(|file| (file, manifest::read(file, sources.text(file))));
        let mut contents: BTreeMap<_, _> = contents.collect();
        let namespace = options.namespace.as_ref().or(options.config.namespace.as_ref());
        let unset_namespace = namespace.map_or(UNSET_NAMESPACE, String::as_str);
        let parts = parts.into_iter().flat_map(|part| match part.is_rest {
            true => alternatives::divide(part, &contents, &sources, unset_namespace),
            false => vec![part],
        });
        let parts: Vec<Part> = parts.collect();
        let several = parts.len() > 1;
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
            let is_rest = part.is_rest;
            let mut analysis =
                Self { several, is_rest, ..Self::assemble(Some(part.name), Arc::clone(&sources), all, options) };
            analysis.cluster.set_unread(part.unread);
            analysis.problems.extend(part.refused);
            let mut made_of = [part.sources, part.checked].concat();
            made_of.sort_unstable();
            analysis.files.retain(|file| made_of.binary_search(file).is_err());
            analysis.made_of = made_of;
            analysis.roots = part.roots;
            analysis
        });
        let mut models: Vec<Self> = models.collect();
        if several {
            elsewhere::share(&mut models);
        }
        models
    }

    /// The same for two states of an input, side by side. A file that is the same in both is read once, unless something is
    /// made of it.
    pub(crate) fn of_states([base, head]: [(Sources, Vec<Part>, &Options); 2]) -> [Vec<Self>; 2] {
        let (Some(base_part), Some(head_part)) = (plain(&base.1), plain(&head.1)) else {
            let analyse = |(sources, parts, options)| Self::of_parts(sources, parts, options);
            let (base, head) = rayon::join(|| analyse(base), || analyse(head));
            return [base, head];
        };
        let (mut base_sources, mut head_sources) = (base.0, head.0);
        let (base_options, head_options) = (base.2, head.2);
        base_options.config.add_to(&mut base_sources);
        head_options.config.add_to(&mut head_sources);
        let contents = Contents::read_both([(&base_sources, &base_part.files), (&head_sources, &head_part.files)]);
        let assemble = |part: &Part, sources, contents, options| {
            Self::assemble(Some(part.name.clone()), Arc::new(sources), contents, options)
        };
        let [base_contents, head_contents] = contents;
        let (of_base, of_head) = rayon::join(
            || assemble(base_part, base_sources, base_contents, base_options),
            || assemble(head_part, head_sources, head_contents, head_options),
        );
        [of_base.or_divided(base.1, base_options), of_head.or_divided(head.1, head_options)]
    }
}

/// The one part of an input, where nothing is made of its files.
fn plain(parts: &[Part]) -> Option<&Part> {
    match parts {
        [part] => Some(part).filter(|it| it.sources.is_empty() && it.rendered.is_empty() && it.refused.is_empty()),
        _ => None,
    }
}

/// The text of a file, if a state has it among these, which are in order.
fn text<'s>((sources, files): (&'s Sources, &Vec<FileId>), file: FileId) -> Option<&'s str> {
    files.binary_search(&file).is_ok().then(|| sources.text(file))
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

    /// Reads the files of two states, each in order. Those that are equal are read once where they have the same number, which
    /// is what places in them are named by.
    fn read_both([base, head]: [(&Sources, &Vec<FileId>); 2]) -> [Self; 2] {
        let files: BTreeSet<FileId> = base.1.iter().chain(head.1).copied().collect();
        let files: Vec<FileId> = files.into_iter().collect();
        let add = |[mut of_base, mut of_head]: [Self; 2], file| {
            match [base, head].map(|state| text(state, file)) {
                [Some(one), Some(other)] if one == other => {
                    let content = manifest::read(file, one);
                    of_base.add(file, content.clone());
                    of_head.add(file, content);
                }
                [one, other] => {
                    one.into_iter().for_each(|text| of_base.add(file, manifest::read(file, text)));
                    other.into_iter().for_each(|text| of_head.add(file, manifest::read(file, text)));
                }
            }
            [of_base, of_head]
        };
        let append = |[mut base, mut head]: [Self; 2], [more_base, more_head]: [Self; 2]| {
            base.add_all(more_base);
            head.add_all(more_head);
            [base, head]
        };
        files.into_par_iter().fold(Default::default, add).reduce(Default::default, append)
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
