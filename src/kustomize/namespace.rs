//! `namespace`: the namespace of all objects.

use std::collections::HashMap;

use super::context::Context;
use super::error::{Refusal, Result};
use super::field_spec::{FieldSpec, Made, apply, fitting};
use super::lookup;
use super::node::{Form, Key, Node, NodeId, Tree};
use super::object::{Gvk, Id, Object};
use super::resources::{Resources, name_of};
use super::scalar::Tag;
use crate::source::Origin;

/// What `namespace` does, or the transformer of that name.
#[derive(Clone, Debug)]
pub(super) struct Namespace {
    pub(super) name: String,
    /// Where it is written.
    pub(super) place: Origin,
    pub(super) fields: Vec<FieldSpec>,
    /// Whether only objects without one are changed.
    pub(super) unset_only: bool,
    pub(super) subjects: Subjects,
}

/// Which subjects of RoleBindings are changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Subjects {
    /// Those named `default`.
    #[default]
    Default,
    /// All ServiceAccounts.
    ServiceAccounts,
    None,
}

const NAME: &str = "metadata/name";
const NAMESPACE: &str = "metadata/namespace";
const MADE: Made = Made { form: Form::Scalar, tag: Tag::Text };

impl Namespace {
    pub(super) fn transform(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        if self.name.is_empty() {
            return Ok(());
        }
        let objects = resources.as_mut();
        let mut names: HashMap<Id, usize> = HashMap::new();
        for object in &*objects {
            *names.entry(object.id()).or_default() += 1;
        }
        for at in 0..objects.len() {
            let Some(object) = objects.get_mut(at) else { continue };
            context.spend(4 + object.memory(), &self.place)?;
            let before = object.id();
            object.remember_id();
            self.change(object)?;
            let now = object.id();
            if let Some(count) = names.get_mut(&before) {
                *count -= 1;
            }
            let count = names.entry(now.clone()).or_default();
            *count += 1;
            if *count > 1 {
                return Err(self.clash(objects, at, &now));
            }
        }
        Ok(())
    }

    fn clash(&self, objects: &[Object], at: usize, id: &Id) -> Box<Refusal> {
        let mut refusal = Refusal::at(&self.place, format!("this namespace makes two objects one: {}", id.printed()))
            .help("set the namespace in a kustomization that lists only one of them");
        for (place, object) in objects.iter().enumerate() {
            if place == at || object.id() == *id {
                let first = object.original_id();
                let name = first.printed();
                let label = if first == *id {
                    format!("{name} is there already")
                } else {
                    format!("{name} would become the same object")
                };
                refusal = refusal.because(&name_of(object), label);
            }
        }
        refusal
    }

    pub(super) fn change(&self, object: &mut Object) -> Result<()> {
        let gvk = object.gvk();
        if !gvk.is_cluster_scoped() {
            let own = FieldSpec { gvk: Gvk::default(), path: NAMESPACE.to_owned(), create: true };
            let made = Made { form: Form::Scalar, tag: Tag::None };
            apply(object, &own, Some(made), &mut |tree, id| self.set(tree, id))?;
        }
        let is_binding = ["RoleBinding", "ClusterRoleBinding"].contains(&gvk.kind.as_str());
        if is_binding {
            self.change_subjects(object)?;
        }
        let is_core = object.api_version() == "v1";
        for spec in fitting(&self.fields, object) {
            let is_own = spec.path == NAMESPACE || spec.path == NAME && !is_core;
            let is_subject = is_binding && spec.gvk.kind.ends_with("RoleBinding") && spec.path == "subjects/namespace";
            if !is_own && !is_subject {
                let path = &spec.path;
                apply(object, spec, Some(MADE), &mut |tree, id| match path.as_str() {
                    NAME => self.rename(tree, id),
                    _ => self.set(tree, id),
                })?;
            }
        }
        Ok(())
    }

    fn is_kept(&self, tree: &Tree, id: NodeId) -> bool {
        let node = tree.node(id);
        self.unset_only && !node.is_null() && !node.content().is_empty()
    }

    fn set(&self, tree: &mut Tree, id: NodeId) -> std::result::Result<(), String> {
        self.put(tree, id, Some(self.place.clone()))
    }

    /// Gives a Namespace its name. It is still said to stand where it stood, because there it is defined.
    fn rename(&self, tree: &mut Tree, id: NodeId) -> std::result::Result<(), String> {
        let place = tree.origin(id);
        self.put(tree, id, place)
    }

    fn put(&self, tree: &mut Tree, id: NodeId, place: Option<Origin>) -> std::result::Result<(), String> {
        if self.is_kept(tree, id) {
            return Ok(());
        }
        let value = tree.add(Node::text(&self.name).at(place));
        super::field_spec::set_entry(tree, id, "", value)
    }

    fn change_subjects(&self, object: &mut Object) -> Result<()> {
        let root = object.tree.root;
        let Some(subjects) = object.tree.get(root, "subjects").filter(|_| self.subjects != Subjects::None) else {
            return Ok(());
        };
        let refuse = |object: &Object, node, message: String| {
            object.refuse(node, format!("cannot set the namespace of a subject: {message}"))
        };
        let (key, wanted) = match self.subjects {
            Subjects::ServiceAccounts => ("kind", "ServiceAccount"),
            _ => ("name", "default"),
        };
        let node = object.tree.node(subjects);
        if node.is_null() {
            return Ok(());
        }
        if node.form() != Form::Seq {
            return Err(refuse(object, subjects, "expected a list".to_owned()));
        }
        for subject in object.tree.items(subjects).to_vec() {
            let found = lookup::step(&mut object.tree, subject, key, None);
            let found = found.map_err(|message| refuse(object, subject, message))?;
            let Some(found) = found.filter(|&found| !object.tree.is_null(found)) else { continue };
            if object.tree.node(found).form() != Form::Scalar {
                return Err(refuse(object, found, "expected a scalar".to_owned()));
            }
            if object.tree.content(found) != wanted {
                continue;
            }
            let namespace = match object.tree.get(subject, "namespace") {
                Some(namespace) => namespace,
                None => {
                    let made = object.tree.add(Node::of(Form::Scalar));
                    object.tree.push_entry(subject, Key::plain("namespace"), made);
                    made
                }
            };
            self.set(&mut object.tree, namespace).map_err(|message| refuse(object, namespace, message))?;
        }
        Ok(())
    }
}
