//! The names of Services in texts, found in one pass over each.

use aho_corasick::AhoCorasick;

/// Finds the names of all Services at once. Most texts name none: what names none is not looked at more closely.
#[derive(Debug)]
pub(super) struct ServiceNames(Option<AhoCorasick>);

impl ServiceNames {
    /// These names.
    pub(super) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        // Building fails for more names than a cluster can have; then every text is looked at.
        Self(AhoCorasick::new(names).ok())
    }

    /// Whether a text names one as a whole label of a host's name.
    pub(super) fn are_in(&self, text: &str) -> bool {
        self.ends(text).is_none_or(|mut ends| ends.next().is_some())
    }

    /// The lines of a text that name one, in order.
    pub(super) fn lines_naming<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let mut ends = self.ends(text).map(Iterator::peekable);
        let mut end_of_line = 0;
        let naming = text.split_inclusive('\n').filter(move |line| {
            end_of_line += line.len();
            let Some(ends) = &mut ends else { return true };
            let is_named = ends.next_if(|end| *end <= end_of_line).is_some();
            while ends.next_if(|end| *end <= end_of_line).is_some() {}
            is_named
        });
        naming.flat_map(str::lines)
    }

    /// Where names end in a text, in order; `None` where they cannot be searched for.
    fn ends(&self, text: &str) -> Option<impl Iterator<Item = usize>> {
        let bytes = text.as_bytes();
        let is_inside = |at: Option<usize>| {
            let byte = at.and_then(|at| bytes.get(at));
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        };
        let found = self.0.as_ref()?.find_overlapping_iter(text);
        let whole = found.filter(move |it| !is_inside(it.start().checked_sub(1)) && !is_inside(Some(it.end())));
        Some(whole.map(|it| it.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::ServiceNames;

    fn names(names: &[&str]) -> ServiceNames {
        ServiceNames::new(names.iter().copied())
    }

    #[test]
    fn whole_labels_are_found() {
        let names = names(&["api", "api-v2", "db"]);
        for text in ["api", "http://api:80", "x.db.svc", "pod-0.db", "use api-v2!", "éapi", "api-v2"] {
            assert!(names.are_in(text), "{text}");
        }
        for text in ["", "apis", "my-api", "api-v3", "rapi", "d b", "database", "-db-"] {
            assert!(!names.are_in(text), "{text}");
        }
    }

    #[test]
    fn lines_are_those_that_name_one() {
        let text = "api\n\nnone\r\nthe db and the api\r\nrapid\n  db";
        assert_eq!(names(&["api", "db"]).lines_naming(text).collect::<Vec<_>>(), ["api", "the db and the api", "  db"]);
        assert_eq!(names(&[]).lines_naming(text).count(), 0);
    }
}
