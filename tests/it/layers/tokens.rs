//! Rust source as tokens, without comments, texts and test code.

/// A word or mark of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// The code of a file, and what its documentation links to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    pub(crate) code: Vec<Token>,
    pub(crate) documentation: Vec<Token>,
}

/// Reads a file. Items under `#[cfg(test)]` are left out.
pub(crate) fn read(text: &str) -> Source {
    let mut lexer = Lexer { characters: text.chars().collect(), at: 0, line: 1, source: Source::default() };
    while lexer.step() {}
    lexer.source.code = without_tests(lexer.source.code);
    lexer.source
}

struct Lexer {
    characters: Vec<char>,
    at: usize,
    line: usize,
    source: Source,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> char {
        self.characters.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, character)| self.peek(ahead) == character)
    }

    fn advance(&mut self, count: usize) {
        for _ in 0..count {
            self.line += usize::from(self.peek(0) == '\n');
            self.at += 1;
        }
    }

    fn push(&mut self, text: String) {
        self.source.code.push(Token { text, line: self.line });
    }

    fn step(&mut self) -> bool {
        if self.at >= self.characters.len() {
            return false;
        }
        if self.starts_with("//") {
            self.line_comment();
        } else if self.starts_with("/*") {
            self.block_comment();
        } else if let Some(hashes) = self.raw_string() {
            self.skip_raw_string(hashes);
        } else if self.peek(0) == '"' {
            self.skip_quoted('"');
        } else if self.peek(0) == '\'' {
            self.character_or_lifetime();
        } else if is_word(self.peek(0)) {
            let word: String = self.characters[self.at..].iter().take_while(|it| is_word(**it)).collect();
            let length = word.chars().count();
            self.push(word);
            self.advance(length);
        } else if self.starts_with("::") {
            self.push("::".to_owned());
            self.advance(2);
        } else {
            if !self.peek(0).is_whitespace() {
                self.push(self.peek(0).to_string());
            }
            self.advance(1);
        }
        true
    }

    fn line_comment(&mut self) {
        let comment: String = self.characters[self.at..].iter().take_while(|it| **it != '\n').collect();
        if comment.starts_with("///") || comment.starts_with("//!") {
            // Only links are paths; a sentence may hold anything.
            let line = self.line;
            let words = read(comment.trim_start_matches(['/', '!'])).code;
            let own = words.into_iter().map(|token| Token { line, ..token });
            self.source.documentation.extend(own.chain([Token { text: ";".to_owned(), line }]));
        }
        self.advance(comment.chars().count());
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            if self.starts_with("/*") {
                depth += 1;
                self.advance(2);
            } else if self.starts_with("*/") {
                depth -= 1;
                self.advance(2);
            } else {
                self.advance(1);
            }
            if depth == 0 || self.at >= self.characters.len() {
                return;
            }
        }
    }

    /// The number of marks around a raw string that starts here.
    fn raw_string(&self) -> Option<usize> {
        let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
            self.starts_with(prefix) && matches!(self.peek(prefix.len()), '"' | '#') && !self.is_in_word()
        })?;
        let hashes = (prefix.len()..).take_while(|ahead| self.peek(*ahead) == '#').count();
        (self.peek(prefix.len() + hashes) == '"').then_some(hashes)
    }

    fn is_in_word(&self) -> bool {
        self.at > 0 && is_word(self.characters[self.at - 1])
    }

    fn skip_raw_string(&mut self, hashes: usize) {
        while self.peek(0) != '"' {
            self.advance(1);
        }
        let end = format!("\"{}", "#".repeat(hashes));
        self.advance(1);
        while self.at < self.characters.len() && !self.starts_with(&end) {
            self.advance(1);
        }
        self.advance(end.len());
    }

    fn skip_quoted(&mut self, quote: char) {
        self.advance(1);
        while self.at < self.characters.len() && self.peek(0) != quote {
            self.advance(if self.peek(0) == '\\' { 2 } else { 1 });
        }
        self.advance(1);
    }

    fn character_or_lifetime(&mut self) {
        if self.peek(1) == '\\' || self.peek(2) == '\'' {
            self.skip_quoted('\'');
        } else {
            self.advance(1);
            while is_word(self.peek(0)) {
                self.advance(1);
            }
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The tokens without the items that only tests have.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let is_mark = |at: usize| (0..).zip(MARK).all(|(n, text)| tokens.get(at + n).is_some_and(|it| it.text == text));
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_mark(at) {
            at = end_of_item(&tokens, at + MARK.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// The token after an item: behind its `;`, or behind its braces.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 && (token.text == ";" || token.text == "}") {
            return at;
        }
    }
    at
}
