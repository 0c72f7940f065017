//! Kustomizations, and the clusters that an input is divided into by them.

mod budget;
mod build;
mod config;
mod context;
mod crds;
mod defaults;
mod elements;
mod error;
mod field_spec;
mod file;
mod files;
mod finish;
mod generators;
mod graph;
mod hash;
mod images;
mod inline;
mod json;
mod json_patch;
mod labels;
mod lookup;
mod merge;
mod names;
mod namespace;
mod node;
mod object;
mod openapi;
mod order;
mod patch;
mod plugins;
mod read;
mod references;
mod regexes;
mod render;
mod replacements;
mod replicas;
mod resources;
mod scalar;
mod selector;
mod shape;
mod transformer;
mod unread;
mod value;
mod value_add;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::Draft;
use crate::discover::Texts;
use crate::source::{FileId, Unread};
use build::{Outcome, Parsed, build};
pub(crate) use error::RULE;
use error::Refusal;
use file::{Kustomization, is_kustomization};
use files::Files;
use graph::Graph;

/// The name of the cluster of what belongs to no other.
pub(crate) const REST: &str = "other";

/// What belongs to one cluster.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// What the cluster is called: as the configuration does, or by the directory of its kustomization.
    pub(crate) name: String,
    /// Whether it is what belongs to no other cluster.
    pub(crate) is_rest: bool,
    /// The kustomizations that it is built from.
    pub(crate) roots: Vec<FileId>,
    /// The files whose objects it has as they are written.
    pub(crate) files: Vec<FileId>,
    /// The files that its other objects are made of.
    pub(crate) sources: Vec<FileId>,
    /// The texts of these objects.
    pub(crate) rendered: Vec<FileId>,
    /// Files of which only the form is checked: resources of kustomizations that kustomize refuses.
    pub(crate) checked: Vec<FileId>,
    /// Why kustomize refuses what it consists of.
    pub(crate) refused: Vec<Draft>,
    /// What it leads to and cannot be read.
    pub(crate) unread: Vec<Unread>,
}

impl Part {
    /// What belongs to no other cluster, or a part of that.
    pub(crate) fn of_files(name: impl Into<String>, files: impl IntoIterator<Item = FileId>) -> Self {
        Self { name: name.into(), is_rest: true, files: files.into_iter().collect(), ..Self::default() }
    }

    /// Takes in what another one has.
    fn extend(&mut self, other: Self) {
        for (own, files) in [
            (&mut self.roots, other.roots),
            (&mut self.files, other.files),
            (&mut self.sources, other.sources),
            (&mut self.rendered, other.rendered),
            (&mut self.checked, other.checked),
        ] {
            own.extend(files);
            own.sort_unstable();
            own.dedup();
        }
        self.refused.extend(other.refused);
        self.unread.extend(other.unread);
    }

    /// All texts that the cluster is read from, in order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = FileId> + '_ {
        let inputs: BTreeSet<FileId> = self.files.iter().chain(&self.sources).chain(&self.checked).copied().collect();
        inputs.into_iter().chain(self.rendered.iter().copied())
    }

    /// What it is made of, in one text that is the same for equal parts of equal texts.
    pub(crate) fn description(&self) -> String {
        let Self { name, is_rest: _, roots, files, sources, rendered, checked, refused, unread } = self;
        format!("{name:?} {roots:?} {files:?} {sources:?} {rendered:?} {checked:?} {refused:?} {unread:?}")
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.sources.is_empty() && self.rendered.is_empty() && self.refused.is_empty()
    }
}

/// How an input is divided.
pub(crate) struct Division<'c> {
    /// The clusters that the configuration states, with their paths.
    pub(crate) configured: &'c BTreeMap<String, Vec<PathBuf>>,
    /// The charts to render, from the root of the file system; `None` where nothing is rendered.
    pub(crate) charts: Option<BTreeSet<PathBuf>>,
    /// The directory of the one kustomization that is wanted, from the root of the file system.
    pub(crate) only: Option<PathBuf>,
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
        return vec![Part::of_files(REST, texts.sources.ids())];
    }
    let inputs: BTreeSet<FileId> = texts.sources.ids().collect();
    let mut files = Files::new(texts);
    let graph = Graph::read(&mut files);
    let held = graph.held(&mut files);
    let mut divider = Divider {
        graph: &graph,
        held: &held,
        is_rendered: division.charts.is_some(),
        files,
        parsed: Parsed::new(),
        rendered_charts: BTreeSet::new(),
    };
    if let Some(only) = division.only.as_deref().and_then(|directory| graph.at(directory)) {
        return vec![divider.part(only, true)];
    }
    let mut charts: BTreeSet<PathBuf> = division.charts.iter().flat_map(render::outermost).cloned().collect();
    let mut parts = Vec::new();
    let mut rest = inputs.clone();
    for (name, paths) in division.configured {
        let paths: Vec<PathBuf> = paths.iter().map(|path| divider.files.texts().absolute(path)).collect();
        let is_own = |path: &Path| paths.iter().any(|own| path.starts_with(own));
        let own =
            inputs.iter().copied().filter(|&file| divider.files.texts().path(file).is_some_and(|path| is_own(&path)));
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
    let configured: Vec<PathBuf> =
        division.configured.values().flatten().map(|own| divider.files.texts().absolute(own)).collect();
    charts.retain(|chart| !configured.iter().any(|own| chart.starts_with(own)));
    parts.extend(divider.parts(&rest, &charts));
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        parts.push(Part::of_files(REST, []));
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
    files: Files<'d>,
    parsed: Parsed,
    rendered_charts: BTreeSet<PathBuf>,
}

impl Divider<'_> {
    /// The clusters of some of the input's files and charts, whatever the configuration says.
    fn parts(&mut self, files: &BTreeSet<FileId>, charts: &BTreeSet<PathBuf>) -> Vec<Part> {
        let roots = self.graph.roots(files, &self.files);
        let mut parts = Vec::new();
        for &root in &roots {
            parts.push(self.part(root, roots.len() == 1));
        }
        for chart in charts {
            let rendered = render::chart(chart, self.files.texts());
            self.rendered_charts.extend(rendered.is_some().then(|| chart.clone()));
            parts.extend(rendered);
        }
        let rest: BTreeSet<FileId> = files.difference(self.held).copied().collect();
        parts.push(Part::of_files(REST, rest));
        parts
    }

    /// The cluster of a kustomization.
    fn part(&mut self, root: &Kustomization, is_only: bool) -> Part {
        let outcome = build(root, &mut self.files, &mut self.parsed);
        let rendered = if self.is_rendered { render::kustomization(root, &outcome, &mut self.files) } else { None };
        let part = match rendered {
            Some(part) => part,
            None => self.part_of(root, outcome, is_only),
        };
        Part { name: self.files.texts().printed(&root.directory), roots: vec![root.file], ..part }
    }

    /// What a kustomization built: its objects as texts, which are traced to the files that people edit.
    fn part_of(&mut self, root: &Kustomization, outcome: Outcome, is_only: bool) -> Part {
        let Outcome { objects, used, unread } = outcome;
        let written = objects.and_then(|objects| {
            let (mut text, mut written) = (String::new(), Vec::new());
            for object in &objects {
                text.push_str("---\n");
                written.push(json::write(object, &mut text)?);
                text.push('\n');
            }
            Ok((text, written))
        });
        match written {
            Ok((text, written)) => {
                let sources = &mut self.files.texts().sources;
                let file = sources.add_rendered(String::new(), text);
                sources.trace(file, written, Vec::new());
                Part { sources: used.into_iter().collect(), rendered: vec![file], unread, ..Part::default() }
            }
            Err(refusal) => self.refused(root, *refusal, used, is_only),
        }
    }

    /// What is left of a kustomization that kustomize refuses: the form of its resources. Nothing is known of what would
    /// be built, so nothing is said about it.
    fn refused(&mut self, root: &Kustomization, refusal: Refusal, used: BTreeSet<FileId>, is_only: bool) -> Part {
        let resources = self.graph.resources(root, &mut self.files);
        let sources = used.into_iter().filter(|file| !resources.contains(file)).collect();
        // Patches of a Component that nothing uses have nothing to patch.
        let is_expected = root.is_component() && !is_only && refusal.is_about_absence;
        let refused = if is_expected { Vec::new() } else { vec![refusal.into_draft()] };
        Part { sources, checked: resources.into_iter().collect(), refused, ..Part::default() }
    }
}
