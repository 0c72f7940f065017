//! `patches`, `patchesStrategicMerge` and `patchesJson6902`.

use std::collections::HashSet;

use super::context::Context;
use super::elements::Stuck;
use super::error::{Refusal, Result};
use super::inline::Source;
use super::json_patch;
use super::merge::{Fate, merge};
use super::object::{Id, Object, remembered};
use super::resources::{Resources, name_of};
use super::value::{Content, Value};
use crate::source::Origin;

/// A patch.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    content: Patching,
    target: Option<Value>,
    /// Where the patch, or what leads to it, is written in the kustomization.
    place: Origin,
}

/// What a patch does.
#[derive(Clone, Debug)]
enum Patching {
    /// Merges objects.
    Strategic(Vec<Object>),
    /// Does operations; none where the text holds no list of them.
    Json(Option<Vec<Value>>),
}

/// How the objects of a patch find what they change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The object of their name, which they change directly.
    ByName,
    /// As if a target selected it.
    ByTarget,
}

impl Patch {
    /// An entry of `patches`: its text, or its file in the directory.
    pub(super) fn read(entry: &Value, source: &Source, place: &Origin, context: &mut Context<'_, '_>) -> Result<Self> {
        let objects = source.objects(context);
        let operations = operations(source);
        let content = match (objects, operations) {
            (Ok(_), Ok(_)) => return Err(Refusal::at(place, "the patch is empty").help("remove it")),
            (Ok(objects), Err(())) if objects.is_empty() => Patching::Json(None),
            (Ok(objects), Err(())) => Patching::Strategic(allow_changes(objects, entry)),
            (Err(_), Ok(operations)) => Patching::Json(Some(operations.unwrap_or_default())),
            (Err(mut refusal), Err(())) => {
                refusal.message = format!("kustomize cannot read this patch: {}", without_reason(&refusal.message));
                return Err(refusal.because(place, "the patch is used here"));
            }
        };
        let target = entry.get("target").cloned();
        Ok(Self { content, target, place: place.clone() })
    }

    /// An entry of `patchesJson6902`.
    pub(super) fn read_json(entry: &Value, source: &Source, place: &Origin) -> Result<Self> {
        let target = entry.get("target").cloned();
        if target.as_ref().is_none_or(|target| target.text("name").is_empty()) {
            return Err(Refusal::at(&entry.origin, "`patchesJson6902` wants the name of its target")
                .help("write `name` under `target`, or move the entry to `patches`"));
        }
        match operations(source) {
            Ok(Some(operations)) if !operations.is_empty() => {
                Ok(Self { content: Patching::Json(Some(operations)), target, place: place.clone() })
            }
            Ok(_) => Err(Refusal::at(place, "the patch is empty").help("remove it")),
            Err(()) => Err(Refusal::at(place, "kustomize cannot read this as a list of JSON patch operations")
                .help("write a list of `op`, `path` and `value`")),
        }
    }

    /// Objects that are merged into those of their names: an entry of `patchesStrategicMerge`.
    pub(super) fn strategic(objects: Vec<Object>, place: Origin) -> Self {
        Self { content: Patching::Strategic(objects), target: None, place }
    }

    pub(super) fn transform(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        match (&self.content, &self.target) {
            (Patching::Strategic(patches), Some(target)) => {
                self.merge_into_selected(patches, target, resources, context)
            }
            (Patching::Strategic(patches), None) => {
                for patch in patches {
                    if resources.as_slice().iter().any(|object| object.is_deleted) {
                        return Err(Refusal::at(
                            &name_of(patch),
                            "kustomize crashes where a patch follows one that deletes",
                        )
                        .help("make the patch that deletes an entry of its own"));
                    }
                    self.merge_by_name(patch, Way::ByName, resources, context)?;
                }
                Ok(())
            }
            (Patching::Json(_), None) => Err(Refusal::at(&self.place, "a JSON patch without a target")
                .help("say under `target` which objects it is for")),
            (Patching::Json(operations), Some(target)) => {
                for at in resources.select(target, &mut context.regexes)? {
                    let Some(operations) = operations else {
                        return Err(Refusal::at(&self.place, "kustomize cannot read this patch"));
                    };
                    let Some(object) = resources.as_mut().get_mut(at) else { continue };
                    object.remember_id();
                    json_patch::apply(object, operations, context)
                        .map_err(|refusal| refusal.because(&name_of(object), "the object is defined here"))?;
                }
                Ok(())
            }
        }
    }

    /// What `patchesStrategicMerge` does.
    pub(super) fn transform_as_target(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        let Patching::Strategic(patches) = &self.content else { return Ok(()) };
        patches.iter().try_for_each(|patch| self.merge_by_name(patch, Way::ByTarget, resources, context))
    }

    /// What `patchesJson6902` does.
    pub(super) fn transform_json(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        let (Patching::Json(Some(operations)), Some(target)) = (&self.content, &self.target) else { return Ok(()) };
        for at in resources.select(target, &mut context.regexes)? {
            let Some(object) = resources.as_mut().get_mut(at) else { continue };
            json_patch::apply(object, operations, context)
                .map_err(|refusal| refusal.because(&name_of(object), "the object is defined here"))?;
        }
        Ok(())
    }

    fn merge_by_name(
        &self,
        patch: &Object,
        way: Way,
        resources: &mut Resources,
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        let id = patch.original_id();
        context.spend(1 + resources.as_slice().len() / 16, &self.place)?;
        let found = resources.with_id(&id);
        let at = match found.as_slice() {
            [one] => *one,
            [] => {
                return Err(Refusal::at(&name_of(patch), format!("the patch finds no {}", id.printed()))
                    .help("write the kind, name and namespace of an object that the kustomization lists")
                    .absent());
            }
            [first, ..] => {
                let objects = found.iter().skip(1).filter_map(|&at| resources.as_slice().get(at));
                let message =
                    format!("the patch finds {} objects that are or were called {}", found.len(), id.printed());
                let mut refusal = Refusal::at(&name_of(patch), message);
                for object in resources.as_slice().get(*first).into_iter().chain(objects).take(3) {
                    refusal = refusal.because(&name_of(object), "one of them");
                }
                return Err(refusal.help("say under `target` which one is meant"));
            }
        };
        match (way, resources.as_mut().get_mut(at)) {
            (_, None) => Ok(()),
            (Way::ByName, Some(object)) => self.merge(object, patch, context),
            (Way::ByTarget, Some(_)) => self.merge_into(&[at], patch, resources, context),
        }
    }

    fn merge_into_selected(
        &self,
        patches: &[Object],
        target: &Value,
        resources: &mut Resources,
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        let [patch] = patches else {
            return Err(Refusal::at(&target.origin, "a patch of several objects cannot have a target")
                .help("make an entry of its own for each object"));
        };
        let selected = resources.select(target, &mut context.regexes)?;
        self.merge_into(&selected, patch, resources, context)
    }

    /// Merges a patch into the objects that are called as the selected ones are.
    fn merge_into(
        &self,
        selected: &[usize],
        patch: &Object,
        resources: &mut Resources,
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        let ids: HashSet<Id> = selected.iter().filter_map(|&at| resources.as_slice().get(at)).map(Object::id).collect();
        for object in resources.as_mut().iter_mut().filter(|object| ids.contains(&object.id())) {
            let patch = prepared(patch, object);
            self.merge(object, &patch, context)?;
        }
        resources.drop_deleted();
        resources.refuse_clashes(&self.place)
    }

    /// Merges a patch into an object. Its name, namespace and kind stay, unless the patch may change them.
    fn merge(&self, object: &mut Object, patch: &Object, context: &mut Context<'_, '_>) -> Result<()> {
        context.spend(1 + patch.tree.len() + object.tree.len() / 64, &self.place)?;
        let may_change = |name| patch.annotation(name) == Some("enabled");
        let (may_change_name, may_change_kind) =
            (may_change(remembered::NAME_CHANGE), may_change(remembered::KIND_CHANGE));
        if may_change_name || may_change_kind {
            object.remember_id();
        }
        let place = |object: &Object, path: &[&str]| object.tree.find(path).and_then(|node| object.tree.origin(node));
        let texts = [(["kind"].as_slice(), object.kind()), (&["metadata", "name"], object.name())];
        let texts = texts.map(|(path, text)| (path, text.to_owned(), place(object, path)));
        let (namespace, namespace_place) = (object.namespace().to_owned(), place(object, &["metadata", "namespace"]));
        let version_place = place(object, &["apiVersion"]);
        let root = object.tree.import(&patch.tree, patch.tree.root);
        let target = object.tree.root;
        let merged = merge(&mut object.tree, target, root, &context.schemas);
        let (fate, work) = merged.map_err(|Stuck { node, message }| {
            object.refuse(node, message).because(&self.place, "the patch is used here")
        })?;
        context.spend(work, &self.place)?;
        if fate == Fate::Cleared {
            object.is_deleted = true;
            return Ok(());
        }
        if let (Some(version), Some(place)) = (object.tree.find(&["apiVersion"]), version_place) {
            object.tree.change(version, |node| node.origin = Some(place));
        }
        let allowed = [may_change_kind, may_change_name];
        for ((path, text, place), _) in texts.into_iter().zip(allowed).filter(|(_, is_allowed)| !is_allowed) {
            object.set_text(path, &text, place);
        }
        if namespace.is_empty() {
            if let Some(metadata) = object.tree.find(&["metadata"]) {
                object.tree.remove(metadata, "namespace");
            }
        } else {
            object.set_text(&["metadata", "namespace"], &namespace, namespace_place);
        }
        Ok(())
    }
}

/// The operations of a JSON patch; `None` where the text is empty.
fn operations(source: &Source) -> std::result::Result<Option<Vec<Value>>, ()> {
    let text = source.text();
    if text.trim_start().starts_with('[') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return Err(());
    }
    let value = source.value().ok_or(())?;
    match &value.content {
        Content::Null if text.is_empty() => Err(()),
        Content::Null => Ok(None),
        Content::List(items) => {
            let is_operation = |item: &Value| matches!(item.content, Content::Map(_) | Content::Null);
            if items.iter().all(is_operation) { Ok(Some(items.clone())) } else { Err(()) }
        }
        _ => Err(()),
    }
}

/// Notes on the objects of a patch what its options allow.
fn allow_changes(mut objects: Vec<Object>, entry: &Value) -> Vec<Object> {
    let options = [("allowNameChange", remembered::NAME_CHANGE), ("allowKindChange", remembered::KIND_CHANGE)];
    for (option, name) in options {
        if entry.get("options").is_some_and(|options| options.flag(option)) {
            for object in &mut objects {
                let mut annotations = object.string_map("annotations");
                annotations.push((name.into(), "enabled".into(), None));
                object.set_string_map("annotations", annotations);
            }
        }
    }
    objects
}

/// A patch as kustomize prepares it for a selected object: its labels and annotations become strings.
fn prepared(patch: &Object, object: &Object) -> Object {
    let mut prepared = patch.clone();
    for map in ["labels", "annotations"] {
        let texts = prepared.string_map(map);
        prepared.set_string_map(map, texts);
    }
    let place = |path: &[&str]| patch.tree.find(path).and_then(|node| patch.tree.origin(node));
    prepared.set_text(&["metadata", "name"], patch.name(), place(&["metadata", "name"]));
    if patch.namespace().is_empty() {
        if let Some(metadata) = prepared.tree.find(&["metadata"]) {
            prepared.tree.remove(metadata, "namespace");
        }
    } else {
        prepared.set_text(&["metadata", "namespace"], patch.namespace(), place(&["metadata", "namespace"]));
    }
    prepared.set_text(&["apiVersion"], object.api_version(), place(&["apiVersion"]));
    prepared
}

fn without_reason(message: &str) -> &str {
    message.strip_prefix("kustomize cannot read this file: ").unwrap_or(message)
}
