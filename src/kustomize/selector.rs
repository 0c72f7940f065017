//! Label selectors as patches and replacements spell them: `app=web,tier in (a, b),!old` (apimachinery's `labels`).

use smol_str::SmolStr;

use crate::source::Origin;

/// Requirements, all of which have to be met.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Labels(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    Greater,
    Less,
}

/// A piece of a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Sign(&'static str),
}

impl Labels {
    /// Reads a selector.
    ///
    /// # Errors
    /// Where it is malformed.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let malformed = || format!("`{text}` is not a valid label selector");
        let tokens = tokens(text).ok_or_else(malformed)?;
        let mut parser = Parser { tokens: &tokens };
        parser.requirements().map(Self).ok_or_else(malformed)
    }

    /// Whether labels or annotations meet all requirements.
    pub(super) fn matches(&self, labels: &[(SmolStr, SmolStr, Option<Origin>)]) -> bool {
        let value = |key: &str| labels.iter().find(|(own, ..)| own == key).map(|(_, value, _)| value.as_str());
        self.0.iter().all(|requirement| requirement.is_met_by(value(&requirement.key)))
    }
}

impl Requirement {
    fn is_met_by(&self, value: Option<&str>) -> bool {
        let is_listed = |value: &str| self.values.iter().any(|own| own == value);
        let number = |text: &str| text.parse::<i64>().ok();
        let compared = || Some(number(value?)?.cmp(&number(self.values.first()?)?));
        match self.operator {
            Operator::In => value.is_some_and(is_listed),
            Operator::NotIn => !value.is_some_and(is_listed),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::Greater => compared().is_some_and(std::cmp::Ordering::is_gt),
            Operator::Less => compared().is_some_and(std::cmp::Ordering::is_lt),
        }
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    const SIGNS: [&str; 9] = ["==", "!=", "=", "!", ",", "(", ")", ">", "<"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            rest = rest.get(sign.len()..)?;
        } else {
            let is_end = |letter: char| letter.is_ascii_whitespace() || "=!(),><".contains(letter);
            let (word, after) = rest.split_at_checked(rest.find(is_end).unwrap_or(rest.len()))?;
            tokens.push(Token::Word(word.to_owned()));
            rest = after;
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

struct Parser<'t> {
    tokens: &'t [Token],
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn requirements(&mut self) -> Option<Vec<Requirement>> {
        let mut requirements = Vec::new();
        while !self.tokens.is_empty() {
            requirements.push(self.requirement()?);
            match self.next() {
                None => break,
                // A comma at the end is an error, unlike one between requirements.
                Some(Token::Sign(",")) if !self.tokens.is_empty() => {}
                Some(_) => return None,
            }
        }
        Some(requirements)
    }

    fn requirement(&mut self) -> Option<Requirement> {
        let (key, is_negated) = match self.next()? {
            Token::Word(key) => (key, false),
            Token::Sign("!") => match self.next()? {
                Token::Word(key) => (key, true),
                Token::Sign(_) => return None,
            },
            Token::Sign(_) => return None,
        };
        if !is_key(&key) {
            return None;
        }
        let ends = matches!(self.tokens.first(), None | Some(Token::Sign(",")));
        if is_negated || ends {
            let operator = if is_negated { Operator::DoesNotExist } else { Operator::Exists };
            return ends.then_some(Requirement { key, operator, values: Vec::new() });
        }
        let operator = match self.next()? {
            Token::Sign("=" | "==") => Operator::In,
            Token::Sign("!=") => Operator::NotIn,
            Token::Sign(">") => Operator::Greater,
            Token::Sign("<") => Operator::Less,
            Token::Word(word) if word == "in" => return self.set(key, Operator::In),
            Token::Word(word) if word == "notin" => return self.set(key, Operator::NotIn),
            _ => return None,
        };
        let value = match self.tokens.first() {
            None | Some(Token::Sign(",")) => String::new(),
            _ => self.word()?,
        };
        let is_number = value.parse::<i64>().is_ok();
        let is_valid = match operator {
            Operator::Greater | Operator::Less => is_number,
            _ => is_value(&value),
        };
        is_valid.then_some(Requirement { key, operator, values: vec![value] })
    }

    fn word(&mut self) -> Option<String> {
        match self.next()? {
            Token::Word(word) => Some(word),
            Token::Sign(_) => None,
        }
    }

    /// The values of `in (…)`, of which one may be empty.
    fn set(&mut self, key: String, operator: Operator) -> Option<Requirement> {
        if self.next()? != Token::Sign("(") {
            return None;
        }
        let mut values = vec![String::new()];
        loop {
            match self.next()? {
                Token::Word(word) => {
                    let last = values.last_mut().filter(|last| last.is_empty())?;
                    *last = word;
                }
                Token::Sign(",") => values.push(String::new()),
                Token::Sign(")") => break,
                Token::Sign(_) => return None,
            }
        }
        values.iter().all(|value| is_value(value)).then_some(Requirement { key, operator, values })
    }
}

/// Whether a text may be a label's key.
fn is_key(key: &str) -> bool {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let is_domain = |text: &str| {
        !text.is_empty()
            && text.len() <= 253
            && text.split('.').all(|part| {
                let is_edge =
                    |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
                is_edge(part.as_bytes().first())
                    && is_edge(part.as_bytes().last())
                    && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            })
    };
    !name.is_empty() && is_value(name) && prefix.is_none_or(is_domain)
}

/// Whether a text may be a label's value.
fn is_value(value: &str) -> bool {
    let is_edge = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_alphanumeric);
    value.len() <= 63
        && is_edge(value.as_bytes().first())
        && is_edge(value.as_bytes().last())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::Labels;
    use smol_str::SmolStr;

    #[test]
    fn selectors_are_read_as_apimachinery_reads_them() {
        let labels = [("app", "web"), ("tier", "a"), ("n", "5")];
        let labels: Vec<_> = labels.map(|(key, value)| (SmolStr::new(key), SmolStr::new(value), None)).into();
        for (text, expected) in [
            ("", Some(true)),
            ("app=web", Some(true)),
            ("app==web,tier", Some(true)),
            ("app!=web", Some(false)),
            ("tier in (a, b)", Some(true)),
            ("tier notin (a,b)", Some(false)),
            ("!old", Some(true)),
            ("old=", Some(false)),
            ("n>4", Some(true)),
            ("n<4", Some(false)),
            ("app=web,", None),
            ("app=web tier", None),
            ("in", Some(false)),
            ("a in b", None),
            ("-x", None),
        ] {
            assert_eq!(Labels::parse(text).ok().map(|selector| selector.matches(&labels)), expected, "{text}");
        }
    }
}
