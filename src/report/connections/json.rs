//! For programs: one JSON object whose shape is frozen by its `schemaVersion`, a line for each item, written as
//! connections are computed.

use std::io::{self, Write};

use serde::Serialize;

use crate::connections::{Connection, Connections};
use crate::objects::ReadFrom;
use crate::report::endpoint::{JsonEnd, JsonPorts, JsonWorkload, ports};
use crate::text::json;

pub(super) fn write(
    connections: &Connections<'_>,
    listed: impl Iterator<Item = Connection>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let cluster = connections.analysis.cluster();
    write!(out, "{{\"schemaVersion\":1,\n\"workloads\":[")?;
    write_items(
        out,
        cluster.workloads.iter().map(|workload| JsonListed {
            workload: JsonWorkload::of(workload, cluster),
            host_network: workload.host_network,
            inferred: workload.read_from == ReadFrom::Inferred,
        }),
    )?;
    write!(out, "],\n\"connections\":[")?;
    write_items(
        out,
        listed.filter_map(|Connection { from, to, ports: permitted }| {
            let (from, to) = (JsonEnd::new(&from, cluster)?, JsonEnd::new(&to, cluster)?);
            Some(JsonConnection { from, to, ports: ports(&permitted) })
        }),
    )?;
    write!(out, "],\n\"notes\":")?;
    json::write_value(&connections.notes(), out)?;
    writeln!(out, "}}")
}

fn write_items<T: Serialize>(out: &mut dyn Write, items: impl Iterator<Item = T>) -> io::Result<()> {
    let mut separator = "\n";
    for item in items {
        write!(out, "{separator}")?;
        separator = ",\n";
        json::write_value(&item, out)?;
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonListed<'a> {
    #[serde(flatten)]
    workload: JsonWorkload<'a>,
    host_network: bool,
    /// Whether only the names and labels of its pods suggest that there is such a workload.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    inferred: bool,
}

#[derive(Serialize)]
struct JsonConnection<'a> {
    from: JsonEnd<'a>,
    to: JsonEnd<'a>,
    ports: Option<Vec<JsonPorts>>,
}
