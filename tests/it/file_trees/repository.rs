//! Real git repositories.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::tree;

/// A repository in a temporary directory.
pub(crate) struct Repository {
    directory: tempfile::TempDir,
}

impl Repository {
    /// With these files in its first commit, on the branch `main`.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self { directory: tree(files) };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit();
        repository
    }

    /// Its top, without links on the way.
    pub(crate) fn root(&self) -> PathBuf {
        fs::canonicalize(self.directory.path()).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.root(), arguments)
    }

    /// Commits the whole work tree.
    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=change"]);
    }

    /// A clone beside it, made with these options.
    pub(crate) fn clone(&self, options: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let target = fs::canonicalize(directory.path()).unwrap().join("clone");
        let source = format!("file://{}", self.root().display());
        let arguments = [&["clone", "--quiet"], options, &[&source, target.to_str().unwrap()]].concat();
        git(&self.root(), &arguments);
        (directory, target)
    }
}

/// What git prints, whoever is configured on this machine.
pub(crate) fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(directory).args(["-c", "user.name=netlint", "-c", "user.email=netlint@example.com"]);
    command.args(["-c", "commit.gpgSign=false", "-c", "core.autocrlf=false"]).args(arguments);
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
