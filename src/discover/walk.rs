//! The walk below directories.

use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use rayon::Scope;
use walkdir::{DirEntry, WalkDir};

use super::{Discovery, Excludes, FileEntry, Input, InputError, STDIN_NAME};
use crate::text::suggest::nearest;

/// How many neighbours of a missing path are compared with it.
const MAX_NEIGHBOURS: usize = 10_000;

pub(super) struct Walk<'a, 's> {
    excludes: &'a Excludes,
    /// Where files are read as they are found.
    readers: &'a Scope<'s>,
    working_directory: PathBuf,
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

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Each file once, in no particular order.
    pub(super) files: Vec<Arc<FileEntry>>,
    /// All else.
    pub(super) discovery: Discovery,
}

/// A directory on the way from the root of a walk to the current entry.
struct Directory {
    /// Without symbolic links.
    real: PathBuf,
    number: usize,
    /// As reports print it.
    printed: String,
    /// The printed directory of the Helm chart whose templates are here.
    chart: Option<String>,
}

impl<'a, 's> Walk<'a, 's> {
    pub(super) fn new(excludes: &'a Excludes, readers: &'a Scope<'s>) -> Self {
        let working_directory = std::env::current_dir().unwrap_or_default();
        Self {
            excludes,
            readers,
            working_directory,
            has_stdin: false,
            numbers: HashMap::new(),
            seen_directories: HashSet::new(),
            seen_files: HashSet::new(),
            found: Found::default(),
        }
    }

    pub(super) fn finish(mut self) -> Found {
        let found = &mut self.found.discovery;
        found.excludes = self.excludes.clone();
        found.errors.sort_by(|left, right| left.name().cmp(right.name()));
        self.found
    }

    /// Takes a path of the command line.
    pub(super) fn add(&mut self, path: &Path) {
        if path == Path::new("-") || path == Path::new("/dev/stdin") {
            if !std::mem::replace(&mut self.has_stdin, true) {
                self.read_ahead(FileEntry::new(STDIN_NAME.to_owned(), Input::Stdin));
            }
            return;
        }
        match fs::metadata(path).and_then(|metadata| Ok((metadata, fs::canonicalize(path)?))) {
            Ok((metadata, real)) if metadata.is_dir() => self.add_directory(path, real),
            Ok((metadata, real)) if metadata.is_file() => {
                let chart = real.parent().and_then(|parent| self.chart_above(parent));
                if self.is_new(&real) {
                    self.add_file(self.printed(path), path.to_owned(), chart.as_deref());
                }
            }
            Ok((metadata, _)) => {
                let kind = kind_of(metadata.file_type());
                self.found.discovery.errors.push(InputError::Special { name: self.printed(path), kind });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let similar = similar_path(path).map(|similar| self.printed(&similar));
                self.found.discovery.errors.push(InputError::Missing { name: path.display().to_string(), similar });
            }
            Err(source) => {
                self.found.discovery.errors.push(InputError::Unreadable { name: self.printed(path), source })
            }
        }
    }

    fn add_directory(&mut self, root: &Path, real: PathBuf) {
        let number = self.number(&real);
        if !self.seen_directories.insert(number) {
            return;
        }
        let chart = self.chart_above(&real);
        let mut above = vec![Directory { real, number, printed: self.printed(root), chart }];
        // Those of a directory differ by their names only, which a path is slow to tell.
        let by_path = |left: &DirEntry, right: &DirEntry| left.path().as_os_str().cmp(right.path().as_os_str());
        let mut entries = WalkDir::new(root).min_depth(1).follow_links(true).sort_by(by_path).into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.add_walk_error(error);
                    continue;
                }
            };
            above.truncate(entry.depth());
            let Some(parent) = above.last() else { continue };
            let (path, name) = (entry.path(), entry.file_name());
            // Only a link leads to another place than its own.
            let linked = if entry.path_is_symlink() { fs::canonicalize(path).ok() } else { None };
            if entry.file_type().is_dir() {
                let real = linked.unwrap_or_else(|| parent.real.join(name));
                let (number, printed) = (self.number(&real), self.printed(path));
                let is_left_out = is_passed_over(name) || self.excludes.matches(&printed);
                if is_left_out || !self.seen_directories.insert(number) {
                    entries.skip_current_dir();
                    continue;
                }
                let chart = parent.chart.clone().or_else(|| self.chart_of_templates(path));
                above.push(Directory { real, number, printed, chart });
            } else if entry.file_type().is_file() && is_manifest_name(name) {
                let printed = parent.printed_file(name);
                if self.excludes.matches(&printed) {
                    continue;
                }
                let is_new = match linked {
                    Some(real) => self.is_new(&real),
                    None => self.seen_files.insert((parent.number, name.to_owned())),
                };
                if is_new {
                    self.add_file(printed, entry.into_path(), parent.chart.as_deref());
                }
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
            Some(chart) => *self.found.discovery.templates.entry(chart.to_owned()).or_default() += 1,
            None => self.read_ahead(FileEntry::new(name, Input::File(path))),
        }
    }

    /// Has the file read by whichever core has nothing else to do.
    fn read_ahead(&mut self, file: FileEntry) {
        let file = Arc::new(file);
        self.found.files.push(Arc::clone(&file));
        self.readers.spawn(move |_| file.read_ahead());
    }

    /// Loops lead to nothing new, and a dangling link matters only where it would have been read.
    fn add_walk_error(&mut self, error: walkdir::Error) {
        let path = error.path().map(Path::to_owned).unwrap_or_default();
        let is_loop = error.loop_ancestor().is_some();
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        let name = self.printed(&path);
        if is_loop || self.excludes.matches(&name) || (is_link && !path.file_name().is_some_and(is_manifest_name)) {
            return;
        }
        if let Some(source) = error.into_io_error() {
            self.found.discovery.errors.push(InputError::Unreadable { name, source });
        }
    }

    /// The chart whose templates are in the directory at this real path or above it.
    fn chart_above(&self, real: &Path) -> Option<String> {
        real.ancestors().find_map(|directory| self.chart_of_templates(directory))
    }

    /// The chart, if the directory is its `templates`.
    fn chart_of_templates(&self, directory: &Path) -> Option<String> {
        let chart = directory.parent().filter(|_| directory.file_name() == Some(OsStr::new("templates")))?;
        chart.join("Chart.yaml").is_file().then(|| self.printed(chart))
    }

    fn printed(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.working_directory).unwrap_or(path);
        let path: PathBuf = path.components().filter(|component| *component != Component::CurDir).collect();
        let name = path.to_string_lossy();
        match name.as_ref() {
            "" => ".".to_owned(),
            name if cfg!(windows) => name.replace('\\', "/"),
            name => name.to_owned(),
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
    (is_manifest && name != crate::discover::CONFIGURATION_NAME)
        || super::KUSTOMIZATION_NAMES.iter().any(|known| name == *known)
}

fn kind_of(file_type: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if file_type.is_fifo() {
            return "a named pipe";
        }
        if file_type.is_socket() {
            return "a socket";
        }
    }
    let _ = file_type;
    "a device"
}

/// A neighbour of a missing path with nearly its name, looked for at the first step that is missing.
fn similar_path(path: &Path) -> Option<PathBuf> {
    let missing = path.ancestors().take_while(|step| !step.as_os_str().is_empty() && !step.exists()).last()?;
    let parent = missing.parent()?;
    let listed = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let neighbours =
        fs::read_dir(listed).ok()?.take(MAX_NEIGHBOURS).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = neighbours.collect();
    names.sort_unstable();
    let similar = nearest(missing.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    let rest = path.strip_prefix(missing).ok()?;
    let similar: PathBuf = parent.join(similar).components().chain(rest.components()).collect();
    similar.exists().then_some(similar)
}
