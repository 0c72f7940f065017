//! For spreadsheets: a header and a line for each connection.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::connections::{Connection, Connections};
use crate::endpoint::End;
use crate::text::escape;

const HEADER: [&str; 7] = ["from_namespace", "from_kind", "from_name", "to_namespace", "to_kind", "to_name", "ports"];

pub(super) fn write(
    connections: &Connections<'_>,
    listed: impl Iterator<Item = Connection>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER).map_err(unwrapped)?;
    for Connection { from, to, ports } in listed {
        let ports = ports.to_string();
        let (from, to) = (cells(connections, &from), cells(connections, &to));
        let cells = from.iter().chain(&to).chain([&ports]);
        writer.write_record(cells.map(|cell| harmless(cell).into_owned())).map_err(unwrapped)?;
    }
    writer.flush()
}

/// The error that the writer wrapped: a reader that went away must be distinguished from a failure.
pub(in crate::report) fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Namespace, kind and name; addresses are in place of a name, with spaces between.
fn cells(connections: &Connections<'_>, end: &End) -> [String; 3] {
    let cluster = connections.analysis.cluster();
    let unnamed = |kind: &str, name: String| [String::new(), kind.to_owned(), name];
    match end {
        End::Workload(id) => match cluster.workloads.get(id.0 as usize) {
            Some(workload) => {
                let object = &workload.object;
                let namespace = cluster.namespace_name(object.namespace).to_owned();
                [namespace, object.kind.to_string(), object.name.to_string()]
            }
            None => Default::default(),
        },
        End::External(addresses) => {
            let blocks: Vec<String> = addresses.blocks().iter().map(ToString::to_string).collect();
            unnamed("External", blocks.join(" "))
        }
        End::IngressController => unnamed("IngressController", String::new()),
        End::Presumed(_) | End::AnyPod(_) => unnamed("Pod", connections.names().end(end)),
    }
}

/// A cell that no spreadsheet takes for a formula. No name that Kubernetes accepts begins so.
pub(in crate::report) fn harmless(cell: &str) -> Cow<'_, str> {
    let cell = escape::line(cell);
    if cell.starts_with(['=', '+', '-', '@', ' ']) { Cow::Owned(format!("'{cell}")) } else { cell }
}
