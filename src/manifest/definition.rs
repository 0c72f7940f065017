//! Custom resource definitions, which are nine tenths of the bytes in many repositories and say nothing of the network.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::yaml::HIDDEN_BREAKS;

/// The line by which a definition is told.
const KIND: &str = "kind: CustomResourceDefinition";

static FIND_KIND: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(KIND));

/// What a definition that says nothing of the network never has: a webhook, what a template has, and characters that
/// end a line for Kubernetes alone ([`HIDDEN_BREAKS`]).
static FIND_MORE: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
    let breaks = HIDDEN_BREAKS.iter().map(|character| Finder::new(&character.to_string()).into_owned());
    ["conversion", "{{"].map(Finder::new).into_iter().chain(breaks).collect()
});

/// Whether a document is for certain a custom resource definition that calls no webhook, so that it need not be parsed.
///
/// Where in doubt it is not: everything that could make the document another one than its lines seem to say (quoted or
/// explicit keys, merges, flow style, anchors, a root that is indented, a second `kind`) is at the start of a line
/// or shows there. A mistake further inside of a definition is not seen, nor is a key that it has twice.
pub(super) fn is_idle(text: &str) -> bool {
    let Some(at) = FIND_KIND.find(text.as_bytes()) else { return false };
    let is_line = at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
    is_line && is_plain(text) && FIND_MORE.iter().all(|word| word.find(text.as_bytes()).is_none())
}

/// Whether a text is a mapping at the first column with plain keys, one of them `kind`, once, and one `apiVersion`.
fn is_plain(text: &str) -> bool {
    let (mut kinds, mut versions, mut keys) = (0, 0, 0);
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
    for start in std::iter::once(0).chain(breaks.map(|line_break| line_break + 1)) {
        let line = || {
            let rest = text.get(start..).unwrap_or_default();
            rest.split('\n').next().unwrap_or_default().trim_end()
        };
        match text.as_bytes().get(start) {
            // Inside of an entry, if there was one.
            Some(b' ') if keys > 0 => {}
            Some(b'#' | b'\n') | None => {}
            Some(b'-' | b'\r' | b' ') if matches!(line(), "---" | "") => {}
            Some(first) if first.is_ascii_alphabetic() => {
                keys += 1;
                let line = line();
                kinds += usize::from(line.starts_with("kind"));
                versions += usize::from(line.starts_with("apiVersion"));
                if line.starts_with("kind") && line != KIND
                    || line.starts_with("apiVersion") && !line.starts_with("apiVersion: apiextensions.k8s.io/v1")
                {
                    return false;
                }
            }
            _ => return false,
        }
    }
    (kinds, versions) == (1, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFINITION: &str = "\
# about
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com

spec:
  description: |
    kind: NetworkPolicy

    - a
";

    #[test]
    fn plain_definitions_are_passed_over() {
        for text in [
            DEFINITION.to_owned(),
            DEFINITION.replace('\n', "\r\n"),
            DEFINITION.replace("kind: Custom", "kind:  Custom").replace("kind:  C", "kind: C"),
            DEFINITION.trim_end().to_owned(),
        ] {
            assert!(is_idle(&text), "{text}");
        }
    }

    #[test]
    fn whatever_may_be_something_else_is_parsed() {
        for (from, to) in [
            ("kind: Custom", "kind: NetworkPolicy\nkind: Custom"),
            ("metadata:", "kind: NetworkPolicy\nmetadata:"),
            ("metadata:", "\"kind\": NetworkPolicy\nmetadata:"),
            ("metadata:", "'kind': NetworkPolicy\nmetadata:"),
            ("metadata:", "\"k\\x69nd\": NetworkPolicy\nmetadata:"),
            ("metadata:", "? kind\n: NetworkPolicy\nmetadata:"),
            ("metadata:", "<<: {kind: NetworkPolicy}\nmetadata:"),
            ("metadata:", "!!str kind: NetworkPolicy\nmetadata:"),
            ("metadata:", "&a kind: NetworkPolicy\nmetadata:"),
            ("metadata:", "kind : NetworkPolicy\nmetadata:"),
            ("metadata:", "\u{feff}metadata:"),
            ("# about\n---\n", "{kind: NetworkPolicy, apiVersion: v1, a: \"\n"),
            ("# about\n---\n", "--- {kind: NetworkPolicy, apiVersion: v1, a: \"\n"),
            ("# about\n---\n", "  kind: NetworkPolicy\n  a: \"\n"),
            ("# about\n---\n", "- kind: NetworkPolicy\n  a: \"\n"),
            ("# about\n---\n", "%YAML 1.2\n---\n"),
            ("    - a\n", "    - a\n...\nkind: NetworkPolicy\n"),
            ("    - a\n", "    - a\n  conversion: {strategy: Webhook}\n"),
            ("    - a\n", "    - {{ template }}\n"),
            ("apiVersion: apiextensions.k8s.io/v1\n", ""),
            ("apiVersion: apiextensions.k8s.io/v1\n", "apiVersion: example.com/v1\n"),
            ("kind: CustomResourceDefinition", "kind: CustomResourceDefinitionList"),
            ("kind: CustomResourceDefinition", "kind: CustomResourceDefinition # too"),
            ("kind: CustomResourceDefinition", " kind: CustomResourceDefinition"),
            ("kind: CustomResourceDefinition", "kind: \"CustomResourceDefinition\""),
        ] {
            let text = DEFINITION.replacen(from, to, 1);
            assert_ne!(text, DEFINITION, "{from}");
            assert!(!is_idle(&text), "{text}");
        }
    }
}
