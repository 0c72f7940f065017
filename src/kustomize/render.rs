//! Clusters as kustomize and Helm themselves render them, traced back to the files that people edit.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::Part;
use super::build::Outcome;
use super::file::Kustomization;
use super::files::Files;
use super::node::{NodeId, Tree, Value};
use super::object::{Id, Object};
use super::read::{self, Text};
use crate::discover::{Renderable, Texts};
use crate::source::{FileId, Origin, Written, paths};
use crate::yaml;

/// Where kustomize says that an object comes from.
const ORIGIN: &str = "config.kubernetes.io/origin";

/// Renders a kustomization. What netlint builds of it itself tells where its values are written; `None` where it
/// cannot be rendered.
pub(super) fn kustomization(root: &Kustomization, outcome: &Outcome, files: &mut Files<'_>) -> Option<Part> {
    let texts = files.texts();
    let file = add(Renderable::Kustomization, &root.directory, texts)?;
    let text = texts.sources.text(file).to_owned();
    let built = outcome.objects.as_deref().unwrap_or_default();
    let own: HashMap<Id, &Object> = built.iter().map(|object| (object.id(), object)).collect();
    let documents = yaml::split(&text).len();
    let (mut written, mut templates) = (vec![Written::new(); documents], vec![None; documents]);
    for rendered in read::objects(Text { file, text: &text }).unwrap_or_default() {
        let place = &rendered.place;
        let index = place.document as usize;
        if let (Some(object), Some(places)) = (own.get(&rendered.id()), written.get_mut(index)) {
            let both = (&rendered.tree, &object.tree);
            trace(both, (rendered.tree.root, object.tree.root), place, place, places);
        } else if let Some(template) = templates.get_mut(index) {
            let path = rendered.annotation(ORIGIN).and_then(|origin| {
                let path = origin.lines().find_map(|line| line.strip_prefix("path: "))?;
                (!origin.contains("repo: ")).then(|| paths::normal(&root.directory.join(path)))
            });
            *template = path.and_then(|path| texts.file(&path));
        }
    }
    texts.sources.trace(file, written, templates);
    let sources = outcome.used.iter().copied().collect();
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

/// Notes where the parts of a rendered value are written: in what netlint built, which would be at `inherited` if
/// nothing else were said, as far as it is the same; else in the rendered text at `own`.
fn trace(
    (rendered, built): (&Tree, &Tree),
    (from, to): (NodeId, NodeId),
    own: &Origin,
    inherited: &Origin,
    written: &mut Written,
) {
    let place = built.origin(to).unwrap_or_else(|| inherited.clone());
    let is_alike = match (&rendered.node(from).value, &built.node(to).value) {
        (Value::Map(_), Value::Map(_)) => true,
        (Value::Seq(left), Value::Seq(right)) => left.len() == right.len(),
        (Value::Scalar(_, left), Value::Scalar(_, right)) => left == right,
        _ => false,
    };
    let place = if is_alike { place } else { own.clone() };
    if place != *inherited {
        written.insert(own.path.clone(), place.clone());
    }
    if !is_alike {
        return;
    }
    for (key, value) in rendered.entries(from) {
        let (own, inherited) = (own.key(key.text.to_string()), place.key(key.text.to_string()));
        match built.get(to, &key.text) {
            Some(found) => trace((rendered, built), (*value, found), &own, &inherited, written),
            None => drop(written.insert(own.path.clone(), own)),
        }
    }
    for (index, (&value, &found)) in rendered.items(from).iter().zip(built.items(to)).enumerate() {
        trace((rendered, built), (value, found), &own.index(index), &place.index(index), written);
    }
}
