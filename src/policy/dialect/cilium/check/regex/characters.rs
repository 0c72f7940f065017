//! Escapes and classes of characters.

use super::{Before, Outcome, Reader};

impl Reader<'_> {
    /// Reads what follows `\`, outside a class.
    pub(super) fn escape(&mut self) -> Outcome<Before> {
        if self.rest.next_if_eq(&'Q').is_some() {
            while let Some(character) = self.rest.next() {
                if character == '\\' && self.rest.next_if_eq(&'E').is_some() {
                    break;
                }
            }
            return Ok(Before::Item);
        }
        if self.rest.next_if(|next| "AbBz".contains(*next)).is_some() {
            return Ok(Before::Item);
        }
        self.escaped_character().map(|_| Before::Item)
    }

    /// Reads an escape that stands for a character, or for a class of them.
    fn escaped_character(&mut self) -> Outcome<Option<char>> {
        const INVALID: &str = "Go knows no such escape; write `\\\\` for a backslash";
        let next = self.rest.next().ok_or("end it otherwise than with a backslash, or write `\\\\`")?;
        match next {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Ok(None),
            'p' | 'P' => {
                if self.rest.next() == Some('{') && !self.rest.any(|it| it == '}') {
                    return Err("close the class: a `}` is missing");
                }
                Ok(None)
            }
            'a' => Ok(Some('\u{7}')),
            'f' => Ok(Some('\u{c}')),
            'n' => Ok(Some('\n')),
            'r' => Ok(Some('\r')),
            't' => Ok(Some('\t')),
            'v' => Ok(Some('\u{b}')),
            'x' => self.hexadecimal().ok_or(INVALID).map(Some),
            // A single digit is a reference to a group, which Go does not have.
            '1'..='7' if !self.rest.peek().is_some_and(|it| ('0'..='7').contains(it)) => Err(INVALID),
            '0'..='7' => {
                let digits = std::iter::from_fn(|| self.rest.next_if(|it| ('0'..='7').contains(it))).take(2);
                let number = digits.fold(next.to_digit(8), |sum, digit| Some(sum? * 8 + digit.to_digit(8)?));
                Ok(number.and_then(char::from_u32))
            }
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => Ok(Some(other)),
            _ => Err(INVALID),
        }
    }

    /// `7F` or `{10FFFF}`.
    fn hexadecimal(&mut self) -> Option<char> {
        let digits: String = if self.rest.next_if_eq(&'{').is_some() {
            let digits = std::iter::from_fn(|| self.rest.next_if(|next| *next != '}')).collect();
            self.rest.next()?;
            digits
        } else {
            [self.rest.next()?, self.rest.next()?].into_iter().collect()
        };
        char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
    }

    /// Reads what follows `[`.
    pub(super) fn class(&mut self) -> Outcome<Before> {
        const OPEN: &str = "close the class: a `]` is missing";
        self.rest.next_if_eq(&'^');
        let mut is_first = true;
        loop {
            match self.rest.peek().copied().ok_or(OPEN)? {
                ']' if !is_first => {
                    self.rest.next();
                    return Ok(Before::Item);
                }
                '[' if self.named_class()? => {}
                _ => self.range()?,
            }
            is_first = false;
        }
    }

    /// Reads `[:alpha:]`, where it follows.
    fn named_class(&mut self) -> Outcome<bool> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
            "word", "xdigit",
        ];
        // The longest name and its brackets.
        let text: String = self.rest.clone().take(16).collect();
        let Some((name, _)) = text.strip_prefix("[:").and_then(|text| text.split_once(":]")) else { return Ok(false) };
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err("Go knows no class of this name");
        }
        self.rest.nth(name.chars().count() + 3);
        Ok(true)
    }

    /// Reads a character, or a range of them.
    fn range(&mut self) -> Outcome {
        let Some(first) = self.character_of_class()? else { return Ok(()) };
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || matches!(ahead.next(), None | Some(']')) {
            return Ok(());
        }
        self.rest.next();
        match self.character_of_class()? {
            Some(last) if first <= last => Ok(()),
            _ => Err("write the range with its smaller end first"),
        }
    }

    fn character_of_class(&mut self) -> Outcome<Option<char>> {
        match self.rest.next() {
            Some('\\') => self.escaped_character(),
            other => Ok(other),
        }
    }
}
