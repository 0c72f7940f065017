//! Bytes into text.

use std::fmt;

/// Bytes that are not text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Offset of the first wrong byte in the input.
    pub offset: usize,
    /// Line of that byte, from 1.
    pub line: usize,
    /// Column of that byte in characters, from 1.
    pub column: usize,
    /// One clause.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at line {}, column {}", self.message, self.line, self.column)
    }
}

impl std::error::Error for DecodeError {}

/// Decodes a file: UTF-8, or UTF-16 of either byte order with a byte-order mark.
///
/// The byte-order mark of UTF-8 is kept, so that offsets stay those of the file.
///
/// # Errors
/// Invalid UTF-8 or UTF-16, and NUL bytes.
pub fn decode(bytes: Vec<u8>) -> Result<String, DecodeError> {
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, DecodeError> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        fault(&String::from_utf8_lossy(before), before.len(), "the file is not valid UTF-8")
    })?;
    match memchr::memchr(0, text.as_bytes()) {
        None => Ok(text),
        Some(at) => Err(fault(text.get(..at).unwrap_or_default(), at, NUL)),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    // Half a unit at the end is as wrong as a lone surrogate.
    let units = bytes.chunks(2).map(|pair| <[u8; 2]>::try_from(pair).map_or(0xD800, unit));
    let mut text = String::with_capacity(bytes.len());
    let mut offset = 2;
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok('\0') => return Err(fault(&text, offset, NUL)),
            Ok(character) => {
                offset += 2 * character.len_utf16();
                text.push(character);
            }
            Err(_) => return Err(fault(&text, offset, "the file is not valid UTF-16")),
        }
    }
    Ok(text)
}

const NUL: &str = "the file contains a NUL byte";

/// The fault at `offset` of the input, with what is before it.
fn fault(before: &str, offset: usize, message: &str) -> DecodeError {
    let last_line = before.rsplit('\n').next().unwrap_or_default();
    DecodeError {
        offset,
        line: 1 + before.matches('\n').count(),
        column: 1 + last_line.trim_start_matches('\u{FEFF}').chars().count(),
        message: message.into(),
        help: "save the file as UTF-8, or exclude it if it is not text".into(),
    }
}
