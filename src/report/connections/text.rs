//! For people: a line for each connection in aligned columns.
//!
//! A source that reaches all workloads of a namespace on the same ports takes one line, `NS/*`, and one that reaches
//! all there are, `*`: otherwise what is open would drown what is not.

use std::io::{self, Write};
use std::sync::Arc;

use crate::connections::{Connection, Connections};
use crate::endpoint::End;
use crate::net::ports::PortSet;
use crate::objects::NamespaceId;
use crate::text::escape;
use crate::text::phrase::count;

/// Fewer workloads are named each.
const MANY: usize = 4;
/// Lines that are kept back to see how wide the columns must be.
const MEASURED: usize = 2000;
/// Lists of blocks may be longer than a column should be.
const WIDEST: usize = 40;

pub(super) fn write(
    connections: &Connections<'_>,
    listed: impl Iterator<Item = Connection>,
    quiet: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut table = Table { out, lines: Vec::new(), widths: None };
    let mut total = 0_usize;
    let mut row: Vec<Connection> = Vec::new();
    for connection in listed {
        total += 1;
        if row.first().is_some_and(|first| first.from != connection.from) {
            write_row(connections, &row, &mut table)?;
            row.clear();
        }
        row.push(connection);
    }
    write_row(connections, &row, &mut table)?;
    table.finish()?;
    if quiet {
        return Ok(());
    }
    if total > 0 {
        writeln!(out)?;
    }
    for note in connections.notes() {
        writeln!(out, "note: {}", escape::line(note))?;
    }
    let permitted = match total {
        0 if connections.is_unexplained() => "everything that is permitted is asked for".to_owned(),
        0 => "no connection is permitted".to_owned(),
        total if connections.is_unexplained() => format!("{} that nothing asks for", count(total, "connection")),
        total => count(total, "connection"),
    };
    let cluster = connections.analysis.cluster();
    let (workloads, policies) = (count(cluster.workload_count(), "workload"), count(cluster.policies.len(), "policy"));
    writeln!(out, "{permitted} ({workloads}, {policies})")
}

/// Writes the connections of one source.
fn write_row(connections: &Connections<'_>, row: &[Connection], table: &mut Table<'_>) -> io::Result<()> {
    let Some(Connection { from, .. }) = row.first() else { return Ok(()) };
    let names = connections.names();
    let from_name = names.end(from);
    let workloads = &connections.analysis.cluster().workloads;
    let to_workloads = row.iter().take_while(|it| matches!(it.to, End::Workload(_))).count();
    let (inside, outside) = row.split_at(to_workloads);
    let others = workloads.len() - usize::from(matches!(from, End::Workload(_)));
    if let Some(ports) = same_ports(inside).filter(|_| inside.len() == others && others >= MANY) {
        table.line(&from_name, "*", ports)?;
    } else {
        let namespace = |end: &End| namespace(connections, end);
        for run in inside.chunk_by(|left, right| namespace(&left.to) == namespace(&right.to)) {
            let of_run = run.first().and_then(|connection| namespace(&connection.to));
            let is_own = of_run == namespace(from);
            let all = of_run.map_or(0, |id| connections.analysis.cluster().workloads_in(id).count());
            let is_all = run.len() >= MANY && run.len() == all - usize::from(is_own);
            match (of_run, same_ports(run)) {
                (Some(id), Some(ports)) if is_all => table.line(&from_name, &names.all_of(id), ports)?,
                _ => {
                    for connection in run {
                        table.line(&from_name, &names.end(&connection.to), &connection.ports)?;
                    }
                }
            }
        }
    }
    for connection in outside {
        table.line(&from_name, &names.end(&connection.to), &connection.ports)?;
    }
    Ok(())
}

fn namespace(connections: &Connections<'_>, end: &End) -> Option<NamespaceId> {
    let End::Workload(id) = end else { return None };
    connections.analysis.cluster().workloads.get(id.0 as usize).map(|workload| workload.object.namespace)
}

/// The ports, where they are the same for all.
fn same_ports(connections: &[Connection]) -> Option<&Arc<PortSet>> {
    let (first, rest) = connections.split_first()?;
    rest.iter()
        .all(|other| Arc::ptr_eq(&other.ports, &first.ports) || other.ports == first.ports)
        .then_some(&first.ports)
}

/// Lines in columns as wide as the first of them need.
struct Table<'o> {
    out: &'o mut dyn Write,
    lines: Vec<[String; 3]>,
    widths: Option<(usize, usize)>,
}

impl Table<'_> {
    fn line(&mut self, from: &str, to: &str, ports: &PortSet) -> io::Result<()> {
        self.lines.push([escape::line(from).into_owned(), escape::line(to).into_owned(), ports.to_string()]);
        if self.lines.len() >= MEASURED { self.finish() } else { Ok(()) }
    }

    fn finish(&mut self) -> io::Result<()> {
        let width = |column: fn(&[String; 3]) -> &String| {
            let widths = self.lines.iter().map(|line| column(line).chars().count());
            widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
        };
        let (from_width, to_width) = *self.widths.get_or_insert((width(|[from, ..]| from), width(|[_, to, _]| to)));
        for [from, to, ports] in self.lines.drain(..) {
            writeln!(self.out, "{from:from_width$} -> {to:to_width$}  {ports}")?;
        }
        Ok(())
    }
}
