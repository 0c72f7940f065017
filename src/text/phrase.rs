//! Words that messages and notes share.

use std::fmt::Display;

/// How many are named.
const SHOWN: usize = 3;

/// The first few names in backticks and how many more there are: `` `a`, `b` and 3 more``.
pub(crate) fn list<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    let mut names = names.into_iter();
    let shown = names.by_ref().take(SHOWN).map(|name| format!("`{name}`")).collect();
    together(shown, names.count())
}

/// The first few names in backticks, of so many in all.
pub(crate) fn list_of<T: Display>(names: impl IntoIterator<Item = T>, all: usize) -> String {
    let shown: Vec<String> = names.into_iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = all.saturating_sub(shown.len());
    together(shown, more)
}

/// The first few things and how many more there are.
pub(crate) fn enumerate(things: impl IntoIterator<Item = String>) -> String {
    let mut things = things.into_iter();
    let shown = things.by_ref().take(SHOWN).collect();
    together(shown, things.count())
}

fn together(shown: Vec<String>, more: usize) -> String {
    match (shown.as_slice(), more) {
        ([], _) => String::new(),
        ([one], _) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 file`, `2 files`, `2 policies`.
#[must_use]
pub fn count(number: usize, singular: &str) -> String {
    match (number, singular.strip_suffix('y')) {
        (1, _) => format!("1 {singular}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {singular}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{count, list};

    #[test]
    fn lists_show_three_names_and_count_the_rest() {
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b"]), "`a` and `b`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(["a", "b", "c", "d"]), "`a`, `b`, `c` and 1 more");
    }

    #[test]
    fn counts_read_as_english() {
        assert_eq!([count(1, "policy"), count(0, "policy"), count(2, "file")], ["1 policy", "0 policies", "2 files"]);
    }
}
