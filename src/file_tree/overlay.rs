//! A tree as it would be with other files in it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::ops::Bound;
use std::path::{Component, Path, PathBuf};

use super::{Entry, FileTree, Kind, ReadError, SharedTree, not_found};
use crate::source::paths;

/// Files that are laid over another tree: they are added to it, or take the place of those there. Nothing is written.
#[derive(Clone, Debug)]
pub struct Overlay {
    base: SharedTree,
    /// By their real paths. `None` takes away what is there.
    files: BTreeMap<PathBuf, Option<Vec<u8>>>,
}

impl Overlay {
    /// Nothing yet over a tree.
    #[must_use]
    pub fn over(base: SharedTree) -> Self {
        Self { base, files: BTreeMap::new() }
    }

    /// Puts a file at a path, and makes the directories on the way. Where a link leads to a file, that one is replaced.
    pub fn add(&mut self, path: &Path, bytes: impl Into<Vec<u8>>) {
        let path = self.place(&self.resolve(path));
        self.files.insert(path, Some(bytes.into()));
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: &Path) {
        let path = self.place(&self.resolve(path));
        self.files.insert(path, None);
    }

    /// The real path of what is there or may be put there: as far as the base has the path, its links are followed.
    fn place(&self, path: &Path) -> PathBuf {
        let mut rest: Vec<&OsStr> = Vec::new();
        let mut place = PathBuf::new();
        for above in path.ancestors() {
            if let Ok(real) = self.base.real_path(above) {
                place = real;
                break;
            }
            match above.components().next_back() {
                Some(Component::Normal(name)) => rest.push(name),
                Some(Component::ParentDir) => rest.push(OsStr::new("..")),
                Some(root) => place.push(root),
                None => {}
            }
        }
        for name in rest.into_iter().rev() {
            place.push(name);
        }
        paths::normal(&place)
    }

    /// The files and removals below a real path, each with the rest of its path.
    fn below<'a>(&'a self, directory: &'a Path) -> impl Iterator<Item = (&'a Path, &'a Option<Vec<u8>>)> {
        let from = self.files.range::<Path, _>((Bound::Included(directory), Bound::Unbounded));
        let below = from.take_while(move |(path, _)| path.starts_with(directory));
        below.filter_map(move |(path, bytes)| Some((path.strip_prefix(directory).ok()?, bytes)))
    }

    /// What the overlay itself has at a real path: a file, nothing any more, or a directory of files. `None` where it
    /// says nothing.
    fn own(&self, place: &Path) -> Option<io::Result<Kind>> {
        match self.files.get(place) {
            Some(Some(_)) => Some(Ok(Kind::File)),
            Some(None) => Some(Err(not_found())),
            None => self.below(place).any(|(_, bytes)| bytes.is_some()).then_some(Ok(Kind::Directory)),
        }
    }
}

impl FileTree for Overlay {
    fn working_directory(&self) -> &Path {
        self.base.working_directory()
    }

    fn kind(&self, path: &Path) -> io::Result<Kind> {
        let place = self.place(path);
        self.own(&place).unwrap_or_else(|| self.base.kind(path))
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        let place = self.place(path);
        match self.own(&place) {
            Some(kind) => kind.map(|_| place),
            None => self.base.real_path(path),
        }
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<Entry>> {
        let place = self.place(directory);
        let mut own: BTreeMap<OsString, Option<Kind>> = BTreeMap::new();
        for (rest, bytes) in self.below(&place) {
            let mut names = rest.components();
            let Some(name) = names.next().map(|name| name.as_os_str().to_owned()) else { continue };
            match (names.next(), bytes) {
                (None, bytes) => drop(own.insert(name, bytes.as_ref().map(|_| Kind::File))),
                (Some(_), Some(_)) => drop(own.insert(name, Some(Kind::Directory))),
                (Some(_), None) => {}
            }
        }
        let has_own = own.values().any(Option::is_some);
        let mut entries = match self.base.list(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && has_own => Vec::new(),
            listed => listed?,
        };
        entries.retain(|entry| !own.contains_key(&entry.name));
        entries.extend(own.into_iter().filter_map(|(name, kind)| Some(Entry { name, kind: Some(kind?) })));
        Ok(entries)
    }

    fn repository(&self, directory: &Path) -> Option<PathBuf> {
        directory.ancestors().find_map(|above| self.base.repository(above))
    }

    fn read(&self, file: &Path) -> Result<Vec<u8>, ReadError> {
        match self.files.get(&self.place(file)) {
            Some(Some(bytes)) => Ok(bytes.clone()),
            Some(None) => Err(not_found().into()),
            None => self.base.read(file),
        }
    }
}
