//! From the paths of the command line to the ordered list of files to read.

mod error;
mod exclude;
mod file;
mod render;
#[cfg(test)]
mod tests;
mod texts;
mod walk;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

pub use error::InputError;
pub use exclude::{Excludes, GlobError, PathGlobs};
pub use file::{FileEntry, Input, Read, STDIN_NAME};
pub(crate) use render::{Renderable, render};
pub(crate) use texts::Texts;

/// What a configuration is called.
pub const CONFIGURATION_NAME: &str = "netlint.yaml";

/// The names by which kustomize knows its files.
pub(crate) const KUSTOMIZATION_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What the paths lead to.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Each file once, sorted by name.
    pub files: Vec<FileEntry>,
    /// Helm charts whose templates were passed over, by printed name of the chart's directory: how many files.
    pub templates: BTreeMap<String, usize>,
    /// Paths that lead nowhere, sorted by name. The others are still checked.
    pub errors: Vec<InputError>,
    /// What is not to be read, though a file names it.
    pub excludes: Excludes,
}

/// Lists the files below `paths`: directories with everything below them, files, and `-` for standard input. Meanwhile
/// the other cores read what was found so far.
///
/// Directories give their `.yaml`, `.yml` and `.json` files, configurations left out. Symbolic links are followed and
/// loops survived; hidden directories, `node_modules`, whatever `excludes` names, and anything that is not a regular
/// file are passed over. A path that is named itself is taken as it is, except that templates of a Helm chart (files
/// below `templates/` of a directory with a `Chart.yaml`) are counted and never listed.
#[must_use]
pub fn discover(paths: &[PathBuf], excludes: &Excludes) -> Discovery {
    let mut found = rayon::scope(|readers| {
        let mut walk = walk::Walk::new(excludes, readers);
        for path in paths {
            walk.add(path);
        }
        walk.finish()
    });
    // Their readers are done with them.
    found.discovery.files = found.files.into_iter().filter_map(Arc::into_inner).collect();
    found.discovery.files.sort_unstable_by(|left, right| left.place_in_order().cmp(&right.place_in_order()));
    found.discovery
}
