//! Whether Go compiles a regular expression (`regexp/syntax`, with Perl's syntax): the agent compiles those of HTTP
//! rules. Names of Unicode classes and limits on the size of expressions are not checked.

mod characters;

use std::iter::Peekable;
use std::str::Chars;

use crate::schema::report::Flaw;
use crate::schema::syntax::quote;

/// The most repetitions that Go takes.
const MOST: u32 = 1000;

/// Checks a whole expression.
pub(super) fn check(text: &str) -> Result<(), Flaw> {
    let mut reader = Reader { rest: text.chars().peekable() };
    reader.expression().map_err(|help| Flaw::new(format!("{} is not a valid regular expression", quote(text)), help))
}

/// What repetitions need to know of what is before them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Item,
    Repetition,
}

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
}

type Outcome<T = ()> = Result<T, &'static str>;

impl Reader<'_> {
    fn expression(&mut self) -> Outcome {
        let (mut open, mut before) = (0_usize, Before::Nothing);
        while let Some(character) = self.rest.next() {
            before = match character {
                '(' => {
                    if self.group()? {
                        open += 1;
                        Before::Nothing
                    } else {
                        before
                    }
                }
                ')' => {
                    open = open.checked_sub(1).ok_or("remove the `)` that closes nothing, or escape it: `\\)`")?;
                    Before::Item
                }
                '|' => Before::Nothing,
                '*' | '+' | '?' => self.repetition(before)?,
                '{' if self.is_count() => {
                    self.count()?;
                    self.repetition(before)?
                }
                '[' => self.class()?,
                '\\' => self.escape()?,
                _ => Before::Item,
            };
        }
        if open > 0 { Err("close the group: a `)` is missing") } else { Ok(()) }
    }

    /// "missing argument to repetition operator" and "invalid nested repetition operator".
    fn repetition(&mut self, before: Before) -> Outcome<Before> {
        self.rest.next_if_eq(&'?');
        match before {
            Before::Nothing => Err("nothing is before the repetition; for any characters, write `.*`"),
            Before::Repetition => Err("remove the second repetition"),
            Before::Item => Ok(Before::Repetition),
        }
    }

    /// Whether `n}`, `n,}` or `n,m}` follows; without it, `{` is an ordinary character.
    fn is_count(&self) -> bool {
        let mut rest = self.rest.clone();
        let digits = |rest: &mut Peekable<Chars<'_>>| {
            let text: String = std::iter::from_fn(|| rest.next_if(char::is_ascii_digit)).collect();
            text == "0" || (!text.is_empty() && !text.starts_with('0'))
        };
        if !digits(&mut rest) {
            return false;
        }
        if rest.next_if_eq(&',').is_some() && rest.peek() != Some(&'}') && !digits(&mut rest) {
            return false;
        }
        rest.peek() == Some(&'}')
    }

    /// "invalid repeat count".
    fn count(&mut self) -> Outcome {
        let text: String = std::iter::from_fn(|| self.rest.next_if(|next| *next != '}')).collect();
        self.rest.next();
        let number = |text: &str| text.parse().unwrap_or(MOST + 1);
        let (least, most) = match text.split_once(',') {
            None => (number(&text), number(&text)),
            Some((least, "")) => (number(least), MOST),
            Some((least, most)) => (number(least), number(most)),
        };
        if most <= MOST && least <= most {
            Ok(())
        } else {
            Err("write at most 1000 repetitions, the smaller number first")
        }
    }

    /// Reads what follows `(`; whether a group is open then: `(?i)` only sets flags.
    fn group(&mut self) -> Outcome<bool> {
        if self.rest.next_if_eq(&'?').is_none() {
            return Ok(true);
        }
        let text: String = std::iter::from_fn(|| self.rest.next_if(|next| !":)>".contains(*next))).collect();
        let end = self.rest.next();
        if let Some(name) = text.strip_prefix("P<").or_else(|| text.strip_prefix('<')) {
            let is_word = !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
            if end == Some('>') && is_word {
                return Ok(true);
            }
        }
        let (set, unset) = text.split_once('-').unwrap_or((&text, "i"));
        let are_flags = |flags: &str| flags.chars().all(|flag| "imsU".contains(flag));
        match end {
            Some(end @ (':' | ')')) if are_flags(set) && are_flags(unset) && !unset.is_empty() => Ok(end == ':'),
            _ => Err("Go's regular expressions have no lookahead or lookbehind: write `(?:…)` for a plain group"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_go_compiles_is_valid() {
        for text in [
            "",
            "/",
            "/api/v[0-9]+/.*",
            "GET|POST",
            "^/a$",
            "^*",
            "a{2}",
            "a{,2}",
            "a{2,1x}",
            "a{1001x}",
            "[]a]",
            "[^]]",
            "[a-]",
            "[[:alpha:]_]",
            "(?i)get",
            "(?i:get)",
            "(?-s).",
            "(?P<a>x)(?<b>y)",
            "\\Q(*\\E+",
            "\\pL\\p{Greek}",
            "\\x7f\\x{10FFFF}",
            "\\07",
            "\\17",
            "\\.\\-",
            "a*?b+?",
            "(|a)",
            "a||b",
            "[a\\]b]",
            "x{1000}",
            "[\\d-z]",
            "{",
            "}",
            "]",
        ] {
            assert!(check(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_not() {
        for text in [
            "*",
            "+a",
            "?",
            "(*)",
            "a|*",
            "a**",
            "a+*",
            "a{2}{3}",
            "a*??",
            "a{1001}",
            "a{2,1}",
            "[",
            "[a",
            "[]",
            "[b-a]",
            "[[:x:]]",
            "(",
            "(a",
            ")",
            "a)",
            "(?=a)",
            "(?!a)",
            "(?<=a)",
            "(?<!a)",
            "(?x)a",
            "(?P<>x)",
            "\\",
            "\\1",
            "\\8",
            "\\Z",
            "\\e",
            "\\xg1",
            "\\x{110000}",
            "(?-)a",
            "{2}",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
