//! JSON that neither a terminal nor the log of a job is disturbed by.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

use super::{escape, job_log};

/// Writes a value as one line of JSON in which nothing can disturb a terminal or the log of a job: control characters,
/// bidirectional marks and [commands](job_log) are escaped.
pub(crate) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_value(value, out)?;
    writeln!(out)
}

/// Like [`write`], without the line break: for values of a stream.
pub(crate) fn write_value(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(&mut *out, Harmless))?)
}

struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((start, character)) = rest.char_indices().find(|(_, character)| escape::is_unsafe(*character)) {
            let (before, after) = rest.split_at(start);
            write_plain(writer, before)?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after.strip_prefix(character).unwrap_or_default();
        }
        write_plain(writer, rest)
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        CompactFormatter.write_char_escape(writer, escape)
    }
}

/// Writes what no terminal is disturbed by.
fn write_plain<W: ?Sized + Write>(writer: &mut W, text: &str) -> io::Result<()> {
    writer.write_all(job_log::without_signs(text, "#\\u0023").as_bytes())
}
