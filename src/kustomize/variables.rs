//! `vars`: values of objects that stand for `$(NAME)` in others.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::context::Context;
use super::error::{Refusal, Result};
use super::field_spec::{FieldSpec, apply, fitting, gvk};
use super::lookup;
use super::node::{Form, Node, NodeId, Tree, Value as NodeValue};
use super::object::{Gvk, Id, is_string};
use super::resources::Resources;
use super::scalar::Tag;
use super::value::Value;
use crate::source::Origin;

/// A variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// The path of the field that has its value.
    field: String,
    place: Origin,
}

/// Variables by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables(BTreeMap<SmolStr, Variable>);

/// A value that a variable stands for.
enum Replacement {
    Scalar(Tag, String, Option<Origin>),
    /// A list or a mapping, which is not put anywhere.
    Collection,
}

const DEFAULT_FIELD: &str = "metadata.name";

/// How long a text may become.
const LONGEST: usize = 100_000;

impl Variables {
    /// Adds the variables of a kustomization, and notes which objects have their values.
    pub(super) fn read(&mut self, entries: &[Value], resources: &mut Resources) -> Result<()> {
        for entry in entries {
            let target = entry.get("objref").cloned().unwrap_or_else(|| Value::null(entry.origin.clone()));
            let mut gvk = gvk(&target);
            let version = target.text("apiVersion");
            match version.split('/').collect::<Vec<_>>().as_slice() {
                [_] if version.is_empty() => {}
                [version] => gvk.version = (*version).into(),
                [group, version] => gvk = Gvk { group: (*group).into(), version: (*version).into(), ..gvk },
                _ => {}
            }
            let (name, namespace) = (target.text("name"), target.text("namespace"));
            let is_meant =
                |own: &Id| own.name == name && own.gvk == gvk && (namespace.is_empty() || own.namespace == namespace);
            let found = resources.by_any_id(is_meant);
            let key = entry.text("name");
            if found.len() > 1 {
                let message = format!("the variable `{key}` could take its value from {} objects", found.len());
                return Err(Refusal::at(&target.origin, message).help("write the namespace of the one that is meant"));
            }
            for at in found {
                if let Some(object) = resources.as_mut().get_mut(at) {
                    object.variables.push(key.into());
                }
            }
        }
        for entry in entries {
            let field = entry.get("fieldref").map(|field| field.text("fieldPath")).filter(|field| !field.is_empty());
            let variable = Variable { field: field.unwrap_or(DEFAULT_FIELD).to_owned(), place: entry.origin.clone() };
            self.add(entry.text("name").into(), variable)?;
        }
        Ok(())
    }

    fn add(&mut self, name: SmolStr, variable: Variable) -> Result<()> {
        match self.0.get(&name) {
            Some(first) => Err(Refusal::at(&variable.place, format!("the variable `{name}` is defined twice"))
                .help("remove one of the two, or give it another name")
                .because(&first.place, "first defined here")),
            None => {
                self.0.insert(name, variable);
                Ok(())
            }
        }
    }

    /// Takes in those of another kustomization.
    pub(super) fn merge(&mut self, other: Self) -> Result<()> {
        other.0.into_iter().try_for_each(|(name, variable)| self.add(name, variable))
    }

    /// Puts the values where the variables are.
    pub(super) fn resolve(
        &self,
        resources: &mut Resources,
        fields: &[FieldSpec],
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut values = BTreeMap::new();
        for (name, variable) in &self.0 {
            values.insert(name.clone(), variable.value(name, resources)?);
        }
        for object in resources.as_mut() {
            context.spend(1 + object.tree.len() / 64, &object.place)?;
            for spec in fitting(fields, object) {
                apply(object, spec, None, &mut |tree, id| put(tree, id, &values))?;
            }
        }
        Ok(())
    }
}

impl Variable {
    fn value(&self, name: &SmolStr, resources: &mut Resources) -> Result<Replacement> {
        let owner = resources.as_mut().iter_mut().find(|object| object.variables.contains(name));
        let Some(object) = owner else {
            return Err(Refusal::at(&self.place, format!("no object has the value of the variable `{name}`"))
                .help("write the kind and name of an object under `objref`, as its file has them")
                .absent());
        };
        let missing = || {
            Refusal::at(&self.place, format!("the object of the variable `{name}` has no field `{}`", self.field))
                .help("write the path of a field that it has")
        };
        let path = with_indices(&lookup::split_smartly(&self.field));
        let root = object.tree.root;
        let found = lookup::get(&mut object.tree, root, &path).map_err(|_| missing())?.ok_or_else(missing)?;
        let node = object.tree.node(found);
        let NodeValue::Scalar(tag, text) = &node.value else { return Ok(Replacement::Collection) };
        let origin = node.origin.clone();
        let (tag, text) = match tag {
            Tag::Int => (Tag::Int, text.parse::<i64>().map_err(|_| missing())?.to_string()),
            Tag::Float => (Tag::Float, text.parse::<f64>().map_err(|_| missing())?.to_string()),
            Tag::Bool => (Tag::Bool, text.to_ascii_lowercase()),
            _ => (Tag::Text, text.to_string()),
        };
        Ok(Replacement::Scalar(tag, text, origin))
    }
}

/// The steps of a path in which `ports[0]` means `ports` and its item 0.
fn with_indices(steps: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for step in steps {
        let parts = step.strip_suffix(']').and_then(|step| step.rsplit_once('['));
        match parts.filter(|(_, index)| !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit())) {
            Some((name, index)) => {
                all.extend((!name.is_empty()).then(|| name.to_owned()));
                all.push(index.to_owned());
            }
            None => all.push(step.clone()),
        }
    }
    all
}

type Values = BTreeMap<SmolStr, Replacement>;

fn put(tree: &mut Tree, id: NodeId, values: &Values) -> std::result::Result<(), String> {
    let node = tree.node(id);
    if node.is_null() {
        return Ok(());
    }
    match node.form() {
        Form::Scalar => replace(tree, id, values)?,
        Form::Map => {
            for (key, value) in tree.entries(id).to_vec() {
                if !key.is_text {
                    return Err(format!("the key `{}` is not a string", key.text));
                }
                replace(tree, value, values)?;
            }
        }
        Form::Seq => {
            for item in tree.items(id).to_vec() {
                if !is_string(tree.node(item)) {
                    return Err("expected strings in this list".to_owned());
                }
                replace(tree, item, values)?;
            }
        }
    }
    Ok(())
}

fn replace(tree: &mut Tree, id: NodeId, values: &Values) -> std::result::Result<(), String> {
    let node = tree.node(id);
    if !is_string(node) {
        return Ok(());
    }
    let text = node.content().to_owned();
    let place = node.origin.clone();
    let (tag, new, origin) = expand(&text, values);
    if new.len() > LONGEST {
        return Err("variables make this text too long".to_owned());
    }
    let is_changed = tag != Tag::Text || new != text;
    let place = if is_changed { origin.or(place) } else { place };
    tree.set_node(id, Node::scalar(tag, &new).at(place));
    Ok(())
}

/// A text with the values of its variables. Where it consists of one alone, it becomes the value itself.
fn expand(text: &str, values: &Values) -> (Tag, String, Option<Origin>) {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let after = from.get(1..).unwrap_or_default();
        let Some(next) = after.chars().next() else { break };
        out.push_str(before);
        let closing = after.find(')').filter(|_| next == '(');
        if let Some(end) = closing {
            let name = after.get(1..end).unwrap_or_default();
            let value = match values.get(name) {
                Some(Replacement::Scalar(tag, value, origin)) => Some((*tag, value, origin)),
                _ => None,
            };
            let is_whole = text.len() == end + 2 && before.is_empty();
            match value {
                Some((tag, value, origin)) if is_whole => return (tag, value.clone(), origin.clone()),
                Some((_, value, _)) => out.push_str(value),
                None => out.push_str(&format!("$({name})")),
            }
            rest = after.get(end + 1..).unwrap_or_default();
        } else if next == '$' {
            out.push('$');
            rest = after.get(1..).unwrap_or_default();
        } else {
            out.push('$');
            out.push(next);
            rest = after.get(next.len_utf8()..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    (Tag::Text, out, None)
}

#[cfg(test)]
mod tests {
    use super::{Replacement, Tag, Values, expand};

    #[test]
    fn variables_are_put_into_texts() {
        let mut values = Values::new();
        values.insert("N".into(), Replacement::Scalar(Tag::Int, "5".to_owned(), None));
        for (text, expected) in [
            ("$(N)", (Tag::Int, "5")),
            ("a$(N)b$(X)", (Tag::Text, "a5b$(X)")),
            ("$$(N)", (Tag::Text, "$(N)")),
            ("$x $(N", (Tag::Text, "$x $(N")),
            ("end$", (Tag::Text, "end$")),
        ] {
            let (tag, text, _) = expand(text, &values);
            assert_eq!((tag, text.as_str()), expected);
        }
    }
}
