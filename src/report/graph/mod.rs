//! A drawing in the formats of `netlint graph`: those that show positions. `dot` and `mermaid` are formats of
//! [connections](super::connections).

mod data;
mod folded;
mod html;
mod svg;

use std::io::{self, Write};

use crate::diff::ChangeKind;
use crate::graph::Graph;
use crate::text::phrase::count;

/// Writes a page for a browser, which needs no network.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_html(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    html::write(graph, out)
}

/// Writes a picture.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_svg(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    svg::write(graph, out)
}

/// What is drawn, in a sentence.
fn summary(graph: &Graph) -> String {
    let workloads = graph.nodes.iter().filter(|node| !node.kind.is_empty()).count();
    let (workloads, policies) = (count(workloads, "workload"), count(graph.policies, "policy"));
    if !graph.is_change {
        return format!("{workloads}, {policies}, {}", count(graph.connections, "connection"));
    }
    let number = |kind| graph.edges.iter().filter(|edge| edge.change == Some(kind)).count();
    let (opened, closed) = (number(ChangeKind::Opened), number(ChangeKind::Closed));
    let unchanged = count(graph.connections, "connection");
    let changed = number(ChangeKind::Changed);
    format!(
        "{opened} opened, {closed} closed, {changed} with other ports, {unchanged} unchanged ({workloads}, {policies})"
    )
}

/// What became of a connection.
fn change(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Opened => "opened",
        ChangeKind::Closed => "closed",
        ChangeKind::Changed => "changed",
    }
}

/// A sign before its ports, for those who see no colours.
fn sign(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Opened => "+ ",
        ChangeKind::Closed => "− ",
        ChangeKind::Changed => "± ",
    }
}
