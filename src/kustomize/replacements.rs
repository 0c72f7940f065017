//! `replacements`: values that are copied from one object into others.

use super::context::Context;
use super::error::{Refusal, Result};
use super::field_spec::gvk;
use super::inline::Source;
use super::lookup;
use super::node::{Form, Node, NodeId, Tree, Value as NodeValue};
use super::object::{Gvk, Id, Object};
use super::resources::Resources;
use super::selector::Labels;
use super::shape::{self, Unknown};
use super::value::{Content, Value};

/// All entries, whether they are written in the kustomization or in files.
#[derive(Clone, Debug)]
pub(super) struct Replacements {
    entries: Vec<Value>,
}

/// A value that is copied.
struct Copied {
    tree: Tree,
    node: NodeId,
}

const DEFAULT_FIELD: &str = "metadata.name";

/// The entries of a file of replacements.
pub(super) fn of_file(source: &Source, entry: &Value) -> Result<Vec<Value>> {
    let unreadable = || Refusal::at(&entry.origin, "kustomize cannot read this file of replacements");
    let mut value = source.value().ok_or_else(unreadable)?;
    let shape = match value.content {
        Content::List(_) => shape::REPLACEMENTS,
        Content::Map(_) => {
            let origin = value.origin.clone();
            value = Value { content: Content::List(vec![value]), origin };
            shape::REPLACEMENTS
        }
        _ => return Err(unreadable().help("write a replacement, or a list of them")),
    };
    shape.check(&mut value, Unknown::Ignored)?;
    Ok(value.items().to_vec())
}

impl Replacements {
    pub(super) fn new(entries: Vec<Value>) -> Self {
        Self { entries }
    }

    pub(super) fn transform(&self, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
        for entry in &self.entries {
            let (Some(source), Some(targets)) = (entry.get("source"), entry.get("targets")) else {
                return Err(Refusal::at(&entry.origin, "a replacement wants a source and at least one target")
                    .help("write `source` and `targets`"));
            };
            let copied = source_value(source, resources, context)?;
            for target in targets.items() {
                apply(target, &copied, resources, context)?;
            }
        }
        resources.drop_deleted();
        Ok(())
    }
}

/// The parts of a selector that name an object; an empty one means any.
struct Selected {
    gvk: Gvk,
    name: String,
    namespace: String,
}

impl Selected {
    fn read(value: &Value) -> Self {
        Self { gvk: gvk(value), name: value.text("name").to_owned(), namespace: value.text("namespace").to_owned() }
    }

    fn is_empty(&self) -> bool {
        self.gvk == Gvk::default() && self.name.is_empty() && self.namespace.is_empty()
    }

    fn is(&self, id: &Id) -> bool {
        (self.name.is_empty() || id.name == self.name)
            && (self.namespace.is_empty() || id.namespace == self.namespace)
            && id.gvk.is_selected_by(&self.gvk)
    }

    fn printed(&self) -> String {
        let parts = [("kind", self.gvk.kind.as_str()), ("name", &self.name), ("namespace", &self.namespace)];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(key, text)| format!("{key} `{text}`"))
            .collect();
        if parts.is_empty() { "these words".to_owned() } else { parts.join(", ") }
    }
}

/// The names of an object, for a replacement: in it, nothing is known to be in no namespace.
fn ids(object: &Object) -> Vec<Id> {
    let now = if object.namespace().is_empty() { "default" } else { object.namespace() };
    let id = Id { gvk: object.gvk(), name: object.name().into(), namespace: now.into() };
    std::iter::once(id).chain(object.former_ids()).collect()
}

fn source_value(source: &Value, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<Copied> {
    let wanted = Selected::read(source);
    context.spend(1 + resources.as_slice().len() / 16, &source.origin)?;
    let is_meant = |object: &Object| ids(object).iter().any(|id| wanted.is(id));
    let mut found = resources.as_mut().iter_mut().filter(|object| is_meant(object));
    let Some(object) = found.next() else {
        return Err(Refusal::at(&source.origin, format!("no object has {}", wanted.printed()))
            .help("name an object that the kustomization lists")
            .absent());
    };
    if found.next().is_some() {
        return Err(Refusal::at(&source.origin, format!("several objects have {}", wanted.printed()))
            .help("write more of what the one that is meant is called"));
    }
    let field = if source.text("fieldPath").is_empty() { DEFAULT_FIELD } else { source.text("fieldPath") };
    let missing = || {
        let place = source.get("fieldPath").map_or(&source.origin, |value| &value.origin);
        Refusal::at(place, format!("the source has no field `{field}`")).help("write the path of a field that it has")
    };
    let root = object.tree.root;
    let path = lookup::split_smartly(field);
    let node = lookup::get(&mut object.tree, root, &path).map_err(|_| missing())?.ok_or_else(missing)?;
    if object.tree.node(node).is_null_or_empty() {
        return Err(missing());
    }
    let mut tree = Tree::new();
    let node = tree.import(&object.tree, node);
    let options = source.get("options");
    let delimiter = options.map(|options| options.text("delimiter")).unwrap_or_default();
    if let Some(options) = options.filter(|_| !delimiter.is_empty()) {
        if tree.node(node).form() != Form::Scalar {
            return Err(Refusal::at(&options.origin, "`delimiter` only works with a scalar"));
        }
        let index = options.number("index");
        let text = tree.content(node).to_owned();
        let part = usize::try_from(index).ok().and_then(|index| text.split(delimiter).nth(index));
        let Some(part) = part else {
            return Err(Refusal::at(&options.origin, format!("`{text}` has no part {index}")));
        };
        set_content(&mut tree, node, part);
    }
    Ok(Copied { tree, node })
}

/// Changes the text of a scalar, and not what it is.
fn set_content(tree: &mut Tree, id: NodeId, text: &str) {
    tree.change(id, |node| {
        if let NodeValue::Scalar(_, content) = &mut node.value {
            *content = text.into();
        }
    });
}

fn apply(target: &Value, copied: &Copied, resources: &mut Resources, context: &mut Context<'_, '_>) -> Result<()> {
    let Some(select) = target.get("select") else {
        return Err(Refusal::at(&target.origin, "a target wants to know which objects it is").help("write `select`"));
    };
    let wanted = Selected::read(select);
    let rejected: Vec<Selected> = target.list("reject").iter().map(Selected::read).collect();
    for object in resources.as_mut() {
        context.spend(1, &target.origin)?;
        if !is_selected(object, target, select)? {
            continue;
        }
        let ids = ids(object);
        let is_rejected =
            rejected.iter().filter(|rejected| !rejected.is_empty()).any(|it| ids.iter().any(|id| it.is(id)));
        if ids.iter().any(|id| wanted.is(id)) && !is_rejected {
            copy(object, target, copied, context)?;
        }
    }
    Ok(())
}

/// Whether the labels and annotations of an object are those that are asked for.
fn is_selected(object: &Object, target: &Value, select: &Value) -> Result<bool> {
    let is_met = |selector: &Value| -> Result<bool> {
        for (key, map) in [("annotationSelector", "annotations"), ("labelSelector", "labels")] {
            let labels = Labels::parse(selector.text(key)).map_err(|message| {
                Refusal::at(selector.get(key).map_or(&selector.origin, |value| &value.origin), message)
            })?;
            if !labels.matches(&object.string_map(map)) {
                return Ok(false);
            }
        }
        Ok(true)
    };
    if !is_met(select)? {
        return Ok(false);
    }
    for reject in target.list("reject") {
        let asks = !reject.text("annotationSelector").is_empty() || !reject.text("labelSelector").is_empty();
        if asks && is_met(reject)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn copy(object: &mut Object, target: &Value, copied: &Copied, context: &mut Context<'_, '_>) -> Result<()> {
    let default = Value { content: Content::Text(DEFAULT_FIELD.into()), origin: target.origin.clone() };
    let fields = target.list("fieldPaths");
    let fields = if fields.is_empty() { std::slice::from_ref(&default) } else { fields };
    let options = target.get("options");
    let form = copied.tree.node(copied.node).form();
    let create = options.filter(|options| options.flag("create")).map(|_| form);
    for field in fields {
        let path = lookup::split_smartly(field.as_text());
        let root = object.tree.root;
        let refuse = |object: &Object, message: String| {
            Refusal::at(&field.origin, format!("{} {message}", object.id().printed()))
        };
        let missing = || format!("has no field `{}`", field.as_text());
        let found = lookup::matches(&mut object.tree, root, &path, create, &mut context.regexes)
            .map_err(|message| refuse(object, format!("{}: {message}", missing())))?;
        if found.is_empty() {
            return Err(refuse(object, missing()).help("correct the path, or write `create: true` under `options`"));
        }
        for node in found {
            context.spend(1 + copied.tree.len(), &field.origin)?;
            put(&mut object.tree, node, options, copied).map_err(|message| refuse(object, message))?;
        }
    }
    Ok(())
}

fn put(tree: &mut Tree, node: NodeId, options: Option<&Value>, copied: &Copied) -> std::result::Result<(), String> {
    const LONGEST: usize = 100_000;
    let value = tree.import(&copied.tree, copied.node);
    let mut content = tree.content(value).to_owned();
    let delimiter = options.map(|options| options.text("delimiter")).unwrap_or_default();
    if let Some(options) = options.filter(|_| !delimiter.is_empty()) {
        if tree.node(node).form() != Form::Scalar {
            return Err("has no scalar there, and `delimiter` wants one".to_owned());
        }
        let text = if tree.is_null(value) { String::new() } else { tree.content(value).to_owned() };
        let old = tree.content(node).to_owned();
        let mut parts: Vec<&str> = old.split(delimiter).collect();
        match usize::try_from(options.number("index")) {
            Err(_) => parts.insert(0, &text),
            Ok(index) => match parts.get_mut(index) {
                Some(part) => *part = &text,
                None => parts.push(&text),
            },
        }
        let joined = parts.join(delimiter);
        if joined.len() > LONGEST {
            return Err("would hold a text that is too long".to_owned());
        }
        content = joined;
    }
    if tree.node(node).form() == Form::Scalar {
        // The content alone is copied: what the field holds is what it held before.
        let place = tree.origin(value);
        set_content(tree, node, &content);
        tree.change(node, |node| node.origin = place.or(node.origin.take()));
    } else {
        let new: Node = tree.node(value).clone();
        tree.set_node(node, new);
    }
    Ok(())
}
