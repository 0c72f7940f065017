//! What rules report: findings that point at the YAML that causes them.

mod locate;

use std::collections::HashMap;
use std::fmt;

use crate::source::{FileId, Location, Sources};
use crate::yaml::Span;
pub use locate::{labels, locate, sort};

/// How much a finding matters. Ordered: a note is less than a warning, a warning less than an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is known to be wrong.
    Note,
    /// Probably wrong, or unsafe.
    Warning,
    /// Certainly wrong: the manifests do not do what they say.
    Error,
}

impl Severity {
    /// The word used in every report: `note`, `warning` or `error`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// The object a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// For example `NetworkPolicy`; empty where the document has no readable kind.
    pub kind: String,
    /// The namespace as printed; `None` for cluster-scoped objects and unreadable documents.
    pub namespace: Option<String>,
    /// `metadata.name`; empty where the document has none.
    pub name: String,
}

/// A piece of a file with what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub file: FileId,
    /// The field path, for people and for fingerprints; empty for a whole document or a syntax error.
    pub field: String,
    /// The bytes.
    pub span: Span,
    /// A few words; may be empty on a primary label, where the finding's message speaks.
    pub message: String,
}

/// A finding whose places are not bytes yet. Rules write drafts; [`crate::diagnostic`] turns them into findings.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The rule's name.
    pub rule: &'static str,
    /// The severity, where it is not the rule's own.
    pub severity: Option<Severity>,
    /// One line, readable alone.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The object it is about.
    pub subject: Subject,
    /// Where a person would edit.
    pub primary: Location,
    /// What to say at the primary place, beside the message.
    pub remark: String,
    /// Why: other places, and what to say there.
    pub related: Vec<(Location, String)>,
}

impl Draft {
    /// A finding of this rule at this place.
    #[must_use]
    pub fn new(rule: &'static str, primary: impl Into<Location>, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: None,
            message: message.into(),
            help: None,
            subject: Subject::default(),
            primary: primary.into(),
            remark: String::new(),
            related: Vec::new(),
        }
    }

    /// Adds a place that explains the finding.
    pub fn because(&mut self, place: impl Into<Location>, message: impl Into<String>) -> &mut Self {
        self.related.push((place.into(), message.into()));
        self
    }

    /// Says what to write instead.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Says something short at the primary place.
    pub fn remark(&mut self, remark: impl Into<String>) -> &mut Self {
        self.remark = remark.into();
        self
    }

    /// Names the object that the finding is about.
    pub fn about(&mut self, subject: Subject) -> &mut Self {
        self.subject = subject;
        self
    }

    /// Departs from the rule's own severity.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = Some(severity);
        self
    }
}

/// One thing wrong, with its cause: all that a report needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, for example `one-sided-allow`.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One line, readable alone, present tense, no full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The object it is about.
    pub subject: Subject,
    /// The smallest piece of YAML a person would edit.
    pub primary: Label,
    /// Why, in the order of the explanation.
    pub related: Vec<Label>,
    /// How many findings of the run come before it that nothing but their place tells from it; see [`tell_apart`].
    pub occurrence: usize,
}

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
    /// What tells this finding from others over the life of the manifests: 32 hexadecimal digits made of rule,
    /// subject, field and message. Lines, columns and places in lists are left out, and of the message the digits
    /// outside backticks, which count things. The file's own name counts only where no other name tells what the
    /// finding is about.
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
        for (index, piece) in self.message.split('`').enumerate() {
            if index % 2 == 1 {
                hash.add(piece);
            } else {
                hash.add(&piece.replace(|character: char| character.is_ascii_digit(), ""));
            }
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

    fn finding(message: &str) -> Finding {
        let label = |field: &str| Label {
            file: FileId(0),
            field: field.to_owned(),
            span: Span::new(0, 1),
            message: String::new(),
        };
        Finding {
            rule: "one-sided-allow",
            severity: Severity::Error,
            message: message.to_owned(),
            help: None,
            subject: Subject { kind: "NetworkPolicy".to_owned(), namespace: None, name: "web".to_owned() },
            primary: label("spec.ingress[0]"),
            related: Vec::new(),
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
    fn positions_and_counts_do_not_matter() {
        let mut moved = finding("`web` blocks 12 pods");
        moved.primary.span = Span::new(400, 410);
        assert_eq!(fingerprint(&finding("`web` blocks 3 pods")), fingerprint(&moved));
    }

    #[test]
    fn names_in_backticks_fields_and_subjects_matter() {
        let base = finding("port `80` is closed");
        let mut field = base.clone();
        field.primary.field = "spec.egress[0]".to_owned();
        let mut subject = base.clone();
        subject.subject.name = "api".to_owned();
        let all = [&base, &field, &subject, &finding("port `443` is closed")].map(fingerprint);
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn places_in_lists_do_not_matter_and_occurrences_do() {
        let base = finding("port `80` is closed");
        let mut other = base.clone();
        other.primary.field = "spec.ingress[12]".to_owned();
        assert_eq!(fingerprint(&base), fingerprint(&other));
        let mut sources = Sources::default();
        sources.add("a.yaml", "x");
        let mut both = [base.clone(), finding("port `443` is closed"), other];
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
