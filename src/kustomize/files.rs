//! The files that kustomizations name: the one place that asks for them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::discover::{KUSTOMIZATION_NAMES, Texts};
use crate::file_tree::FileTree;
use crate::source::{FileId, Sources, paths};

/// Files by their paths, and which of them were used.
pub(super) struct Files<'t> {
    texts: &'t mut Texts,
    used: BTreeSet<FileId>,
}

/// Why a path that a kustomization names is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It has to be fetched.
    Remote,
    /// Nothing is there.
    Missing,
    /// It is a directory.
    Directory,
    /// It is not in or below the directory of the kustomization.
    Outside,
    /// The run leaves it out.
    Excluded,
}

impl<'t> Files<'t> {
    pub(super) fn new(texts: &'t mut Texts) -> Self {
        Self { texts, used: BTreeSet::new() }
    }

    pub(super) fn sources(&self) -> &Sources {
        &self.texts.sources
    }

    pub(super) fn texts(&mut self) -> &mut Texts {
        self.texts
    }

    /// The text of a file.
    pub(super) fn text(&self, file: FileId) -> &str {
        self.texts.sources.text(file)
    }

    /// Notes that a file is part of what is built.
    pub(super) fn mark_used(&mut self, file: FileId) {
        self.used.insert(file);
    }

    /// The files used since this was last asked.
    pub(super) fn take_used(&mut self) -> BTreeSet<FileId> {
        std::mem::take(&mut self.used)
    }

    /// The file that a kustomization in this directory names. It must lie in or below the directory, as kustomize's own
    /// load restrictor wants.
    pub(super) fn load(&mut self, directory: &Path, entry: &str) -> Result<FileId, Unreadable> {
        let path = self.check(directory, entry)?;
        let file = self.texts.file(&path).ok_or(Unreadable::Missing)?;
        self.used.insert(file);
        Ok(file)
    }

    /// The bytes of a file that a kustomization in this directory names as data. They need not be text.
    pub(super) fn load_data(&mut self, directory: &Path, entry: &str) -> Result<Vec<u8>, Unreadable> {
        let path = self.check(directory, entry)?;
        let bytes = self.texts.tree().read(&path).map_err(|_| Unreadable::Missing)?;
        let known = self.known(directory, entry);
        self.used.extend(known);
        Ok(bytes)
    }

    /// The file that a kustomization in this directory names, if it is one that was read.
    pub(super) fn known(&mut self, directory: &Path, entry: &str) -> Option<FileId> {
        let path = self.check(directory, entry).ok()?;
        self.texts.known(&path)
    }

    /// The path of a file that may be read.
    fn check(&self, directory: &Path, entry: &str) -> Result<PathBuf, Unreadable> {
        if is_url(entry) {
            return Err(Unreadable::Remote);
        }
        let path = paths::normal(&directory.join(entry));
        if self.texts.tree().is_directory(&path) {
            return Err(Unreadable::Directory);
        }
        if !self.texts.tree().is_file(&path) {
            return Err(Unreadable::Missing);
        }
        if !is_below(self.texts.tree(), &path, directory) {
            return Err(Unreadable::Outside);
        }
        if self.texts.is_excluded(&path) {
            return Err(Unreadable::Excluded);
        }
        Ok(path)
    }

    /// The directory that a kustomization in this directory names as another kustomization. It must lie in the same
    /// repository, or where the run may read anyway.
    pub(super) fn directory(&self, directory: &Path, entry: &str) -> Result<PathBuf, Unreadable> {
        if is_repository(entry) {
            return Err(Unreadable::Remote);
        }
        let path = paths::normal(&directory.join(entry));
        if self.texts.is_excluded(&path) {
            return Err(Unreadable::Excluded);
        }
        if entry.is_empty() || Path::new(entry).is_absolute() || !self.texts.tree().is_directory(&path) {
            return Err(Unreadable::Missing);
        }
        let tree = self.texts.tree();
        let repository = tree.real_path(directory).ok().and_then(|real| tree.repository(&real));
        let is_allowed = || tree.real_path(&path).is_ok_and(|real| self.texts.is_within_bounds(&real));
        if repository.is_some_and(|repository| !is_below(tree, &path, &repository)) && !is_allowed() {
            return Err(Unreadable::Outside);
        }
        Ok(path)
    }

    /// The kustomization files of a directory, in the order in which kustomize looks for them.
    pub(super) fn kustomizations(&mut self, directory: &Path) -> Vec<FileId> {
        KUSTOMIZATION_NAMES.iter().filter_map(|name| self.texts.file(&directory.join(name))).collect()
    }
}

/// Whether a path is a directory or below it, once links are followed.
fn is_below(tree: &dyn FileTree, path: &Path, directory: &Path) -> bool {
    match (tree.real_path(path), tree.real_path(directory)) {
        (Ok(path), Ok(directory)) => path.starts_with(directory),
        _ => false,
    }
}

fn is_url(entry: &str) -> bool {
    let entry = entry.to_ascii_lowercase();
    entry.starts_with("http://") || entry.starts_with("https://")
}

/// Whether kustomize takes an entry for a repository to be cloned.
fn is_repository(entry: &str) -> bool {
    let url = entry.split('?').next().unwrap_or_default();
    let lower = url.to_ascii_lowercase();
    let lower = lower.strip_prefix("git::").unwrap_or(&lower);
    let scheme = ["ssh://", "https://", "http://", "file://"].into_iter().find(|scheme| lower.starts_with(scheme));
    let rest = scheme.map_or(lower, |scheme| lower.get(scheme.len()..).unwrap_or_default());
    let user = rest.split_once('@').filter(|(user, _)| {
        user.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && user.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    let host = user.map_or(rest, |(_, host)| host);
    let is_github = host.starts_with("github.com/") || host.starts_with("github.com:");
    if scheme == Some("file://") {
        return true;
    }
    if scheme.is_none() && user.is_none() && !is_github {
        return false;
    }
    let Some((_, path)) = host.split_once(['/', ':']) else { return false };
    path.contains("_git/") || path.contains("//") || path.contains(".git") || path.split('/').count() >= 2
}

#[cfg(test)]
mod tests {
    use super::{is_repository, is_url};

    #[test]
    fn repositories_are_told_from_directories() {
        for entry in ["github.com/org/repo", "https://github.com/org/repo//base?ref=v1", "git@github.com:org/repo.git"]
        {
            assert!(is_repository(entry), "{entry}");
        }
        for entry in ["../base", "base", "example.org/org/repo", "a@b"] {
            assert!(!is_repository(entry), "{entry}");
        }
        assert!(is_url("https://example.org/a.yaml") && !is_url("a.yaml"));
    }
}
