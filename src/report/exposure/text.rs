//! For people: a paragraph for each workload.

use std::io::{self, Write};

use super::Listed;
use crate::text::escape;
use crate::text::phrase::count;

/// Longer names do not widen the column.
const WIDEST: usize = 60;

pub(super) fn write(listed: &Listed<'_>, quiet: bool, out: &mut dyn Write) -> io::Result<()> {
    let workloads = &listed.exposures.workloads;
    for exposure in workloads {
        writeln!(out, "{}", escape::line(&listed.connections.names().workload(exposure.workload)))?;
        for (verb, others) in listed.sides(&exposure.sources, &exposure.destinations) {
            let widths = others.iter().map(|it| it.name.chars().count()).filter(|width| *width <= WIDEST);
            let width = widths.max().unwrap_or_default();
            if others.is_empty() {
                writeln!(out, "  {verb:<10}  nothing else")?;
            }
            for (index, other) in others.iter().enumerate() {
                let verb = if index == 0 { verb } else { "" };
                writeln!(out, "  {verb:<10}  {:<width$}  {}", escape::line(&other.name), other.ports())?;
            }
        }
    }
    if quiet {
        return Ok(());
    }
    if !workloads.is_empty() {
        writeln!(out)?;
    }
    for note in listed.notes() {
        writeln!(out, "note: {}", escape::line(note))?;
    }
    let policies = count(listed.connections.analysis.cluster().policies.len(), "policy");
    writeln!(out, "exposure of {} beyond the workloads of the input ({policies})", count(workloads.len(), "workload"))
}
