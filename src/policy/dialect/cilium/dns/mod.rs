//! Patterns of DNS names, as `toFQDNs` and DNS rules have them (`pkg/fqdn/matchpattern`), and whether some cover others.
//!
//! In a pattern, `*` stands for any characters of one label, `**.` at the start for one label or more, and a lone `*`
//! for every name. Names are compared in lower case and with their final dot; labels are never empty.

mod glob;
mod inclusion;

use std::fmt;

use smallvec::SmallVec;
use smol_str::SmolStr;

use glob::Glob;
pub use glob::Steps;
pub use inclusion::{Coverage, coverage};

/// A DNS name, or a pattern of names.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    text: SmolStr,
    /// The labels, from the last to the first.
    labels: SmallVec<[Glob; 4]>,
    /// Whether one label or more come before these.
    is_open: bool,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.labels == other.labels && self.is_open == other.is_open
    }
}

impl Eq for Pattern {}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Pattern {
    /// Reads a `matchName`, which is one name.
    #[must_use]
    pub fn exact(text: &str) -> Self {
        Self { text: text.into(), labels: labels(text), is_open: false }
    }

    /// Reads a `matchPattern`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let stars = text.bytes().take_while(|byte| *byte == b'*').count();
        let rest = text.get(stars..).unwrap_or_default();
        let (rest, is_open) = match rest.strip_prefix('.') {
            _ if stars > 0 && matches!(rest, "" | ".") => ("", true),
            Some(rest) if stars > 1 => (rest, true),
            _ => (text, false),
        };
        Self { text: text.into(), labels: labels(rest), is_open }
    }

    /// Whether it stands for every name.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.is_open && self.labels.is_empty()
    }

    /// Whether it stands for one name alone.
    #[must_use]
    pub fn is_name(&self) -> bool {
        !self.is_open && self.labels.iter().all(|label| !label.has_star())
    }

    /// Whether a name is one of those that it stands for.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let name = labels(name);
        let count_fits = if self.is_open { name.len() > self.labels.len() } else { name.len() == self.labels.len() };
        let mut steps = Steps::new(usize::MAX);
        let mut labels = self.labels.iter().zip(&name);
        count_fits && labels.all(|(label, name)| name.is_covered_by(label, &mut steps) == Some(true))
    }

    /// Whether every name of another pattern is one of its own; `None` where that takes more steps.
    pub fn covers(&self, other: &Self, steps: &mut Steps) -> Option<bool> {
        let count_fits = match (self.is_open, other.is_open) {
            (true, true) => other.labels.len() >= self.labels.len(),
            (true, false) => other.labels.len() > self.labels.len(),
            (false, true) => false,
            (false, false) => other.labels.len() == self.labels.len(),
        };
        if !count_fits {
            return Some(false);
        }
        for (own, label) in self.labels.iter().zip(&other.labels) {
            if !label.is_covered_by(own, steps)? {
                return Some(false);
            }
        }
        Some(true)
    }
}

/// The longest name, and the longest pattern that the schema takes.
const LONGEST: usize = 255;

/// The labels of a name, from the last to the first. A text that is too long for a name gets one that no name has.
fn labels(text: &str) -> SmallVec<[Glob; 4]> {
    let text = if text.len() > LONGEST { "?" } else { text };
    text.strip_suffix('.').unwrap_or(text).rsplit('.').filter(|label| !label.is_empty()).map(Glob::new).collect()
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Steps};

    #[test]
    fn a_star_stays_in_its_label() {
        let pattern = Pattern::parse("*.Example.com");
        for (name, matches) in
            [("a.example.com", true), ("A.EXAMPLE.COM.", true), ("example.com", false), ("a.b.example.com", false)]
        {
            assert_eq!(pattern.matches(name), matches, "{name}");
        }
        assert!(Pattern::parse("api-*.x.io").matches("api-.x.io"));
        assert!(!Pattern::parse("*a*.x.io").matches("b.x.io"));
    }

    #[test]
    fn two_stars_are_one_label_or_more() {
        let pattern = Pattern::parse("**.example.com");
        for (name, matches) in
            [("a.example.com", true), ("a.b.example.com.", true), ("example.com", false), ("com", false)]
        {
            assert_eq!(pattern.matches(name), matches, "{name}");
        }
        assert!(!Pattern::parse("a.**.com").matches("a.b.c.com"), "only at the start");
    }

    #[test]
    fn a_lone_star_is_every_name() {
        for text in ["*", "**", "*.", "***."] {
            assert!(Pattern::parse(text).is_everything(), "{text}");
            assert!(Pattern::parse(text).matches("a.b"), "{text}");
        }
        assert!(!Pattern::parse("*.*").is_everything());
    }

    #[test]
    fn what_is_too_long_for_a_name_matches_nothing() {
        let long = "a".repeat(100_000);
        for text in [&long, &format!("{long}*"), &format!("{long}.io")] {
            for name in ["a", "a.io", "io"] {
                assert!(!Pattern::parse(text).matches(name), "{name}");
            }
        }
    }

    #[test]
    fn patterns_cover_what_they_stand_for() {
        let covers = |one: &str, other: &str| {
            Pattern::parse(one).covers(&Pattern::parse(other), &mut Steps::new(1_000)) == Some(true)
        };
        for (one, other) in [
            ("*", "**.x"),
            ("**.x", "*.x"),
            ("**.x", "a.b.x"),
            ("*.x", "a*.x"),
            ("a*b.x", "ab.x"),
            ("*a*.x", "ba*c.x"),
            ("**.x", "**.a.x"),
            ("*.*.x", "a.*.x"),
            ("A.x.", "a.x"),
        ] {
            assert!(covers(one, other), "{one} covers {other}");
        }
        for (one, other) in [
            ("**.x", "*"),
            ("*.x", "**.x"),
            ("a*.x", "*.x"),
            ("**.x", "x"),
            ("*a*.x", "*.x"),
            ("**.a.x", "**.x"),
            ("*ab*.x", "*a*b*.x"),
            ("*a*b*.x", "*b*a*.x"),
        ] {
            assert!(!covers(one, other), "{one} does not cover {other}");
        }
    }
}
