//! The YAML parser's errors in our words.

use super::arena::Builder;
use super::error::SyntaxError;
use super::span::Span;
use granit_parser::{ErrorKind, ScanError};

/// Explains why the parser gave up on this chunk of `text`, having built what `builder` holds.
pub(super) fn explain(text: &str, chunk: Span, error: &ScanError, builder: &Builder<'_>) -> SyntaxError {
    let offset = error.marker().byte_offset().unwrap_or_default();
    let stopped = Stopped { text, chunk, at: (chunk.start + offset).min(chunk.end) };
    stopped
        .foreign()
        .or_else(|| stopped.tab(error.kind()))
        .or_else(|| stopped.unclosed(error.kind(), builder.open_bracket()))
        .unwrap_or_else(|| stopped.by_kind(error))
}

/// Where the parser stopped.
struct Stopped<'s> {
    text: &'s str,
    chunk: Span,
    at: usize,
}

impl<'s> Stopped<'s> {
    /// What is no YAML at all: templates and the traces of a merge.
    fn foreign(&self) -> Option<SyntaxError> {
        let line = self.line();
        let before = Stopped { at: line.start.saturating_sub(1).max(self.chunk.start), ..*self }.line();
        for line in [line, before] {
            let content = line.slice(self.text);
            if let Some(braces) = content.find("{{").or_else(|| content.find("{%")) {
                let start = line.start + braces;
                return Some(SyntaxError::template(self.text, Span::new(start, start + 2)));
            }
            if ["<<<<<<<", ">>>>>>>", "======="].iter().any(|marker| content.starts_with(marker)) {
                return Some(
                    SyntaxError::new(line, "a merge conflict is left in the file")
                        .help("resolve it, then delete the markers"),
                );
            }
        }
        None
    }

    /// A tab that indents the line of the error, or the next line after it that has one where tabs are the error.
    fn tab(&self, kind: &ErrorKind) -> Option<SyntaxError> {
        let first = self.line_start();
        let rest = Span::new(first, self.chunk.end).slice(self.text);
        let about_tabs = matches!(
            kind,
            ErrorKind::TabNotAllowed
                | ErrorKind::TabInBlockIndentation
                | ErrorKind::TabInIndentation
                | ErrorKind::TabInPlainScalar
                | ErrorKind::TabAtBlockScalarStart
                | ErrorKind::InvalidBlockEntryWhitespace
                | ErrorKind::InvalidMappingValueWhitespace
        );
        let mut start = first;
        for line in rest.split_inclusive('\n').take(if about_tabs { usize::MAX } else { 1 }) {
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            let is_blank = line.trim().is_empty();
            if let Some(tab) = line.get(..indent).and_then(|indent| indent.find('\t')).filter(|_| !is_blank) {
                let span = Span::new(start + tab, start + indent);
                return Some(SyntaxError::new(span, "a tab indents this line").help("indent with spaces"));
            }
            start += line.len();
        }
        about_tabs
            .then(|| SyntaxError::new(self.character(), "found a tab where YAML takes only spaces").help("use spaces"))
    }

    /// A bracket that is still open on a later line than its own.
    fn unclosed(&self, kind: &ErrorKind, bracket: Option<usize>) -> Option<SyntaxError> {
        let at = match kind {
            ErrorKind::UnclosedFlowCollection { .. } => bracket.unwrap_or(self.at),
            ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::InvalidIndentation => bracket.filter(|&bracket| bracket < self.line_start())?,
            _ => return None,
        };
        let span = Span::new(at, at + 1);
        let message = format!("this `{}` is never closed", span.slice(self.text));
        Some(SyntaxError::new(span, message).help("close it, and separate what it holds with commas"))
    }

    fn by_kind(&self, error: &ScanError) -> SyntaxError {
        use ErrorKind as K;
        let here = self.character();
        let line = self.line();
        let says = |span, message: &str| SyntaxError::new(span, message);
        match error.kind() {
            K::RecursionLimitExceeded => SyntaxError::too_deep(here),
            K::UnknownAnchor => SyntaxError::unknown_anchor(self.text, self.word()),
            K::MissingAnchorOrAliasName => {
                says(here, "`*` starts an alias and `&` an anchor, but no name follows").help("quote the value")
            }
            K::UnclosedQuotedScalar | K::DocumentIndicatorInQuotedScalar => {
                says(here, "this quote is never closed").help("close it; a quote inside the text is doubled or escaped")
            }
            K::InvalidTrailingSingleQuotedScalar | K::InvalidTrailingDoubleQuotedScalar => {
                says(here, "text follows a closing quote").help("quote the whole value, and escape quotes inside it")
            }
            K::UnknownQuotedScalarEscape | K::InvalidQuotedScalarHexEscape | K::InvalidUnicodeEscape => {
                says(self.unknown_escape().unwrap_or(here), "this text has an escape that YAML does not know")
                    .help("write `\\\\` for a backslash, or use single quotes, which escape nothing")
            }
            K::InvalidLowSurrogateHexEscape
            | K::InvalidLowSurrogate
            | K::MissingLowSurrogate
            | K::UnpairedLowSurrogate => {
                says(here, "this text has half of a surrogate pair").help("write the character itself")
            }
            K::MismatchedFlowCollectionEnd { open, close } => {
                SyntaxError::new(here, format!("`{open}` is closed by `{close}`"))
            }
            K::MisplacedFlowCollectionEnd => {
                SyntaxError::new(here, format!("`{}` closes nothing", here.slice(self.text)))
                    .help("delete it, or quote the value")
            }
            K::ExpectedFlowMappingSeparator | K::ExpectedFlowSequenceSeparator | K::InvalidColonPlacement => {
                says(here, "a comma is missing between two entries").help("separate entries with `,`")
            }
            K::UnexpectedEofImplicitFlowMapping | K::UnexpectedEofFlowMapping | K::UnexpectedEofFlowSequence => {
                says(here, "an entry is missing here").help("delete the surplus comma")
            }
            K::UnexpectedCharacter { character } if character.is_control() => {
                let name = format!("the control character U+{:04X} is not allowed", u32::from(*character));
                SyntaxError::new(here, name).help("delete it, or write it as an escape in double quotes")
            }
            K::UnexpectedCharacter { character: '`' } => {
                says(here, "no plain value starts with a backtick").help("quote the value")
            }
            K::UnexpectedCharacter { character } => {
                SyntaxError::new(here, format!("no plain value starts with `{character}`")).help("quote the value")
            }
            K::PlainScalarStartsWithDashFlowIndicator => says(here, "a lone `-` is not a value").help("quote it"),
            K::BomInsideDocument => says(here, "the document has a byte-order mark inside")
                .help("delete it; it is left when files are joined"),
            K::InvalidBlockScalarHeader => {
                says(here, "text follows the `|` or `>` on its line").help("start the text on the next line")
            }
            K::ZeroBlockScalarIndent => {
                says(here, "the indentation of this text is given as 0").help("leave the digit out")
            }
            K::BlockSequenceEntryNotAllowed => {
                says(here, "a list starts on the line of its key").help("start it on the next line, or use `[…]`")
            }
            K::CommentNotSeparated => says(here, "a comment follows without a space").help("put a space before `#`"),
            K::ExpectedDocumentStart if self.chunk.slice(self.text).starts_with('%') => {
                says(line, "a directive is not followed by `---`")
                    .help("delete the line that starts with `%`, or quote it")
            }
            K::ExpectedDocumentStart => says(line, "this follows a value that is complete")
                .help("indent it, or start a new document with `---`"),
            K::MappingValueNotAllowed => self.surplus_colon(here, line),
            K::SimpleKeyExpected => self.no_key(line),
            K::ExpectedBlockMappingKey => self.no_entry(line),
            K::ExpectedBlockSequenceEntry => {
                says(line, "this line is neither an item of the list above nor a key beside it")
                    .help("indent it like the text of the item, start it with `- `, or move it out of the list")
            }
            _ => SyntaxError::new(here, clause(&error.info())),
        }
    }

    /// A colon that cannot end a key.
    fn surplus_colon(&self, here: Span, line: Span) -> SyntaxError {
        let before = Span::new(line.start, self.at).slice(self.text);
        if before.contains(": ") || before.contains(":\t") {
            return SyntaxError::new(here, "a second `:` follows on one line")
                .help("quote the value if the colon belongs to it, else start a new line");
        }
        if before.chars().count() > 1024 {
            return SyntaxError::new(Span::new(line.start, self.at), "this key is longer than 1024 characters");
        }
        let above = Stopped { at: self.line_start().saturating_sub(1).max(self.chunk.start), ..*self };
        if line.start - self.line_start() > above.line().start - above.line_start() {
            return SyntaxError::new(line, "this line is indented deeper than the keys beside it")
                .help("align it with its siblings; if it lies below the line above, that line ends with `:`");
        }
        if above.is_glued() {
            return above.no_key(above.line());
        }
        SyntaxError::new(line, "a key follows text that is no `key: value`")
            .help("put `: ` after the keys above, and `- ` before the items of a list")
    }

    /// Whether the line is a key with its value glued to the colon: `kind:Pod`.
    fn is_glued(&self) -> bool {
        let key = self.line().slice(self.text).split_once(':');
        key.is_some_and(|(key, value)| {
            let is_word = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.' | '/');
            !key.is_empty() && key.chars().all(is_word) && value.starts_with(|it: char| it.is_ascii_alphanumeric())
        })
    }

    /// A line where a key is due.
    fn no_key(&self, line: Span) -> SyntaxError {
        let content = line.slice(self.text);
        let error = SyntaxError::new(line, "this line is no `key: value`");
        match content.find(':') {
            Some(colon) if !content.get(colon + 1..).is_some_and(|rest| rest.starts_with([' ', '\t'])) => {
                error.help("put a space after the colon")
            }
            _ => error.help("put `: ` after the key; text that continues a value is indented deeper than its key"),
        }
    }

    /// Something between the entries of a mapping.
    fn no_entry(&self, line: Span) -> SyntaxError {
        let content = line.slice(self.text);
        if content.starts_with("- ") || content == "-" {
            return SyntaxError::new(line, "found a list item among the keys of a mapping")
                .help("align it with the items it belongs to, or give the list a key");
        }
        if self.at > line.start {
            return SyntaxError::new(self.character(), "text follows a value that is complete")
                .help("quote the whole value");
        }
        SyntaxError::new(line, "the indentation of this line fits no line above")
            .help("align it with the keys it belongs to")
    }

    /// The character at the error; at the end of a line, the last one before it.
    fn character(&self) -> Span {
        let rest = Span::new(self.at, self.chunk.end).slice(self.text);
        match rest.chars().next() {
            Some(character) if character != '\n' && character != '\r' => {
                Span::new(self.at, self.at + character.len_utf8())
            }
            _ => {
                let before = Span::new(self.chunk.start, self.at).slice(self.text).trim_end();
                let last = before.chars().next_back().map_or(0, char::len_utf8);
                let end = self.chunk.start + before.len();
                Span::new(end - last, end)
            }
        }
    }

    /// The first escape in the double-quoted text here that YAML does not have.
    fn unknown_escape(&self) -> Option<Span> {
        let text = Span::new(self.at, self.chunk.end).slice(self.text);
        let mut characters = text.char_indices();
        while let Some((start, character)) = characters.next() {
            if character == '\\' {
                let (end, escaped) = characters.next()?;
                if !"0abt\tnvfre \"/\\N_LPxuU\r\n".contains(escaped) {
                    return Some(Span::new(self.at + start, self.at + end + escaped.len_utf8()));
                }
            } else if character == '"' && start > 0 {
                return None;
            }
        }
        None
    }

    /// From the error to the next white space.
    fn word(&self) -> Span {
        let rest = Span::new(self.at, self.chunk.end).slice(self.text);
        Span::new(self.at, self.at + rest.find(char::is_whitespace).unwrap_or(rest.len()))
    }

    /// The line of the error, without white space around it.
    fn line(&self) -> Span {
        let start = self.line_start();
        let line = Span::new(start, self.chunk.end).slice(self.text).lines().next().unwrap_or_default();
        let start = start + line.len() - line.trim_start().len();
        Span::new(start, start + line.trim().len())
    }

    fn line_start(&self) -> usize {
        let before = Span::new(self.chunk.start, self.at).slice(self.text);
        self.chunk.start + before.rfind('\n').map_or(0, |newline| newline + 1)
    }
}

/// The parser's message without capitals and full stop.
fn clause(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
