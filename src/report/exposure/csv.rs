//! For spreadsheets: a header and a line for each entry.

use std::io::{self, Write};

use super::Listed;
use crate::report::connections::csv::{harmless, unwrapped};

const HEADER: [&str; 7] = ["namespace", "kind", "name", "direction", "other", "ports", "certain"];

pub(super) fn write(listed: &Listed<'_>, out: &mut dyn Write) -> io::Result<()> {
    let cluster = listed.connections.analysis.cluster();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER).map_err(unwrapped)?;
    for exposure in &listed.exposures.workloads {
        let Some(workload) = cluster.workloads.get(exposure.workload.0 as usize) else { continue };
        let object = &workload.object;
        for (verb, others) in listed.sides(&exposure.sources, &exposure.destinations) {
            for other in others {
                let certain = if other.is_certain { "true" } else { "false" };
                let ports = other.ports.to_string();
                let namespace = cluster.namespace_name(object.namespace);
                let cells = [namespace, &object.kind, &object.name, verb, &other.name, &ports, certain];
                writer.write_record(cells.map(|cell| harmless(cell).into_owned())).map_err(unwrapped)?;
            }
        }
    }
    writer.flush()
}
