//! The clusters of a repository that has overlays, and directories that all of them share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::analysis::Analysis;
use crate::edit::scalar;

/// Of more shared paths than this, nobody can say that they belong to every cluster.
const MOST_SHARED: usize = 8;

/// Proposes a cluster for each overlay, with what no overlay holds; nothing where the input is not divided so.
pub(super) fn section(models: &[Analysis]) -> String {
    let named = |is_rest: bool| {
        models.iter().filter(move |it| it.is_of_files() == is_rest && it.has_objects()).collect::<Vec<_>>()
    };
    let (overlays, rest) = (named(false), named(true));
    let [rest] = rest.as_slice() else { return String::new() };
    let directories: Vec<&str> = overlays.iter().filter_map(|it| it.name()).collect();
    let shared = shared_paths(rest, &directories);
    let is_configured = models.first().is_some_and(|it| !it.config().clusters.is_empty());
    if is_configured || directories.len() < 2 || shared.is_empty() || shared.len() > MOST_SHARED {
        return String::new();
    }
    let mut text = String::from(
        "\n# Each overlay is a cluster of its own. Review: is what no overlay holds part of every cluster?\nclusters:\n",
    );
    for (name, directory) in names(&directories) {
        let paths: Vec<String> =
            std::iter::once(directory).chain(shared.iter().map(String::as_str)).map(scalar).collect();
        text.push_str(&format!("  {}: [{}]\n", scalar(name), paths.join(", ")));
    }
    text
}

/// The directories of files that no overlay holds; the files themselves where overlays lie below their directory.
fn shared_paths(rest: &Analysis, overlays: &[&str]) -> BTreeSet<String> {
    let files = rest.cluster().objects().map(|object| object.origin.file).collect::<BTreeSet<_>>();
    let names = files.into_iter().map(|file| rest.sources().name(file));
    let paths = names.map(|name| match name.rsplit_once('/') {
        Some((directory, _)) if !overlays.iter().any(|it| Path::new(it).starts_with(directory)) => directory,
        _ => name,
    });
    let paths: BTreeSet<&str> = paths.collect();
    let is_below = |path: &&str| paths.iter().any(|other| other != path && Path::new(path).starts_with(other));
    paths.iter().filter(|path| !is_below(path)).map(|path| (*path).to_owned()).collect()
}

/// The last part of each directory where that is enough to distinguish it.
fn names<'d>(directories: &[&'d str]) -> Vec<(&'d str, &'d str)> {
    let last = |directory: &'d str| directory.rsplit('/').next().unwrap_or(directory);
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    directories.iter().for_each(|directory| *times.entry(last(directory)).or_default() += 1);
    let name = |&directory: &&'d str| match times.get(last(directory)) {
        Some(1) => (last(directory), directory),
        _ => (directory, directory),
    };
    directories.iter().map(name).collect()
}
