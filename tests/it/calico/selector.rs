//! The selector language, evaluated while it is read: one function for each line of the grammar.

/// Whether a selector holds for something: `label` gives the value of each of its labels, `calls` what `all()` and
/// `global()` are worth.
pub(crate) fn holds(text: &str, label: &dyn Fn(&str) -> Option<String>, calls: [bool; 2]) -> bool {
    let mut reader = Reader { rest: text, label, calls };
    if reader.skip().is_empty() {
        return calls[0];
    }
    let verdict = reader.or();
    assert_eq!(reader.skip(), "", "{text}");
    verdict
}

struct Reader<'t> {
    rest: &'t str,
    label: &'t dyn Fn(&str) -> Option<String>,
    calls: [bool; 2],
}

impl<'t> Reader<'t> {
    /// Passes over blanks.
    fn skip(&mut self) -> &'t str {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
        self.rest
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.skip().strip_prefix(word);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    /// `or := and { "||" and }`
    fn or(&mut self) -> bool {
        let mut verdict = self.and();
        while self.eat("||") {
            verdict |= self.and();
        }
        verdict
    }

    /// `and := op { "&&" op }`
    fn and(&mut self) -> bool {
        let mut verdict = self.operation();
        while self.eat("&&") {
            verdict &= self.operation();
        }
        verdict
    }

    /// `op := { "!" } primary`
    fn operation(&mut self) -> bool {
        if self.eat("!") { !self.operation() } else { self.primary() }
    }

    fn primary(&mut self) -> bool {
        if self.eat("(") {
            let verdict = self.or();
            assert!(self.eat(")"));
            return verdict;
        }
        if self.eat("all(") {
            assert!(self.eat(")"));
            return self.calls[0];
        }
        if self.eat("global(") {
            assert!(self.eat(")"));
            return self.calls[1];
        }
        if self.eat("has(") {
            let key = self.name();
            assert!(self.eat(")"));
            return (self.label)(key).is_some();
        }
        let key = self.name();
        let value = (self.label)(key);
        if self.eat("==") {
            let wanted = self.quoted();
            return value.is_some_and(|value| value == wanted);
        }
        if self.eat("!=") {
            let unwanted = self.quoted();
            return value.is_none_or(|value| value != unwanted);
        }
        if self.eat("not in") || self.eat("notin") {
            let values = self.set();
            return value.is_none_or(|value| !values.contains(&value.as_str()));
        }
        if self.eat("in") {
            let values = self.set();
            return value.is_some_and(|value| values.contains(&value.as_str()));
        }
        if self.eat("contains") {
            let part = self.quoted();
            return value.is_some_and(|value| value.contains(part));
        }
        if self.eat("starts with") {
            let start = self.quoted();
            return value.is_some_and(|value| value.starts_with(start));
        }
        assert!(self.eat("ends with"), "{}", self.rest);
        let end = self.quoted();
        value.is_some_and(|value| value.ends_with(end))
    }

    fn name(&mut self) -> &'t str {
        let rest = self.skip();
        let is_part = |character: char| character.is_ascii_alphanumeric() || "_./-".contains(character);
        let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(length);
        self.rest = rest;
        name
    }

    fn quoted(&mut self) -> &'t str {
        let rest = self.skip();
        let (quote, rest) = rest.split_at(1);
        assert!(matches!(quote, "'" | "\""), "{quote}{rest}");
        let (value, rest) = rest.split_once(quote).unwrap();
        self.rest = rest;
        value
    }

    fn set(&mut self) -> Vec<&'t str> {
        let mut values = Vec::new();
        assert!(self.eat("{"));
        while !self.eat("}") {
            values.push(self.quoted());
            self.eat(",");
        }
        values
    }
}
