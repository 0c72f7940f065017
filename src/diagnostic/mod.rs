//! What rules report: findings that point at the YAML that causes them.

mod fingerprint;
mod locate;
mod severity;

use crate::edit::Fix;
use crate::source::{FileId, Location, Place};
use crate::text::phrase;
use crate::yaml::Span;
pub use fingerprint::tell_apart;
pub use locate::{labels, locate, sort};
pub use severity::{Confidence, Severity};

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
    /// How sure it is; a severity that this does not allow is lowered.
    pub confidence: Confidence,
    /// What distinguishes it from other findings of the rule about the same field of the same object: names and
    /// values, never positions and never prose.
    pub key: Vec<String>,
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
    /// How to repair it, where that is certain.
    pub fix: Option<Box<Fix>>,
}

impl Draft {
    /// A finding of this rule at this place.
    #[must_use]
    pub fn new(rule: &'static str, primary: impl Into<Location>, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: None,
            confidence: Confidence::default(),
            key: Vec::new(),
            message: message.into(),
            help: None,
            subject: Subject::default(),
            primary: primary.into(),
            remark: String::new(),
            related: Vec::new(),
            fix: None,
        }
    }

    /// Says how to repair it.
    pub fn fix(&mut self, fix: impl Into<Option<Fix>>) -> &mut Self {
        self.fix = fix.into().map(Box::new);
        self
    }

    /// Adds a place that explains the finding.
    pub fn because(&mut self, place: impl Into<Location>, message: impl Into<String>) -> &mut Self {
        self.related.push((place.into(), message.into()));
        self
    }

    /// Adds several related places, each with what to say there.
    pub fn because_of(&mut self, places: impl IntoIterator<Item = (Place, String)>) -> &mut Self {
        self.related.extend(places.into_iter().map(|(place, message)| (place.into(), message)));
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

    /// Says that aliases bring the same to other places, whose number this is.
    pub fn repeated(&mut self, times: usize) -> &mut Self {
        self.remark = with_repeats(std::mem::take(&mut self.remark), times);
        self
    }

    /// Names the object that the finding is about.
    pub fn about(&mut self, subject: Subject) -> &mut Self {
        self.subject = subject;
        self
    }

    /// Distinguishes the finding from others of the rule about the same field of the same object, whatever the
    /// messages say.
    pub fn key(&mut self, part: impl Into<String>) -> &mut Self {
        self.key.push(part.into());
        self
    }

    /// Says how sure the finding is.
    pub fn confidence(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = confidence;
        self
    }

    /// Departs from the rule's own severity.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = Some(severity);
        self
    }
}

/// A remark, and that aliases bring what it is about to other places, whose number this is.
fn with_repeats(mut remark: String, times: usize) -> String {
    if !remark.is_empty() {
        remark.push_str("; ");
    }
    remark.push_str(&format!("aliases repeat it at {}", phrase::count(times, "other place")));
    remark
}

/// One thing wrong, with its cause: all that a report needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, for example `one-sided-allow`.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What distinguishes it from other findings of the rule about the same field of the same object.
    pub key: Vec<String>,
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
    /// How to repair it, where that is certain.
    pub fix: Option<Box<Fix>>,
    /// The clusters that it was found in, where a file belongs to several of them.
    pub clusters: Vec<String>,
    /// How many findings of the run come before it that nothing but their place tells from it; see [`tell_apart`].
    pub occurrence: usize,
}
