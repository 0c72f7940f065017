//! Exposure in the formats of `netlint connections --exposure`.

mod csv;
mod json;
mod markdown;
mod text;
mod words;

use std::io::{self, Write};

use crate::connections::Connections;
use crate::connections::exposure::{Exposed, Exposures};
use crate::report::connections::Format;
pub(crate) use json::JsonOther;
pub(crate) use words::{Named, is_any_pod, is_whole_outside, name, named};

/// Exposure, with what it is printed with: the workloads asked for, their names, the notes.
#[derive(Debug)]
pub struct Listed<'m> {
    connections: &'m Connections<'m>,
    exposures: Exposures,
}

impl<'m> Listed<'m> {
    /// The exposure of the workloads that connections are asked from and to.
    #[must_use]
    pub fn new(connections: &'m Connections<'m>) -> Self {
        let exposures = connections.exposures();
        Self { connections, exposures }
    }

    fn notes(&self) -> impl Iterator<Item = &str> {
        self.connections.notes().iter().map(String::as_str).chain(self.exposures.note)
    }

    /// The sides of each workload that are asked for: who reaches it, who it reaches.
    fn sides<'e>(&self, sources: &'e [Exposed], destinations: &'e [Exposed]) -> Vec<(&'static str, Vec<Named<'e>>)> {
        let [shows_sources, shows_destinations] = self.connections.sides();
        let sources = shows_sources.then(|| ("reached by", named(sources)));
        sources.into_iter().chain(shows_destinations.then(|| ("reaches", named(destinations)))).collect()
    }
}

/// Writes it in a format. `quiet` leaves out what people alone read: notes and totals.
///
/// # Errors
/// Where `out` cannot be written, or the format has no room for exposure.
pub fn write(format: Format, listed: &Listed<'_>, quiet: bool, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(listed, quiet, out),
        Format::Json => json::write(listed, out),
        Format::Csv => csv::write(listed, out),
        Format::Markdown => markdown::write(listed, quiet, out),
        Format::Dot | Format::Mermaid => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// Whether exposure can be written in the format.
#[must_use]
pub fn has_format(format: Format) -> bool {
    !matches!(format, Format::Dot | Format::Mermaid)
}
