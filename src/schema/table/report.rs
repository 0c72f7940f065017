//! What is found in one object.

use crate::diagnostic::{Draft, Severity};
use crate::objects::metadata;
use crate::schema::Checked;
pub(crate) use crate::schema::flaw::Flaw;
use crate::schema::table::field::Field;
use crate::source::{Origin, Place};
use crate::yaml::{Node, Part};

/// The findings of one object.
pub(crate) struct Report<'o> {
    problems: Vec<Draft>,
    rejected: bool,
    object: Node<'o>,
    kind: &'o str,
    origin: &'o Origin,
}

impl<'o> Report<'o> {
    pub(crate) fn new(object: Node<'o>, kind: &'o str, origin: &'o Origin) -> Self {
        Self { problems: Vec::new(), rejected: false, object, kind, origin }
    }

    pub(crate) fn finish(self) -> Checked {
        Checked { problems: self.problems, rejected: self.rejected }
    }

    /// A value for which the API server refuses the object.
    pub(crate) fn invalid(&mut self, field: &Field<'_, '_>, flaw: Flaw) {
        self.rejected = true;
        let draft = self.draft("invalid-field", field, Part::Value, flaw);
        self.problems.push(draft);
    }

    /// A key for which the API server refuses the object.
    pub(crate) fn invalid_key(&mut self, field: &Field<'_, '_>, flaw: Flaw) {
        self.rejected = true;
        let draft = self.draft("invalid-field", field, Part::Key, flaw);
        self.problems.push(draft);
    }

    /// A mapping that lacks a field without which the API server refuses the object. Where an unknown field stands
    /// in the mapping, that is the cause, and is reported already.
    pub(crate) fn missing(&mut self, mapping: &Field<'_, '_>, key: &str, flaw: Flaw) {
        self.rejected = true;
        if !mapping.has_unknown() {
            // The path of what is not there resolves to what is nearest to it.
            let draft = self.draft("invalid-field", &mapping.child(key, mapping.node), Part::Key, flaw);
            self.problems.push(draft);
        }
    }

    /// A value that some versions of the API server refuse: which ones, the remark says.
    pub(crate) fn doubtful(&mut self, field: &Field<'_, '_>, remark: &str, flaw: Flaw) {
        let mut draft = self.draft("invalid-field", field, Part::Value, flaw);
        draft.severity(Severity::Warning).remark(remark);
        self.problems.push(draft);
    }

    /// A field that the API does not have.
    pub(crate) fn unknown(&mut self, field: &Field<'_, '_>, remark: &str, flaw: Flaw) {
        let mut draft = self.draft("unknown-field", field, Part::Key, flaw);
        draft.remark(remark);
        self.problems.push(draft);
    }

    fn draft(&self, rule: &'static str, field: &Field<'_, '_>, part: Part, flaw: Flaw) -> Draft {
        let path = self.origin.path.join(field.segments());
        let (part, remark) = match flaw.inside {
            Some((bytes, remark)) => (Part::Inside(bytes), remark),
            None => (part, String::new()),
        };
        let mut draft = Draft::new(rule, Place { origin: Origin { path, ..*self.origin }, part }, flaw.message);
        draft.help(flaw.help).remark(remark).about(metadata::subject(self.object, self.kind));
        draft
    }
}
