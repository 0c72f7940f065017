//! Directories that git ignores and that hold copies of what it tracks, such as what a build leaves behind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::discover::{Discovery, Input};
use crate::file_tree::ignored;
use crate::source::paths::{printed, relative};
use crate::text::phrase;

/// Says which directories were read though git ignores them, where they hold copies of other files. git is only asked
/// where there are copies.
pub(super) fn note(files: &Discovery) -> Option<String> {
    let here = files.tree.working_directory();
    files.tree.repository(&files.tree.real_path(here).ok()?)?;
    let copies = copies(files);
    let parents = copies.values().flatten().filter_map(|path| path.parent());
    let below =
        parents.flat_map(|parent| parent.ancestors().take_while(|above| *above != here && above.starts_with(here)));
    let directories: BTreeSet<PathBuf> = below.map(Path::to_owned).collect();
    if directories.is_empty() {
        return None;
    }
    let asked: Vec<PathBuf> = directories.into_iter().collect();
    let ignored: BTreeSet<PathBuf> = ignored(here, &asked).into_iter().collect();
    let is_ignored = |path: &Path| path.parent().is_some_and(|directory| ignored.contains(directory));
    let mut named = BTreeSet::new();
    for together in copies.values().filter(|together| together.iter().any(|path| !is_ignored(path))) {
        named.extend(
            together
                .iter()
                .filter(|path| is_ignored(path))
                .filter_map(|path| path.parent())
                .map(|it| topmost(it, &ignored)),
        );
    }
    let names: Vec<String> = named.iter().map(|directory| printed(&relative(directory, here)) + "/").collect();
    let (first, verb) = (names.first()?, if names.len() == 1 { "is" } else { "are" });
    let (those, them) = if names.len() == 1 { ("was", "it") } else { ("were", "them") };
    let listed = phrase::list(&names);
    let glob = first.trim_end_matches('/');
    Some(format!(
        "{listed} {verb} ignored by git but {those} read: exclude {them} with `exclude: [{glob}]` in netlint.yaml"
    ))
}

/// The highest directory above one that is ignored too.
fn topmost<'d>(directory: &'d Path, ignored: &BTreeSet<PathBuf>) -> &'d Path {
    directory.ancestors().take_while(|above| ignored.contains(*above)).last().unwrap_or(directory)
}

/// Files with one text, where there are several, by its length and itself: the first distinguishes most texts.
fn copies(files: &Discovery) -> BTreeMap<(usize, &str), Vec<&Path>> {
    let mut by_text: BTreeMap<(usize, &str), Vec<&Path>> = BTreeMap::new();
    for file in &files.files {
        if let (Input::File(path), Ok(Ok(text))) = (&file.input, &file.text) {
            by_text.entry((text.len(), text.as_str())).or_default().push(path);
        }
    }
    by_text.retain(|(_, text), paths| paths.len() > 1 && !text.trim().is_empty());
    by_text
}
