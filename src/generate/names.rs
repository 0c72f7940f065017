//! Names of policies: valid, unique in their namespace, and the same in each run.

use std::collections::BTreeSet;

use super::subjects::Subject;
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::NamespaceId;

/// The most characters of an object's name.
const LONGEST: usize = 253;

/// The names that are taken.
#[derive(Debug)]
pub(super) struct PolicyNames(BTreeSet<(NamespaceId, String)>);

impl PolicyNames {
    /// Those of policies that are kept.
    pub(super) fn new(analysis: &Analysis, keeps: bool) -> Self {
        let kept = analysis.policies().iter().filter(|policy| keeps && policy.network_policy().is_some());
        Self(kept.map(|policy| (policy.object.namespace, policy.object.name.to_string())).collect())
    }

    /// A name for the policy of a subject: that of its first workload.
    pub(super) fn of(&mut self, subject: &Subject, direction: Direction) -> String {
        let ending = direction.field();
        let plain = format!("{}-{ending}", subject.name);
        if self.is_free(subject.namespace, &valid(&plain)) {
            return self.unique(subject.namespace, &plain);
        }
        self.unique(subject.namespace, &format!("{}-{}-{ending}", subject.name, subject.kind))
    }

    /// The name, or with a number behind it where it is taken.
    pub(super) fn unique(&mut self, namespace: NamespaceId, name: &str) -> String {
        let name = valid(name);
        let numbered = (2..).map(|number: usize| {
            let ending = format!("-{number}");
            format!("{}{ending}", shortened(&name, LONGEST - ending.len()))
        });
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        let free = candidates.find(|name| self.is_free(namespace, name)).unwrap_or(name);
        self.0.insert((namespace, free.clone()));
        free
    }

    fn is_free(&self, namespace: NamespaceId, name: &str) -> bool {
        !self.0.contains(&(namespace, name.to_owned()))
    }
}

/// A name with nothing in it that a name may not have. Its end tells policies of one workload apart, and is kept.
pub(super) fn valid(name: &str) -> String {
    let lower = name.chars().map(|it| it.to_ascii_lowercase());
    let text: String = lower.map(|it| if it.is_ascii_alphanumeric() || it == '.' { it } else { '-' }).collect();
    let parts = text.split('.').map(|part| part.trim_matches('-')).filter(|part| !part.is_empty());
    let text = parts.collect::<Vec<_>>().join(".");
    if text.len() <= LONGEST {
        return text;
    }
    let (start, end) = text.rsplit_once('-').unwrap_or((&text, ""));
    format!("{}-{end}", shortened(start, LONGEST.saturating_sub(end.len() + 1)))
}

/// At most so many characters, without a mark at the end.
fn shortened(name: &str, length: usize) -> &str {
    name.get(..length).unwrap_or(name).trim_end_matches(['-', '.'])
}

#[cfg(test)]
mod tests {
    use super::{PolicyNames, valid};
    use crate::objects::NamespaceId;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_valid() {
        for (text, expected) in
            [("api-ingress", "api-ingress"), ("A_b-egress", "a-b-egress"), (".-x.-egress", "x.egress")]
        {
            assert_eq!(valid(text), expected, "{text}");
        }
        let long = valid(&format!("{}-ingress", "a".repeat(300)));
        assert!(long.len() <= 253 && long.ends_with("a-ingress"), "{long}");
    }

    #[test]
    fn names_are_unique_in_their_namespace() {
        let mut names = PolicyNames(BTreeSet::new());
        let found: Vec<String> = (0..3).map(|_| names.unique(NamespaceId(0), "api")).collect();
        assert_eq!(found, ["api", "api-2", "api-3"]);
        assert_eq!(names.unique(NamespaceId(1), "api"), "api");
        let long = "b".repeat(253);
        let [first, second] = [(); 2].map(|()| names.unique(NamespaceId(0), &long));
        assert!(first != second && second.len() <= 253 && second.ends_with("-2"), "{second}");
    }
}
