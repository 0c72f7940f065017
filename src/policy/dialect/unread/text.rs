//! Documents that do not parse, and may be policies.

use super::kinds::{Effect, is_policy};
use super::read::of_the_cluster;
use super::{Unread, policy};
use crate::objects::{Labels, NamespaceId, Object, Selector};
use crate::policy::{NamespaceSet, PodSet, PolicyObject};
use crate::source::Origin;

/// A document that does not parse, and may be a policy.
pub(crate) struct InText {
    /// The policy that it may be.
    pub(crate) policy: PolicyObject,
    /// The namespace that its lines name, if they name one.
    pub(crate) namespace: Option<String>,
}

/// The policy that a document may be which does not parse. It is one where any of its lines names a kind of policy, or
/// none names a kind at all.
pub(crate) fn in_text(text: &str, origin: &Origin) -> Option<InText> {
    let mut kinds = values(text, "kind").peekable();
    let names_none = kinds.peek().is_none();
    if !names_none && !kinds.any(is_policy) && !text.contains("NetworkPolicy") {
        return None;
    }
    let mut namespaces: Vec<&str> = values(text, "namespace").collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let namespace = match namespaces.as_slice() {
        [one] if !one.is_empty() && !one.contains(['{', '$']) => Some((*one).to_owned()),
        _ => None,
    };
    let object = Object {
        kind: "NetworkPolicy".into(),
        name: "".into(),
        namespace: NamespaceId::default(),
        labels: Labels::default(),
        annotations: Labels::default(),
        origin: origin.clone(),
    };
    let (object, scope) = match namespace {
        Some(_) => (object, NamespaceSet::own()),
        None => (of_the_cluster(object), NamespaceSet::every()),
    };
    let policy = policy(Unread::Text, object, PodSet::new(scope, Selector::default()), [Effect::ANY; 2]);
    Some(InText { policy, namespace })
}

/// The values of lines that read `key: value`, at whatever depth and in flow style too.
fn values<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = &'t str> {
    text.lines().flat_map(|line| line.split(['{', ','])).filter_map(move |part| {
        let part = part.trim_start_matches(|it: char| it.is_whitespace() || matches!(it, '-' | '"' | '\''));
        let value = part.strip_prefix(key)?.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
        let value = value.split(" #").next().unwrap_or_default();
        Some(value.trim_matches(|it: char| it.is_whitespace() || matches!(it, '"' | '\'' | '}' | ']')))
    })
}
