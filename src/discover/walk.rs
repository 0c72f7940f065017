//! The walk below directories.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::Sender;
use std::vec;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use rayon::Scope;

use super::similar::similar_path;
use super::{CONFIGURATION_NAMES, Excludes, FileEntry, Input, InputError, STDIN_NAME};
use crate::file_tree::{Boundary, Entry, FileTree, Kind};
use crate::source::paths::printed;

pub(super) struct Walk<'a, 's> {
    tree: &'s dyn FileTree,
    excludes: &'a Excludes,
    boundary: &'a Boundary,
    /// Where files are read as they are found.
    readers: &'a Scope<'s>,
    /// Where they go once they are read.
    read: Sender<FileEntry>,
    /// Whether standard input was met.
    has_stdin: bool,
    /// Numbers of directories by their real paths.
    numbers: HashMap<PathBuf, usize>,
    /// Directories met so far, by their numbers.
    seen_directories: HashSet<usize>,
    /// Files met so far: the numbers of their real directories, and their names.
    seen_files: HashSet<(usize, OsString)>,
    found: Found,
}

/// What was found besides files.
#[derive(Default)]
pub(super) struct Found {
    pub(super) templates: BTreeMap<String, usize>,
    pub(super) errors: Vec<InputError>,
    /// Printed paths that lead out of the boundary.
    pub(super) outside: BTreeSet<String>,
    /// How many directories and files the configuration leaves out.
    pub(super) excluded: usize,
}

/// A directory on the way from the root of a walk to the current entry.
struct Directory {
    path: PathBuf,
    /// Without symbolic links.
    real: PathBuf,
    number: usize,
    /// As reports print it.
    printed: String,
    /// The printed directory of the Helm chart whose templates are here.
    chart: Option<String>,
    /// What is left to look at, in the order of the names.
    entries: vec::IntoIter<Entry>,
}

impl<'a, 's> Walk<'a, 's> {
    pub(super) fn new(
        tree: &'s dyn FileTree,
        (excludes, boundary): (&'a Excludes, &'a Boundary),
        readers: &'a Scope<'s>,
        read: Sender<FileEntry>,
    ) -> Self {
        Self {
            tree,
            excludes,
            boundary,
            readers,
            read,
            has_stdin: false,
            numbers: HashMap::new(),
            seen_directories: HashSet::new(),
            seen_files: HashSet::new(),
            found: Found::default(),
        }
    }

    pub(super) fn finish(mut self) -> Found {
        self.found.errors.sort_by(|left, right| left.name().cmp(right.name()));
        self.found
    }

    /// Takes a path that is named.
    pub(super) fn add(&mut self, typed: &Path) {
        if typed == Path::new("-") || typed == Path::new("/dev/stdin") {
            if !std::mem::replace(&mut self.has_stdin, true) {
                self.read(STDIN_NAME.to_owned(), Input::Stdin);
            }
            return;
        }
        let path = self.tree.resolve(typed);
        let name = self.printed(&path);
        match self.tree.kind(&path).and_then(|kind| Ok((kind, self.tree.real_path(&path)?))) {
            Ok((_, real)) if !self.boundary.holds(&real) => drop(self.found.outside.insert(name)),
            Ok((Kind::Directory, real)) => self.add_directory(path, real),
            Ok((Kind::File, real)) => {
                let chart = real.parent().and_then(|parent| self.chart_above(parent));
                if self.is_new(&real) {
                    self.add_file(name, path, chart.as_deref());
                }
            }
            Ok((Kind::Special(kind), _)) => self.found.errors.push(InputError::Special { name, kind }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let similar = similar_path(self.tree, typed).map(|similar| self.printed(&similar));
                self.found.errors.push(InputError::Missing { name: typed.display().to_string(), similar });
            }
            Err(source) => self.found.errors.push(InputError::Unreadable { name, source }),
        }
    }

    fn add_directory(&mut self, root: PathBuf, real: PathBuf) {
        let number = self.number(&real);
        if !self.seen_directories.insert(number) {
            return;
        }
        let (chart, printed) = (self.chart_above(&real), self.printed(&root));
        let root = Directory { path: root, real, number, printed, chart, entries: vec::IntoIter::default() };
        let mut above = Vec::from_iter(self.enter(root));
        while let Some(parent) = above.last_mut() {
            let Some(entry) = parent.entries.next() else {
                above.pop();
                continue;
            };
            let next = self.add_entry(entry, parent);
            above.extend(next);
        }
    }

    /// Takes what a directory lists. Returns a directory whose entries come next.
    fn add_entry(&mut self, entry: Entry, parent: &Directory) -> Option<Directory> {
        let Entry { name, kind } = entry;
        let is_manifest = is_manifest_name(&name);
        if !is_manifest && kind == Some(Kind::File) {
            return None;
        }
        let path = parent.path.join(&name);
        // Only a link leads to another place than its own.
        let (kind, linked) = match kind {
            Some(kind) => (kind, None),
            None => match self.tree.kind(&path).and_then(|kind| Ok((kind, self.tree.real_path(&path)?))) {
                Ok((kind, real)) => (kind, Some(real)),
                Err(error) => {
                    // A dangling link matters only where it would have been read.
                    if is_manifest {
                        self.add_error(&path, error);
                    }
                    return None;
                }
            },
        };
        if linked.as_ref().is_some_and(|real| !self.boundary.holds(real)) {
            self.add_outside(&path, kind, is_manifest);
            return None;
        }
        match kind {
            Kind::Directory => {
                let real = linked.unwrap_or_else(|| parent.real.join(&name));
                let (number, printed) = (self.number(&real), self.printed(&path));
                let is_left_out = is_passed_over(&name) || self.is_excluded(&printed);
                if is_left_out || !self.seen_directories.insert(number) {
                    return None;
                }
                let chart = parent.chart.clone().or_else(|| self.chart_of_templates(&path));
                self.enter(Directory { path, real, number, printed, chart, entries: vec::IntoIter::default() })
            }
            Kind::File if is_manifest => {
                let printed = parent.printed_file(&name);
                if self.is_excluded(&printed) {
                    return None;
                }
                let is_new = match linked {
                    Some(real) => self.is_new(&real),
                    None => self.seen_files.insert((parent.number, name)),
                };
                if is_new {
                    self.add_file(printed, path, parent.chart.as_deref());
                }
                None
            }
            Kind::File | Kind::Special(_) => None,
        }
    }

    fn is_excluded(&mut self, printed: &str) -> bool {
        if self.excludes.is_left_out_by_configuration(printed) {
            self.found.excluded += 1;
        }
        self.excludes.matches(printed)
    }

    /// Lists a directory.
    fn enter(&mut self, directory: Directory) -> Option<Directory> {
        match self.tree.list(&directory.path) {
            Ok(mut entries) => {
                entries.sort_unstable_by(|left, right| left.name.cmp(&right.name));
                Some(Directory { entries: entries.into_iter(), ..directory })
            }
            Err(error) => {
                self.add_error(&directory.path, error);
                None
            }
        }
    }

    /// The number of a directory at a real path.
    fn number(&mut self, real: &Path) -> usize {
        if let Some(&number) = self.numbers.get(real) {
            return number;
        }
        let number = self.numbers.len();
        self.numbers.insert(real.to_owned(), number);
        number
    }

    /// Whether the file at a real path was not met yet.
    fn is_new(&mut self, real: &Path) -> bool {
        let directory = self.number(real.parent().unwrap_or(real));
        self.seen_files.insert((directory, real.file_name().unwrap_or_default().to_owned()))
    }

    fn add_file(&mut self, name: String, path: PathBuf, chart: Option<&str>) {
        match chart {
            Some(chart) => *self.found.templates.entry(chart.to_owned()).or_default() += 1,
            None => self.read(name, Input::File(path)),
        }
    }

    /// Has the input read by whichever core has nothing else to do.
    fn read(&self, name: String, input: Input) {
        let (tree, read) = (self.tree, self.read.clone());
        // The other end is there until all readers are gone.
        self.readers.spawn(move |_| drop(read.send(FileEntry::read(tree, name, input))));
    }

    /// A link that is not followed matters where what it leads to would have been read.
    fn add_outside(&mut self, path: &Path, kind: Kind, is_manifest: bool) {
        let is_wanted = match kind {
            Kind::Directory => !path.file_name().is_some_and(is_passed_over),
            Kind::File => is_manifest,
            Kind::Special(_) => false,
        };
        let name = self.printed(path);
        if is_wanted && !self.excludes.matches(&name) {
            self.found.outside.insert(name);
        }
    }

    fn add_error(&mut self, path: &Path, source: io::Error) {
        let name = self.printed(path);
        if !self.excludes.matches(&name) {
            self.found.errors.push(InputError::Unreadable { name, source });
        }
    }

    /// The chart whose templates are in the directory at this real path or above it.
    fn chart_above(&self, real: &Path) -> Option<String> {
        real.ancestors().find_map(|directory| self.chart_of_templates(directory))
    }

    /// The chart, if the directory is its `templates`.
    fn chart_of_templates(&self, directory: &Path) -> Option<String> {
        let chart = directory.parent().filter(|_| directory.file_name() == Some(OsStr::new("templates")))?;
        self.tree.is_file(&chart.join("Chart.yaml")).then(|| self.printed(chart))
    }

    fn printed(&self, path: &Path) -> String {
        let path = path.strip_prefix(self.tree.working_directory()).unwrap_or(path);
        let path: PathBuf = path.components().filter(|component| *component != Component::CurDir).collect();
        match path.as_os_str().is_empty() {
            true => ".".to_owned(),
            false => printed(&path),
        }
    }
}

impl Directory {
    /// A file in this directory as reports print it.
    fn printed_file(&self, name: &OsStr) -> String {
        let name = name.to_string_lossy();
        match self.printed.as_str() {
            "." => name.into_owned(),
            root if root.ends_with('/') => [root, &name].concat(),
            directory => [directory, "/", &name].concat(),
        }
    }
}

fn is_passed_over(directory: &OsStr) -> bool {
    directory == "node_modules" || directory.as_encoded_bytes().starts_with(b".")
}

fn is_manifest_name(name: &OsStr) -> bool {
    let extension = Path::new(name).extension();
    let is_manifest =
        extension.is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known));
    (is_manifest && !CONFIGURATION_NAMES.iter().any(|configuration| name == *configuration))
        || super::KUSTOMIZATION_NAMES.iter().any(|known| name == *known)
}
