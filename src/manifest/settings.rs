//! ConfigMaps, read apart from everything else: they are much of the bytes of a repository, and few of them matter.

use memchr::memmem;
use smol_str::SmolStr;

use crate::objects::metadata::{Metadata, string, text_of};
use crate::source::{FileId, Origin};
use crate::yaml::{self, FieldPath, Kind, Node};

const KIND: &str = "ConfigMap";

/// The length of the longest name that an object can have.
const LONGEST_NAME: usize = 253;

/// A ConfigMap.
#[derive(Clone, Debug)]
pub struct ConfigMap {
    /// `metadata.namespace`, where written.
    pub namespace: Option<SmolStr>,
    /// `metadata.name`.
    pub name: SmolStr,
    /// The entries of `data`.
    pub settings: Vec<Setting>,
}

/// An entry of a ConfigMap: a value, or a whole file.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its key.
    pub key: SmolStr,
    /// Its text.
    pub text: SmolStr,
    /// Where it is written.
    pub origin: Origin,
}

/// The ConfigMaps of a file whose name is wanted. Documents that cannot hold one are not parsed.
#[must_use]
pub fn config_maps(file: FileId, text: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<ConfigMap> {
    let mut found = Vec::new();
    if !may_hold_one(text) {
        return found;
    }
    for chunk in yaml::split(text) {
        let part = chunk.span.slice(text);
        if !may_hold_one(part) || !names(part).any(&is_wanted) {
            continue;
        }
        let Ok(document) = yaml::parse(text, chunk) else { continue };
        let origin = Origin { file, document: chunk.index, path: FieldPath::root() };
        if let Some(root) = document.root() {
            read(root, "", &origin, &is_wanted, &mut found);
        }
    }
    found
}

/// Whether `kind: ConfigMap` is in the text, in YAML or JSON, or the kind of a list of them.
fn may_hold_one(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), KIND).any(|at| {
        let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '\t', '"', '\'']);
        let key = before.strip_suffix(':').unwrap_or_default().trim_end_matches([' ', '\t', '"', '\'']);
        key.ends_with("kind")
    })
}

/// Whatever stands after `name:` in the text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    memmem::find_iter(text.as_bytes(), "name").filter_map(move |at| {
        let rest = text.get(at + "name".len()..)?.trim_start_matches(['"', '\'', ' ']);
        let value = rest.strip_prefix(':')?.trim_start_matches(['"', '\'', ' ', '\t']);
        let is_end = |character: char| character.is_whitespace() || "\"',}".contains(character);
        let end = value.char_indices().take(LONGEST_NAME + 1).find(|(_, character)| is_end(*character));
        value.get(..end.map_or(value.len().min(LONGEST_NAME), |(end, _)| end))
    })
}

/// Reads a ConfigMap, or those of a List. `of_list` is the kind that the List says its items are of.
fn read(node: Node<'_>, of_list: &str, origin: &Origin, is_wanted: &impl Fn(&str) -> bool, found: &mut Vec<ConfigMap>) {
    let kind = text_of(node, "kind").unwrap_or_else(|| of_list.into());
    if let Some(of_items) = kind.strip_suffix("List")
        && let Some(items) = node.get("items").filter(|items| items.kind() == Kind::Seq)
    {
        let origin = origin.key("items");
        for (index, item) in items.items().enumerate() {
            // A List in a List is none that a cluster has.
            if text_of(item, "kind").is_none_or(|kind| kind == KIND) {
                read(item, of_items, &origin.index(index), is_wanted, found);
            }
        }
        return;
    }
    let name = node.get("metadata").and_then(|metadata| text_of(metadata, "name")).unwrap_or_default();
    if kind != KIND || !is_wanted(&name) {
        return;
    }
    let data = origin.key("data");
    let entries = node.get("data").into_iter().flat_map(|it| it.entries());
    let settings = entries.filter_map(|(key, _, value)| {
        Some(Setting { text: string(value)?, origin: data.key(key.to_string()), key: key.into() })
    });
    found.push(ConfigMap { namespace: Metadata::of(node).namespace(), name, settings: settings.collect() });
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "tests")]

    use super::{ConfigMap, config_maps};
    use crate::source::FileId;

    fn read(text: &str) -> Vec<ConfigMap> {
        config_maps(FileId(0), text, |name| name.starts_with("wanted"))
    }

    #[test]
    fn only_wanted_ones_are_read_in_yaml_json_and_lists() {
        let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wanted-a, namespace: shop}\ndata:\n  a: x\n  n: 1\n\
                    ---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\ndata: {a: y}\n---\n\
                    {\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"wanted-b\"}}\n---\n\
                    apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: wanted-c}\n  data:\n    f: |\n      l\n\
                    - metadata: {name: other}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: wanted-d}\n";
        let found = read(text);
        let names: Vec<_> = found.iter().map(|map| (map.name.as_str(), map.namespace.as_deref())).collect();
        assert_eq!(names, [("wanted-a", Some("shop")), ("wanted-b", None), ("wanted-c", None)]);
        assert_eq!(found[0].settings.len(), 1, "a number is not text");
        assert_eq!(found[2].settings[0].text, "l\n");
        assert_eq!(found[2].settings[0].origin.path.to_string(), "items[0].data.f");
    }

    #[test]
    fn what_does_not_parse_is_passed_over() {
        assert!(read("kind: ConfigMap\nmetadata: {name: wanted\n").is_empty());
        assert!(read("kind: ConfigMap\nname: wanted\n- x\n").is_empty());
    }
}
