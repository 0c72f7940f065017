//! A picture, at the positions of the page: every namespace unfolded, or, where there is too much to be read, folded.

use std::io::{self, Write};

use super::folded::{Bundle, Drawn, bundles, is_folded};
use super::summary;
use crate::diff::Presence;
use crate::graph::layout::{NODE, Rectangle, boxes};
use crate::graph::{Graph, GroupKind};
use crate::text::escape;
use crate::text::phrase::count;

/// The room around everything.
const MARGIN: u32 = 32;
/// More edges are drawn without their ports, which nobody could read.
const LABELLED: usize = 150;
/// The room for what is said below.
const NOTE: u32 = 24;
/// What is said of folded namespaces.
const FOLDED: &str = "Namespaces are folded: their workloads are too many for a picture. The page (html) unfolds them.";
/// Characters of a name that a box has room for.
const SHOWN: usize = 24;

const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#1b1f24}.small{font-size:11px;fill:#57606a}.title{font-weight:600}\
.group{fill:#f6f8fa;stroke:#8c959f}.outside{stroke-dasharray:6 4}.node{fill:#fff;stroke:#57606a}\
.host{stroke-dasharray:4 3}.edge{fill:none;stroke:#0969da;stroke-opacity:.75;stroke-width:1.5}.head{fill:#57606a;fill:context-stroke}\
.opened{stroke:#b35900;stroke-width:3}.closed{stroke:#0b5cad;stroke-width:2;stroke-dasharray:7 4}\
.changed{stroke:#6b4fa0;stroke-width:3;stroke-dasharray:2 3}.unchanged{stroke-opacity:.25}\
.ports{font-size:10px;paint-order:stroke;stroke:#fff;stroke-width:3px}.ground{fill:#fff}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9da7b1}.group{fill:#161b22;stroke:#6e7681}\
.node{fill:#0d1117;stroke:#9da7b1}.edge{stroke:#58a6ff}.opened{stroke:#ff9d47}.closed{stroke:#6cb6ff}.changed{stroke:#c4a7f5}.ports{stroke:#0d1117}.ground{fill:#0d1117}}";

pub(super) fn write(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    let boxes = boxes(&graph.groups, |group| !is_folded(graph, group));
    let extent = |edge: fn(&Rectangle) -> u32| boxes.iter().map(edge).max().unwrap_or_default() + 2 * MARGIN;
    let width = extent(|it| it.x + it.size.width);
    let is_any_folded = (0..graph.groups.len()).any(|group| is_folded(graph, group));
    let height = extent(|it| it.y + it.size.height) + if is_any_folded { NOTE } else { 0 };
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title\">"
    )?;
    let title = if is_any_folded { format!("{}; {FOLDED}", summary(graph)) } else { summary(graph) };
    writeln!(out, "<title id=\"title\">{}</title>\n<style>{STYLE}</style>", text(&title))?;
    writeln!(
        out,
        "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"9\" markerHeight=\"9\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head\" d=\"M0 0 8 4 0 8z\"/></marker></defs>"
    )?;
    writeln!(out, "<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>")?;
    let nodes = write_groups(graph, &boxes, out)?;
    let opacity = if graph.connections <= LABELLED { "" } else { " opacity=\".5\"" };
    writeln!(out, "<g{opacity}>")?;
    let bundles = bundles(graph);
    for bundle in &bundles {
        write_edge(graph, bundle, &nodes, &boxes, bundles.len() <= LABELLED, out)?;
    }
    writeln!(out, "</g>")?;
    if is_any_folded {
        writeln!(out, "<text class=\"small\" x=\"{MARGIN}\" y=\"{}\">{FOLDED}</text>", height - MARGIN / 2)?;
    }
    for (node, at) in graph.nodes.iter().zip(&nodes) {
        let Some(at) = at else { continue };
        let class = if node.host_network { "node host" } else { "node" };
        let Rectangle { x, y, size } = at;
        writeln!(
            out,
            "<g><title>{}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"6\"/>",
            text(&node.full_name),
            size.width,
            size.height
        )?;
        let presence = node.presence.map(|it| if it == Presence::Added { "new" } else { "gone" });
        let what: Vec<&str> =
            [node.kind.as_str()].into_iter().chain(node.tier).chain(presence).filter(|it| !it.is_empty()).collect();
        let name_at = if what.is_empty() { y + 26 } else { y + 19 };
        writeln!(out, "<text x=\"{}\" y=\"{name_at}\">{}</text>", x + 10, text(&cut(&node.name)))?;
        writeln!(out, "<text class=\"small\" x=\"{}\" y=\"{}\">{}</text></g>", x + 10, y + 35, text(&what.join(", ")))?;
    }
    writeln!(out, "</svg>")
}

/// Draws the boxes of groups, and says where the nodes are that are drawn.
fn write_groups(graph: &Graph, boxes: &[Rectangle], out: &mut dyn Write) -> io::Result<Vec<Option<Rectangle>>> {
    let mut nodes = Vec::with_capacity(graph.nodes.len());
    for ((index, group), Rectangle { x, y, size }) in graph.groups.iter().enumerate().zip(boxes) {
        let (x, y) = (x + MARGIN, y + MARGIN);
        let class = if group.kind == GroupKind::Outside { "group outside" } else { "group" };
        writeln!(
            out,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"10\"/>",
            size.width, size.height
        )?;
        writeln!(out, "<text class=\"title\" x=\"{}\" y=\"{}\">{}</text>", x + 16, y + 25, text(&cut(&group.name)))?;
        let (first, end) = group.nodes;
        let members = graph.nodes.get(first..end).unwrap_or_default();
        if is_folded(graph, index) {
            let workloads = count(members.len(), "workload");
            writeln!(out, "<text class=\"small\" x=\"{}\" y=\"{}\">{workloads}</text>", x + 16, y + 47)?;
            nodes.extend(members.iter().map(|_| None));
        } else {
            nodes.extend(members.iter().map(|node| Some(Rectangle { x: x + node.x, y: y + node.y, size: NODE })));
        }
    }
    Ok(nodes)
}

/// Draws a curve from the side of one box to the side of another that faces it.
fn write_edge(
    graph: &Graph,
    bundle: &Bundle<'_>,
    nodes: &[Option<Rectangle>],
    boxes: &[Rectangle],
    is_labelled: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = |drawn: Drawn| match drawn {
        Drawn::Node(node) => nodes.get(node).copied().flatten(),
        Drawn::Group(group) => boxes.get(group).map(|it| Rectangle { x: it.x + MARGIN, y: it.y + MARGIN, ..*it }),
    };
    let (Some(from), Some(to)) = (place(bundle.from), place(bundle.to)) else { return Ok(()) };
    let [start, first, second, end] = curve(from, to);
    let name = |drawn: Drawn| match drawn {
        Drawn::Node(node) => graph.nodes.get(node).map_or("", |node| &node.full_name),
        Drawn::Group(group) => graph.groups.get(group).map_or("", |group| &group.name),
    };
    let ports = match bundle.connections {
        1 => bundle.ports.to_owned(),
        several => count(several, "connection"),
    };
    let ports = format!("{}{ports}", bundle.change.map_or("", super::sign));
    let class = match bundle.change {
        Some(kind) => format!(" {}", super::change(kind)),
        None if graph.is_change => " unchanged".to_owned(),
        None => String::new(),
    };
    writeln!(
        out,
        "<g><title>{} to {}: {}</title><path class=\"edge{}\" marker-end=\"url(#head)\" \
         d=\"M{} {}C{} {} {} {} {} {}\"/></g>",
        text(name(bundle.from)),
        text(if bundle.is_one_of_several { "several" } else { name(bundle.to) }),
        text(&ports),
        class,
        start.0,
        start.1,
        first.0,
        first.1,
        second.0,
        second.1,
        end.0,
        end.1
    )?;
    if is_labelled && (bundle.change.is_some() || !graph.is_change) {
        let middle = |at: fn((i64, i64)) -> i64| (at(start) + 3 * at(first) + 3 * at(second) + at(end)) / 8;
        let (x, y) = (middle(|it| it.0), middle(|it| it.1) - 4);
        writeln!(out, "<text class=\"ports\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", text(&ports))?;
    }
    Ok(())
}

/// The four points of a Bézier curve.
fn curve(from: Rectangle, to: Rectangle) -> [(i64, i64); 4] {
    let middle = |it: Rectangle| i64::from(it.y + it.size.height / 2);
    let (left, right) = (|it: Rectangle| i64::from(it.x), |it: Rectangle| i64::from(it.x + it.size.width));
    // Two curves between the same boxes are to be two lines.
    let (start_y, end_y) = (middle(from) - 6, middle(to) + 6);
    let (start_x, end_x, from_bend, to_bend) = if right(from) < left(to) {
        (right(from), left(to), 1, -1)
    } else if right(to) < left(from) {
        (left(from), right(to), -1, 1)
    } else {
        (right(from), right(to), 1, 1)
    };
    let across = (end_x - start_x).abs();
    let bend = across.clamp(60, 240) / 2;
    // Boxes may stand between two of one row: the curve passes below them.
    let is_same_row = middle(from) == middle(to) && across > i64::from(NODE.width);
    let below = if is_same_row { i64::from(NODE.height) + 8 } else { 0 };
    let (first, second) = (start_x + from_bend * bend, end_x + to_bend * bend);
    [(start_x, start_y), (first, start_y + below), (second, end_y + below), (end_x, end_y)]
}

/// As much of a name as a box has room for.
fn cut(name: &str) -> String {
    if name.chars().count() <= SHOWN {
        return name.to_owned();
    }
    name.chars().take(SHOWN - 1).chain(['…']).collect()
}

/// Text of manifests, in which nothing is markup.
fn text(content: &str) -> String {
    escape::line(content).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
