//! A kustomization file, as it is written.

use std::path::{Path, PathBuf};

use super::tree::Tree;
use crate::discover::KUSTOMIZATION_NAMES;
use crate::source::{FileId, Origin, paths};
use crate::yaml::{self, FieldPath};

/// A kustomization file.
#[derive(Debug)]
pub(super) struct Kustomization {
    /// The file.
    pub(super) file: FileId,
    /// Where it is, from the root of the file system.
    pub(super) directory: PathBuf,
    /// What it says; nothing where it cannot be read.
    pub(super) tree: Tree,
    /// Whether it can be read.
    pub(super) is_readable: bool,
    /// The root of its document.
    pub(super) root: Origin,
}

/// What an entry of `resources` or the like leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A file or a directory, from the root of the file system.
    Local(PathBuf),
    /// Something that has to be fetched.
    Remote,
}

impl Kustomization {
    /// Reads the file with this text.
    pub(super) fn read(file: FileId, directory: PathBuf, text: &str) -> Self {
        let mut read = Self {
            file,
            directory,
            tree: Tree::map(),
            is_readable: true,
            root: Origin { file, document: 0, path: FieldPath::root() },
        };
        for chunk in yaml::split(text) {
            let Ok(document) = yaml::parse(text, chunk) else {
                read.is_readable = false;
                break;
            };
            if let Some(root) = document.root() {
                read.root.document = chunk.index;
                read.tree = Tree::read(root);
                break;
            }
        }
        read
    }

    /// Whether it is only ever a part of another one.
    pub(super) fn is_component(&self) -> bool {
        self.tree.text(&["kind"]) == Some("Component")
    }

    /// The items of a list.
    pub(super) fn list(&self, key: &str) -> &[Tree] {
        self.tree.get(key).map(Tree::items).unwrap_or_default()
    }

    /// The entries of `resources`, of its former name `bases` and of `components`, in the order in which they count,
    /// each with its place.
    pub(super) fn parts(&self) -> Vec<(&str, Origin)> {
        let mut parts = Vec::new();
        for key in ["resources", "bases", "components"] {
            let origin = self.root.key(key);
            let items = self.list(key).iter().enumerate();
            parts.extend(items.filter_map(|(index, item)| Some((item.as_str()?, origin.index(index)))));
        }
        parts
    }

    /// What an entry leads to.
    pub(super) fn target(&self, entry: &str) -> Target {
        let is_remote = entry.contains("://")
            || entry.contains("?ref=")
            || entry.starts_with("git@")
            || ["github.com", "gitlab.com", "bitbucket.org"].iter().any(|host| entry.starts_with(host));
        if is_remote { Target::Remote } else { Target::Local(self.path(entry)) }
    }

    /// A path that the file names, from the root of the file system.
    pub(super) fn path(&self, entry: &str) -> PathBuf {
        paths::normal(&self.directory.join(entry))
    }

    /// Every path that the file may name in any of its fields: each text of it, and what follows the `=` of a text
    /// such as `name=file`.
    pub(super) fn mentions(&self) -> Vec<PathBuf> {
        let mut mentions = Vec::new();
        let mut rest = vec![&self.tree];
        while let Some(tree) = rest.pop() {
            rest.extend(tree.items());
            rest.extend(tree.entries().iter().map(|(_, value)| value));
            if let Some(text) = tree.as_str().filter(|text| !text.contains('\n')) {
                mentions.push(self.path(text));
                mentions.extend(text.split_once('=').map(|(_, file)| self.path(file)));
            }
        }
        mentions
    }
}

/// Whether a file with this name is a kustomization.
pub(super) fn is_kustomization(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|name| KUSTOMIZATION_NAMES.iter().any(|known| name == *known))
}
