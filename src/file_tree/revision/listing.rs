//! The paths of a revision, and where its links lead.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::file_tree::{Entry, Kind, MAX_LINKS, not_found};

/// What is at a path of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A directory with the names in it, or a submodule, whose content is in another repository.
    Directory(Vec<OsString>),
    /// A file, by the id of its content.
    File(String),
    /// A symbolic link, by where it leads.
    Link(PathBuf),
}

/// The nodes of a revision by their paths from its root.
#[derive(Debug)]
pub(super) struct Listing {
    nodes: HashMap<PathBuf, Node>,
}

impl Listing {
    /// Reads what `git ls-tree -r -z --full-tree` prints: `MODE TYPE ID TAB PATH NUL` for each file. `target` reads
    /// where a link leads. `None` where it prints something else.
    pub(super) fn read(listed: &[u8], target: impl Fn(&str) -> io::Result<PathBuf>) -> Option<io::Result<Self>> {
        let mut listing = Self { nodes: HashMap::from([(PathBuf::new(), Node::Directory(Vec::new()))]) };
        for record in listed.split(|byte| *byte == 0).filter(|record| !record.is_empty()) {
            let tab = memchr::memchr(b'\t', record)?;
            let (facts, path) = (std::str::from_utf8(record.get(..tab)?).ok()?, record.get(tab + 1..)?);
            let mut facts = facts.split(' ');
            let (mode, _, id) = (facts.next()?, facts.next()?, facts.next()?);
            let node = match mode {
                "160000" => Node::Directory(Vec::new()),
                "120000" => match target(id) {
                    Ok(target) => Node::Link(target),
                    Err(error) => return Some(Err(error)),
                },
                _ => Node::File(id.to_owned()),
            };
            listing.add(path_of(path), node);
        }
        Some(Ok(listing))
    }

    fn add(&mut self, path: PathBuf, node: Node) {
        let mut below = path.clone();
        // Up to the first directory that is known already.
        while let (Some(name), Some(parent)) = (below.file_name(), below.parent()) {
            let name = name.to_owned();
            if let Some(Node::Directory(names)) = self.nodes.get_mut(parent) {
                names.push(name);
                break;
            }
            self.nodes.insert(parent.to_owned(), Node::Directory(vec![name]));
            below = parent.to_owned();
        }
        self.nodes.insert(path, node);
    }

    /// The real path of what a path from the root leads to, links followed, and what is there.
    pub(super) fn find(&self, path: &Path) -> io::Result<(PathBuf, &Node)> {
        let mut place = PathBuf::new();
        let mut rest: Vec<Step> = steps(path)?;
        let mut links = 0;
        while let Some(step) = rest.pop() {
            match step {
                Step::Up if !place.pop() => return Err(io::Error::other("it leads out of the repository")),
                Step::Up => {}
                Step::Down(name) => place.push(name),
            }
            match self.nodes.get(&place) {
                Some(Node::Link(target)) => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(io::Error::other("too many levels of symbolic links"));
                    }
                    place.pop();
                    rest.extend(steps(target)?);
                }
                Some(Node::File(_)) if !rest.is_empty() => return Err(io::ErrorKind::NotADirectory.into()),
                Some(_) => {}
                None => return Err(not_found()),
            }
        }
        let node = self.nodes.get(&place).ok_or_else(not_found)?;
        Ok((place, node))
    }

    /// What a directory at a real path lists.
    pub(super) fn entries(&self, place: &Path, names: &[OsString]) -> Vec<Entry> {
        let kind = |name: &OsStr| match self.nodes.get(&place.join(name))? {
            Node::Directory(_) => Some(Kind::Directory),
            Node::File(_) => Some(Kind::File),
            Node::Link(_) => None,
        };
        names.iter().map(|name| Entry { name: name.clone(), kind: kind(name) }).collect()
    }
}

/// A step of a path.
enum Step {
    Up,
    Down(OsString),
}

/// The steps of a path, the first one last.
fn steps(path: &Path) -> io::Result<Vec<Step>> {
    let steps = path.components().rev().filter_map(|component| match component {
        Component::Normal(name) => Some(Ok(Step::Down(name.to_owned()))),
        Component::ParentDir => Some(Ok(Step::Up)),
        Component::CurDir => None,
        Component::RootDir | Component::Prefix(_) => Some(Err(io::Error::other("it leads out of the repository"))),
    });
    steps.collect()
}

/// A path as git prints it.
#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes))
}

/// A path as git prints it; what is not UTF-8 is replaced, as the system has no such paths.
#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
