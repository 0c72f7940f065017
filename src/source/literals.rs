//! The literal block scalars of a document, found all at once: a kustomization may hold very many patches.

use std::collections::BTreeMap;

use super::{FileId, Origin};
use crate::yaml::{self, FieldPath, Index, Kind, Node, Part, Span};

/// The lines of each literal block scalar of a document, by the value that it is.
pub(super) fn of_document(text: &str, (file, document): (FileId, u32)) -> BTreeMap<Origin, Span> {
    let chunk = yaml::split(text).get(document as usize).copied();
    let Some(parsed) = chunk.and_then(|chunk| yaml::parse(text, chunk).ok()) else { return BTreeMap::new() };
    let (mut found, mut index) = (BTreeMap::new(), Index::default());
    let Some(root) = parsed.root() else { return found };
    let mut values: Vec<(Node<'_>, Origin)> = vec![(root, Origin { file, document, path: FieldPath::root() })];
    while let Some((node, origin)) = values.pop() {
        match node.kind() {
            Kind::Seq => values.extend(node.items().enumerate().map(|(place, item)| (item, origin.index(place)))),
            Kind::Map => {
                values.extend(node.entries().map(|(key, _, value)| (value, origin.key(key.to_owned()))));
            }
            Kind::Str if node.span().slice(text).starts_with('|') => {
                let resolved = parsed.resolve_with(&mut index, &origin.path, Part::Value);
                let is_there = resolved.exact && resolved.anchor.is_none();
                if let Some(lines) = lines(resolved.span, text).filter(|_| is_there) {
                    found.insert(origin, lines);
                }
            }
            _ => {}
        }
    }
    found
}

/// The lines below the mark of a literal block scalar.
fn lines(scalar: Span, text: &str) -> Option<Span> {
    let content = scalar.slice(text).strip_prefix('|')?;
    Some(Span::new(scalar.start + 1 + content.find('\n')? + 1, scalar.end))
}
