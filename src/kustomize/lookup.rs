//! Paths into objects, as kustomize's fields, replacements and variables spell them.

use super::node::{Form, Key, Node, NodeId, Tree, Value};
use super::regexes::Regexes;
use super::scalar::Tag;

/// What is made where a path leads to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Create {
    pub(super) form: Form,
    pub(super) tag: Tag,
}

impl Create {
    pub(super) fn of(form: Form) -> Self {
        Self { form, tag: Tag::None }
    }

    fn node(self) -> Node {
        let mut node = Node::of(self.form);
        if let Value::Scalar(tag, _) = &mut node.value {
            *tag = self.tag;
        }
        node
    }
}

/// The steps of a path. A backslash before the separator makes it part of a step; a path may begin with the separator.
pub(super) fn split(path: &str, separator: char) -> Vec<String> {
    let mut parts: Vec<&str> = path.split(separator).collect();
    if parts.len() > 1 && parts.first() == Some(&"") {
        parts.remove(0);
    }
    let mut steps: Vec<String> = Vec::new();
    for part in parts {
        match steps.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push(separator);
                last.push_str(part);
            }
            _ => steps.push(part.to_owned()),
        }
    }
    steps
}

/// The steps of a path in which brackets hold a condition, or a key with dots: `spec.[name=a.b].x`.
pub(super) fn split_smartly(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut parts = split(path, '.').into_iter();
    while let Some(part) = parts.next() {
        if !part.starts_with('[') || part.ends_with(']') {
            steps.push(part);
            continue;
        }
        let mut whole = part;
        for next in parts.by_ref() {
            whole = format!("{whole}.{next}");
            if next.ends_with(']') {
                break;
            }
        }
        let is_condition = whole.contains('=');
        steps.push(if is_condition { whole } else { whole.trim_matches(['[', ']']).to_owned() });
    }
    steps
}

pub(super) fn described(form: Form) -> &'static str {
    match form {
        Form::Scalar => "a scalar",
        Form::Seq => "a list",
        Form::Map => "a mapping",
    }
}

fn expect(tree: &Tree, id: NodeId, form: Form) -> Result<(), String> {
    let node = tree.node(id);
    if node.is_null() || node.form() == form {
        return Ok(());
    }
    Err(format!("expected {}, found {}", described(form), described(node.form())))
}

/// A step that is a number means an item.
fn index(step: &str) -> Option<i64> {
    let digits = step.strip_prefix(['+', '-']).unwrap_or(step);
    step.parse().ok().filter(|_| !digits.is_empty())
}

fn condition(step: &str) -> Option<Result<(&str, &str), String>> {
    let inner = step.strip_prefix('[').filter(|_| step.ends_with(']'))?;
    let inner = inner.strip_suffix(']').unwrap_or(inner);
    Some(inner.split_once('=').ok_or_else(|| format!("expected `[field=value]`, found `{step}`")))
}

/// One step of a path: kustomize's `PathGetter`. A field is made where `create` says what.
pub(super) fn step(tree: &mut Tree, id: NodeId, step: &str, create: Option<Create>) -> Result<Option<NodeId>, String> {
    let step = step.trim();
    if step.is_empty() {
        return Ok(Some(id));
    }
    match index(step) {
        Some(index) if index < 0 => return Err(format!("the index {index} is negative")),
        Some(index) => {
            expect(tree, id, Form::Seq)?;
            return Ok(usize::try_from(index).ok().and_then(|index| tree.items(id).get(index).copied()));
        }
        None if step == "-" => {
            expect(tree, id, Form::Seq)?;
            return tree.items(id).last().copied().map(Some).ok_or_else(|| "the list is empty".to_owned());
        }
        None if step == "*" => return Err("`*` is not supported here".to_owned()),
        None => {}
    }
    if let Some(condition) = condition(step) {
        let (field, value) = condition?;
        expect(tree, id, Form::Seq)?;
        if let Some(found) = element(tree, id, field, value) {
            return Ok(Some(found));
        }
        return Ok(create.map(|_| append_element(tree, id, field, value)));
    }
    if tree.is_null(id) {
        return Ok(None);
    }
    expect(tree, id, Form::Map)?;
    if let Some(found) = tree.get(id, step) {
        return Ok(Some(found));
    }
    let Some(create) = create else { return Ok(None) };
    let made = tree.add(create.node());
    tree.push_entry(id, Key::plain(step), made);
    Ok(Some(made))
}

/// The first item with this value under this key; without a key the scalar itself.
fn element(tree: &Tree, list: NodeId, field: &str, value: &str) -> Option<NodeId> {
    tree.items(list).iter().copied().find(|&item| {
        if field.is_empty() {
            tree.content(item) == value
        } else {
            tree.get(item, field).is_some_and(|found| tree.content(found) == value)
        }
    })
}

fn append_element(tree: &mut Tree, list: NodeId, field: &str, value: &str) -> NodeId {
    let scalar = tree.add(Node::untyped(value));
    let item = if field.is_empty() {
        scalar
    } else {
        let map = tree.add(Node::of(Form::Map));
        tree.push_entry(map, Key::plain(field), scalar);
        map
    };
    tree.change(list, |node| {
        if let Value::Seq(items) = &mut node.value {
            items.push(item);
        }
    });
    item
}

/// Where several steps lead.
pub(super) fn get(tree: &mut Tree, id: NodeId, path: &[String]) -> Result<Option<NodeId>, String> {
    let mut found = id;
    for part in path.iter().filter(|part| !part.trim().is_empty()) {
        match step(tree, found, part, None)? {
            Some(next) => found = next,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// Everything that a path leads to: kustomize's `PathMatcher`, in which `*` means all items and a condition a regular
/// expression.
pub(super) fn matches(
    tree: &mut Tree,
    id: NodeId,
    path: &[String],
    create: Option<Form>,
    regexes: &mut Regexes,
) -> Result<Vec<NodeId>, String> {
    let Some((step, rest)) = path.split_first() else { return Ok(vec![id]) };
    if let Some(index) = index(step).filter(|index| *index >= 0) {
        return match_index(tree, id, usize::try_from(index).unwrap_or(usize::MAX), rest, create, regexes);
    }
    if let Some(condition) = condition(step) {
        let (field, pattern) = condition?;
        return match_condition(tree, id, (field, pattern), rest, create, regexes);
    }
    if step == "*" {
        expect(tree, id, Form::Seq)?;
        let mut found = Vec::new();
        for item in tree.items(id).to_vec() {
            found.extend(matches(tree, item, rest, create, regexes)?);
        }
        return Ok(found);
    }
    if !tree.is_null(id) {
        expect(tree, id, Form::Map)?;
    }
    let field = match (tree.get(id, step), create) {
        (Some(field), _) => field,
        (None, None) => return Ok(Vec::new()),
        (None, Some(form)) => {
            let made = tree.add(Node::of(next_form(rest, form)));
            tree.push_entry(id, Key::plain(step), made);
            made
        }
    };
    matches(tree, field, rest, create, regexes)
}

/// What has to be made before further steps are taken.
fn next_form(rest: &[String], last: Form) -> Form {
    match rest.first() {
        None => last,
        Some(next) if next.is_empty() => last,
        Some(next) if condition(next).is_some() || index(next).is_some_and(|index| index >= 0) => Form::Seq,
        Some(_) => Form::Map,
    }
}

fn match_index(
    tree: &mut Tree,
    id: NodeId,
    index: usize,
    rest: &[String],
    create: Option<Form>,
    regexes: &mut Regexes,
) -> Result<Vec<NodeId>, String> {
    expect(tree, id, Form::Seq)?;
    let count = tree.items(id).len();
    if let Some(form) = create.filter(|_| count == index) {
        let made = tree.add(Node::of(next_form(rest, form)));
        tree.change(id, |node| {
            if let Value::Seq(items) = &mut node.value {
                items.push(made);
            }
        });
    }
    match tree.items(id).get(index).copied() {
        Some(item) => matches(tree, item, rest, create, regexes),
        None => Err(format!("the list has no item {index}, only {count} items")),
    }
}

fn match_condition(
    tree: &mut Tree,
    id: NodeId,
    (field, pattern): (&str, &str),
    rest: &[String],
    create: Option<Form>,
    regexes: &mut Regexes,
) -> Result<Vec<NodeId>, String> {
    // What is made matches, unless the pattern is no plain text.
    for _ in 0..2 {
        expect(tree, id, Form::Seq)?;
        let mut found = Vec::new();
        for item in tree.items(id).to_vec() {
            if field.is_empty() {
                let text = written(tree, item);
                if regexes.get(pattern)?.is_match(text.trim()) {
                    found.push(item);
                }
            } else if let Some(value) = tree.get(item, field) {
                let text = written(tree, value);
                if regexes.get(pattern)?.is_match(text.trim()) {
                    found.extend(matches(tree, item, rest, create, regexes)?);
                }
            } else {
                regexes.get(pattern)?;
            }
        }
        if !found.is_empty() || create.is_none() {
            return Ok(found);
        }
        append_element(tree, id, field, pattern);
    }
    Err(format!("nothing matches `[{field}={pattern}]`, and nothing that would can be made"))
}

/// A scalar as kustomize writes it, in its quotes.
fn written(tree: &Tree, id: NodeId) -> String {
    let node = tree.node(id);
    let text = node.content();
    let needs_quotes = matches!(node.value, Value::Scalar(Tag::Text, _)) && super::scalar::is_written_in_quotes(text);
    if node.is_quoted || needs_quotes { format!("\"{text}\"") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{split, split_smartly};

    #[test]
    fn separators_may_be_part_of_a_step() {
        assert_eq!(split(r"metadata/annotations/a\/b", '/'), ["metadata", "annotations", "a/b"]);
        assert_eq!(split("/spec/replicas", '/'), ["spec", "replicas"]);
        let path = "spec.containers.[name=a.b].env.[a.b/c].0";
        assert_eq!(split_smartly(path), ["spec", "containers", "[name=a.b]", "env", "a.b/c", "0"]);
    }
}
