//! What may have been meant by a path that leads nowhere.

use std::path::{Path, PathBuf};

use crate::file_tree::FileTree;
use crate::text::suggest::nearest;

/// How many neighbours of a missing path are compared with it.
const MAX_NEIGHBOURS: usize = 10_000;

/// A neighbour of a missing path with nearly its name, looked for at the first step that is missing.
pub(super) fn similar_path(tree: &dyn FileTree, path: &Path) -> Option<PathBuf> {
    let exists = |path: &Path| tree.exists(&tree.resolve(path));
    let missing = path.ancestors().take_while(|step| !step.as_os_str().is_empty() && !exists(step)).last()?;
    let parent = missing.parent()?;
    let neighbours = tree.list(&tree.resolve(parent)).ok()?.into_iter().take(MAX_NEIGHBOURS);
    let mut names: Vec<String> = neighbours.filter_map(|entry| entry.name.into_string().ok()).collect();
    names.sort_unstable();
    let similar = nearest(missing.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    let rest = path.strip_prefix(missing).ok()?;
    let similar: PathBuf = parent.join(similar).components().chain(rest.components()).collect();
    exists(&similar).then_some(similar)
}
