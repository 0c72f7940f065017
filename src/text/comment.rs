//! Text of manifests, written into comments of YAML.

use crate::text::escape::line;

/// A comment on one line.
pub(crate) fn comment(indent: usize, text: &str) -> String {
    format!("{:indent$}# {}\n", "", line(text))
}

#[cfg(test)]
mod tests {
    use super::comment;

    #[test]
    fn a_comment_stays_one_line() {
        assert_eq!(comment(2, "a\nb\u{2028}c: {\u{1b}"), "  # a b\u{fffd}c: {?\n");
    }
}
