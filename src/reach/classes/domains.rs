//! Names that stand for addresses, and patterns of names.

use foldhash::HashMap;
use smol_str::SmolStr;

/// How many names are held against patterns at most, which bounds the time where very many patterns may match very many
/// names. Beyond, a pattern stands for itself alone.
const COMPARED: usize = 5_000_000;

/// The names and patterns that policies have for addresses.
#[derive(Debug, Default)]
pub(in crate::reach) struct Domains {
    names: Vec<SmolStr>,
    /// For each, the places of those that it stands for, in order.
    covered: Vec<Vec<u32>>,
}

impl Domains {
    /// These names, which are sorted.
    pub(super) fn new(names: Vec<SmolStr>) -> Self {
        let by_labels = ByLabels::new(&names);
        let mut left = COMPARED;
        let covered = names.iter().zip(0..).map(|(name, place)| {
            let candidates = if name.contains('*') { by_labels.candidates(name) } else { &[] };
            if candidates.is_empty() || candidates.len() > left {
                return vec![place];
            }
            left -= candidates.len();
            let is_covered = |other: &&u32| names.get(**other as usize).is_some_and(|other| covers(name, other));
            candidates.iter().filter(is_covered).copied().collect()
        });
        Self { covered: covered.collect(), names }
    }

    /// The names, sorted.
    pub(in crate::reach) fn names(&self) -> &[SmolStr] {
        &self.names
    }

    /// The places of the names that one of them stands for, in order.
    pub(in crate::reach) fn covered_by(&self, name: &str) -> &[u32] {
        let place = self.names.binary_search_by(|it| it.as_str().cmp(name)).ok();
        place.and_then(|place| self.covered.get(place)).map_or(&[], Vec::as_slice)
    }
}

/// Names by their labels.
struct ByLabels<'n> {
    all: Vec<u32>,
    /// By the label and its place, counted from the end.
    having: HashMap<(usize, &'n str), Vec<u32>>,
}

impl<'n> ByLabels<'n> {
    fn new(names: &'n [SmolStr]) -> Self {
        let mut having: HashMap<(usize, &str), Vec<u32>> = HashMap::default();
        for (name, place) in names.iter().zip(0..) {
            name.rsplit('.').enumerate().for_each(|label| having.entry(label).or_default().push(place));
        }
        Self { all: (0..).zip(names).map(|(place, _)| place).collect(), having }
    }

    /// Those that have the rarest label that a pattern spells out: a superset of those that it stands for.
    fn candidates(&self, pattern: &'n str) -> &[u32] {
        let spelt = pattern.rsplit('.').enumerate().filter(|(_, label)| !label.contains('*'));
        let lists = spelt.map(|label| self.having.get(&label).map_or(&[][..], Vec::as_slice));
        lists.min_by_key(|list| list.len()).unwrap_or(&self.all)
    }
}

/// Whether a name or pattern stands for all that another one stands for. `*` stands for any characters of one label,
/// `**.` at the start for one label or more, and `*` alone for every name. `false` proves nothing.
fn covers(pattern: &str, other: &str) -> bool {
    if pattern == other || pattern == "*" {
        return true;
    }
    if let Some(rest) = pattern.strip_prefix("**.") {
        return other.strip_suffix(rest).is_some_and(|start| start.len() > 1 && start.ends_with('.'));
    }
    let mut labels = other.split('.');
    pattern.split('.').all(|own| labels.next().is_some_and(|label| covers_label(own, label))) && labels.next().is_none()
}

fn covers_label(pattern: &str, label: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == label };
    if label.contains('*') {
        return pattern == label || (pattern == "*" && label != "**");
    }
    let Some(mut label) = label.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = label.split_once(part) else { return false };
        label = after;
    }
    label.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{Domains, covers};

    #[test]
    fn what_a_name_stands_for_is_found_by_its_labels() {
        let names = ["*", "**.b.io", "*.b.io", "*.c.*.io", "a*.b.io", "a.b.io", "x.a.b.io", "x.c.y.io"];
        let domains = Domains::new(names.map(Into::into).to_vec());
        for name in names {
            let covered = domains.covered_by(name).iter().filter_map(|&place| names.get(place as usize).copied());
            assert_eq!(
                covered.collect::<Vec<_>>(),
                names.into_iter().filter(|it| covers(name, it)).collect::<Vec<_>>()
            );
        }
        assert!(domains.covered_by("unknown.io").is_empty());
    }

    #[test]
    fn a_wildcard_stands_for_names_one_label_below() {
        for (name, other, expected) in [
            ("a.example.com", "a.example.com", true),
            ("a.example.com", "b.example.com", false),
            ("*.example.com", "*.example.com", true),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", "badexample.com", false),
            ("a.example.com", "*.example.com", false),
            ("*.com", "*.example.com", false),
        ] {
            assert_eq!(covers(name, other), expected, "{name} and {other}");
        }
    }

    #[test]
    fn patterns_of_cilium_have_stars_anywhere() {
        for (name, other, expected) in [
            ("*", "a.example.com", true),
            ("**.example.com", "a.b.example.com", true),
            ("**.example.com", "*.example.com", true),
            ("**.example.com", "example.com", false),
            ("*.example.com", "**.example.com", false),
            ("api-*.example.com", "api-1.example.com", true),
            ("api-*.example.com", "api-.example.com", true),
            ("api-*.example.com", "api.example.com", false),
            ("a*b*c.io", "axbxc.io", true),
            ("a*b*c.io", "axc.io", false),
            ("a*a.io", "a.io", false),
        ] {
            assert_eq!(covers(name, other), expected, "{name} and {other}");
        }
    }
}
