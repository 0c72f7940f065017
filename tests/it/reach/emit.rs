//! YAML text of documents, in the spellings that people and programs use.

use std::fmt::Write as _;

use serde_json::Value;

/// How documents are spelled; none of it means anything.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    /// JSON documents instead of block style.
    pub(crate) json: bool,
    /// Whether the dashes of a block sequence stand deeper than its key.
    pub(crate) indent_lists: bool,
    /// Whether strings that need no quotes have them.
    pub(crate) quote: bool,
    /// The word for null: `null`, `~` or nothing.
    pub(crate) null: &'static str,
}

/// One stream of all documents; each takes the next of the styles in turn.
pub(crate) fn stream(documents: &[Value], styles: &[Style]) -> String {
    let mut text = String::new();
    for (document, style) in documents.iter().zip(styles.iter().cycle()) {
        text.push_str("---\n");
        if style.json {
            let _ = writeln!(text, "{document}");
        } else {
            block(document, 0, style, &mut text);
        }
    }
    text
}

/// Writes a mapping or sequence, every line of it indented.
fn block(value: &Value, indent: usize, style: &Style, text: &mut String) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let _ = write!(text, "{:indent$}{}:", "", string(key, style));
                let deeper = if value.is_array() && !style.indent_lists { 0 } else { 2 };
                if is_block(value) {
                    text.push('\n');
                    block(value, indent + deeper, style, text);
                } else {
                    scalar(value, style, text);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                let _ = write!(text, "{:indent$}-", "");
                if is_block(item) {
                    let mut nested = String::new();
                    block(item, indent + 2, style, &mut nested);
                    // The first line of the item is behind its dash.
                    text.push(' ');
                    text.push_str(nested.trim_start());
                } else {
                    scalar(item, style, text);
                }
            }
        }
        _ => scalar(value, style, text),
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// Writes what fits behind a key or a dash, and ends the line.
fn scalar(value: &Value, style: &Style, text: &mut String) {
    let word = match value {
        Value::Null => style.null.to_owned(),
        Value::String(value) => string(value, style),
        other => other.to_string(),
    };
    if !word.is_empty() {
        text.push(' ');
        text.push_str(&word);
    }
    text.push('\n');
}

/// The string, in quotes unless it can only be read as a string.
fn string(value: &str, style: &Style) -> String {
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    // A digit may start what holds a slash: a block of addresses is no number.
    let plain = value
        .starts_with(|first: char| first.is_ascii_alphabetic() || first.is_ascii_digit() && value.contains('/'))
        && value.chars().all(|char| char.is_ascii_alphanumeric() || "./-_:".contains(char))
        && !reserved.contains(&value.to_lowercase().as_str());
    if plain && !style.quote { value.to_owned() } else { format!("{value:?}") }
}
