//! For Mermaid: a flowchart with a subgraph for each namespace.

use std::collections::BTreeMap;
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
    writeln!(out, "flowchart LR")?;
    for (index, (namespace, workloads)) in shown::by_namespace(connections).into_iter().enumerate() {
        writeln!(out, "  subgraph n{index}[{}]", label(cluster.namespace_name(namespace)))?;
        for (id, workload) in workloads {
            let name = label(&format!("{}/{}", workload.object.kind, workload.object.name));
            writeln!(out, "    w{}[{name}]", id.0)?;
        }
        writeln!(out, "  end")?;
    }
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for Connection { from, to, ports } in listed {
        let mut ids = [String::new(), String::new()];
        for (id, end) in ids.iter_mut().zip([&from, &to]) {
            *id = match end {
                End::Workload(workload) => format!("w{}", workload.0),
                other => {
                    let (count, name) = (others.len(), names.end(other));
                    let number = *others.entry(name.clone()).or_insert(count);
                    if number == count {
                        writeln!(out, "  x{number}([{}])", label(&name))?;
                    }
                    format!("x{number}")
                }
            };
        }
        let [from, to] = ids;
        writeln!(out, "  {from} -->|{}| {to}", label(&ports.to_string()))?;
    }
    Ok(())
}

/// A quoted label, in which characters that Mermaid or HTML could read as markup are entity codes.
pub(crate) fn label(content: &str) -> String {
    let mut escaped = String::with_capacity(content.len() + 2);
    escaped.push('"');
    for character in escape::line(content).chars() {
        if character.is_ascii_punctuation() && !",.-/:".contains(character) {
            escaped.push_str(&format!("#{};", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped.push('"');
    escaped
}
