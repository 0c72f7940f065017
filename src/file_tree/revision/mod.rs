//! The files of a git revision, read through the `git` program without touching the work tree.

mod error;
pub(super) mod git;
mod listing;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::{Entry, FileTree, Kind, ReadError, content, not_found};
use crate::source::paths;
pub use error::RevisionError;
use git::{Objects, git};
use listing::{Listing, Node, path_of};

/// The files of a commit. Its paths are those that the work tree would have: `/repo/k8s/web.yaml` in a repository that
/// is at `/repo`. Links are followed inside the commit; submodules are empty directories.
#[derive(Debug)]
pub struct Revision {
    name: String,
    commit: String,
    /// The top of the work tree; in a bare repository, the directory that was given.
    root: PathBuf,
    working_directory: PathBuf,
    listing: Listing,
    objects: Objects,
}

impl Revision {
    /// Lists the files of a revision (a branch, a tag, a commit, and whatever else git takes for one) of the repository
    /// that contains a directory, which becomes the working directory and need not be in the revision. In a bare
    /// repository it is taken for the top of the work tree.
    ///
    /// # Errors
    /// Where there is no such revision, no repository or no `git`.
    pub fn open(directory: &Path, name: &str) -> Result<Self, RevisionError> {
        let revision = || name.to_owned();
        if name.is_empty() || name.starts_with('-') || name.contains('\0') {
            return Err(RevisionError::Malformed { revision: revision() });
        }
        let repository = Repository::of(directory, name)?;
        let commit = repository.run(name, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])?;
        if !commit.status.success() {
            return Err(RevisionError::Unknown { revision: revision(), is_shallow: repository.is_shallow });
        }
        let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
        let listed = repository.run(name, &["ls-tree", "-r", "-z", "--full-tree", &commit])?;
        let failed = |message: String| RevisionError::Failed { revision: revision(), message };
        if !listed.status.success() {
            return Err(failed(reason(&listed)));
        }
        let objects = Objects::of(directory);
        let target = |id: &str| match objects.read(id) {
            Ok(bytes) => Ok(path_of(&bytes)),
            Err(ReadError::System(error)) => Err(error),
            Err(error) => Err(io::Error::other(error)),
        };
        let listing = Listing::read(&listed.stdout, target)
            .ok_or_else(|| failed("`git ls-tree` prints what netlint does not understand".to_owned()))?
            .map_err(|error| failed(format!("a symbolic link cannot be read: {error}")))?;
        let Repository { root, working_directory, .. } = repository;
        Ok(Self { name: revision(), commit, root, working_directory, listing, objects })
    }

    /// The revision as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of its commit.
    #[must_use]
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// The top of the work tree.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn find(&self, path: &Path) -> io::Result<(PathBuf, &Node)> {
        let path = self.out_of_working_directory(path);
        let inside = path.strip_prefix(&self.root).map_err(|_| not_found())?;
        self.listing.find(inside)
    }

    /// The path without the `..` that lead out of the working directory, which the revision need not have.
    fn out_of_working_directory<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        let mut above = self.working_directory.as_path();
        let Ok(mut rest) = path.strip_prefix(above) else { return Cow::Borrowed(path) };
        if !rest.starts_with("..") {
            return Cow::Borrowed(path);
        }
        while let Ok(next) = rest.strip_prefix("..") {
            (above, rest) = (above.parent().unwrap_or(above), next);
        }
        Cow::Owned(above.join(rest))
    }
}

impl FileTree for Revision {
    fn working_directory(&self) -> &Path {
        &self.working_directory
    }

    fn kind(&self, path: &Path) -> io::Result<Kind> {
        Ok(match self.find(path)?.1 {
            Node::Directory(_) => Kind::Directory,
            Node::File(_) | Node::Link(_) => Kind::File,
        })
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        let (place, _) = self.find(path)?;
        Ok(self.root.components().chain(place.components()).collect())
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<Entry>> {
        match self.find(directory)? {
            (place, Node::Directory(names)) => Ok(self.listing.entries(&place, names)),
            _ => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn repository(&self, directory: &Path) -> Option<PathBuf> {
        directory.starts_with(&self.root).then(|| self.root.clone())
    }

    fn read(&self, file: &Path) -> Result<Vec<u8>, ReadError> {
        let (_, Node::File(id)) = self.find(file)? else {
            return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
        };
        content(self.objects.read(id)?)
    }
}

/// The repository that contains a directory.
struct Repository<'d> {
    directory: &'d Path,
    root: PathBuf,
    /// The directory, as a path below the root.
    working_directory: PathBuf,
    is_shallow: bool,
}

impl<'d> Repository<'d> {
    fn of(directory: &'d Path, revision: &str) -> Result<Self, RevisionError> {
        let unknown = Self { directory, root: PathBuf::new(), working_directory: PathBuf::new(), is_shallow: false };
        let output = unknown.run(revision, &["rev-parse", "--is-shallow-repository", "--show-prefix"])?;
        if !output.status.success() {
            let message = reason(&output);
            let revision = revision.to_owned();
            return Err(if message.contains("not a git repository") {
                RevisionError::NoRepository { revision, directory: paths::printed(directory) }
            } else {
                RevisionError::Failed { revision, message }
            });
        }
        let mut lines = output.stdout.splitn(2, |byte| *byte == b'\n');
        let is_shallow = lines.next() == Some(b"true");
        let prefix = lines.next().unwrap_or_default();
        let prefix = path_of(prefix.strip_suffix(b"\n").unwrap_or(prefix));
        let depth = prefix.components().count();
        let top = |directory: &Path| directory.ancestors().nth(depth).map(Path::to_owned);
        // Paths stay as they are typed, unless a link leads into the middle of the repository.
        let real = fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
        let typed = paths::normal(directory);
        let is_same = top(&typed).is_some_and(|root| fs::canonicalize(root).ok() == top(&real));
        let working_directory = if is_same { typed } else { real };
        let root = top(&working_directory).unwrap_or_else(|| working_directory.clone());
        Ok(Self { root, working_directory, is_shallow, ..unknown })
    }

    fn run(&self, revision: &str, arguments: &[&str]) -> Result<Output, RevisionError> {
        git(self.directory).args(arguments).output().map_err(|error| RevisionError::of_start(revision, &error))
    }
}

/// What git says of its failure: the first line, without its `fatal:`.
fn reason(output: &Output) -> String {
    let message = String::from_utf8_lossy(&output.stderr);
    let line = message.lines().next().unwrap_or("git does not say why");
    line.strip_prefix("fatal: ").unwrap_or(line).to_owned()
}
