//! Fields of some kinds, which transformers change wherever they are.

use super::error::Result;
use super::lookup::{self, Create};
use super::node::{Form, Key, Node, NodeId, Tree, Value as NodeValue};
use super::object::{Gvk, Object};
use super::scalar::Tag;
use super::value::Value;

/// A field of some kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldSpec {
    /// The kinds; an empty part means any.
    pub(super) gvk: Gvk,
    /// The keys that lead to it, with slashes between them. Lists on the way are passed through.
    pub(super) path: String,
    /// Whether it is made where it is not there.
    pub(super) create: bool,
}

/// Two entries that mean the same field, of which only one says that it is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conflict;

impl FieldSpec {
    /// The entry of a configuration.
    pub(super) fn read(value: &Value) -> Self {
        Self { gvk: gvk(value), path: value.text("path").to_owned(), create: value.flag("create") }
    }

    pub(super) fn read_all(values: &[Value]) -> Vec<Self> {
        values.iter().map(Self::read).collect()
    }
}

/// The group, version and kind that a configuration names.
pub(super) fn gvk(value: &Value) -> Gvk {
    Gvk { group: value.text("group").into(), version: value.text("version").into(), kind: value.text("kind").into() }
}

/// Adds entries to those that are there. One that means the same as another is left out, as kustomize compares them: the
/// new one selects the kind of the old one.
pub(super) fn merge(
    specs: &mut Vec<FieldSpec>,
    new: impl IntoIterator<Item = FieldSpec>,
) -> std::result::Result<(), Conflict> {
    for spec in new {
        let same = specs.iter().find(|old| old.path == spec.path && old.gvk.is_selected_by(&spec.gvk));
        match same {
            Some(old) if old.create != spec.create => return Err(Conflict),
            Some(_) => {}
            None => specs.push(spec),
        }
    }
    Ok(())
}

/// What a field becomes where it has to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) form: Form,
    pub(super) tag: Tag,
}

/// Those that hold for an object.
pub(super) fn fitting<'s>(specs: &'s [FieldSpec], object: &Object) -> Vec<&'s FieldSpec> {
    let gvk = object.gvk();
    specs.iter().filter(|spec| gvk.is_selected_by(&spec.gvk)).collect()
}

/// Changes the fields that a spec means in an object, whose kind must fit.
pub(super) fn apply(
    object: &mut Object,
    spec: &FieldSpec,
    made: Option<Made>,
    change: &mut dyn FnMut(&mut Tree, NodeId) -> std::result::Result<(), String>,
) -> Result<()> {
    let path = lookup::split(&spec.path, '/');
    let root = object.tree.root;
    let mut visit = Visit { create: spec.create, made, change };
    visit.node(&mut object.tree, root, &path).map_err(|Stuck { node, message }| {
        let message = format!("cannot change `{}` of {}: {message}", spec.path, object.id().printed());
        object.refuse(node, message)
    })
}

/// Why a path leads nowhere.
struct Stuck {
    node: NodeId,
    message: String,
}

struct Visit<'c> {
    create: bool,
    made: Option<Made>,
    change: &'c mut dyn FnMut(&mut Tree, NodeId) -> std::result::Result<(), String>,
}

impl Visit<'_> {
    fn node(&mut self, tree: &mut Tree, id: NodeId, path: &[String]) -> std::result::Result<(), Stuck> {
        let Some((step, rest)) = path.split_first() else {
            return (self.change)(tree, id).map_err(|message| Stuck { node: id, message });
        };
        if tree.is_null(id) {
            return Ok(());
        }
        match tree.node(id).value.clone() {
            NodeValue::Seq(items) => items.into_iter().try_for_each(|item| self.node(tree, item, path)),
            NodeValue::Map(_) => self.entry(tree, id, step, rest),
            NodeValue::Scalar(..) => {
                Err(Stuck { node: id, message: "expected a list or a mapping, found a scalar".to_owned() })
            }
        }
    }

    fn entry(&mut self, tree: &mut Tree, id: NodeId, step: &str, rest: &[String]) -> std::result::Result<(), Stuck> {
        let (name, is_list) = step.strip_suffix("[]").map_or((step, false), |name| (name, true));
        if name.is_empty() {
            return Err(Stuck { node: id, message: "a step of the path is empty".to_owned() });
        }
        // What is null becomes what it would be made as.
        let made = match self.made {
            None => None,
            _ if is_list || !self.create => None,
            made if rest.is_empty() => made,
            _ => Some(Made { form: Form::Map, tag: Tag::None }),
        };
        let create = made.map(|made| Create { form: made.form, tag: Tag::None });
        let found = lookup::step(tree, id, name, create).map_err(|message| Stuck { node: id, message })?;
        let Some(field) = found else { return Ok(()) };
        let form = if is_list { Some(Made { form: Form::Seq, tag: Tag::None }) } else { made };
        if let (true, Some(form)) = (tree.is_null(field), form) {
            tree.change(field, |node| {
                node.value = match form.form {
                    Form::Scalar => NodeValue::Scalar(form.tag, node.content().into()),
                    form => Node::of(form).value,
                };
            });
        }
        self.node(tree, field, rest)
    }
}

/// Sets an entry of a mapping, or where the key is empty a scalar, to a new node. A node that is put somewhere is put
/// there itself, so that it may be in many places.
pub(super) fn set_entry(tree: &mut Tree, id: NodeId, key: &str, value: NodeId) -> std::result::Result<(), String> {
    if key.is_empty() {
        return set_scalar(tree, id, value);
    }
    match tree.node(id).form() {
        Form::Map => tree.set(id, Key::plain(key), value),
        _ if tree.is_null(id) => {}
        form => return Err(format!("expected a mapping, found {}", lookup::described(form))),
    }
    Ok(())
}

fn set_scalar(tree: &mut Tree, id: NodeId, value: NodeId) -> std::result::Result<(), String> {
    match tree.node(id).form() {
        Form::Scalar => {
            tree.quote(value);
            tree.assign(id, value);
        }
        form => return Err(format!("expected a scalar, found {}", lookup::described(form))),
    }
    Ok(())
}
