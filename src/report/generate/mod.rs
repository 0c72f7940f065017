//! Generated policies in the formats of `netlint generate`.

mod json;

use std::io::{self, Write};

use crate::generate::Generated;
use crate::text::comment::comment;

/// The formats of `netlint generate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// The manifests
    Yaml,
    /// One JSON object, frozen by its `schemaVersion`
    Json,
}

/// Writes the policies in a format. `paths` are the files that they are written to, in their order, if they are.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(format: Format, generated: &Generated, paths: &[String], out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Yaml => out.write_all(manifests(generated).as_bytes()),
        Format::Json => json::write(generated, paths, out),
    }
}

/// All manifests as one text, each file that has a place of its own under its path.
#[must_use]
pub fn manifests(generated: &Generated) -> String {
    let texts = generated.files.iter().map(|file| match &file.path {
        Some(path) => format!("{}{}", comment(0, path), file.text),
        None => file.text.clone(),
    });
    texts.collect::<Vec<_>>().join("---\n")
}
