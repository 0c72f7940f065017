//! What `ignore` leaves out.

use globset::GlobMatcher;
use jiff::civil::Date;

use crate::diagnostic::Subject;
use crate::discover::PathGlobs;
use crate::source::Origin;

/// An entry of `ignore`.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// The rule.
    pub rule: String,
    pub(super) resource: Option<ResourceGlob>,
    pub(super) path: Option<IgnoredPath>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The entry, or the rule in it where it names several.
    pub origin: Origin,
}

/// Objects by kind, namespace and name; without a namespace, in any or in none.
#[derive(Clone, Debug)]
pub(super) struct ResourceGlob {
    pub(super) kind: GlobMatcher,
    pub(super) namespace: Option<GlobMatcher>,
    pub(super) name: GlobMatcher,
}

/// Files, as they are written and as they are matched.
#[derive(Clone, Debug)]
pub(super) struct IgnoredPath {
    pub(super) glob: String,
    pub(super) globs: PathGlobs,
}

/// What an entry without patterns names, by which it can be looked up. `None` is anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plain<'e> {
    /// The kind of the object.
    pub kind: Option<&'e str>,
    /// Its namespace.
    pub namespace: Option<&'e str>,
    /// Its name.
    pub name: Option<&'e str>,
    /// The file or a directory above it; without a slash, the name of one of them.
    pub path: Option<&'e str>,
}

impl Ignore {
    /// Whether it is about findings about this object.
    #[must_use]
    pub fn means(&self, subject: &Subject) -> bool {
        self.resource.as_ref().is_none_or(|resource| resource.matches(subject))
    }

    /// Whether it is about findings in a file, by the name that [`super::Config::name_of_file`] gives to it.
    #[must_use]
    pub fn means_file(&self, name: &str) -> bool {
        self.path.as_ref().is_none_or(|path| path.globs.cover(name))
    }

    /// What it names, where no part of it is a pattern. What it means is among what has these names.
    #[must_use]
    pub fn plain(&self) -> Option<Plain<'_>> {
        let path = match &self.path {
            Some(path) => Some(path.plain()?),
            None => None,
        };
        let Some(ResourceGlob { kind, namespace, name }) = &self.resource else {
            return Some(Plain { kind: None, namespace: None, name: None, path });
        };
        let namespace = match namespace {
            Some(namespace) => plain(namespace)?,
            None => None,
        };
        Some(Plain { kind: plain(kind)?, namespace, name: plain(name)?, path })
    }
}

impl ResourceGlob {
    fn matches(&self, subject: &Subject) -> bool {
        let is_in = |glob: &GlobMatcher| glob.is_match(subject.namespace.as_deref().unwrap_or_default());
        self.kind.is_match(&subject.kind)
            && self.name.is_match(&subject.name)
            && self.namespace.as_ref().is_none_or(is_in)
    }
}

impl IgnoredPath {
    fn plain(&self) -> Option<&str> {
        let path = self.glob.strip_prefix("./").unwrap_or(&self.glob).trim_end_matches('/');
        let directory = path.strip_suffix("/**").filter(|directory| directory.contains('/'));
        Some(directory.unwrap_or(path)).filter(|path| is_plain(path))
    }
}

/// The one name that a glob matches, or none where it matches all; `None` where it is a pattern.
fn plain(glob: &GlobMatcher) -> Option<Option<&str>> {
    match glob.glob().glob() {
        "*" | "**" => Some(None),
        name => is_plain(name).then_some(Some(name)),
    }
}

fn is_plain(glob: &str) -> bool {
    !glob.contains(['*', '?', '[', ']', '{', '}', '\\', '!'])
}

#[cfg(test)]
mod tests {
    use crate::config::{Base, Config};

    #[test]
    fn what_is_plain_can_be_looked_up() {
        for (entry, expected) in [
            ("{rule: one-sided-allow}", Some([None, None, None, None])),
            ("{rule: one-sided-allow, resource: Pod/shop/web}", Some([Some("Pod"), Some("shop"), Some("web"), None])),
            ("{rule: one-sided-allow, resource: \"*/*/web\"}", Some([None, None, Some("web"), None])),
            ("{rule: one-sided-allow, resource: Pod/web}", Some([Some("Pod"), None, Some("web"), None])),
            ("{rule: one-sided-allow, path: ./a/b/}", Some([None, None, None, Some("a/b")])),
            ("{rule: one-sided-allow, path: a/b/**}", Some([None, None, None, Some("a/b")])),
            ("{rule: one-sided-allow, path: a/**}", None),
            ("{rule: one-sided-allow, path: \"*.yaml\"}", None),
            ("{rule: one-sided-allow, resource: \"Pod/w[e]b\"}", None),
        ] {
            let text = format!("ignore: [{entry}]");
            let config = Config::parse("netlint.yaml", &text, Base::default()).unwrap_or_default();
            let plain = config.ignores.first().and_then(|it| it.plain());
            assert_eq!(plain.map(|it| [it.kind, it.namespace, it.name, it.path]), expected, "{entry}");
        }
    }
}
