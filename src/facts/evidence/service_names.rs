//! The names of Services in texts, found word by word.

use foldhash::HashSet;

/// Finds the names of all Services at once. Most texts name none: what names none is not looked at more closely.
#[derive(Debug, Default)]
pub(super) struct ServiceNames {
    names: HashSet<Box<[u8]>>,
    /// A bit for each length that a name has, the last one for all that are longer.
    lengths: u64,
}

impl ServiceNames {
    /// These names. What cannot be a label of a host's name is no Service's, and is left out.
    pub(super) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut all = Self::default();
        for name in names.map(str::as_bytes).filter(|name| !name.is_empty() && name.iter().all(is_of_label)) {
            all.lengths |= bit_of_length(name);
            all.names.insert(name.into());
        }
        all
    }

    /// Whether a text names one as a whole label of a host's name.
    pub(super) fn are_in(&self, text: &str) -> bool {
        self.ends(text).next().is_some()
    }

    /// How often a text names one.
    pub(super) fn count_in(&self, text: &str) -> usize {
        self.ends(text).count()
    }

    /// The lines of a text that name one, in order.
    pub(super) fn lines_naming<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let mut ends = self.ends(text).peekable();
        let mut end_of_line = 0;
        let naming = text.split_inclusive('\n').filter(move |line| {
            end_of_line += line.len();
            let is_named = ends.next_if(|end| *end <= end_of_line).is_some();
            while ends.next_if(|end| *end <= end_of_line).is_some() {}
            is_named
        });
        naming.flat_map(str::lines)
    }

    /// Where names end in a text, in order.
    fn ends(&self, text: &str) -> impl Iterator<Item = usize> {
        let mut end = 0;
        text.as_bytes().split(|byte| !is_of_label(byte)).filter_map(move |word| {
            let of_word = end + word.len();
            end = of_word + 1;
            self.has(word).then_some(of_word)
        })
    }

    fn has(&self, word: &[u8]) -> bool {
        self.lengths & bit_of_length(word) != 0 && self.names.contains(word)
    }
}

fn is_of_label(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'-'
}

fn bit_of_length(word: &[u8]) -> u64 {
    1 << word.len().min(63)
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
