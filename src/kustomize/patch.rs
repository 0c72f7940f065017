//! Patches: which objects they are meant for, and what kind of patch they are.

use regex::Regex;

use super::file::Kustomization;
use super::json_patch;
use super::merge::{Fate, Inexact, merge};
use super::object::{Id, Object};
use super::tree::{Tree, Value};
use crate::discover::Texts;
use crate::objects::{Operator, Requirement, Selector};
use crate::source::{FileId, Origin};
use crate::yaml::{self, FieldPath, Kind};

/// How many values a patch may put into all of its objects together.
const LARGEST: usize = 2_000_000;

/// An entry of `patches` or of its former names.
pub(super) struct Patch {
    /// What to call it in notes.
    pub(super) name: String,
    /// What it consists of, each with its place; nothing where it cannot be read.
    parts: Vec<(Tree, Origin)>,
    /// What it is for, where it says so.
    target: Option<Tree>,
    /// Whether it asks for more than is done here.
    is_special: bool,
    /// Whether it must find its object.
    is_strict: bool,
}

/// The patches under a key, in order. Files are read through `texts` and noted in `files`.
pub(super) fn patches(
    kustomization: &Kustomization,
    key: &'static str,
    texts: &mut Texts,
    files: &mut Vec<FileId>,
) -> Vec<Patch> {
    let list = kustomization.root.key(key);
    let mut patches = Vec::new();
    for (index, entry) in kustomization.list(key).iter().enumerate() {
        let origin = list.index(index);
        // `patchesStrategicMerge` lists files and texts themselves.
        let (path, inline) = match entry.as_str() {
            Some(text) if text.contains('\n') => (None, Some((text, origin))),
            Some(path) => (Some(path), None),
            None => (entry.text(&["path"]), entry.text(&["patch"]).map(|text| (text, origin.key("patch")))),
        };
        let name = path.map_or_else(|| format!("{key}[{index}]"), str::to_owned);
        let parts = match (path, inline) {
            (Some(path), None) => match texts.file(&kustomization.path(path)) {
                Some(file) => {
                    files.push(file);
                    of_file(file, texts.sources.text(file))
                }
                None => Vec::new(),
            },
            (None, Some((text, origin))) => of_text(text, &origin),
            _ => Vec::new(),
        };
        let target = entry.get("target").filter(|target| !target.is_null()).cloned();
        patches.push(Patch {
            name,
            parts,
            target,
            is_special: entry.get("options").is_some_and(|options| !options.entries().is_empty()),
            is_strict: key == "patchesJson6902",
        });
    }
    patches
}

fn of_file(file: FileId, text: &str) -> Vec<(Tree, Origin)> {
    trees(text).into_iter().map(|(tree, document)| (tree, Origin { file, document, path: FieldPath::root() })).collect()
}

/// The parts of a text inside a kustomization: all of them are said to stand below its key.
fn of_text(text: &str, origin: &Origin) -> Vec<(Tree, Origin)> {
    trees(text).into_iter().map(|(tree, _)| (tree, origin.clone())).collect()
}

/// The documents of a text; none where one cannot be read.
fn trees(text: &str) -> Vec<(Tree, u32)> {
    let mut trees = Vec::new();
    for chunk in yaml::split(text) {
        match yaml::parse(text, chunk) {
            Ok(document) => trees.extend(document.root().map(|root| match root.kind() {
                Kind::Seq => (Tree::read(root), chunk.index),
                _ => (Tree::read_object(root).0, chunk.index),
            })),
            Err(_) => return Vec::new(),
        }
    }
    trees
}

impl Patch {
    /// Applies the patch. What it deletes is taken out, and so is what nobody here knows any more; the names of that
    /// are returned. `Err` where it is unknown what the patch would do at all.
    pub(super) fn apply(&self, objects: &mut Vec<Object>) -> Result<Vec<String>, Inexact> {
        if self.parts.is_empty() {
            return self.target.as_ref().map_or(Err(Inexact), |target| Ok(take_selected(target, objects)));
        }
        let mut lost = Vec::new();
        for (part, origin) in &self.parts {
            let is_json = matches!(part.value, Value::Seq(_));
            let (meant, is_exact) = self.meant(part, objects)?;
            if meant.is_empty() && (self.is_strict || self.target.is_none()) {
                return Err(Inexact);
            }
            if part.extent().1.saturating_mul(meant.len()) > LARGEST {
                return Err(Inexact);
            }
            let mut index = 0;
            objects.retain_mut(|object| {
                let is_meant = meant.contains(&index);
                index += 1;
                if !is_meant {
                    return true;
                }
                let patched = if self.is_special || !is_exact {
                    Err(Inexact)
                } else if is_json {
                    json_patch::apply(object, part, origin).map(|()| Fate::Kept)
                } else {
                    merge(object, part, origin)
                };
                if patched.is_err() {
                    lost.push(format!("{} `{}`", object.kind(), object.name()));
                }
                matches!(patched, Ok(Fate::Kept))
            });
        }
        Ok(lost)
    }

    /// The places of the objects that a part is meant for, and whether that is sure.
    fn meant(&self, part: &Tree, objects: &[Object]) -> Result<(Vec<usize>, bool), Inexact> {
        let places = |is_meant: &dyn Fn(&Object) -> bool| {
            objects.iter().enumerate().filter(|(_, object)| is_meant(object)).map(|(index, _)| index).collect()
        };
        match &self.target {
            Some(target) => {
                let target = Target::read(target);
                Ok((places(&|object| target.selects(object)), target.is_exact))
            }
            None => {
                let wanted = Object { tree: part.clone(), file: FileId(0), is_reread: false, former: Vec::new() };
                let id = wanted.id();
                let is_kind = |object: &Object| {
                    object.kind() == wanted.kind() && object.group_version() == wanted.group_version()
                };
                let now: Vec<usize> = places(&|object| is_kind(object) && object.id() == id);
                let ever: Vec<usize> = places(&|object| is_kind(object) && object.ids().any(|other| other == id));
                let meant = if now.is_empty() { ever } else { now };
                if meant.len() > 1 { Err(Inexact) } else { Ok((meant, true)) }
            }
        }
    }
}

/// Takes out the objects that a `target` or `select` means, and returns their names.
pub(super) fn take_selected(target: &Tree, objects: &mut Vec<Object>) -> Vec<String> {
    let target = Target::read(target);
    let taken = objects.extract_if(.., |object| target.selects(object));
    taken.map(|object| format!("{} `{}`", object.kind(), object.name())).collect()
}

/// What a `target` selects.
struct Target {
    /// Group, version, kind, namespace and name: whole matches of Go's regular expressions.
    patterns: [Option<Regex>; 5],
    labels: Selector,
    annotations: Selector,
    /// Whether it means no less than what it selects here.
    is_exact: bool,
}

impl Target {
    fn read(tree: &Tree) -> Self {
        let mut is_exact = true;
        let patterns = ["group", "version", "kind", "namespace", "name"].map(|key| {
            let text = tree.text(&[key]).filter(|pattern| !pattern.is_empty())?;
            let pattern = Regex::new(&format!("^(?:{text})$"));
            is_exact &= pattern.is_ok();
            pattern.ok()
        });
        let [labels, annotations] = ["labelSelector", "annotationSelector"].map(|key| {
            let selector = tree.text(&[key]).map_or(Ok(Selector::default()), selector);
            is_exact &= selector.is_ok();
            selector.unwrap_or_default()
        });
        Self { patterns, labels, annotations, is_exact }
    }

    fn selects(&self, object: &Object) -> bool {
        let [group, version, kind, namespace, name] = &self.patterns;
        let (own_group, own_version) = object.group_version();
        let is = |pattern: &Option<Regex>, text: &str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
        let is_called = |id: Id| is(namespace, &id.namespace) && is(name, &id.name);
        let pairs = |key| {
            let entries = object.tree.find(&["metadata", key]).map(Tree::entries).unwrap_or_default().iter();
            entries.filter_map(|(key, value)| Some((key.into(), value.as_str()?.into()))).collect()
        };
        is(group, own_group)
            && is(version, own_version)
            && is(kind, object.kind())
            && object.ids().any(is_called)
            && self.labels.matches(&pairs("labels"))
            && self.annotations.matches(&pairs("annotations"))
    }
}

/// Reads a selector as `kubectl --selector` writes it, of equalities and existence.
fn selector(text: &str) -> Result<Selector, Inexact> {
    let requirement = |part: &str| {
        let part = part.trim();
        let is_word =
            |word: &str| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || "()!=".contains(c));
        let (key, operator) = if let Some((key, value)) = part.split_once("!=") {
            (key, Operator::NotIn(vec![value.trim().into()]))
        } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
            (key, Operator::In(vec![value.trim().into()]))
        } else if let Some(key) = part.strip_prefix('!') {
            (key, Operator::DoesNotExist)
        } else {
            (part, Operator::Exists)
        };
        let key = key.trim();
        if is_word(key) { Ok(Requirement { key: key.into(), operator }) } else { Err(Inexact) }
    };
    text.split(',').map(requirement).collect::<Result<_, _>>().map(Selector::new)
}
