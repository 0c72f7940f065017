//! Kustomizations, and the clusters that an input is divided into by them.

mod build;
mod fields;
mod file;
mod graph;
mod json_patch;
mod merge;
mod object;
mod patch;
mod references;
mod transform;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::discover::Texts;
use crate::paths;
use crate::source::{FileId, Written};
use build::{Builder, Built};
use file::is_kustomization;
use graph::{Graph, targets};
use object::Object;

pub(crate) use file::FILE_NAMES;

/// The name of the cluster of what belongs to no other.
pub(crate) const REST: &str = "other";

/// What belongs to one cluster.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// What the cluster is called: as the configuration does, or by the directory of its kustomization.
    pub(crate) name: String,
    /// The files whose objects it has as they are written.
    pub(crate) files: Vec<FileId>,
    /// The files that its other objects are made of.
    pub(crate) sources: Vec<FileId>,
    /// The texts of these objects.
    pub(crate) rendered: Vec<FileId>,
    /// What is not known of it without rendering, in a few words each.
    pub(crate) unknown: BTreeSet<String>,
}

impl Part {
    fn of_files(files: impl IntoIterator<Item = FileId>) -> Self {
        Self { name: REST.to_owned(), files: files.into_iter().collect(), ..Self::default() }
    }

    /// Takes in what another one has.
    fn extend(&mut self, other: Self) {
        for (own, files) in
            [(&mut self.files, other.files), (&mut self.sources, other.sources), (&mut self.rendered, other.rendered)]
        {
            own.extend(files);
            own.sort_unstable();
            own.dedup();
        }
        self.unknown.extend(other.unknown);
    }

    /// All texts that the cluster is read from, in order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = FileId> + '_ {
        let inputs: BTreeSet<FileId> = self.files.iter().chain(&self.sources).copied().collect();
        inputs.into_iter().chain(self.rendered.iter().copied())
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.sources.is_empty()
    }
}

/// Divides the input into clusters: those that the configuration states, else one for each kustomization that no other
/// one leads to. What belongs to none of them is one more. Without either, everything is one cluster.
pub(crate) fn divide(texts: &mut Texts, configured: &BTreeMap<String, Vec<PathBuf>>) -> Vec<Part> {
    let inputs: BTreeSet<FileId> = texts.sources.ids().collect();
    let is_kustomized = inputs.iter().any(|&file| is_kustomization(texts.sources.name(file)));
    if !is_kustomized && configured.is_empty() {
        return vec![Part::of_files(inputs)];
    }
    let graph = Graph::read(texts);
    let held = graph.held(texts);
    let mut parts = Vec::new();
    let mut rest = inputs.clone();
    for (name, paths) in configured {
        let paths: Vec<PathBuf> = paths.iter().map(|path| paths::absolute(path)).collect();
        let is_own = |path: &Path| paths.iter().any(|own| path.starts_with(own));
        let own: BTreeSet<FileId> =
            inputs.iter().copied().filter(|&file| texts.path(file).is_some_and(|path| is_own(&path))).collect();
        rest.retain(|file| !own.contains(file));
        let mut part = Part::default();
        parts_of(&graph, &own, &held, texts).into_iter().for_each(|one| part.extend(one));
        parts.push(Part { name: name.clone(), ..part });
    }
    let reached: BTreeSet<FileId> =
        parts.iter().flat_map(|part| part.files.iter().chain(&part.sources)).copied().collect();
    rest.retain(|file| !reached.contains(file));
    parts.extend(parts_of(&graph, &rest, &held, texts));
    parts.retain(|part| !part.is_empty());
    parts
}

/// The clusters of some of the input's files by their kustomizations alone.
fn parts_of(graph: &Graph, files: &BTreeSet<FileId>, held: &BTreeSet<FileId>, texts: &mut Texts) -> Vec<Part> {
    let (roots, strays) = graph.roots(files);
    let mut parts = Vec::new();
    let mut builder = Builder::new(graph, texts);
    for root in roots {
        let built = builder.build(root);
        let part = part_of(built, &mut builder);
        parts.push(Part { name: printed(&root.directory), ..part });
    }
    let mut rest: BTreeSet<FileId> = files.difference(held).copied().collect();
    for stray in strays {
        rest.insert(stray.file);
        rest.extend(targets(stray).iter().filter_map(|path| texts.known(path)));
    }
    parts.push(Part::of_files(rest));
    parts
}

/// What a kustomization built, with files that it left as they are.
fn part_of(built: Built, builder: &mut Builder<'_>) -> Part {
    let mut part = Part { unknown: built.unknown, ..Part::default() };
    let mut objects: BTreeMap<FileId, Vec<Object>> = BTreeMap::new();
    for object in built.objects {
        objects.entry(object.file).or_default().push(object);
    }
    let (mut text, mut written) = (String::new(), Vec::new());
    for file in built.files {
        let own = objects.remove(&file).unwrap_or_default();
        let as_written = builder.of_file(file);
        let is_same = own.len() == as_written.len()
            && own.iter().zip(&*as_written).all(|(own, it)| !it.is_reread && own.tree == it.tree);
        if is_same && built.resources.contains(&file) {
            part.files.push(file);
            continue;
        }
        part.sources.push(file);
        for object in own {
            let mut places = Written::new();
            text.push_str("---\n");
            object.tree.write(&mut text, &mut places);
            text.push('\n');
            written.push(places);
        }
    }
    if !written.is_empty() {
        part.rendered.push(builder.add_rendered(text, written));
    }
    part
}

fn printed(directory: &Path) -> String {
    paths::printed(&paths::relative(directory, &paths::absolute(Path::new("."))))
}
