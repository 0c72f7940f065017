//! Text of manifests made harmless for terminals and logs.

use std::borrow::Cow;

/// Whether a character could move the cursor, recolour the terminal, hide text or change its order: control
/// characters but line feed and tab, bidirectional marks, invisible formatting, what XML forbids.
pub(crate) fn is_unsafe(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        other => other.is_control(),
    }
}

/// The text with every unsafe character replaced by harmless ones of the same number of bytes, so that byte ranges
/// still hold. Lines stay.
#[must_use]
pub fn block(text: &str) -> Cow<'_, str> {
    replace(text, is_unsafe)
}

/// Like [`block`], on one line: line feeds and tabs are replaced too.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    replace(text, |character| is_unsafe(character) || matches!(character, '\n' | '\t'))
}

/// Like [`block`], with every line but the first indented, so that none looks like a line of the report.
#[must_use]
pub fn indented(text: &str) -> String {
    block(text).replace('\n', "\n  ")
}

fn replace(text: &str, bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&bad) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            other if !bad(other) => out.push(other),
            other if other.is_ascii_whitespace() => out.push(' '),
            other if other.len_utf8() == 1 => out.push('?'),
            other if other.len_utf8() == 2 => out.push('\u{bf}'),
            other if other.len_utf8() == 3 => out.push('\u{fffd}'),
            _ => out.push_str("\u{fffd}?"),
        }
    }
    Cow::Owned(out)
}

/// Text that a terminal opens `url` for: OSC 8, "Hyperlinks in Terminal Emulators". It takes the columns of the text
/// alone.
#[must_use]
pub fn link(text: &str, url: &str) -> String {
    format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
}

/// A path as it stands in an address (RFC 3986): only unreserved characters and slashes stay.
#[must_use]
pub fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{block, line};

    #[test]
    fn unsafe_characters_are_replaced_by_as_many_bytes() {
        let hostile = "a\u{1b}[31m\u{9b}1m\u{202e}x\u{e0041}\u{7f}\r\n\tb\0";
        let harmless = block(hostile);
        assert_eq!(harmless, "a?[31m\u{bf}1m\u{fffd}x\u{fffd}?? \n\tb?");
        assert_eq!(harmless.len(), hostile.len());
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line("a\n::error::b\tc"), "a ::error::b c");
    }

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(block("日本 é\n"), std::borrow::Cow::Borrowed(_)));
    }
}
