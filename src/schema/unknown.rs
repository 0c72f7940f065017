//! Fields that the API does not have, and where they were meant to go.

use crate::edit::Change;
use crate::schema::field::Field;
use crate::schema::mismatch::{alternatives, takes};
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::quote;
use crate::schema::table::{Schema, Type};
use crate::text::suggest::nearest;
use crate::yaml::{Kind, Node, Segment};

/// Words that people write for something else: the end of the type's name, the word, and the advice.
const WORDS: &[(&str, &[&str], &str)] = &[
    (
        ".NetworkPolicyPeer",
        &["namespace", "namespaces", "namespaceName"],
        "select it by name: `namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAME}}`",
    ),
    (
        ".LabelSelector",
        &["namespaceSelector"],
        "a policy selects pods of its own namespace only: write `metadata.namespace`",
    ),
    (
        "v3.NetworkPolicySpec",
        &["podSelector", "matchLabels", "endpointSelector"],
        "write an expression: `selector: app == 'web'`",
    ),
    (
        "v3.GlobalNetworkPolicySpec",
        &["podSelector", "matchLabels", "endpointSelector"],
        "write an expression: `selector: app == 'web'`",
    ),
    ("v3.EntityRule", &["podSelector", "matchLabels"], "write an expression: `selector: app == 'web'`"),
    ("v3.EntityRule", &["domains"], "Calico Enterprise alone matches domain names: write the addresses as `nets`"),
    ("v3.Rule", &["from"], "write `source`, with a `selector` or `nets`"),
    ("v3.Rule", &["to"], "write `destination`, with a `selector` or `nets`"),
    ("v3.Rule", &["ports"], "write the ports of the server: `destination: {ports: [80]}`"),
    (".IngressBackend", &["serviceName", "servicePort"], "write `service: {name: …, port: {number: …}}`"),
    (".IngressSpec", &["backend"], "write `defaultBackend`"),
];

/// The same, of words that are right elsewhere near by, which is not what was meant.
const MIXED_UP: &[(&str, &[&str], &str)] = &[
    (".EnvFromSource", &["configMap", "configMapKeyRef"], "write `configMapRef`"),
    (".EnvVarSource", &["configMap", "configMapRef"], "write `configMapKeyRef`, with a `key`"),
];

/// The fields of a mapping that its table does not know.
pub(crate) struct Strangers<'d> {
    /// Their names and values.
    pub(crate) fields: Vec<(&'d str, Node<'d>)>,
    /// The fields that the table knows and the mapping lacks, found once: a mapping may have very many fields.
    absent: Vec<&'static str>,
}

impl<'d> Strangers<'d> {
    pub(crate) fn new(field: &Field<'d, '_>, schema: &'static Schema, fields: Vec<(&'d str, Node<'d>)>) -> Self {
        let is_absent = |known: &&str| !fields.is_empty() && field.node.get(known).is_none();
        let absent = schema.names().filter(is_absent).collect();
        Self { fields, absent }
    }

    /// A field of the mapping with nearly this name, that is not written already.
    pub(crate) fn nearest(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.absent.iter().copied())
    }
}

/// Reports these fields. For the `causes` among them the API server refuses the object, because it lacks what they were
/// meant to be.
pub(crate) fn report<'d>(
    field: &Field<'d, '_>,
    schema: &'static Schema,
    strangers: &Strangers<'d>,
    causes: &[&str],
    report: &mut Report<'_>,
) {
    if strangers.fields.is_empty() {
        return;
    }
    let is_selector = schema.name.ends_with(".LabelSelector");
    let empties = is_selector && !schema.names().any(|name| field.has(name));
    let remark = if empties { "dropped, which leaves the selector empty" } else { "dropped by the API server" };
    let is_label = |(name, node): &&(&'d str, Node<'d>)| {
        is_selector && node.kind() == Kind::Str && strangers.nearest(name).is_none()
    };
    let (labels, others): (Vec<_>, Vec<_>) = strangers.fields.iter().partition(is_label);
    let path = field.path().to_string();
    let message = |name: &str| match path.as_str() {
        "" => format!("{} is not a field of the object", quote(name)),
        path => format!("{} is not a field of `{path}`", quote(name)),
    };
    let mut tell = |name: &'d str, node: Node<'d>, help: Option<String>, fix: Option<Change>| {
        let stranger = field.child(name, node);
        let dropped = (schema.explain)(field, name, node).unwrap_or_default();
        let (help, fix) = match help.or(dropped.help) {
            Some(help) => (help, fix),
            None => advice(field, schema, strangers, (name, node)),
        };
        let flaw = Flaw::new(message(name), help);
        let flaw = match fix {
            Some(wrap @ Change::Wrap(_)) => flaw.meant_around(wrap),
            Some(fix) => flaw.meant(fix),
            None => flaw,
        };
        if causes.contains(&name) {
            let remark = format!("dropped by the API server, which then refuses the {}", schema.noun);
            return report.refused(&stranger, &remark, flaw);
        }
        report.unknown(&stranger, dropped.remark.as_deref().unwrap_or(remark), flaw);
        if let Some((other, why)) = dropped.because {
            report.because(other, why);
        }
    };
    // Labels without `matchLabels` are one mistake, however many they are.
    let are_all = field.node.entries().count() == labels.len();
    if let Some((name, node)) = labels.first() {
        let labels = labels.iter().map(|(name, node)| format!("{name}: {}", node.scalar_text().unwrap_or_default()));
        let help = format!("write `matchLabels: {{{}}}`", labels.collect::<Vec<_>>().join(", "));
        tell(name, *node, Some(help), are_all.then(|| Change::Wrap("matchLabels".to_owned())));
    }
    for (name, node) in others {
        tell(name, node, None, None);
    }
}

/// What to write instead of an unknown field, and what to make of it where it is misspelt.
fn advice(
    field: &Field<'_, '_>,
    schema: &'static Schema,
    strangers: &Strangers<'_>,
    (name, node): (&str, Node<'_>),
) -> (String, Option<Change>) {
    let typo = strangers.nearest(name);
    if let Some(meant) = typo.filter(|meant| meant.eq_ignore_ascii_case(name)) {
        return misspelt(schema, meant, node);
    }
    let of = |words: &'static [(&str, &[&str], &'static str)]| {
        words.iter().find(|(of, words, _)| schema.name.ends_with(of) && words.contains(&name))
    };
    if let Some((_, _, advice)) = of(MIXED_UP) {
        return ((*advice).to_owned(), None);
    }
    if let Some(home) = home(field, schema, name, node.kind()) {
        return (home, None);
    }
    match (of(WORDS), typo) {
        (Some((_, _, advice)), _) => (advice.replace("NAME", node.as_str().unwrap_or("NAME")), None),
        (None, Some(meant)) => misspelt(schema, meant, node),
        (None, None) => {
            let help = takes(schema).map_or_else(|| "remove it".to_owned(), |takes| format!("remove it; {takes}"));
            (help, None)
        }
    }
}

/// A field with a slip in its name; it can be meant only if it takes such a value.
fn misspelt(schema: &'static Schema, meant: &str, node: Node<'_>) -> (String, Option<Change>) {
    let rename = has(schema, meant, node.kind()).then(|| Change::Rename(meant.to_owned()));
    (format!("write `{meant}`"), rename)
}

/// A place near by where a field of this name exists and such a value fits: what a wrong indentation missed.
fn home(field: &Field<'_, '_>, schema: &'static Schema, name: &str, kind: Kind) -> Option<String> {
    let (parent, grandparent) = (field.around().next(), field.around().nth(1));
    let parent = parent.and_then(|parent| Some((parent, parent.schema?)));
    let grandparent = grandparent.and_then(|parent| Some((parent, parent.schema?)));
    let above = |around: Option<(&Field<'_, '_>, &'static Schema)>, levels| {
        let (around, schema) = around?;
        has(schema, name, kind).then(|| upwards(around, field, name, levels))
    };
    let beside = |around: Option<(&Field<'_, '_>, &'static Schema)>| {
        around.and_then(|(around, schema)| below(around, schema, name, kind, 1))
    };
    below(field, schema, name, kind, 1)
        .or_else(|| above(parent, "one level up"))
        .or_else(|| beside(parent))
        .or_else(|| above(grandparent, "two levels up"))
        .or_else(|| beside(grandparent))
        .or_else(|| below(field, schema, name, kind, 2))
}

fn has(schema: &Schema, name: &str, kind: Kind) -> bool {
    schema.find(name).is_some_and(|holds| holds.takes(kind))
}

fn upwards(around: &Field<'_, '_>, field: &Field<'_, '_>, name: &str, levels: &str) -> String {
    let path = around.path().key(name.to_owned());
    if around.has(name) {
        return format!("merge it into `{path}`, {levels}");
    }
    match field.segments().into_iter().nth(around.segments().len()) {
        Some(Segment::Key(key)) => format!("write it {levels}, beside `{key}`: `{path}`"),
        _ => format!("write it {levels}: `{path}`"),
    }
}

/// The places inside a mapping, `depth` tables further down, where the field exists. Those that begin with a field
/// that is written come before others.
fn below(field: &Field<'_, '_>, schema: &'static Schema, name: &str, kind: Kind, depth: usize) -> Option<String> {
    let mut places = Vec::new();
    for (key, inner, step) in tables(schema) {
        let above = if field.path().is_root() { step } else { format!("{}.{step}", field.path()) };
        inside(inner, &above, depth, &mut |inner, path| {
            if has(inner, name, kind) {
                places.push((field.node.get(key).is_none(), format!("{path}.{name}")));
            }
        });
    }
    let written = places.iter().any(|(absent, _)| !absent);
    let likely = places.iter().filter(|(absent, _)| !(written && *absent));
    let likely = alternatives(likely.map(|(_, path)| path.as_str()));
    (!likely.is_empty()).then(|| format!("write it as {likely}"))
}

/// Calls `visit` with each table `depth` levels down, counted from 1 for this one, and the path to it.
fn inside(schema: &'static Schema, path: &str, depth: usize, visit: &mut impl FnMut(&'static Schema, &str)) {
    if depth <= 1 {
        visit(schema, path);
    } else {
        for (_, inner, step) in tables(schema) {
            inside(inner, &format!("{path}.{step}"), depth - 1, visit);
        }
    }
}

/// The fields of a table that have tables themselves: their keys, their tables and the steps to them.
fn tables(schema: &'static Schema) -> impl Iterator<Item = (&'static str, &'static Schema, String)> {
    schema.fields.iter().filter_map(|(key, holds)| match holds {
        Type::Map(inner) => Some((*key, *inner, (*key).to_owned())),
        Type::List(Type::Map(inner)) => Some((*key, *inner, format!("{key}[]"))),
        _ => None,
    })
}
