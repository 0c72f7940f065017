//! From the paths of the command line to the ordered list of files to read.

mod error;
mod exclude;
mod file;
mod render;
mod similar;
#[cfg(test)]
mod tests;
mod texts;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc;

pub use error::InputError;
pub use exclude::{Excludes, GlobError, PathGlobs};
pub use file::{FileEntry, Input, Read, STDIN_NAME};
pub(crate) use render::Renderable;
pub(crate) use texts::Texts;

use crate::file_tree::{Boundary, SharedTree};

/// What a configuration is called.
pub const CONFIGURATION_NAME: &str = CONFIGURATION_NAMES[0];

/// What a configuration may be called.
pub const CONFIGURATION_NAMES: [&str; 3] = ["netlint.yaml", "netlint.yml", ".netlint.yaml"];

/// The names by which kustomize knows its files.
pub(crate) const KUSTOMIZATION_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What the paths lead to.
#[derive(Debug)]
pub struct Discovery {
    /// Where it was found, and whatever else it names is looked for.
    pub tree: SharedTree,
    /// Each file once, sorted by name.
    pub files: Vec<FileEntry>,
    /// Helm charts whose templates were passed over, by printed name of the chart's directory: how many files.
    pub templates: BTreeMap<String, usize>,
    /// Paths that lead nowhere, sorted by name. The others are still checked.
    pub errors: Vec<InputError>,
    /// What is not to be read, though a file names it.
    pub excludes: Excludes,
    /// What may be read.
    pub boundary: Boundary,
    /// Printed paths that lead out of it and were not followed, sorted.
    pub outside: BTreeSet<String>,
    /// How many of the directories and files that were met the configuration leaves out.
    pub excluded: usize,
}

/// Reads the files below `paths`, which start at the working directory of `tree`: directories with everything below
/// them, files, and `-` for standard input. While files are looked for, the other cores read what was found so far.
///
/// Directories give their `.yaml`, `.yml` and `.json` files, configurations left out. Symbolic links are followed and
/// loops survived, as far as `boundary` holds what they lead to; hidden directories, `node_modules`, whatever `excludes` names, and anything that is not a regular
/// file are passed over. A path that is named itself is taken as it is, except that templates of a Helm chart (files
/// below `templates/` of a directory with a `Chart.yaml`) are counted and never listed.
#[must_use]
pub fn discover(tree: &SharedTree, paths: &[PathBuf], excludes: &Excludes, boundary: &Boundary) -> Discovery {
    let (read, files) = mpsc::channel();
    let found = rayon::scope(|readers| {
        let mut walk = walk::Walk::new(&**tree, (excludes, boundary), readers, read);
        for path in paths {
            walk.add(path);
        }
        walk.finish()
    });
    // Every reader has sent its file and is gone.
    let mut files: Vec<FileEntry> = files.into_iter().collect();
    files.sort_unstable_by(|left, right| left.place_in_order().cmp(&right.place_in_order()));
    let walk::Found { templates, errors, outside, excluded } = found;
    let (tree, excludes, boundary) = (tree.clone(), excludes.clone(), boundary.clone());
    Discovery { tree, files, templates, errors, excludes, boundary, outside, excluded }
}
