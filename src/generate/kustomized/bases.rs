//! Which kustomizations several overlays have in common.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Load;
use super::placed::Placed;
use crate::analysis::Analysis;
use crate::discover::KUSTOMIZATION_NAMES;
use crate::source::FileId;
use crate::yaml::{self, Node};

/// A kustomization that several overlays have in common.
pub(super) struct BaseAt {
    /// Its directory, as reports print it.
    pub(super) name: String,
    pub(super) directory: PathBuf,
    /// The places of the overlays in the list of all.
    pub(super) users: Vec<usize>,
}

/// The bases of overlays: those that most have in common come first. Of bases that the same overlays use, one of which
/// is a part of the other, it is the whole.
pub(super) fn bases(overlays: &[Analysis], placed: &Placed, load: Load<'_>) -> Vec<BaseAt> {
    let Some(sources) = overlays.first().map(Analysis::sources) else { return Vec::new() };
    let roots: Vec<FileId> = overlays.iter().filter_map(Analysis::kustomization).collect();
    let is_candidate = |file: &FileId| {
        is_kustomization(sources.name(*file))
            && !roots.contains(file)
            && values_of(sources.text(*file), ["kind"]) != ["Component"]
    };
    let mut found: BTreeMap<FileId, (BaseAt, Vec<String>)> = BTreeMap::new();
    for file in sources.ids().filter(|file| file.is_input()).filter(is_candidate) {
        let users = overlays.iter().enumerate().filter(|(_, overlay)| overlay.is_made_of(file)).map(|(at, _)| at);
        let users: Vec<usize> = users.collect();
        let Some(directory) = Path::new(sources.name(file)).parent().filter(|_| users.len() > 1) else { continue };
        let directory = placed.resolve(directory);
        let Some(own) = load(placed.tree(), Some(&directory)).into_iter().next() else { continue };
        if own.workloads().next().is_none() || own.refusals().next().is_some() {
            continue;
        }
        let parts = own.sources().ids().filter(|part| own.is_made_of(*part));
        let parts = parts.map(|part| own.sources().name(part).to_owned()).collect();
        let name = Path::new(sources.name(file)).parent().unwrap_or(Path::new(".")).display().to_string();
        found.insert(file, (BaseAt { name, directory, users }, parts));
    }
    let is_part = |file: FileId, users: &[usize]| {
        let name = sources.name(file);
        let mut others = found.iter().filter(|(other, _)| **other != file);
        others.any(|(_, (base, parts))| base.users == users && parts.iter().any(|part| part == name))
    };
    let parts: Vec<FileId> =
        found.iter().filter(|(file, (base, _))| is_part(**file, &base.users)).map(|(file, _)| *file).collect();
    let mut bases: Vec<BaseAt> =
        found.into_iter().filter(|(file, _)| !parts.contains(file)).map(|(_, (base, _))| base).collect();
    bases.sort_by(|one, other| other.users.len().cmp(&one.users.len()).then_with(|| one.name.cmp(&other.name)));
    bases
}

/// Whether kustomize adds labels to selectors of what a cluster is built from, or may change them in some other way.
pub(super) fn adds_labels(analysis: &Analysis) -> bool {
    let sources = analysis.sources();
    let mut own = sources.ids().filter(|file| analysis.is_made_of(*file) && is_kustomization(sources.name(*file)));
    own.any(|file| {
        let text = sources.text(file);
        let chunks = yaml::split(text);
        let document = chunks.first().and_then(|chunk| yaml::parse(text, *chunk).ok());
        let Some(root) = document.as_ref().and_then(|document| document.root()) else { return false };
        let includes = |entry: Node<'_>| entry.get("includeSelectors").is_some();
        ["commonLabels", "transformers", "configurations"].into_iter().any(|key| root.get(key).is_some())
            || root.get("labels").is_some_and(|labels| labels.items().any(includes))
    })
}

fn is_kustomization(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|name| KUSTOMIZATION_NAMES.iter().any(|known| name == *known))
}

/// The strings that a document has under these keys; empty where it has none.
pub(super) fn values_of<const N: usize>(text: &str, keys: [&str; N]) -> [String; N] {
    let chunks = yaml::split(text);
    let document = chunks.first().and_then(|chunk| yaml::parse(text, *chunk).ok());
    keys.map(|key| {
        let root = document.as_ref().and_then(|document| document.root());
        root.and_then(|root| root.get(key)).and_then(|value: Node<'_>| value.as_str()).unwrap_or_default().to_owned()
    })
}
