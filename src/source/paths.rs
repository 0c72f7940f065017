//! Paths by their letters: nothing here looks at the file system.

use std::path::{Component, Path, PathBuf};

/// The path without `.` and `..`.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal
}

/// A directory that paths are relative to, and the working directory, which paths in reports are relative to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    directory: PathBuf,
    working_directory: PathBuf,
}

impl Base {
    /// Both directories are given from the root of the file system.
    #[must_use]
    pub fn new(directory: &Path, working_directory: &Path) -> Self {
        Self { directory: normal(directory), working_directory: normal(working_directory) }
    }

    /// A path that is relative to this directory, as the working directory sees it.
    pub(crate) fn resolve(&self, path: &str) -> PathBuf {
        relative(&normal(&self.directory.join(path)), &self.working_directory)
    }

    /// A path as the working directory sees it, from the root of the file system.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        normal(&self.working_directory.join(path))
    }

    /// A printed path, which is relative to the working directory, as this directory sees it.
    pub(crate) fn name(&self, name: &str) -> String {
        printed(&relative(&self.absolute(Path::new(name)), &self.directory))
    }
}

/// How to write an absolute path from an absolute directory: `.` for the directory itself, `../x` beside it.
pub(crate) fn relative(path: &Path, directory: &Path) -> PathBuf {
    let shared = path.components().zip(directory.components()).take_while(|(left, right)| left == right).count();
    let up = directory.components().skip(shared).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(shared)).collect();
    if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative }
}

/// The path with forward slashes; what is not UTF-8 is replaced.
pub(crate) fn printed(path: &Path) -> String {
    let name = path.to_string_lossy();
    if cfg!(windows) { name.replace('\\', "/") } else { name.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::{normal, relative};
    use std::path::Path;

    #[test]
    fn relative_paths_lead_up_and_down() {
        for (path, directory, expected) in [
            ("/repo/k8s", "/repo", "k8s"),
            ("/repo", "/repo", "."),
            ("/repo/k8s/a", "/repo/ci/jobs", "../../k8s/a"),
            ("/repo", "/repo/k8s", ".."),
        ] {
            assert_eq!(relative(Path::new(path), Path::new(directory)), Path::new(expected), "{path} from {directory}");
        }
    }

    #[test]
    fn dots_are_resolved() {
        assert_eq!(normal(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(normal(Path::new("/../a")), Path::new("/a"));
    }
}
