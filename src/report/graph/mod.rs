//! A drawing in the formats of `netlint graph`: those that show positions. `dot` and `mermaid` are formats of
//! [connections](super::connections).

mod data;
mod html;
mod svg;

use std::io::{self, Write};

use crate::cluster::Cluster;
use crate::graph::Graph;

/// Writes a page for a browser, which needs no network. `cluster` has the namespaces that the drawing names.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_html(graph: &Graph, cluster: &Cluster, out: &mut dyn Write) -> io::Result<()> {
    html::write(graph, cluster, out)
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
    use crate::text::phrase::count;
    let workloads = graph.nodes.iter().filter(|node| !node.kind.is_empty()).count();
    let (workloads, policies) = (count(workloads, "workload"), count(graph.policies, "policy"));
    format!("{workloads}, {policies}, {}", count(graph.connections, "connection"))
}
