//! For Graphviz: a cluster for each namespace, an edge for each connection.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::connections::{Connection, Connections, shown};
use crate::endpoint::End;
use crate::text::escape;

pub(super) fn write(
    connections: &Connections<'_>,
    listed: impl Iterator<Item = Connection>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = connections.names();
    let cluster = connections.analysis.cluster();
    writeln!(out, "digraph connections {{\n  rankdir=LR;\n  node [shape=box];")?;
    for (index, (namespace, workloads)) in shown::by_namespace(connections).into_iter().enumerate() {
        writeln!(out, "  subgraph cluster_{index} {{")?;
        writeln!(out, "    label={};", quoted(cluster.namespace_name(namespace)))?;
        for (_, workload) in workloads {
            let label = quoted(&format!("{}\n{}", escape::line(&workload.object.name), workload.object.kind));
            // On the network of its node, out of reach of every policy.
            let style = if workload.host_network { ", style=dashed" } else { "" };
            writeln!(out, "    {} [label={label}{style}];", quoted(&names.full(&workload.object)))?;
        }
        writeln!(out, "  }}")?;
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for Connection { from, to, ports } in listed {
        for end in [&from, &to].into_iter().filter(|end| !matches!(end, End::Workload(_))) {
            let node = node(connections, end);
            if !seen.contains(&node) {
                writeln!(out, "  {node} [shape=ellipse];")?;
                seen.insert(node);
            }
        }
        let (from, to) = (node(connections, &from), node(connections, &to));
        writeln!(out, "  {from} -> {to} [label={}];", quoted(&ports.to_string()))?;
    }
    writeln!(out, "}}")
}

fn node(connections: &Connections<'_>, end: &End) -> String {
    let names = connections.names();
    let workload = match end {
        End::Workload(id) => connections.analysis.cluster().workloads.get(id.0 as usize),
        _ => None,
    };
    quoted(&workload.map_or_else(|| names.end(end), |workload| names.full(&workload.object)))
}

/// A quoted identifier. A backslash would begin an escape sequence of Graphviz.
fn quoted(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| escape::line(line).replace('\\', "\\\\")).collect();
    format!("\"{}\"", lines.join("\n").replace('"', "\\\"").replace('\n', "\\n"))
}
