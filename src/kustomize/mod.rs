//! Kustomizations, and the clusters that an input is divided into by them.

mod build;
mod fields;
mod file;
mod graph;
mod json_patch;
mod merge;
mod object;
mod patch;
mod references;
mod render;
mod transform;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::discover::Texts;
use crate::source::{FileId, Written};
use build::{Builder, Built};
use file::is_kustomization;
use graph::{Graph, targets};
use object::Object;

/// The name of the cluster of what belongs to no other.
pub(crate) const REST: &str = "other";

/// What belongs to one cluster.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// What the cluster is called: as the configuration does, or by the directory of its kustomization.
    pub(crate) name: String,
    /// The files whose objects it has as they are written.
    pub(crate) files: Vec<FileId>,
    /// The files that its other objects are made of.
    pub(crate) sources: Vec<FileId>,
    /// The texts of these objects.
    pub(crate) rendered: Vec<FileId>,
    /// What is not known of it without rendering, in a few words each.
    pub(crate) unknown: BTreeSet<String>,
}

impl Part {
    fn of_files(files: impl IntoIterator<Item = FileId>) -> Self {
        Self { name: REST.to_owned(), files: files.into_iter().collect(), ..Self::default() }
    }

    /// Takes in what another one has.
    fn extend(&mut self, other: Self) {
        for (own, files) in
            [(&mut self.files, other.files), (&mut self.sources, other.sources), (&mut self.rendered, other.rendered)]
        {
            own.extend(files);
            own.sort_unstable();
            own.dedup();
        }
        self.unknown.extend(other.unknown);
    }

    /// All texts that the cluster is read from, in order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = FileId> + '_ {
        let inputs: BTreeSet<FileId> = self.files.iter().chain(&self.sources).copied().collect();
        inputs.into_iter().chain(self.rendered.iter().copied())
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.sources.is_empty() && self.rendered.is_empty()
    }
}

/// How an input is divided.
pub(crate) struct Division<'c> {
    /// The clusters that the configuration states, with their paths.
    pub(crate) configured: &'c BTreeMap<String, Vec<PathBuf>>,
    /// The charts to render, from the root of the file system; `None` where nothing is rendered.
    pub(crate) charts: Option<BTreeSet<PathBuf>>,
}

/// Divides the input into clusters: those that the configuration states, else one for each kustomization that no other
/// one leads to, and for each chart that is rendered. What belongs to none of them is one more. Without any, everything
/// is one cluster.
///
/// Charts that could be rendered are taken out of the division.
pub(crate) fn divide(texts: &mut Texts, division: &mut Division<'_>) -> Vec<Part> {
    let is_kustomized = texts.sources.ids().any(|file| is_kustomization(texts.sources.name(file)));
    let has_charts = division.charts.as_ref().is_some_and(|charts| !charts.is_empty());
    if !is_kustomized && !has_charts && division.configured.is_empty() {
        return vec![Part::of_files(texts.sources.ids())];
    }
    let inputs: BTreeSet<FileId> = texts.sources.ids().collect();
    let graph = Graph::read(texts);
    let held = graph.held(texts);
    let mut divider = Divider {
        graph: &graph,
        held: &held,
        is_rendered: division.charts.is_some(),
        texts,
        rendered_charts: BTreeSet::new(),
    };
    let mut charts: BTreeSet<PathBuf> = division.charts.iter().flat_map(render::outermost).cloned().collect();
    let mut parts = Vec::new();
    let mut rest = inputs.clone();
    for (name, paths) in division.configured {
        let paths: Vec<PathBuf> = paths.iter().map(|path| divider.texts.absolute(path)).collect();
        let is_own = |path: &Path| paths.iter().any(|own| path.starts_with(own));
        let own = inputs.iter().copied().filter(|&file| divider.texts.path(file).is_some_and(|path| is_own(&path)));
        let own: BTreeSet<FileId> = own.collect();
        let own_charts: BTreeSet<PathBuf> = charts.iter().filter(|chart| is_own(chart)).cloned().collect();
        rest.retain(|file| !own.contains(file));
        let mut part = Part::default();
        divider.parts(&own, &own_charts).into_iter().for_each(|one| part.extend(one));
        parts.push(Part { name: name.clone(), ..part });
    }
    let reached: BTreeSet<FileId> =
        parts.iter().flat_map(|part| part.files.iter().chain(&part.sources)).copied().collect();
    rest.retain(|file| !reached.contains(file));
    let is_configured = |chart: &PathBuf| {
        division.configured.values().flatten().any(|own| chart.starts_with(divider.texts.absolute(own)))
    };
    charts.retain(|chart| !is_configured(chart));
    parts.extend(divider.parts(&rest, &charts));
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        parts.push(Part::of_files([]));
    }
    if let Some(charts) = &mut division.charts {
        charts.retain(|chart| !chart.ancestors().any(|above| divider.rendered_charts.contains(above)));
    }
    parts
}

/// What clusters are made from.
struct Divider<'d> {
    graph: &'d Graph,
    /// The files that kustomizations hold.
    held: &'d BTreeSet<FileId>,
    /// Whether kustomizations are rendered by kustomize itself.
    is_rendered: bool,
    texts: &'d mut Texts,
    rendered_charts: BTreeSet<PathBuf>,
}

impl Divider<'_> {
    /// The clusters of some of the input's files and charts, whatever the configuration says.
    fn parts(&mut self, files: &BTreeSet<FileId>, charts: &BTreeSet<PathBuf>) -> Vec<Part> {
        let (roots, strays) = self.graph.roots(files);
        let mut parts = Vec::new();
        let mut builder = Builder::new(self.graph, self.texts);
        for root in roots {
            let built = builder.build(root);
            let rendered = if self.is_rendered { render::kustomization(root, &built, &mut builder) } else { None };
            let part = rendered.unwrap_or_else(|| part_of(built, &mut builder));
            parts.push(Part { name: builder.texts().printed(&root.directory), ..part });
        }
        for chart in charts {
            let rendered = render::chart(chart, self.texts);
            self.rendered_charts.extend(rendered.is_some().then(|| chart.clone()));
            parts.extend(rendered);
        }
        let mut rest: BTreeSet<FileId> = files.difference(self.held).copied().collect();
        for stray in strays {
            rest.insert(stray.file);
            rest.extend(targets(stray).iter().filter_map(|path| self.texts.known(path)));
        }
        parts.push(Part::of_files(rest));
        parts
    }
}

/// What a kustomization built, with files that it left as they are.
fn part_of(built: Built, builder: &mut Builder<'_>) -> Part {
    let mut part = Part { unknown: built.unknown, ..Part::default() };
    let mut objects: BTreeMap<FileId, Vec<Object>> = BTreeMap::new();
    for object in built.objects {
        objects.entry(object.file).or_default().push(object);
    }
    let (mut text, mut written) = (String::new(), Vec::new());
    for file in built.files {
        let own = objects.remove(&file).unwrap_or_default();
        let as_written = builder.of_file(file);
        let is_same = own.len() == as_written.len()
            && own.iter().zip(&*as_written).all(|(own, it)| !it.is_reread && own.tree == it.tree);
        if is_same && built.resources.contains(&file) {
            part.files.push(file);
            continue;
        }
        part.sources.push(file);
        for object in own {
            let mut places = Written::new();
            text.push_str("---\n");
            object.tree.write(&mut text, &mut places);
            text.push('\n');
            written.push(places);
        }
    }
    if !written.is_empty() {
        let sources = &mut builder.texts().sources;
        let file = sources.add_rendered(String::new(), text);
        sources.trace(file, written, Vec::new());
        part.rendered.push(file);
    }
    part
}
