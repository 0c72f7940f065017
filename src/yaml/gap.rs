//! What is between two nodes: indicators, properties and comments.

use super::span::Span;

/// The tokens from an offset up to the next node: single indicators (`-`, `:`, `|`, …), anchors and tags, each with
/// its first byte. White space and comments are passed over.
pub(super) struct Gap<'s> {
    text: &'s str,
    at: usize,
}

impl<'s> Gap<'s> {
    pub(super) fn new(text: &'s str, at: usize) -> Self {
        Self { text, at }
    }
}

impl Iterator for Gap<'_> {
    type Item = (u8, Span);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.text.get(self.at..)?;
            let first = *rest.as_bytes().first()?;
            let length = match first {
                b' ' | b'\t' | b'\r' | b'\n' => 1,
                b'#' => rest.find(['\r', '\n']).unwrap_or(rest.len()),
                b'-' | b':' | b'?' | b',' | b'|' | b'>' | b'[' | b'{' => 1,
                b'!' if rest.starts_with("!<") => rest.find('>').map_or(rest.len(), |end| end + 1),
                b'&' | b'!' => {
                    rest.find(|end: char| end.is_ascii_whitespace() || ",[]{}".contains(end)).unwrap_or(rest.len())
                }
                _ => return None,
            };
            let span = Span::new(self.at, self.at + length);
            self.at = span.end;
            if !matches!(first, b' ' | b'\t' | b'\r' | b'\n' | b'#') {
                return Some((first, span));
            }
        }
    }
}
