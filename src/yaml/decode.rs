//! Bytes into text.

use std::fmt;

/// Bytes that are no text.
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
    let text = match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let message = "the file is not valid UTF-8";
            fault(error.as_bytes(), offset, message, "save the file as UTF-8")
        }),
    }?;
    match text.find('\0') {
        None => Ok(text),
        Some(offset) => Err(fault(
            text.as_bytes(),
            offset,
            "the file contains a NUL byte",
            "remove the byte, or exclude the file if it is binary",
        )),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    let units = bytes.chunks(2).map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        // Half a unit: a lone surrogate is as wrong.
        _ => 0xD800,
    });
    let mut text = String::with_capacity(bytes.len());
    let mut offset = 2;
    for decoded in char::decode_utf16(units) {
        let Ok(character) = decoded else {
            let mut error =
                fault(text.as_bytes(), text.len(), "the file is not valid UTF-16", "save the file as UTF-8");
            error.offset = offset;
            return Err(error);
        };
        offset += 2 * character.len_utf16();
        text.push(character);
    }
    Ok(text)
}

/// Locates byte `offset`, before which everything is valid UTF-8.
fn fault(bytes: &[u8], offset: usize, message: &str, help: &str) -> DecodeError {
    let before = bytes.get(..offset).unwrap_or_default();
    let last_line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    DecodeError {
        offset,
        line: 1 + before.iter().filter(|&&byte| byte == b'\n').count(),
        column: 1 + String::from_utf8_lossy(last_line).chars().count(),
        message: message.into(),
        help: help.into(),
    }
}
