//! For programs: one JSON object whose shape is frozen by its `schemaVersion`.

use std::io::{self, Write};

use serde::Serialize;

use crate::generate::Generated;
use crate::text::json;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonGenerated<'a> {
    schema_version: u32,
    policies: usize,
    connections: usize,
    files: Vec<JsonFile<'a>>,
    /// How many comments in the files say that somebody has to look.
    marked: usize,
    review: &'a [String],
    replaced: &'a [String],
    notes: &'a [String],
}

#[derive(Serialize)]
struct JsonFile<'a> {
    namespace: &'a str,
    /// Where it was written; null where it was not.
    path: Option<&'a str>,
    text: &'a str,
}

pub(super) fn write(generated: &Generated, paths: &[String], out: &mut dyn Write) -> io::Result<()> {
    let files = generated.files.iter().enumerate().map(|(place, file)| JsonFile {
        namespace: &file.namespace,
        path: paths.get(place).map(String::as_str),
        text: &file.text,
    });
    let object = JsonGenerated {
        schema_version: 1,
        policies: generated.policies,
        connections: generated.connections,
        files: files.collect(),
        marked: generated.marked,
        review: &generated.review,
        replaced: &generated.replaced,
        notes: &generated.notes,
    };
    json::write_value(&object, out)?;
    writeln!(out)
}
