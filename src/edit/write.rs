//! Values as text.

use super::Value;
use super::layout::Layout;
use crate::yaml;

/// The most characters of what is written in brackets to be compact.
const SHORT: usize = 64;

/// A value in lines, all but the first of which are indented by `indent` columns; without a last line break.
pub(super) fn block(value: &Value, indent: usize, layout: Layout) -> String {
    match value {
        Value::Map(entries) if !entries.is_empty() => {
            let entries = entries.iter().map(|(key, value)| format!("{}{}", scalar(key), below(value, indent, layout)));
            join(entries, indent, layout)
        }
        Value::List(items) if !items.is_empty() => {
            join(items.iter().map(|item| format!("- {}", block(item, indent + 2, layout))), indent, layout)
        }
        other => flow(other),
    }
}

/// What follows a key whose column is `indent`: its colon, and the value.
pub(super) fn below(value: &Value, indent: usize, layout: Layout) -> String {
    let is_short = layout.is_compact && value.depth() <= 2 && flow(value).chars().count() <= SHORT;
    if !value.is_collection() || value.is_empty() || is_short {
        return format!(": {}", flow(value));
    }
    format!(":{}", lines_below(value, indent, layout))
}

/// The lines below a key whose column is `indent`, each with the line break before it.
pub(super) fn lines_below(value: &Value, indent: usize, layout: Layout) -> String {
    let step = if matches!(value, Value::List(_)) { layout.list_step } else { layout.step };
    let inner = indent + step;
    format!("{}{}{}", layout.line_break, " ".repeat(inner), block(value, inner, layout))
}

fn join(parts: impl Iterator<Item = String>, indent: usize, layout: Layout) -> String {
    let between = format!("{}{}", layout.line_break, " ".repeat(indent));
    parts.collect::<Vec<_>>().join(&between)
}

/// A value on one line.
pub(super) fn flow(value: &Value) -> String {
    let list = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Text(text) => scalar(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::List(items) => format!("[{}]", list(items.iter().map(flow).collect())),
        Value::Map(entries) => {
            let entry = |(key, value): &(String, Value)| format!("{}: {}", scalar(key), flow(value));
            format!("{{{}}}", list(entries.iter().map(entry).collect()))
        }
    }
}

/// A value as JSON on one line, which is YAML as well.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entry = |(key, value): &(String, Value)| format!("{}: {}", quoted(key), json(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::Text(text) => quoted(text),
        other => flow(other),
    }
}

/// Words that other readers of YAML 1.1 take for booleans.
const BOOLEANS: [&str; 4] = ["y", "Y", "n", "N"];

/// A string, quoted where it would not be read as that string without quotes.
#[must_use]
pub fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./=".contains(&byte))
        && !BOOLEANS.contains(&text)
        && is_read_as_text(text);
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// Whether a word is a string to Kubernetes, and not a number, a boolean or null.
fn is_read_as_text(word: &str) -> bool {
    let chunks = yaml::split(word);
    let document = chunks.first().and_then(|chunk| yaml::parse(word, *chunk).ok());
    document.is_some_and(|document| document.root().is_some_and(|root| root.as_str() == Some(word)))
}

/// A string in double quotes, with the escapes of JSON, all of which YAML has.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// A string in the quotes that another one has.
pub(super) fn like(text: &str, other: &str) -> String {
    match other.chars().next() {
        Some('\'') if !text.contains(char::is_control) => format!("'{}'", text.replace('\'', "''")),
        Some('"' | '\'') => quoted(text),
        _ => scalar(text),
    }
}

/// A whole document, with its last line break.
pub(super) fn document(value: &Value) -> String {
    format!("{}\n", block(value, 0, Layout::default()))
}

/// A value as lines, all but the first of which are indented by `indent` columns; without a last line break.
#[must_use]
pub fn lines(value: &Value, indent: usize) -> String {
    block(value, indent, Layout::default())
}

/// A value as lines to read and paste: what is short and not deep is in brackets.
#[must_use]
pub fn compact(value: &Value) -> String {
    block(value, 0, Layout { is_compact: true, ..Layout::default() })
}

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn only_plain_words_stand_without_quotes() {
        for plain in ["shop/web", "app.kubernetes.io/name", "shop/app=web", "a_b-c", "10.0.0.0/8"] {
            assert_eq!(scalar(plain), plain);
        }
        for quoted in ["off", "Y", "1e3", "0x10", "a: b", "a,b", "*", "", "a b", "::/0", "-", "web:80", "é\n#"] {
            assert!(scalar(quoted).starts_with('"'), "{quoted}");
        }
    }
}
