//! What the page is given, with short names for what is there many times. `page/src/data.js` reads it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::summary;
use crate::connections::exposure::Exposed;
use crate::diff::Presence;
use crate::graph::layout::{BETWEEN_GROUPS, NODE, Size, Slot};
use crate::graph::{Document, Graph, GroupKind, Node, Side};
use crate::report::exposure::named;
use crate::text::escape;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data<'g> {
    summary: String,
    /// Whether two states are compared.
    is_change: bool,
    notes: Vec<Cow<'g, str>>,
    node_size: [u32; 2],
    gap: [u32; 2],
    groups: Vec<JsonGroup<'g>>,
    nodes: Vec<JsonNode<'g>>,
    /// Source, first and last destination, ports, sides, what became of it.
    edges: Vec<JsonEdge<'g>>,
    ports: Vec<&'g str>,
    sides: Vec<JsonSide<'g>>,
    documents: Vec<JsonDocument<'g>>,
    /// Name, ports, and what kind of others they are.
    exposed: Vec<(String, String, &'static str)>,
}

#[derive(Serialize)]
struct JsonEdge<'g>(
    usize,
    usize,
    usize,
    usize,
    &'g [usize],
    #[serde(skip_serializing_if = "Option::is_none")] Option<&'static str>,
);

#[derive(Serialize)]
struct JsonGroup<'g> {
    name: Cow<'g, str>,
    outside: bool,
    nodes: (usize, usize),
    /// `null` left of all rows.
    row: Option<usize>,
    folded: [u32; 2],
    unfolded: [u32; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonNode<'g> {
    name: Cow<'g, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_name: Option<Cow<'g, str>>,
    #[serde(skip_serializing_if = "is_empty")]
    kind: Cow<'g, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    host_network: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence: Option<&'static str>,
    at: (u32, u32),
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    destinations: Vec<usize>,
}

#[derive(Serialize)]
struct JsonSide<'g> {
    title: &'g str,
    reason: Cow<'g, str>,
    /// Document, first and last line, what to say.
    marks: Vec<(usize, usize, usize, Cow<'g, str>)>,
}

#[derive(Serialize)]
struct JsonDocument<'g> {
    path: Cow<'g, str>,
    parts: Vec<(usize, Cow<'g, str>)>,
}

impl<'g> Data<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        let mut exposed = Numbered::default();
        let nodes = graph.nodes.iter().map(|node| JsonNode::new(node, &mut exposed)).collect();
        let mut ports: Numbered<&str> = Numbered::default();
        let edges = graph.edges.iter().map(|edge| {
            let (first, last) = edge.to;
            let change = edge.change.map(super::change);
            JsonEdge(edge.from, first, last, ports.number(edge.ports.as_str()), edge.sides.as_slice(), change)
        });
        Self {
            summary: summary(graph),
            is_change: graph.is_change,
            notes: graph.notes.iter().map(|note| escape::line(note)).collect(),
            node_size: size(NODE),
            gap: size(BETWEEN_GROUPS),
            groups: graph
                .groups
                .iter()
                .map(|group| JsonGroup {
                    name: escape::line(&group.name),
                    outside: group.kind == GroupKind::Outside,
                    nodes: group.nodes,
                    row: match group.slot {
                        Slot::Left => None,
                        Slot::Row(row) => Some(row),
                    },
                    folded: size(group.folded),
                    unfolded: size(group.unfolded),
                })
                .collect(),
            nodes,
            edges: edges.collect(),
            ports: ports.in_order(),
            sides: graph.sides.iter().map(JsonSide::new).collect(),
            documents: graph.documents.iter().map(JsonDocument::new).collect(),
            exposed: exposed.in_order(),
        }
    }
}

impl<'g> JsonNode<'g> {
    fn new(node: &'g Node, exposed: &mut Numbered<(String, String, &'static str)>) -> Self {
        let mut numbers = |others: &[Exposed]| {
            named(others)
                .into_iter()
                .map(|it| exposed.number((escape::line(&it.name).into_owned(), it.ports(), it.who.keyword())))
                .collect()
        };
        Self {
            name: escape::line(&node.name),
            full_name: Some(escape::line(&node.full_name)).filter(|_| node.full_name != node.name),
            kind: escape::line(&node.kind),
            tier: node.tier,
            host_network: node.host_network,
            presence: node.presence.map(|it| if it == Presence::Added { "new" } else { "gone" }),
            at: (node.x, node.y),
            sources: numbers(&node.sources),
            destinations: numbers(&node.destinations),
        }
    }
}

impl<'g> JsonSide<'g> {
    fn new(side: &'g Side) -> Self {
        let marks = side.marks.iter().map(|mark| (mark.document, mark.lines.0, mark.lines.1, escape::line(&mark.note)));
        Self { title: &side.title, reason: escape::line(&side.reason), marks: marks.collect() }
    }
}

impl<'g> JsonDocument<'g> {
    fn new(document: &'g Document) -> Self {
        let parts = document.parts.iter().map(|(line, text)| (*line, escape::block(text)));
        Self { path: escape::line(&document.path), parts: parts.collect() }
    }
}

fn is_empty(text: &str) -> bool {
    text.is_empty()
}

fn size(size: Size) -> [u32; 2] {
    [size.width, size.height]
}

/// Values, each once, by the order in which they are first asked for.
#[derive(Default)]
struct Numbered<T>(BTreeMap<T, usize>);

impl<T: Ord> Numbered<T> {
    fn number(&mut self, value: T) -> usize {
        let next = self.0.len();
        *self.0.entry(value).or_insert(next)
    }

    fn in_order(self) -> Vec<T> {
        let mut values: Vec<(T, usize)> = self.0.into_iter().collect();
        values.sort_by_key(|(_, number)| *number);
        values.into_iter().map(|(value, _)| value).collect()
    }
}
