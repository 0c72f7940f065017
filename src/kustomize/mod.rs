//! Kustomizations, and the clusters that an input is divided into by them.

mod file;
mod graph;
#[expect(dead_code, reason = "kustomizations are not applied yet")]
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::discover::Texts;
use crate::paths;
use crate::source::FileId;
use file::is_kustomization;
use graph::{Graph, targets};

pub(crate) use file::FILE_NAMES;

/// The name of the cluster of what belongs to no other.
pub(crate) const REST: &str = "other";

/// What belongs to one cluster.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// What the cluster is called: as the configuration does, or by the directory of its kustomization.
    pub(crate) name: String,
    /// The files that it consists of.
    pub(crate) files: Vec<FileId>,
}

/// Divides the input into clusters: those that the configuration states, else one for each kustomization that no other
/// one leads to. What belongs to none of them is one more. Without either, everything is one cluster.
pub(crate) fn divide(texts: &mut Texts, configured: &BTreeMap<String, Vec<PathBuf>>) -> Vec<Part> {
    let inputs: BTreeSet<FileId> = texts.sources.ids().collect();
    let is_kustomized = inputs.iter().any(|&file| is_kustomization(texts.sources.name(file)));
    if !is_kustomized && configured.is_empty() {
        return vec![Part { name: REST.to_owned(), files: inputs.into_iter().collect() }];
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
        let files = parts_of(&graph, &own, &held, texts).into_iter().flat_map(|part| part.files);
        parts.push(Part { name: name.clone(), files: sorted(files.collect()) });
    }
    let reached: BTreeSet<FileId> = parts.iter().flat_map(|part| part.files.iter().copied()).collect();
    rest.retain(|file| !reached.contains(file));
    parts.extend(parts_of(&graph, &rest, &held, texts));
    parts.retain(|part| !part.files.is_empty());
    parts
}

/// The clusters of some of the input's files by their kustomizations alone.
fn parts_of(graph: &Graph, files: &BTreeSet<FileId>, held: &BTreeSet<FileId>, texts: &mut Texts) -> Vec<Part> {
    let (roots, strays) = graph.roots(files);
    let mut parts = Vec::new();
    for root in roots {
        let mut own = Vec::new();
        for kustomization in graph.reach(root) {
            own.push(kustomization.file);
            own.extend(targets(kustomization).iter().filter_map(|path| texts.known(path)));
        }
        parts.push(Part { name: printed(&root.directory), files: sorted(own) });
    }
    let mut rest: Vec<FileId> = files.difference(held).copied().collect();
    for stray in strays {
        rest.push(stray.file);
        rest.extend(targets(stray).iter().filter_map(|path| texts.known(path)));
    }
    parts.push(Part { name: REST.to_owned(), files: sorted(rest) });
    parts
}

fn sorted(mut files: Vec<FileId>) -> Vec<FileId> {
    files.sort_unstable();
    files.dedup();
    files
}

fn printed(directory: &Path) -> String {
    paths::printed(&paths::relative(directory, &paths::absolute(Path::new("."))))
}
