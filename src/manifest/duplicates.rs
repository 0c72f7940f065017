//! Keys that a document has twice: single ones, and those of manifests without `---` between them.

use crate::diagnostic::Draft;
use crate::source::{FileId, Location};
use crate::yaml::{Document, DuplicateKey};

/// How many other places are shown.
const SHOWN: usize = 3;

/// The keys by which a manifest begins anew.
const HEADS: [&str; 2] = ["apiVersion", "kind"];

/// What is wrong with the keys of a document. Several manifests in one document are one finding, whatever keys they
/// share.
pub(super) fn report(file: FileId, text: &str, document: &Document<'_>) -> Vec<Draft> {
    let is_of_root =
        |key: &DuplicateKey| key.again.start == 0 || text.as_bytes().get(key.again.start - 1) == Some(&b'\n');
    let duplicates = document.duplicate_keys();
    let starts = starts(duplicates.iter().filter(|key| is_of_root(key)));
    let of_manifests = starts.split_first().map(|(first, others)| joined(file, text, first, others));
    let others = duplicates.iter().filter(|key| starts.is_empty() || !is_of_root(key)).map(|duplicate| {
        let message = format!("the key `{}` is written twice; the last one wins silently", duplicate.key);
        let mut draft = Draft::new("invalid-yaml", Location::Bytes(file, duplicate.again), message);
        draft.because(Location::Bytes(file, duplicate.first), "first written here");
        draft.key(duplicate.key.to_string());
        draft.help("keep one of the two, or merge their values");
        draft
    });
    of_manifests.into_iter().chain(others).collect()
}

/// The keys at which further manifests begin: where `apiVersion` or `kind` is again, whichever comes first.
fn starts<'d>(duplicates: impl Iterator<Item = &'d DuplicateKey>) -> Vec<&'d DuplicateKey> {
    let mut heads: Vec<&DuplicateKey> = duplicates.filter(|key| HEADS.contains(&key.key.as_str())).collect();
    heads.sort_unstable_by_key(|key| key.again.start);
    let Some(first) = heads.first().map(|key| key.key.clone()) else { return Vec::new() };
    let has_both = heads.iter().any(|key| key.key != first);
    heads.retain(|key| key.key == first);
    // One key alone is a slip, not a manifest.
    if has_both { heads } else { Vec::new() }
}

/// Several manifests in one document, the second of which begins at `first`.
fn joined(file: FileId, text: &str, first: &DuplicateKey, others: &[&DuplicateKey]) -> Draft {
    let place = |key: &DuplicateKey| Location::Bytes(file, key.again);
    let is_glued = text.get(..first.again.start).is_some_and(|before| before.trim_end().ends_with("---"));
    let message = match (is_glued, others.len()) {
        (true, _) => "`---` is glued to the line above, so this manifest overwrites that one".to_owned(),
        (false, 0) => "`---` is missing before this manifest, which overwrites the one above".to_owned(),
        (false, more) => format!("`---` is missing before this manifest and {more} more: only the last one counts"),
    };
    let mut draft = Draft::new("invalid-yaml", place(first), message);
    for other in others.iter().take(SHOWN) {
        draft.because(place(other), "here too");
    }
    draft.help("put `---` on a line of its own between two manifests");
    draft
}
