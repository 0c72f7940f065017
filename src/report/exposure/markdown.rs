//! For documents: a table, and the notes below it.

use std::io::{self, Write};

use super::Listed;
use crate::report::findings::markdown::{code, prose};

pub(super) fn write(listed: &Listed<'_>, quiet: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| Workload | | Beyond the input | Ports |\n|---|---|---|---|")?;
    for exposure in &listed.exposures.workloads {
        let workload = code(&listed.connections.names().workload(exposure.workload));
        for (verb, others) in listed.sides(&exposure.sources, &exposure.destinations) {
            if others.is_empty() {
                writeln!(out, "| {workload} | {verb} | nothing else | |")?;
            }
            for other in others {
                writeln!(out, "| {workload} | {verb} | {} | {} |", code(&other.name), other.ports())?;
            }
        }
    }
    let notes: Vec<&str> = listed.notes().collect();
    if !quiet && !notes.is_empty() {
        writeln!(out)?;
        for note in notes {
            writeln!(out, "- {}", prose(note))?;
        }
    }
    Ok(())
}
