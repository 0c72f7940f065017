//! For documents: a table, and the notes below it.

use std::io::{self, Write};

use crate::connections::{Connection, Connections};
use crate::report::findings::markdown::{code, prose};

pub(super) fn write(
    connections: &Connections<'_>,
    listed: impl Iterator<Item = Connection>,
    quiet: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "| From | To | Ports |\n|---|---|---|")?;
    for Connection { from, to, ports } in listed {
        let [from, to] = [from, to].map(|end| code(&connections.names().end(&end)));
        writeln!(out, "| {from} | {to} | {ports} |")?;
    }
    if !quiet && !connections.notes().is_empty() {
        writeln!(out)?;
        for note in connections.notes() {
            writeln!(out, "- {}", prose(note))?;
        }
    }
    Ok(())
}
