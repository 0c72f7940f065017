//! What a kustomization builds: its objects, gathered and changed in kustomize's order.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::fields::FieldSpec;
use super::file::{Kustomization, Target};
use super::graph::Graph;
use super::object::{self, Id, Object};
use super::tree::Tree;
use super::{patch, references, transform};
use crate::discover::Texts;
use crate::source::FileId;

/// How many objects and kustomizations may be gathered for one, each counted as often as it is referred to.
const MOST: usize = 300_000;

/// How deep kustomizations may lie in one another.
const DEEPEST: usize = 100;

/// What a kustomization builds.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub(super) objects: Vec<Object>,
    /// The files that it was built from.
    pub(super) files: BTreeSet<FileId>,
    /// Those of them that are resources.
    pub(super) resources: BTreeSet<FileId>,
    /// What is not known of it, in a few words each.
    pub(super) unknown: BTreeSet<String>,
}

/// Builds kustomizations. What one file holds is read once for all of them.
pub(super) struct Builder<'g> {
    graph: &'g Graph,
    texts: &'g mut Texts,
    objects: HashMap<FileId, Arc<Vec<Object>>>,
}

impl<'g> Builder<'g> {
    pub(super) fn new(graph: &'g Graph, texts: &'g mut Texts) -> Self {
        Self { graph, texts, objects: HashMap::new() }
    }

    /// Builds one.
    pub(super) fn build(&mut self, root: &Kustomization) -> Built {
        let mut run = Run { built: Built::default(), above: Vec::new(), budget: MOST };
        let mut objects = self.accumulate(root, Vec::new(), &mut run);
        let unclear = references::update(&mut objects);
        run.built.unknown.extend(unclear);
        Built { objects, ..run.built }
    }

    /// The objects of a file, as they stand there.
    pub(super) fn of_file(&mut self, file: FileId) -> Arc<Vec<Object>> {
        let text = self.texts.sources.text(file);
        Arc::clone(self.objects.entry(file).or_insert_with(|| Arc::new(object::read(file, text))))
    }

    /// The texts, to which more can be added.
    pub(super) fn texts(&mut self) -> &mut Texts {
        self.texts
    }

    /// Adds what a kustomization consists of, and does to all of it what it says. A component does so to what is there
    /// already.
    fn accumulate(&mut self, kustomization: &Kustomization, mut objects: Vec<Object>, run: &mut Run) -> Vec<Object> {
        let file = kustomization.file;
        run.built.files.insert(file);
        if run.above.contains(&file) {
            run.built.unknown.insert(format!("{}, which leads to itself", self.name(kustomization)));
            return objects;
        }
        if !kustomization.is_readable {
            run.built.unknown.insert(format!("{}, which cannot be read", self.name(kustomization)));
        }
        run.budget = run.budget.saturating_sub(1);
        if run.above.len() >= DEEPEST || run.budget == 0 {
            run.built.unknown.insert(format!("{}, which leads too far", self.name(kustomization)));
            return objects;
        }
        run.above.push(file);
        for (entry, _) in kustomization.parts() {
            let target = kustomization.target(entry);
            if let Target::Local(path) = &target
                && let Some(file) = self.texts.file(path)
            {
                run.built.files.insert(file);
                run.built.resources.insert(file);
                let own = self.of_file(file);
                run.budget = run.budget.saturating_sub(own.len());
                objects.extend(own.iter().cloned());
            } else if let Target::Local(path) = &target
                && let Some(part) = self.graph.in_directory(path)
            {
                if part.is_component() {
                    objects = self.accumulate(part, objects, run);
                } else {
                    let own = self.accumulate(part, Vec::new(), run);
                    run.budget = run.budget.saturating_sub(own.len());
                    objects.extend(own);
                }
            } else if !self.is_left_out(&target) {
                let is_missing = matches!(&target, Target::Local(path) if !self.texts.exists(path));
                let why = if is_missing { ", which does not exist" } else { "" };
                run.built.unknown.insert(format!("`{entry}`{why}"));
            }
        }
        run.refuse_twins(&mut objects);
        self.transform(kustomization, &mut objects, run);
        run.above.pop();
        objects
    }

    fn is_left_out(&self, target: &Target) -> bool {
        matches!(target, Target::Local(path) if self.texts.is_excluded(path))
    }

    /// In the order of kustomize's `configureBuiltinTransformers`.
    fn transform(&mut self, kustomization: &Kustomization, objects: &mut Vec<Object>, run: &mut Run) {
        self.generators(kustomization, run);
        for key in ["patchesStrategicMerge", "patches"] {
            self.patches(kustomization, key, objects, run);
        }
        transform::namespace(kustomization, objects);
        transform::names(kustomization, objects);
        transform::labels(kustomization, objects);
        transform::annotations(kustomization, objects);
        self.patches(kustomization, "patchesJson6902", objects, run);
        transform::replicas(kustomization, objects);
        transform::images(kustomization, objects);
        self.replacements(kustomization, objects, run);
        self.transformers(kustomization, objects, run);
    }

    fn patches(&mut self, kustomization: &Kustomization, key: &'static str, objects: &mut Vec<Object>, run: &mut Run) {
        let mut files = Vec::new();
        for patch in patch::patches(kustomization, key, self.texts, &mut files) {
            match patch.apply(objects) {
                Ok(lost) => run.built.unknown.extend(lost),
                Err(_) => drop(run.built.unknown.insert(format!(
                    "the patch `{}` of {}",
                    patch.name,
                    self.name(kustomization)
                ))),
            }
        }
        run.built.files.extend(files);
    }

    /// What would be made by programs, charts or plugins.
    fn generators(&self, kustomization: &Kustomization, run: &mut Run) {
        for key in ["generators", "helmCharts", "helmChartInflationGenerator"] {
            if !kustomization.list(key).is_empty() {
                run.built.unknown.insert(format!("`{key}` of {}", self.name(kustomization)));
            }
        }
        // They teach kustomize more about kinds that Kubernetes itself does not have.
        for key in ["configurations", "crds", "openapi"] {
            if kustomization.tree.get(key).is_some_and(|value| !value.is_null()) {
                run.built.unknown.insert(format!("`{key}` of {}", self.name(kustomization)));
            }
        }
    }

    /// Objects into which values are copied that decide on connections are not known any more.
    fn replacements(&mut self, kustomization: &Kustomization, objects: &mut Vec<Object>, run: &mut Run) {
        for (index, entry) in kustomization.list("replacements").iter().enumerate() {
            let name = || format!("`replacements[{index}]` of {}", self.name(kustomization));
            let targets = entry.get("targets").map(Tree::items).unwrap_or_default();
            if targets.is_empty() {
                run.built.unknown.insert(name());
                continue;
            }
            for target in targets {
                let paths = target.get("fieldPaths").map(Tree::items).unwrap_or_default();
                let is_harmless = |path: &Tree| path.as_str().is_some_and(is_harmless);
                if paths.is_empty() || !paths.iter().all(is_harmless) {
                    let select = target.get("select").cloned().unwrap_or_else(Tree::map);
                    run.built.unknown.extend(patch::take_selected(&select, objects));
                }
            }
        }
    }

    /// The built-in label transformer is applied; what any other one does is not known.
    fn transformers(&mut self, kustomization: &Kustomization, objects: &mut Vec<Object>, run: &mut Run) {
        for entry in kustomization.list("transformers") {
            let file = entry.as_str().and_then(|path| self.texts.file(&kustomization.path(path)));
            let configured = file.map(|file| self.of_file(file)).unwrap_or_default();
            run.built.files.extend(file);
            let is_label = |it: &Object| it.group_version() == ("", "builtin") && it.kind() == "LabelTransformer";
            if configured.is_empty() || !configured.iter().all(is_label) {
                run.built.unknown.insert(format!("`transformers` of {}", self.name(kustomization)));
                objects.clear();
                continue;
            }
            for labels in configured.iter() {
                let specs = labels.tree.get("fieldSpecs").map(Tree::items).unwrap_or_default();
                let specs: Vec<_> = specs.iter().filter_map(FieldSpec::read).collect();
                if let (Some(pairs), Some(origin)) = (labels.tree.get("labels"), &labels.tree.origin) {
                    transform::add_pairs(pairs, &origin.key("labels"), &specs, objects);
                }
            }
        }
    }

    fn name(&self, kustomization: &Kustomization) -> String {
        format!("`{}`", self.texts.sources.name(kustomization.file))
    }
}

/// Whether a field says nothing of who may connect to whom.
fn is_harmless(path: &str) -> bool {
    const HARMLESS: [&str; 10] =
        ["annotations", "args", "command", "data", "env", "host", "hosts", "image", "resources", "stringData"];
    path.split('.').any(|key| HARMLESS.contains(&key))
}

/// One build.
struct Run {
    built: Built,
    /// The kustomizations that led here.
    above: Vec<FileId>,
    budget: usize,
}

impl Run {
    /// Takes out objects of the same kind and name as one before. kustomize refuses them.
    fn refuse_twins(&mut self, objects: &mut Vec<Object>) {
        let mut seen: BTreeSet<(String, String, Id)> = BTreeSet::new();
        objects.retain(|object| {
            let is_new = seen.insert((object.group_version().0.to_owned(), object.kind().to_owned(), object.id()));
            if !is_new {
                self.built.unknown.insert(format!("a second {} `{}`", object.kind(), object.name()));
            }
            is_new
        });
    }
}
