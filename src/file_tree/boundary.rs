//! Which files may be read besides those that a person names.

use std::path::{Path, PathBuf};

use super::FileTree;

/// A bound on what links, configurations and kustomizations lead to: whoever writes the manifests writes those too, and
/// must not have any file of this machine read and shown in a report.
///
/// Inside is what lies in the git repository that contains a given path; where none does, what lies below the given
/// path.
#[derive(Clone, Debug, Default)]
pub struct Boundary {
    /// Directories by their real paths; `None` where nothing is outside.
    inside: Option<Vec<PathBuf>>,
    /// Whether a given path is in no repository.
    is_without_repository: bool,
}

impl Boundary {
    /// Nothing is outside.
    #[must_use]
    pub fn unbounded() -> Self {
        Self::default()
    }

    /// Around paths of a tree that a person named. Those that lead nowhere have nothing around them.
    #[must_use]
    pub fn around<'p>(tree: &dyn FileTree, given: impl IntoIterator<Item = &'p Path>) -> Self {
        let (mut inside, mut is_without_repository) = (Vec::new(), false);
        for path in given {
            let Ok(real) = tree.real_path(&tree.resolve(path)) else { continue };
            let directory = if tree.is_directory(&real) { Some(&*real) } else { real.parent() };
            let repository = directory.and_then(|directory| tree.repository(directory));
            is_without_repository |= repository.is_none();
            inside.extend(repository.or_else(|| directory.map(Path::to_owned)));
        }
        Self { inside: Some(inside), is_without_repository }
    }

    /// Whether what is at a real path may be read.
    #[must_use]
    pub fn holds(&self, real: &Path) -> bool {
        self.inside.as_ref().is_none_or(|inside| inside.iter().any(|directory| real.starts_with(directory)))
    }

    /// Takes in a directory outside, by its real path: that of a configuration above the given paths, or of a base that a
    /// kustomization names. In a repository that changes nothing.
    pub(crate) fn take_in(&mut self, directory: &Path) {
        if let (true, Some(inside)) = (self.is_without_repository, &mut self.inside) {
            inside.push(directory.to_owned());
        }
    }
}
