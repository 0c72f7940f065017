//! Clusters as kustomize and Helm themselves render them, traced back to the files that people edit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Part;
use super::build::{Builder, Built};
use super::file::Kustomization;
use super::object::{self, Id, Object};
use super::tree::{Tree, Value};
use crate::discover::{Renderable, Texts};
use crate::source::{FileId, Origin, Written};
use crate::yaml;

/// Where kustomize says that an object comes from.
const ORIGIN: &str = "config.kubernetes.io/origin";

/// Renders a kustomization. What netlint builds of it itself tells where its values are written; `None` where it
/// cannot be rendered.
pub(super) fn kustomization(root: &Kustomization, built: &Built, builder: &mut Builder<'_>) -> Option<Part> {
    let texts = builder.texts();
    let file = add(Renderable::Kustomization, &root.directory, texts)?;
    let text = texts.sources.text(file).to_owned();
    let key = |object: &Object| -> (String, String, Id) {
        (object.group_version().0.to_owned(), object.kind().to_owned(), object.id())
    };
    let own: BTreeMap<_, &Object> = built.objects.iter().map(|object| (key(object), object)).collect();
    let documents = yaml::split(&text).len();
    let (mut written, mut templates) = (vec![Written::new(); documents], vec![None; documents]);
    for rendered in object::read(file, &text) {
        let Some(place) = rendered.tree.origin.as_deref() else { continue };
        let index = place.document as usize;
        if let (Some(object), Some(places)) = (own.get(&key(&rendered)), written.get_mut(index)) {
            trace(&rendered.tree, place, &object.tree, place, places);
        } else if let Some(template) = templates.get_mut(index) {
            let path = rendered.tree.text(&["metadata", "annotations", ORIGIN]).and_then(|origin| {
                let path = origin.lines().find_map(|line| line.strip_prefix("path: "))?;
                (!origin.contains("repo: ")).then(|| root.path(path))
            });
            *template = path.and_then(|path| texts.file(&path));
        }
    }
    texts.sources.trace(file, written, templates);
    let sources = built.files.iter().copied().collect();
    Some(Part { sources, rendered: vec![file], ..Part::default() })
}

/// Renders a chart; `None` where it cannot be rendered.
pub(super) fn chart(directory: &Path, texts: &mut Texts) -> Option<Part> {
    let file = add(Renderable::Chart, directory, texts)?;
    let text = texts.sources.text(file).to_owned();
    // Helm writes `# Source: CHART/templates/FILE` above each object.
    let template = |chunk: &yaml::Chunk| -> Option<PathBuf> {
        let source = chunk.span.slice(&text).lines().find_map(|line| line.strip_prefix("# Source: "))?;
        Some(directory.join(source.split_once('/')?.1))
    };
    let templates: Vec<_> = yaml::split(&text).iter().map(template).collect();
    let templates: Vec<Option<FileId>> = templates.into_iter().map(|path| texts.file(&path?)).collect();
    texts.sources.trace(file, Vec::new(), templates);
    Some(Part { name: texts.printed(directory), rendered: vec![file], ..Part::default() })
}

/// The charts that no other one holds.
pub(super) fn outermost(charts: &BTreeSet<PathBuf>) -> impl Iterator<Item = &PathBuf> {
    charts.iter().filter(|chart| !chart.ancestors().skip(1).any(|above| charts.contains(above)))
}

/// Runs the renderer, and keeps what it prints.
fn add(what: Renderable, directory: &Path, texts: &mut Texts) -> Option<FileId> {
    let rendered = texts.render(what, directory).map_err(|error| texts.errors.push(error)).ok()?;
    let name = format!("<{}>", rendered.command);
    match yaml::decode(rendered.bytes) {
        Ok(text) => Some(texts.sources.add_rendered(name, text)),
        Err(error) => {
            let file = texts.sources.add_rendered(name, String::new());
            texts.undecoded.push((file, error));
            Some(file)
        }
    }
}

/// Notes where the parts of a rendered value are written: in `built`, which would stand at `inherited` if nothing else
/// were said, as far as it is the same; else in the rendered text at `own`.
fn trace(rendered: &Tree, own: &Origin, built: &Tree, inherited: &Origin, written: &mut Written) {
    let place = built.origin.as_deref().unwrap_or(inherited);
    let is_alike = match (&rendered.value, &built.value) {
        (Value::Map(_), Value::Map(_)) => true,
        (Value::Seq(left), Value::Seq(right)) => left.len() == right.len(),
        (left, right) => left == right,
    };
    let place = if is_alike { place } else { own };
    if place != inherited {
        written.insert(own.path.clone(), place.clone());
    }
    if !is_alike {
        return;
    }
    for (key, value) in rendered.entries() {
        let (own, inherited) = (own.key(key.clone()), place.key(key.clone()));
        match built.get(key) {
            Some(built) => trace(value, &own, built, &inherited, written),
            None => drop(written.insert(own.path.clone(), own)),
        }
    }
    for (index, (value, built)) in rendered.items().iter().zip(built.items()).enumerate() {
        trace(value, &own.index(index), built, &place.index(index), written);
    }
}
