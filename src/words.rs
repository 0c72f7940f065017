//! Words that messages and notes share.

use std::fmt::Display;

/// The first few names in backticks and how many more there are: `` `a`, `b` and 3 more``.
pub(crate) fn list<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    enumerate(names.into_iter().map(|name| format!("`{name}`")))
}

/// The first few things and how many more there are.
pub(crate) fn enumerate(things: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 3;
    let mut things = things.into_iter();
    let shown: Vec<String> = things.by_ref().take(SHOWN).collect();
    match (shown.as_slice(), things.count()) {
        ([], _) => String::new(),
        ([one], _) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn lists_show_three_names_and_count_the_rest() {
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b"]), "`a` and `b`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(["a", "b", "c", "d"]), "`a`, `b`, `c` and 1 more");
    }
}
