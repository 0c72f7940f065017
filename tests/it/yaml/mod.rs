//! The YAML stack, from bytes to typed values and byte ranges.
mod agreement;
mod documents;
mod errors;
mod fields;
mod generated;
mod hostile;
mod json;
mod maps;
mod scalars;
mod spans;
mod typed;

use netlint::yaml::{Document, Node, SyntaxError, from_node, parse, split};
use serde_json::Value;

/// The documents of a file.
fn documents(text: &str) -> Vec<Document<'_>> {
    split(text)
        .into_iter()
        .map(|chunk| parse(text, chunk).unwrap_or_else(|error| panic!("{text:?}: {error:?}")))
        .collect()
}

/// The only document of a file.
fn document(text: &str) -> Document<'_> {
    let mut all = documents(text);
    assert_eq!(all.len(), 1, "{text:?}");
    all.remove(0)
}

/// The value of the only document as the API sees it.
fn value(text: &str) -> Value {
    document(text).root().map_or(Value::Null, |root| from_node(root).unwrap())
}

/// The error of the first document that has one.
fn error(text: &str) -> SyntaxError {
    split(text).into_iter().find_map(|chunk| parse(text, chunk).err()).unwrap_or_else(|| panic!("{text:?} is read"))
}

/// The source text of a node.
fn source<'t>(text: &'t str, node: Node<'_>) -> &'t str {
    node.span().slice(text)
}
