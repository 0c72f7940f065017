//! Connections in the formats of `netlint connections`.

pub(super) mod csv;
mod dot;
mod json;
mod markdown;
pub(crate) mod mermaid;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, Write};

use crate::connections::Connections;
use crate::text::job_log;

/// The formats of `netlint connections`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// For people: aligned columns
    Text,
    /// One JSON object, frozen by its `schemaVersion`
    Json,
    /// A table for spreadsheets
    Csv,
    /// A table for documents
    Markdown,
    /// A Graphviz graph
    Dot,
    /// A Mermaid flowchart
    Mermaid,
}

impl Format {
    /// Whether the format has room for the notes.
    #[must_use]
    pub fn has_notes(self) -> bool {
        matches!(self, Self::Text | Self::Json | Self::Markdown)
    }
}

/// Writes the connections in a format, as they are computed, and says whether these are all of them. `quiet` leaves out
/// what people alone read: notes and totals.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(format: Format, connections: &Connections<'_>, quiet: bool, out: &mut dyn Write) -> io::Result<bool> {
    let mut is_cut = false;
    let listed = connections.up_to_limit(&mut is_cut);
    let render = |out: &mut dyn Write| match format {
        Format::Text => text::write(connections, listed, quiet, out),
        Format::Json => json::write(connections, listed, out),
        Format::Csv => csv::write(connections, listed, out),
        Format::Markdown => markdown::write(connections, listed, quiet, out),
        Format::Dot => dot::write(connections, listed, out),
        Format::Mermaid => mermaid::write(connections, listed, out),
    };
    if format == Format::Json {
        render(out)?
    } else {
        job_log::write(out, render)?
    }
    Ok(!is_cut)
}
