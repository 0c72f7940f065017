//! For Mermaid: a flowchart of the connections that change. What opens is drawn thick, what closes dotted.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diff::{ChangeKind, End, Review};
use crate::report::connections::mermaid::label;
use crate::report::diff::words;

pub(super) fn write(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for cluster in &review.clusters {
        for change in &cluster.difference.changes {
            let mut edge = [String::new(), String::new()];
            for (id, end) in edge.iter_mut().zip([&change.from, &change.to]) {
                let name = match &cluster.name {
                    Some(cluster) => format!("{cluster}: {}", words::end(end)),
                    None => words::end(end),
                };
                let count = ids.len();
                let number = *ids.entry(name.clone()).or_insert(count);
                if number == count {
                    let name = label(&name);
                    match &**end {
                        End::Workload(_) => writeln!(out, "  n{number}[{name}]")?,
                        _ => writeln!(out, "  n{number}([{name}])")?,
                    }
                }
                *id = format!("n{number}");
            }
            let ports = label(&format!("{}: {}", words::kind(change.kind()), words::ports(change)));
            let [from, to] = edge;
            let arrow = match change.kind() {
                ChangeKind::Opened => "==>",
                ChangeKind::Closed => "-.->",
                ChangeKind::Changed => "-->",
            };
            writeln!(out, "  {from} {arrow}|{ports}| {to}")?;
        }
    }
    Ok(())
}
