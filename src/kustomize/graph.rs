//! Which kustomization leads to which, and which files belong to any.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::file::{Kustomization, is_kustomization};
use super::files::Files;
use super::value::Value;
use crate::source::FileId;

/// The kustomizations of the input, and those that they lead to.
pub(super) struct Graph {
    kustomizations: Vec<Kustomization>,
    by_directory: HashMap<PathBuf, usize>,
}

impl Graph {
    /// Reads the kustomizations of the input, and with them those that they lead to.
    pub(super) fn read(files: &mut Files<'_>) -> Self {
        let mut graph = Self { kustomizations: Vec::new(), by_directory: HashMap::new() };
        let sources = files.sources();
        let inputs: Vec<FileId> = sources.ids().filter(|&file| is_kustomization(sources.name(file))).collect();
        for file in inputs {
            if let Some(directory) = files.texts().path(file).as_deref().and_then(Path::parent) {
                graph.add(file, directory, files);
            }
        }
        let mut next = 0;
        while let Some(kustomization) = graph.kustomizations.get(next) {
            for directory in directories(kustomization, files) {
                if let Some(&file) = files.kustomizations(&directory).first() {
                    graph.add(file, &directory, files);
                }
            }
            next += 1;
        }
        graph
    }

    fn add(&mut self, file: FileId, directory: &Path, files: &Files<'_>) {
        if !self.by_directory.contains_key(directory) {
            self.by_directory.insert(directory.to_owned(), self.kustomizations.len());
            self.kustomizations.push(Kustomization::read(file, directory.to_owned(), files.text(file)));
        }
    }

    /// The kustomization of a directory.
    pub(super) fn at(&self, directory: &Path) -> Option<&Kustomization> {
        self.by_directory.get(directory).and_then(|&at| self.kustomizations.get(at))
    }

    /// Those of these files that no other one of them leads to, as the roots of clusters.
    pub(super) fn roots(&self, inputs: &BTreeSet<FileId>, files: &Files<'_>) -> Vec<&Kustomization> {
        let own = || self.kustomizations.iter().filter(|it| inputs.contains(&it.file));
        let referred: HashSet<PathBuf> = own().flat_map(|it| directories(it, files)).collect();
        let (mut reached, mut roots) = (BTreeSet::new(), Vec::new());
        // Those that lead to one another in a circle come last, so that none is lost.
        for first in [true, false] {
            for root in own() {
                let is_part = first && referred.contains(&root.directory);
                if !is_part && !reached.contains(&root.file) {
                    reached.extend(self.reach(root, files));
                    roots.push(root);
                }
            }
        }
        roots
    }

    /// A kustomization and all that it leads to.
    fn reach(&self, root: &Kustomization, files: &Files<'_>) -> BTreeSet<FileId> {
        let mut reached = BTreeSet::from([root.file]);
        let mut rest = vec![root];
        while let Some(kustomization) = rest.pop() {
            for directory in directories(kustomization, files) {
                rest.extend(self.at(&directory).filter(|found| reached.insert(found.file)));
            }
        }
        reached
    }

    /// The files that a kustomization, and all that it leads to, list as resources.
    pub(super) fn resources(&self, root: &Kustomization, files: &mut Files<'_>) -> BTreeSet<FileId> {
        let reached = self.reach(root, files);
        let mut resources = BTreeSet::new();
        for kustomization in self.kustomizations.iter().filter(|it| reached.contains(&it.file)) {
            for entry in kustomization.resources() {
                resources.extend(files.load(&kustomization.directory, entry.as_text()).ok());
            }
        }
        resources
    }

    /// Every file that is a kustomization, or that one names as a part of what it builds.
    pub(super) fn held(&self, files: &mut Files<'_>) -> BTreeSet<FileId> {
        let mut held: BTreeSet<FileId> = self.kustomizations.iter().map(|it| it.file).collect();
        for kustomization in &self.kustomizations {
            for path in named(&kustomization.fields) {
                held.extend(files.load(&kustomization.directory, &path).ok());
            }
            for path in data(&kustomization.fields) {
                held.extend(files.known(&kustomization.directory, &path));
            }
        }
        held
    }
}

/// The directories that a kustomization consists of.
fn directories(kustomization: &Kustomization, files: &Files<'_>) -> Vec<PathBuf> {
    let parts = kustomization.parts().map(Value::as_text).filter(|text| !text.contains('\n'));
    parts.filter_map(|entry| files.directory(&kustomization.directory, entry).ok()).collect()
}

/// The paths of files under the fields in which kustomize looks for some.
fn named(fields: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    for key in [
        "resources",
        "bases",
        "crds",
        "configurations",
        "generators",
        "transformers",
        "validators",
        "patchesStrategicMerge",
    ] {
        paths.extend(fields.list(key).iter().map(|entry| entry.as_text().to_owned()));
    }
    for key in ["patches", "patchesJson6902", "replacements"] {
        paths.extend(fields.list(key).iter().map(|entry| entry.text("path").to_owned()));
    }
    paths.extend(fields.get("openapi").map(|openapi| openapi.text("path").to_owned()));
    paths.retain(|path| !path.is_empty() && !path.contains('\n'));
    paths
}

/// The paths of files whose content generators take.
fn data(fields: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    for key in ["configMapGenerator", "secretGenerator"] {
        for entry in fields.list(key) {
            let file = |source: &Value| {
                let text = source.as_text();
                text.split_once('=').map_or(text, |(_, path)| path).to_owned()
            };
            paths.extend(entry.list("files").iter().map(file));
            paths.extend(entry.list("envs").iter().map(|source| source.as_text().to_owned()));
            paths.push(entry.text("env").to_owned());
        }
    }
    paths.retain(|path| !path.is_empty());
    paths
}
