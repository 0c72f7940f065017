//! The words of a selector, as `libcalico-go/lib/selector/tokenizer` splits them.

use std::ops::Range;

use super::SyntaxError;

/// The longest label that the tokenizer takes for one word, in bytes.
const LONGEST_LABEL: usize = 512;

/// A word of a selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    Label(&'t str),
    /// A quoted value, without its quotes.
    Value(&'t str),
    /// `has(label)`.
    Has(&'t str),
    All,
    Global,
    OpenParenthesis,
    CloseParenthesis,
    OpenBrace,
    CloseBrace,
    Comma,
    Equal,
    NotEqual,
    In,
    NotIn,
    Contains,
    StartsWith,
    EndsWith,
    Not,
    And,
    Or,
    End,
}

/// A word and its bytes in the selector.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind<'t>,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token<'_> {
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// Reads one word after another; after the last one, `End` for ever.
pub(super) struct Tokenizer<'t> {
    text: &'t str,
    at: usize,
    /// Whether the last word was a label: then an operator follows, never a label.
    after_label: bool,
}

impl<'t> Tokenizer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, after_label: false }
    }

    /// The next word.
    ///
    /// # Errors
    /// What no word starts with.
    pub(super) fn next(&mut self) -> Result<Token<'t>, SyntaxError> {
        let rest = self.rest();
        // Line breaks do not separate words.
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let rest = self.rest();
        let (kind, length) = self.word(rest)?;
        let token = Token { kind, start: self.at, end: self.at + length };
        self.at = token.end;
        self.after_label = matches!(kind, Kind::Label(_));
        Ok(token)
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The word that a text begins with, and its length in bytes.
    fn word(&self, rest: &'t str) -> Result<(Kind<'t>, usize), SyntaxError> {
        let Some(first) = rest.chars().next() else { return Ok((Kind::End, 0)) };
        if let Some(found) = symbol(rest) {
            return Ok(found);
        }
        match first {
            '\'' | '"' => return self.value(rest, first),
            '=' | '&' | '|' => return Err(self.half_operator(first)),
            _ => {}
        }
        let found = if self.after_label { operator(rest) } else { call(rest).or_else(|| label(rest)) };
        found.ok_or_else(|| self.unexpected(rest, first))
    }

    /// A value in quotes, which have no escapes.
    fn value(&self, rest: &'t str, quote: char) -> Result<(Kind<'t>, usize), SyntaxError> {
        let inner = rest.get(1..).unwrap_or_default();
        match inner.find(quote) {
            Some(length) => Ok((Kind::Value(inner.get(..length).unwrap_or_default()), length + 2)),
            None => Err(SyntaxError::new(
                self.at..self.text.len(),
                "this quote is never closed",
                format!("close the value with `{quote}`"),
            )),
        }
    }

    fn half_operator(&self, first: char) -> SyntaxError {
        let range = self.at..self.at + 1;
        SyntaxError::new(range, format!("expected `{first}{first}`"), format!("write `{first}{first}`"))
    }

    fn unexpected(&self, rest: &str, first: char) -> SyntaxError {
        let range = self.at..self.at + first.len_utf8();
        match first {
            '\n' | '\r' => SyntaxError::new(
                range,
                "a line break is not allowed here",
                "write the selector on one line, or after `>-` in lines of the same indentation",
            ),
            ':' => SyntaxError::new(range, "expected an operator", "compare a label with a value: `app == 'web'`"),
            _ if self.after_label => {
                let end = rest.find([' ', '\t', '\'', '"', '{', '(', ')']).unwrap_or(rest.len()).max(first.len_utf8());
                SyntaxError::new(
                    self.at..self.at + end,
                    "expected an operator",
                    "write `==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after a label",
                )
            }
            _ => SyntaxError::new(
                range,
                "this character has no meaning in a selector",
                "write a label, an operator or a value in quotes",
            ),
        }
    }
}

fn symbol(rest: &str) -> Option<(Kind<'_>, usize)> {
    const SYMBOLS: [(&str, Kind<'static>); 10] = [
        ("(", Kind::OpenParenthesis),
        (")", Kind::CloseParenthesis),
        ("{", Kind::OpenBrace),
        ("}", Kind::CloseBrace),
        (",", Kind::Comma),
        ("==", Kind::Equal),
        ("!=", Kind::NotEqual),
        ("!", Kind::Not),
        ("&&", Kind::And),
        ("||", Kind::Or),
    ];
    let found = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol));
    found.map(|(symbol, kind)| (*kind, symbol.len()))
}

/// An operator in letters, which only follows a label.
fn operator(rest: &str) -> Option<(Kind<'_>, usize)> {
    let two_words = |first: &str, second: &str| {
        let after = rest.strip_prefix(first)?.trim_start_matches(is_space).strip_prefix(second)?;
        Some((rest.len() - after.len(), after))
    };
    // `in` ends where a word ends, the others anywhere.
    let ends_word = |after: &str| !after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
    if rest.starts_with("contains") {
        return Some((Kind::Contains, "contains".len()));
    }
    if let Some((length, _)) = two_words("starts", "with") {
        return Some((Kind::StartsWith, length));
    }
    if let Some((length, _)) = two_words("ends", "with") {
        return Some((Kind::EndsWith, length));
    }
    if let Some((length, _)) = two_words("not", "in").filter(|(_, after)| ends_word(after)) {
        return Some((Kind::NotIn, length));
    }
    let after = rest.strip_prefix("in")?;
    ends_word(after).then_some((Kind::In, "in".len()))
}

/// `has(label)`, `all()` or `global()`. The name touches its parenthesis.
fn call(rest: &str) -> Option<(Kind<'_>, usize)> {
    let closed = |after: &str| {
        let after = after.trim_start_matches(is_space).strip_prefix(')')?;
        Some(rest.len() - after.len())
    };
    if let Some(length) = rest.strip_prefix("all(").and_then(closed) {
        return Some((Kind::All, length));
    }
    if let Some(length) = rest.strip_prefix("global(").and_then(closed) {
        return Some((Kind::Global, length));
    }
    let inner = rest.strip_prefix("has(")?.trim_start_matches(is_space);
    let (kind, length) = label(inner)?;
    let Kind::Label(name) = kind else { return None };
    Some((Kind::Has(name), closed(inner.get(length..)?)?))
}

fn label(rest: &str) -> Option<(Kind<'_>, usize)> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./-".contains(byte);
    let length = rest.bytes().take(LONGEST_LABEL).take_while(is_part).count();
    let name = rest.get(..length).filter(|name| !name.is_empty())?;
    Some((Kind::Label(name), length))
}

/// The white space of Go's regular expressions, which counts inside of words.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\x0c' | '\r')
}
