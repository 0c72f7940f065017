//! Whatever files are read from gives the same report: the work tree, a git revision, generated files laid over either.

#![cfg(unix)]

mod repository;
mod revisions;
mod together;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use netlint::analysis::Options;
use netlint::config::{self, Config};
use netlint::discover::{Excludes, discover};
use netlint::file_tree::{Boundary, SharedTree, WorkTree};
use netlint::findings::analyze;
use netlint::report::findings::{self, Format};

/// The work tree, seen from a directory.
fn work_tree(directory: &Path) -> SharedTree {
    Arc::new(WorkTree::new(directory))
}

/// The report in JSON of what the configuration of a tree names, else of its working directory; and the errors.
fn report(tree: &SharedTree) -> String {
    let config =
        config::find(&**tree, []).unwrap().map_or_else(Config::default, |file| config::read(&**tree, &file).unwrap());
    let paths = if config.paths.is_empty() { vec![PathBuf::from(".")] } else { config.paths.clone() };
    let found = discover(tree, &paths, &config.and_exclude(Excludes::default()), &Boundary::unbounded());
    let run = analyze(found, &Options { config: Arc::new(config), ..Options::default() });
    let mut out = Vec::new();
    findings::render(Format::Json, &run.report, run.sources(), &findings::Options::default(), &mut out).unwrap();
    let errors: Vec<String> = run.errors.iter().map(ToString::to_string).collect();
    format!("{}{}", String::from_utf8(out).unwrap(), errors.join("\n"))
}

/// The names of the files below a path, and the errors.
fn listed(tree: &SharedTree, path: &str) -> (Vec<String>, Vec<String>) {
    let found = discover(tree, &[PathBuf::from(path)], &Excludes::default(), &Boundary::unbounded());
    let unread = found.files.iter().filter_map(|file| file.text.as_ref().err().map(ToString::to_string));
    let errors = found.errors.iter().map(ToString::to_string).chain(unread).collect();
    (found.files.iter().map(|file| file.name.clone()).collect(), errors)
}
