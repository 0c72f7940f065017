//! What BASE and HEAD are: directories, revisions, or the work tree.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Exit;
use super::terminal::Terminal;
use crate::diff::Both;
use crate::discover::{Discovery, Input};
use crate::file_tree::{FileTree as _, Revision, RevisionError, SharedTree, WorkTree};
use crate::report::diff::Links;
use crate::source::paths;
use crate::text::phrase;

/// The revision that the work tree is compared with where nothing is named.
const LAST_COMMIT: &str = "HEAD";

/// One of the two states.
#[derive(Clone)]
pub(super) struct Tree {
    /// Its files. Its working directory is that of the process, or the directory that was named.
    pub(super) files: SharedTree,
    /// As it was named; `None` for the work tree.
    pub(super) name: Option<String>,
    /// The id of its commit, and the top of the repository.
    pub(super) commit: Option<(String, PathBuf)>,
}

impl Tree {
    /// Whether it is a directory that was named, whose files are named relative to it.
    pub(super) fn is_directory(&self) -> bool {
        self.name.is_some() && self.commit.is_none()
    }
}

/// The two states that the arguments name. What is wrong with them is told.
pub(super) fn states(base: Option<&str>, named: &[String], terminal: &Terminal) -> Result<Both<Tree>, Exit> {
    let (base, head) = match (base, named) {
        (Some(base), []) => (find(base), None),
        (Some(base), [head]) => (find(base), Some(head)),
        (None, []) => (find(LAST_COMMIT), None),
        (None, [base]) => (tree(base), None),
        (None, [base, head]) => (tree(base), Some(head)),
        _ => {
            let advice = "write `netlint diff --base REV [HEAD]` or `netlint diff BASE HEAD`";
            terminal.error("two states are compared, and more are named", Some(advice));
            return Err(Exit::Usage);
        }
    };
    let told = |(message, advice): Problem| {
        terminal.error(&message, advice.as_deref());
        Exit::Usage
    };
    let base = base.map_err(told)?;
    let head = match head {
        Some(head) => tree(head),
        None => work_tree(&base),
    };
    Ok(Both { base, head: head.map_err(told)? })
}

/// A revision. What is wrong with it is told.
pub(super) fn revision(name: &str, terminal: &Terminal) -> Result<Tree, Exit> {
    find(name).map_err(|(message, advice)| {
        terminal.error(&message, advice.as_deref());
        Exit::Usage
    })
}

/// What is wrong, and what to do about it.
type Problem = (String, Option<String>);

/// What a text names, which must not be both a directory and a revision.
fn tree(text: &str) -> Result<Tree, Problem> {
    let here = WorkTree::of_process();
    let is_directory = here.is_directory(&here.resolve(Path::new(text)));
    let is_path = text.starts_with("./") || text.starts_with("../") || text.starts_with('/') || text.ends_with('/');
    if is_directory && (is_path || text == "." || text == "..") {
        return Ok(directory(text));
    }
    match (find(text), is_directory) {
        (Ok(_), true) => Err((
            format!("`{text}` is both a directory and a revision"),
            Some(format!("write `./{text}` for the directory, or `--base {text}` for the revision")),
        )),
        (Err(_), true) => Ok(directory(text)),
        (Err(_), false) if is_path || has_manifest_ending(text) => {
            let exists = here.exists(&here.resolve(Path::new(text)));
            let problem = if exists { "is not a directory" } else { "does not exist" };
            let advice = "BASE and HEAD are directories or revisions; paths come after `--`".to_owned();
            Err((format!("`{text}` {problem}"), Some(advice)))
        }
        (found, false) => found,
    }
}

fn has_manifest_ending(text: &str) -> bool {
    let ending = Path::new(text).extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| ["yaml", "yml", "json"].contains(&ending))
}

fn directory(text: &str) -> Tree {
    let here = WorkTree::of_process();
    let files = WorkTree::new(&here.resolve(Path::new(text)));
    Tree { files: Arc::new(files), name: Some(text.to_owned()), commit: None }
}

fn find(text: &str) -> Result<Tree, Problem> {
    let here = WorkTree::of_process();
    match Revision::open(here.working_directory(), text) {
        Ok(revision) => {
            let commit = Some((revision.commit().to_owned(), revision.root().to_owned()));
            Ok(Tree { files: Arc::new(revision), name: Some(text.to_owned()), commit })
        }
        Err(error) => Err((error.to_string(), advice(&error))),
    }
}

fn advice(error: &RevisionError) -> Option<String> {
    match error {
        RevisionError::NoRepository { .. } | RevisionError::NoGit { .. } => {
            let advice = error.advice().unwrap_or_default();
            Some(format!("{advice}, or compare two directories: `netlint diff OLD NEW`"))
        }
        _ => error.advice(),
    }
}

/// Leaves out what is in submodules, which are repositories of their own: a revision does not have their files, so that all
/// of them would be new.
pub(super) fn leave_out_submodules(files: &mut Discovery, terminal: &Terminal) {
    let tree = Arc::clone(&files.tree);
    let real = |directory: &Path| tree.real_path(directory).unwrap_or_else(|_| directory.to_owned());
    let own = tree.repository(&real(tree.working_directory()));
    let mut repositories: BTreeMap<PathBuf, Option<PathBuf>> = BTreeMap::new();
    let mut submodules: BTreeSet<String> = BTreeSet::new();
    files.files.retain(|file| {
        let Input::File(path) = &file.input else { return true };
        let Some(directory) = path.parent() else { return true };
        let known = repositories.entry(directory.to_owned()).or_insert_with(|| tree.repository(&real(directory)));
        let submodule = known.as_ref().filter(|it| own.as_ref().is_some_and(|own| *it != own && it.starts_with(own)));
        submodules.extend(submodule.map(|it| paths::printed(&paths::relative(it, &real(tree.working_directory())))));
        submodule.is_none()
    });
    if !submodules.is_empty() {
        terminal.note(&format!("files of submodules are not compared: {}", phrase::list(&submodules)));
    }
}

/// The files as they are now, which a bare repository does not have.
fn work_tree(base: &Tree) -> Result<Tree, Problem> {
    let here = WorkTree::of_process();
    let directory = here.real_path(here.working_directory()).unwrap_or_else(|_| here.working_directory().to_owned());
    if base.commit.is_some() && here.repository(&directory).is_none() {
        return Err((
            format!("`{}` is a bare repository, which has no work tree", paths::printed(here.working_directory())),
            Some("name both revisions: `netlint diff BASE HEAD`".to_owned()),
        ));
    }
    let commit = None;
    Ok(Tree { files: Arc::new(here), name: None, commit })
}

/// Where the files of commits can be read on the web. What is not committed is on none of its pages: the work tree
/// stands for its last commit.
pub(super) fn links(repository: Option<&str>, trees: &Both<Tree>) -> Links {
    let Some(repository) = repository else { return Links::default() };
    let here = WorkTree::of_process();
    let last = || {
        let revision = Revision::open(here.working_directory(), "HEAD").ok()?;
        Some((revision.commit().to_owned(), revision.root().to_owned()))
    };
    let commit = |tree: &Tree| match (&tree.commit, &tree.name) {
        (Some(commit), _) => Some(commit.clone()),
        (None, None) => last(),
        (None, Some(_)) => None,
    };
    let start = |tree: &Tree| commit(tree).map(|(id, _)| format!("{}/blob/{id}", repository.trim_end_matches('/')));
    let root = commit(&trees.base).or_else(|| commit(&trees.head)).map(|(_, root)| root);
    let directory = root.map(|root| paths::printed(&paths::relative(here.working_directory(), &root)));
    let directory = directory.filter(|directory| directory != ".").map(|directory| format!("{directory}/"));
    Links { base: start(&trees.base), head: start(&trees.head), directory: directory.unwrap_or_default() }
}
