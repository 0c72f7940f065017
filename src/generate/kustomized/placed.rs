//! Generated files in the directories of kustomizations, and the kustomizations that list them, over a tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Kustomized, NotWritten};
use crate::analysis::Analysis;
use crate::edit::{self, Change, ChangedFile, Edit};
use crate::file_tree::{Overlay, SharedTree};
use crate::generate::files::File;
use crate::generate::text::Reviewed;
use crate::generate::{Generated, GeneratedFile};
use crate::source::{FileId, Origin, Sources};
use crate::text::comment::comment;
use crate::yaml::{self, FieldPath};

/// What files of policies are called, without the ending.
const STEM: &str = "network-policies";

/// What is placed so far.
#[derive(Clone)]
pub(super) struct Placed {
    tree: SharedTree,
    /// By the names that reports print.
    files: BTreeMap<String, File>,
    kustomizations: BTreeMap<String, ChangedFile>,
    /// Files of earlier runs, which are written anew, by name.
    former: BTreeSet<String>,
}

impl Placed {
    /// Nothing yet over a tree.
    pub(super) fn over(tree: &SharedTree) -> Self {
        Self {
            tree: Arc::clone(tree),
            files: BTreeMap::new(),
            kustomizations: BTreeMap::new(),
            former: BTreeSet::new(),
        }
    }

    /// A path of the tree, from the root of the file system.
    pub(super) fn resolve(&self, path: &Path) -> PathBuf {
        self.tree.resolve(path)
    }

    /// Leaves out the files of earlier runs beside the kustomizations of clusters. Returns whether there are any.
    pub(super) fn leave_out_former(&mut self, models: &[Analysis]) -> bool {
        let files = models.iter().flat_map(|analysis| {
            let sources = analysis.sources();
            sources.ids().filter(|file| analysis.is_made_of(*file)).map(|file| sources.name(file))
        });
        self.former = files.filter(|name| is_generated(Path::new(name))).map(str::to_owned).collect();
        !self.former.is_empty()
    }

    /// The tree with everything that is placed.
    pub(super) fn tree(&self) -> SharedTree {
        let mut overlay = Overlay::over(Arc::clone(&self.tree));
        for name in &self.former {
            overlay.add(&self.tree.resolve(Path::new(name)), nothing().as_bytes());
        }
        for (name, file) in &self.files {
            overlay.add(&self.tree.resolve(Path::new(name)), file.text.as_bytes());
        }
        for kustomization in self.kustomizations.values() {
            overlay.add(&kustomization.path, kustomization.after.as_bytes());
        }
        Arc::new(overlay)
    }

    /// What somebody has to look at in a generated file; `None` for other files.
    pub(super) fn reviewed(&self, name: &str) -> Option<&Reviewed> {
        self.files.get(name).map(|file| &file.reviewed)
    }

    /// Places files beside a kustomization, and lists them in it.
    pub(super) fn add(&mut self, sources: &Sources, root: FileId, files: Vec<File>) -> Result<(), NotWritten> {
        let kustomization = sources.name(root);
        let directory = Path::new(kustomization).parent().unwrap_or(Path::new(""));
        let is_only = files.len() == 1;
        for file in files {
            let name = if is_only { format!("{STEM}.yaml") } else { format!("{STEM}-{}.yaml", file.namespace) };
            let printed = directory.join(&name).display().to_string();
            let path = self.tree.resolve(Path::new(&printed));
            if self.tree.exists(&path) && !self.former.contains(&printed) {
                return Err(NotWritten::Exists(printed));
            }
            self.list(kustomization, sources.text(root), root, &name)?;
            self.files.insert(printed, file);
        }
        Ok(())
    }

    /// Has a kustomization list a file among its resources.
    fn list(&mut self, kustomization: &str, text: &str, root: FileId, file: &str) -> Result<(), NotWritten> {
        let path = self.tree.resolve(Path::new(kustomization));
        let changed = self.kustomizations.entry(kustomization.to_owned()).or_insert_with(|| ChangedFile {
            name: kustomization.to_owned(),
            path,
            before: text.to_owned(),
            after: text.to_owned(),
        });
        if lists(&changed.after, file) {
            return Ok(());
        }
        let resources = FieldPath::root().key("resources".to_owned());
        let at = Origin { file: root, document: 0, path: resources };
        let splices = edit::plan(&changed.after, &[&Edit { at, change: Change::Append(file.into()) }])
            .map_err(|reason| NotWritten::Kustomization { name: kustomization.to_owned(), reason })?;
        changed.after = edit::apply(&changed.after, splices.iter().map(|(span, text)| (*span, text.as_str())));
        Ok(())
    }

    /// The files and the kustomizations that change. Files of earlier runs that nothing needs anymore say so.
    pub(super) fn into_written(self, mut generated: Generated) -> Kustomized {
        let Self { files, kustomizations, former: mut left, .. } = self;
        for (name, file) in files {
            left.remove(&name);
            generated.policies += file.policies;
            generated.marked += file.reviewed.len();
            generated.files.push(GeneratedFile { path: Some(name), ..file.into() });
        }
        for name in left {
            generated.files.push(GeneratedFile { namespace: String::new(), path: Some(name), text: nothing() });
        }
        let changed = kustomizations.into_values().filter(|file| file.before != file.after).collect();
        Kustomized { generated, changed }
    }
}

/// What a file says that has no policies.
fn nothing() -> String {
    comment(0, "No policy is missing here.")
}

/// Whether a file has the name of generated ones.
fn is_generated(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".yaml"));
    name.and_then(|name| name.strip_prefix(STEM)).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Whether a kustomization lists a file among its resources.
fn lists(text: &str, file: &str) -> bool {
    let chunks = yaml::split(text);
    let document = chunks.first().and_then(|chunk| yaml::parse(text, *chunk).ok());
    let root = document.as_ref().and_then(|document| document.root());
    let resources = root.and_then(|root| root.get("resources"));
    resources.is_some_and(|list| {
        list.items().any(|item| item.as_str().is_some_and(|item| item.strip_prefix("./").unwrap_or(item) == file))
    })
}
