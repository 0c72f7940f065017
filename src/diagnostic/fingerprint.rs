//! What distinguishes findings over the life of the manifests.

use std::collections::HashMap;

use super::Finding;
use crate::source::Sources;

/// Numbers the findings that nothing but their place tells from one another, so that each fingerprint is its own.
pub fn tell_apart(findings: &mut [Finding], sources: &Sources) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        finding.occurrence = 0;
        let times = seen.entry(finding.fingerprint(sources)).or_default();
        finding.occurrence = *times;
        *times += 1;
    }
}

impl Finding {
    /// What distinguishes this finding from others over the life of the manifests: 32 hexadecimal digits made of
    /// rule, subject, field and key. Lines, columns and places in lists are left out, and so is the message. The
    /// file's own name counts only where no other name says what the finding is about.
    #[must_use]
    pub fn fingerprint(&self, sources: &Sources) -> String {
        let namespace = self.subject.namespace.as_deref().unwrap_or_default();
        let file = if self.subject.name.is_empty() { sources.name(self.primary.file) } else { "" };
        let file = file.rsplit('/').next().unwrap_or_default();
        let mut hash = Fnv::default();
        for part in [self.rule, &self.subject.kind, namespace, &self.subject.name, file] {
            hash.add(part);
        }
        hash.add(&without_indices(&self.primary.field));
        for part in &self.key {
            hash.add(part);
        }
        if self.occurrence > 0 {
            hash.add(&self.occurrence.to_string());
        }
        format!("{:032x}", hash.0)
    }
}

/// `spec.ingress[].from[]` for `spec.ingress[0].from[1]`.
fn without_indices(field: &str) -> String {
    let mut pieces = field.split('[');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push('[');
        plain.push_str(piece.trim_start_matches(|character: char| character.is_ascii_digit()));
    }
    plain
}

/// The 128-bit FNV-1a hash (RFC 9923): stable over versions and machines, unlike the standard library's.
struct Fnv(u128);

impl Default for Fnv {
    fn default() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Fnv {
    /// Adds a text and its end, so that `a`, `bc` differs from `ab`, `c`.
    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Confidence, Label, Severity, Subject};
    use crate::source::FileId;
    use crate::yaml::Span;

    fn finding(key: &str) -> Finding {
        let label = |field: &str| Label {
            file: FileId(0),
            field: field.to_owned(),
            span: Span::new(0, 1),
            message: String::new(),
        };
        Finding {
            rule: "one-sided-allow",
            severity: Severity::Error,
            confidence: Confidence::Certain,
            key: vec![key.to_owned()],
            message: "a message".to_owned(),
            help: None,
            subject: Subject { kind: "NetworkPolicy".to_owned(), namespace: None, name: "web".to_owned() },
            primary: label("spec.ingress[0]"),
            related: Vec::new(),
            fix: None,
            clusters: Vec::new(),
            occurrence: 0,
        }
    }

    fn fingerprint(finding: &Finding) -> String {
        let mut sources = Sources::default();
        sources.add("a.yaml", "x");
        finding.fingerprint(&sources)
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        let mut hash = Fnv::default();
        hash.add("");
        // One step by hand: the offset basis, times the prime.
        let prime = (1_u128 << 88) + 0x13b;
        assert_eq!(hash.0, Fnv::default().0.wrapping_mul(prime));
    }

    #[test]
    fn positions_and_words_do_not_matter() {
        let base = finding("80");
        let mut moved = base.clone();
        moved.primary.span = Span::new(400, 410);
        moved.message = "the same in other words".to_owned();
        moved.help = Some("advice".to_owned());
        moved.severity = Severity::Note;
        assert_eq!(fingerprint(&base), fingerprint(&moved));
    }

    #[test]
    fn keys_fields_and_subjects_matter() {
        let base = finding("80");
        let mut field = base.clone();
        field.primary.field = "spec.egress[0]".to_owned();
        let mut subject = base.clone();
        subject.subject.name = "api".to_owned();
        let mut longer = base.clone();
        longer.key.push(String::new());
        let all = [&base, &field, &subject, &longer, &finding("443")].map(fingerprint);
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn places_in_lists_do_not_matter_and_occurrences_do() {
        let base = finding("80");
        let mut other = base.clone();
        other.primary.field = "spec.ingress[12]".to_owned();
        assert_eq!(fingerprint(&base), fingerprint(&other));
        let mut sources = Sources::default();
        sources.add("a.yaml", "x");
        let mut both = [base.clone(), finding("443"), other];
        tell_apart(&mut both, &sources);
        assert_eq!(both.each_ref().map(|it| it.occurrence), [0, 0, 1]);
        assert_ne!(fingerprint(&both[0]), fingerprint(&both[2]));
    }

    #[test]
    fn the_file_matters_where_no_name_tells_the_subject() {
        let mut sources = Sources::default();
        let files = [sources.add("a.yaml", "x"), sources.add("b.yaml", "x"), sources.add("old/a.yaml", "x")];
        let of = |file, name: &str| {
            let mut finding = finding("does not parse");
            finding.primary.file = file;
            finding.subject.name = name.to_owned();
            finding.fingerprint(&sources)
        };
        assert_ne!(of(files[0], ""), of(files[1], ""));
        assert_eq!(of(files[0], ""), of(files[2], ""), "its directory does not");
        assert_eq!(of(files[0], "web"), of(files[1], "web"));
    }
}
