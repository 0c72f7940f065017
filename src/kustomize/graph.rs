//! Which kustomization refers to which, and what they hold.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::file::{Kustomization, Target, is_kustomization};
use crate::discover::{KUSTOMIZATION_NAMES, Texts};
use crate::source::FileId;

/// The kustomizations of the input, and those that they refer to.
pub(super) struct Graph {
    kustomizations: Vec<Kustomization>,
    by_directory: HashMap<PathBuf, usize>,
}

impl Graph {
    /// Reads the kustomizations of the input, and with them whatever files they lead to.
    pub(super) fn read(texts: &mut Texts) -> Self {
        let mut graph = Self { kustomizations: Vec::new(), by_directory: HashMap::new() };
        let inputs: Vec<FileId> = texts.sources.ids().collect();
        for file in inputs.into_iter().filter(|&file| is_kustomization(texts.sources.name(file))) {
            if let Some(directory) = texts.path(file).as_deref().and_then(Path::parent) {
                graph.add(file, directory, texts);
            }
        }
        let mut next = 0;
        while let Some(kustomization) = graph.kustomizations.get(next) {
            for target in targets(kustomization) {
                if texts.file(&target).is_none() {
                    let file = KUSTOMIZATION_NAMES.iter().find_map(|name| texts.file(&target.join(name)));
                    if let Some(file) = file {
                        graph.add(file, &target, texts);
                    }
                }
            }
            next += 1;
        }
        graph
    }

    fn add(&mut self, file: FileId, directory: &Path, texts: &Texts) {
        if !self.by_directory.contains_key(directory) {
            self.by_directory.insert(directory.to_owned(), self.kustomizations.len());
            let text = texts.sources.text(file);
            self.kustomizations.push(Kustomization::read(file, directory.to_owned(), text));
        }
    }

    /// The kustomization in a directory.
    pub(super) fn in_directory(&self, directory: &Path) -> Option<&Kustomization> {
        self.kustomizations.get(*self.by_directory.get(directory)?)
    }

    /// Those of these files that no other one of them leads to, as the roots of clusters; and the components that none
    /// of the roots leads to.
    pub(super) fn roots(&self, files: &BTreeSet<FileId>) -> (Vec<&Kustomization>, Vec<&Kustomization>) {
        let own = || self.kustomizations.iter().filter(|it| files.contains(&it.file));
        let referred: HashSet<PathBuf> = own().flat_map(targets).collect();
        let (mut reached, mut roots) = (BTreeSet::new(), Vec::new());
        // Those that refer to one another in a circle come last, so that none is lost.
        for first in [true, false] {
            for root in own().filter(|it| !it.is_component()) {
                let is_part = first && referred.contains(&root.directory);
                if !is_part && !reached.contains(&root.file) {
                    reached.extend(self.reach(root).into_iter().map(|it| it.file));
                    roots.push(root);
                }
            }
        }
        let strays = own().filter(|it| it.is_component() && !reached.contains(&it.file)).collect();
        (roots, strays)
    }

    /// A kustomization and all that it leads to, each once.
    pub(super) fn reach<'g>(&'g self, root: &'g Kustomization) -> Vec<&'g Kustomization> {
        let mut reached = vec![root];
        let mut seen = HashSet::from([root.file]);
        let mut next = 0;
        while let Some(kustomization) = reached.get(next) {
            for target in targets(kustomization) {
                reached.extend(self.in_directory(&target).filter(|found| seen.insert(found.file)));
            }
            next += 1;
        }
        reached
    }

    /// Every file that a kustomization is or names.
    pub(super) fn held(&self, texts: &mut Texts) -> BTreeSet<FileId> {
        let mut held: BTreeSet<FileId> = self.kustomizations.iter().map(|it| it.file).collect();
        for kustomization in &self.kustomizations {
            held.extend(kustomization.mentions().iter().filter_map(|path| texts.known(path)));
        }
        held
    }
}

/// The files and directories that a kustomization consists of.
pub(super) fn targets(kustomization: &Kustomization) -> Vec<PathBuf> {
    let parts = kustomization.parts().into_iter();
    let targets = parts.filter_map(|(entry, _)| match kustomization.target(entry) {
        Target::Local(path) => Some(path),
        Target::Remote => None,
    });
    targets.collect()
}
