//! Text of manifests, written into YAML so that it is read back as it is.

use crate::text::escape::line;

/// Words that YAML 1.1 does not read as strings.
const RESERVED: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// A string as a scalar: in quotes wherever it could be read as anything else.
pub(crate) fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || "-_./=".contains(character))
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str());
    // Every JSON string is one in YAML.
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// A comment on one line.
pub(crate) fn comment(indent: usize, text: &str) -> String {
    format!("{:indent$}# {}\n", "", line(text))
}

#[cfg(test)]
mod tests {
    use super::{comment, scalar};

    #[test]
    fn only_plain_words_stand_without_quotes() {
        for plain in ["shop/web", "app.kubernetes.io/name", "shop/app=web", "a_b-c"] {
            assert_eq!(scalar(plain), plain);
        }
        for quoted in ["off", "Y", "1e3", "0x10", "a: b", "a,b", "*", "", "a b", "10.0.0.0/8", "-", "web:80", "é\n#"] {
            assert!(scalar(quoted).starts_with('"'), "{quoted}");
        }
    }

    #[test]
    fn a_comment_stays_one_line() {
        assert_eq!(comment(2, "a\nb\u{2028}c: {\u{1b}"), "  # a b\u{fffd}c: {?\n");
    }
}
