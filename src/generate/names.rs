//! Names of policies: valid, unique in their namespace, and the same in each run.

use std::collections::BTreeSet;

use super::subjects::Subject;
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::objects::NamespaceId;

/// The most characters of an object's name.
const LONGEST: usize = 253;

/// What a kustomization puts around the names of its objects.
#[derive(Clone, Debug, Default)]
pub(super) struct Affixes {
    pub(super) prefix: String,
    pub(super) suffix: String,
}

impl Affixes {
    /// The name before it was put between them.
    fn without<'n>(&self, name: &'n str) -> &'n str {
        let name = name.strip_prefix(&*self.prefix).unwrap_or(name);
        name.strip_suffix(&*self.suffix).unwrap_or(name)
    }
}

/// The names that are taken.
#[derive(Debug)]
pub(super) struct PolicyNames {
    taken: BTreeSet<(NamespaceId, String)>,
    affixes: Affixes,
}

impl PolicyNames {
    /// Those of policies that are kept. What is written is put between the affixes later on.
    pub(super) fn new(analysis: &Analysis, keeps: bool, affixes: Affixes) -> Self {
        let kept = analysis.policies().iter().filter(|policy| keeps && policy.network_policy().is_some());
        let taken = kept.map(|policy| (policy.object.namespace, affixes.without(&policy.object.name).to_owned()));
        Self { taken: taken.collect(), affixes }
    }

    /// A name for the policy of a subject: that of its first workload.
    pub(super) fn of(&mut self, subject: &Subject, direction: Direction) -> String {
        let (ending, name) = (direction.field(), self.affixes.without(&subject.name));
        let plain = format!("{name}-{ending}");
        if self.is_free(subject.namespace, &valid(&plain, self.longest())) {
            return self.unique(subject.namespace, &plain);
        }
        let with_kind = format!("{name}-{}-{ending}", subject.kind);
        self.unique(subject.namespace, &with_kind)
    }

    /// The name, or with a number behind it where it is taken.
    pub(super) fn unique(&mut self, namespace: NamespaceId, name: &str) -> String {
        let longest = self.longest();
        let name = valid(name, longest);
        let numbered = (2..).map(|number: usize| {
            let ending = format!("-{number}");
            format!("{}{ending}", shortened(&name, longest.saturating_sub(ending.len())))
        });
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        let free = candidates.find(|name| self.is_free(namespace, name)).unwrap_or(name);
        self.taken.insert((namespace, free.clone()));
        free
    }

    /// The most characters that are left between the affixes.
    fn longest(&self) -> usize {
        LONGEST.saturating_sub(self.affixes.prefix.len() + self.affixes.suffix.len())
    }

    fn is_free(&self, namespace: NamespaceId, name: &str) -> bool {
        !self.taken.contains(&(namespace, name.to_owned()))
    }
}

/// A name with nothing in it that a name may not have. Its end tells policies of one workload apart, and is kept.
fn valid(name: &str, longest: usize) -> String {
    let lower = name.chars().map(|it| it.to_ascii_lowercase());
    let text: String = lower.map(|it| if it.is_ascii_alphanumeric() || it == '.' { it } else { '-' }).collect();
    let parts = text.split('.').map(|part| part.trim_matches('-')).filter(|part| !part.is_empty());
    let text = parts.collect::<Vec<_>>().join(".");
    if text.len() <= longest {
        return text;
    }
    let (start, end) = text.rsplit_once('-').unwrap_or((&text, ""));
    format!("{}-{end}", shortened(start, longest.saturating_sub(end.len() + 1)))
}

/// At most so many characters, without a mark at the end.
fn shortened(name: &str, length: usize) -> &str {
    name.get(..length).unwrap_or(name).trim_end_matches(['-', '.'])
}

#[cfg(test)]
mod tests {
    use super::{Affixes, LONGEST, PolicyNames, valid};
    use crate::objects::NamespaceId;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_valid() {
        for (text, expected) in
            [("api-ingress", "api-ingress"), ("A_b-egress", "a-b-egress"), (".-x.-egress", "x.egress")]
        {
            assert_eq!(valid(text, LONGEST), expected, "{text}");
        }
        let long = valid(&format!("{}-ingress", "a".repeat(300)), LONGEST);
        assert!(long.len() <= 253 && long.ends_with("a-ingress"), "{long}");
    }

    #[test]
    fn names_are_unique_in_their_namespace() {
        let mut names = PolicyNames { taken: BTreeSet::new(), affixes: Affixes::default() };
        let found: Vec<String> = (0..3).map(|_| names.unique(NamespaceId(0), "api")).collect();
        assert_eq!(found, ["api", "api-2", "api-3"]);
        assert_eq!(names.unique(NamespaceId(1), "api"), "api");
        let long = "b".repeat(253);
        let [first, second] = [(); 2].map(|()| names.unique(NamespaceId(0), &long));
        assert!(first != second && second.len() <= 253 && second.ends_with("-2"), "{second}");
    }

    #[test]
    fn names_leave_room_for_what_is_put_around_them() {
        let affixes = Affixes { prefix: "dev-".to_owned(), suffix: "-v2".to_owned() };
        assert_eq!(affixes.without("dev-api-v2"), "api");
        let mut names = PolicyNames { taken: BTreeSet::new(), affixes };
        assert_eq!(names.unique(NamespaceId(0), &"b".repeat(253)).len(), 246);
    }
}
