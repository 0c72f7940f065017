//! Regular expressions of kustomizations, each compiled once.

use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

/// The most memory that one of them may take once it is compiled.
const LARGEST: usize = 1 << 18;

/// How many a kustomization may have.
const MOST: usize = 2_000;

/// Compiled expressions by their texts.
#[derive(Debug, Default)]
pub(super) struct Regexes {
    compiled: HashMap<String, Result<Regex, String>>,
}

impl Regexes {
    /// The expression of this text.
    ///
    /// # Errors
    /// Where it is malformed, or too large.
    pub(super) fn get(&mut self, pattern: &str) -> Result<&Regex, String> {
        if self.compiled.len() >= MOST && !self.compiled.contains_key(pattern) {
            return Err(format!("there are more than {MOST} regular expressions"));
        }
        let compile = || {
            let built = RegexBuilder::new(&as_go_reads_it(pattern)).size_limit(LARGEST).dfa_size_limit(LARGEST).build();
            built.map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => format!("the regular expression `{pattern}` is too large"),
                _ => format!("`{pattern}` is not a valid regular expression"),
            })
        };
        let entry = self.compiled.entry(pattern.to_owned()).or_insert_with(compile);
        entry.as_ref().map_err(Clone::clone)
    }

    /// An expression that has to match a whole text.
    pub(super) fn whole(&mut self, pattern: &str) -> Result<&Regex, String> {
        self.get(&format!("^(?:{pattern})$")).map_err(|error| error.replace(&format!("^(?:{pattern})$"), pattern))
    }
}

/// Go takes a brace that begins no repetition for itself.
fn as_go_reads_it(pattern: &str) -> String {
    let mut read = String::with_capacity(pattern.len());
    let mut is_escaped = false;
    for (at, letter) in pattern.char_indices() {
        let after = || pattern.get(at + 1..).unwrap_or_default();
        if letter == '{' && !is_escaped && !is_repetition(after()) && !read.ends_with("\\p") && !read.ends_with("\\x") {
            read.push('\\');
        }
        is_escaped = letter == '\\' && !is_escaped;
        read.push(letter);
    }
    read
}

fn is_repetition(text: &str) -> bool {
    let Some((inner, _)) = text.split_once('}') else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match inner.split_once(',') {
        Some((least, most)) => is_number(least) && (most.is_empty() || is_number(most)),
        None => is_number(inner),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::Regexes;

    #[test]
    fn expressions_match_whole_texts_and_have_a_size() {
        let mut regexes = Regexes::default();
        assert!(regexes.whole("d.|web").unwrap().is_match("db"));
        assert!(!regexes.whole("d.|web").unwrap().is_match("web1"));
        assert!(regexes.whole("(?i)WEB").unwrap().is_match("web"));
        assert!(regexes.whole("a{b}").unwrap().is_match("a{b}"));
        assert_eq!(regexes.whole("[").unwrap_err(), "`[` is not a valid regular expression");
        assert_eq!(regexes.whole("\\w{900}N").unwrap_err(), "the regular expression `\\w{900}N` is too large");
    }
}
