//! The walk below directories.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::{Discovery, Excludes, FileEntry, Input, InputError, STDIN_NAME};
use crate::kustomize;
use crate::suggest::nearest;

/// How many neighbours of a missing path are compared with it.
const MAX_NEIGHBOURS: usize = 10_000;

pub(super) struct Walk<'a> {
    excludes: &'a Excludes,
    working_directory: PathBuf,
    /// Files and directories met so far, by their real paths.
    seen: HashSet<PathBuf>,
    found: Discovery,
}

/// A directory on the way from the root of a walk to the current entry.
struct Directory {
    /// Without symbolic links.
    real: PathBuf,
    /// The printed directory of the Helm chart whose templates are here.
    chart: Option<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(excludes: &'a Excludes) -> Self {
        let working_directory = std::env::current_dir().unwrap_or_default();
        Self { excludes, working_directory, seen: HashSet::new(), found: Discovery::default() }
    }

    pub(super) fn finish(mut self) -> Discovery {
        self.found.excludes = self.excludes.clone();
        self.found.files.sort_unstable();
        self.found.errors.sort_by(|left, right| left.name().cmp(right.name()));
        self.found
    }

    /// Takes a path of the command line.
    pub(super) fn add(&mut self, path: &Path) {
        if path == Path::new("-") || path == Path::new("/dev/stdin") {
            if self.seen.insert(PathBuf::from("-")) {
                self.found.files.push(FileEntry { name: STDIN_NAME.to_owned(), input: Input::Stdin });
            }
            return;
        }
        match fs::metadata(path).and_then(|metadata| Ok((metadata, fs::canonicalize(path)?))) {
            Ok((metadata, real)) if metadata.is_dir() => self.add_directory(path, real),
            Ok((metadata, real)) if metadata.is_file() => {
                let chart = real.parent().and_then(|parent| self.chart_above(parent));
                self.add_file(path, real, chart.as_deref());
            }
            Ok((metadata, _)) => {
                let kind = kind_of(metadata.file_type());
                self.found.errors.push(InputError::Special { name: self.printed(path), kind });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let similar = similar_path(path).map(|similar| self.printed(&similar));
                self.found.errors.push(InputError::Missing { name: path.display().to_string(), similar });
            }
            Err(source) => self.found.errors.push(InputError::Unreadable { name: self.printed(path), source }),
        }
    }

    fn add_directory(&mut self, root: &Path, real: PathBuf) {
        if !self.seen.insert(real.clone()) {
            return;
        }
        let chart = self.chart_above(&real);
        let mut above = vec![Directory { real, chart }];
        let mut entries = WalkDir::new(root).min_depth(1).follow_links(true).sort_by_file_name().into_iter();
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
            let real = if entry.path_is_symlink() { fs::canonicalize(path).ok() } else { None };
            let real = real.unwrap_or_else(|| parent.real.join(name));
            if entry.file_type().is_dir() {
                if is_passed_over(name) || self.is_excluded(path) || !self.seen.insert(real.clone()) {
                    entries.skip_current_dir();
                    continue;
                }
                let chart = parent.chart.clone().or_else(|| self.chart_of_templates(path));
                above.push(Directory { real, chart });
            } else if entry.file_type().is_file() && is_manifest_name(path) && !self.is_excluded(path) {
                self.add_file(path, real, parent.chart.as_deref());
            }
        }
    }

    fn add_file(&mut self, path: &Path, real: PathBuf, chart: Option<&str>) {
        if !self.seen.insert(real) {
            return;
        }
        match chart {
            Some(chart) => *self.found.templates.entry(chart.to_owned()).or_default() += 1,
            None => {
                let name = self.printed(path);
                self.found.files.push(FileEntry { name, input: Input::File(path.to_owned()) });
            }
        }
    }

    /// Loops lead to nothing new, and a dangling link matters only where it would have been read.
    fn add_walk_error(&mut self, error: walkdir::Error) {
        let path = error.path().map(Path::to_owned).unwrap_or_default();
        let is_loop = error.loop_ancestor().is_some();
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        if is_loop || self.is_excluded(&path) || (is_link && !is_manifest_name(&path)) {
            return;
        }
        if let Some(source) = error.into_io_error() {
            self.found.errors.push(InputError::Unreadable { name: self.printed(&path), source });
        }
    }

    fn is_excluded(&self, path: &Path) -> bool {
        self.excludes.matches(&self.printed(path))
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

fn is_passed_over(directory: &OsStr) -> bool {
    directory == "node_modules" || directory.as_encoded_bytes().starts_with(b".")
}

fn is_manifest_name(path: &Path) -> bool {
    let Some(name) = path.file_name() else { return false };
    let is_manifest =
        path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known));
    (is_manifest && name != crate::config::FILE_NAME) || kustomize::FILE_NAMES.iter().any(|known| name == *known)
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
