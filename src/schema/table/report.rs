//! What is found in one object.

use std::collections::BTreeMap;

use crate::diagnostic::{Draft, Severity};
use crate::edit::Fix;
use crate::objects::metadata;
use crate::schema::Checked;
pub(crate) use crate::schema::flaw::{Flaw, Repair};
use crate::schema::table::field::Field;
use crate::source::{Location, Origin, Place};
use crate::text::suggest::nearest;
use crate::yaml::{FieldPath, Node, Part, Segment, Span};

/// The findings of one object.
pub(crate) struct Report<'o> {
    problems: Vec<Draft>,
    /// Rule, bytes and message of each problem, with its place among them and how often aliases repeat it.
    told: BTreeMap<(&'static str, Span, String), (usize, usize)>,
    /// Whether the last problem repeats one.
    is_repeated: bool,
    rejected: bool,
    object: Node<'o>,
    kind: &'o str,
    origin: &'o Origin,
    /// Whether the object is of a kind that a custom resource definition brings.
    is_custom: bool,
    /// Whether an unknown field that was meant to be a required one is reported as what the object is refused for.
    blames_unknown: bool,
}

impl<'o> Report<'o> {
    /// Of an object of a kind that Kubernetes itself has.
    pub(crate) fn new(object: Node<'o>, kind: &'o str, origin: &'o Origin) -> Self {
        Self {
            problems: Vec::new(),
            told: BTreeMap::new(),
            is_repeated: false,
            rejected: false,
            object,
            kind,
            origin,
            is_custom: false,
            blames_unknown: false,
        }
    }

    /// Of an object of a custom kind, which the API server reads less leniently.
    pub(crate) fn of_custom(object: Node<'o>, kind: &'o str, origin: &'o Origin) -> Self {
        Self { is_custom: true, blames_unknown: true, ..Self::new(object, kind, origin) }
    }

    /// Reports an unknown field that was meant to be a required one as what the object is refused for.
    pub(crate) fn blaming_unknown_fields(self) -> Self {
        Self { blames_unknown: true, ..self }
    }

    /// Whether null may stand as an item of a list: Go's decoder makes the zero value of it, and a custom resource
    /// definition refuses it.
    pub(crate) fn takes_null_items(&self) -> bool {
        !self.is_custom
    }

    /// Whether something was found for which the object is refused.
    pub(crate) fn is_rejected(&self) -> bool {
        self.rejected
    }

    pub(crate) fn finish(mut self) -> Checked {
        for (place, times) in self.told.into_values().filter(|(_, times)| *times > 0) {
            if let Some(draft) = self.problems.get_mut(place) {
                draft.repeated(times);
            }
        }
        Checked { problems: self.problems, rejected: self.rejected }
    }

    /// A value for which the API server refuses the object.
    pub(crate) fn invalid(&mut self, field: &Field<'_, '_>, flaw: Flaw) {
        self.rejected = true;
        self.add("invalid-field", field, Part::Value, flaw, |_| {});
    }

    /// A key for which the API server refuses the object.
    pub(crate) fn invalid_key(&mut self, field: &Field<'_, '_>, flaw: Flaw) {
        self.rejected = true;
        self.add("invalid-field", field, Part::Key, flaw, |_| {});
    }

    /// A mapping that lacks a field without which the API server refuses the object. An unknown field of the mapping that
    /// was meant to be it is the cause, and the one finding. In Kubernetes' own kinds, any unknown field is.
    pub(crate) fn missing(&mut self, mapping: &Field<'_, '_>, key: &str, flaw: Flaw) {
        self.rejected = true;
        if !mapping.has_unknown() {
            return self.absent(mapping, key, flaw);
        }
        if !self.blames_unknown {
            return;
        }
        match self.meant_to_be(mapping, key) {
            Some(cause) => {
                cause.rule = "invalid-field";
                cause.remark("dropped by the API server, which then refuses the object");
            }
            None => self.absent(mapping, key, flaw),
        }
    }

    /// The finding about the unknown field of a mapping that was meant to be a missing one: by its name, or because the
    /// mapping has nothing else.
    fn meant_to_be(&mut self, mapping: &Field<'_, '_>, key: &str) -> Option<&mut Draft> {
        let is_alone = mapping.schema.is_some_and(|schema| !schema.names().any(|name| mapping.has(name)));
        let above = self.origin.path.join(mapping.segments());
        let path = |draft: &Draft| match &draft.primary {
            Location::Field(place) => Some(place.origin.path.clone()),
            Location::Bytes(..) => None,
        };
        let is_meant = |path: &FieldPath| {
            let by_name = matches!(path.last(), Some(Segment::Key(name)) if nearest(name, [key]).is_some());
            path.parent() == above && (is_alone || by_name)
        };
        let here = self.problems.iter_mut().rev();
        let mut here = here.take_while(|draft| path(draft).is_some_and(|path| path.starts_with(&above)));
        here.find(|draft| draft.rule == "unknown-field" && path(draft).is_some_and(|path| is_meant(&path)))
    }

    /// A mapping that lacks a field without which the API server refuses the object, whatever else is in it.
    pub(crate) fn absent(&mut self, mapping: &Field<'_, '_>, key: &str, flaw: Flaw) {
        // The path of what is not there resolves to what is nearest to it.
        self.invalid_key(&mapping.child(key, mapping.node), flaw);
    }

    /// A value for which the network plugin's agent refuses an object that the API server takes.
    pub(crate) fn rejected_by_agent(&mut self, field: &Field<'_, '_>, flaw: Flaw) {
        self.agent_rejects(field, Part::Value, "Cilium rejects the whole object", flaw);
    }

    /// A value for which Calico's agent drops the whole policy.
    pub(crate) fn dropped_by_calico(&mut self, field: &Field<'_, '_>, flaw: Flaw) {
        self.agent_rejects(field, Part::Value, "Calico drops the whole policy", flaw);
    }

    /// A key for which the agent refuses such an object.
    pub(crate) fn key_rejected_by_agent(&mut self, field: &Field<'_, '_>, flaw: Flaw) {
        self.agent_rejects(field, Part::Key, "Cilium rejects the whole object", flaw);
    }

    fn agent_rejects(&mut self, field: &Field<'_, '_>, part: Part, remark: &str, flaw: Flaw) {
        self.rejected = true;
        self.add("rejected-policy", field, part, flaw, |draft| {
            draft.remark(remark);
        });
    }

    /// A value that some versions of the API server refuse: which ones, the remark says.
    pub(crate) fn doubtful(&mut self, field: &Field<'_, '_>, remark: &str, flaw: Flaw) {
        self.add("invalid-field", field, Part::Value, flaw, |draft| {
            draft.severity(Severity::Warning).remark(remark);
        });
    }

    /// A field that the API does not have.
    pub(crate) fn unknown(&mut self, field: &Field<'_, '_>, remark: &str, flaw: Flaw) {
        self.add("unknown-field", field, Part::Key, flaw, |draft| {
            draft.remark(remark);
        });
    }

    /// A field that the API does not have, without which the API server refuses the object.
    pub(crate) fn refused(&mut self, field: &Field<'_, '_>, remark: &str, flaw: Flaw) {
        self.rejected = true;
        self.add("invalid-field", field, Part::Key, flaw, |draft| {
            draft.remark(remark);
        });
    }

    /// A value that the API server takes without a check, and that disables what it is in.
    pub(crate) fn unchecked(&mut self, field: &Field<'_, '_>, part: Part, severity: Severity, flaw: Flaw) {
        self.add("unchecked-value", field, part, flaw, |draft| {
            draft.severity(severity).remark("accepted by the API server");
        });
    }

    /// Explains the last finding by another field of the object.
    pub(crate) fn because(&mut self, field: Vec<Segment>, message: impl Into<String>) {
        let path = self.origin.path.join(field);
        if let Some(draft) = self.problems.last_mut().filter(|_| !self.is_repeated) {
            draft.because(Origin { path, ..*self.origin }.value(), message);
        }
    }

    /// Adds a problem. What an alias brings to several places is one mistake.
    fn add(&mut self, rule: &'static str, field: &Field<'_, '_>, part: Part, flaw: Flaw, say: impl FnOnce(&mut Draft)) {
        let place = self.problems.len();
        let told = self.told.entry((rule, field.node.span(), flaw.message.clone()));
        let (_, times) = told.and_modify(|(_, times)| *times += 1).or_insert((place, 0));
        self.is_repeated = *times > 0;
        if !self.is_repeated {
            let mut draft = self.draft(rule, field, part, flaw);
            say(&mut draft);
            self.problems.push(draft);
        }
    }

    fn draft(&self, rule: &'static str, field: &Field<'_, '_>, part: Part, flaw: Flaw) -> Draft {
        let path = self.origin.path.join(field.segments());
        let (part, remark) = match flaw.inside {
            Some((bytes, remark)) => (Part::Inside(bytes), remark),
            None => (part, String::new()),
        };
        let origin = Origin { path, ..*self.origin };
        let fix = flaw.fix.map(|repair| {
            let Repair { safety, change, is_around } = *repair;
            let at = if is_around { origin.parent() } else { origin.clone() };
            Fix::new(safety, flaw.help.clone(), at, change)
        });
        let mut draft = Draft::new(rule, Place { origin, part }, flaw.message);
        draft.fix(fix).help(flaw.help).remark(remark).about(metadata::subject(self.object, self.kind));
        if let Some(value) = field.node.scalar_text() {
            draft.key(value);
        }
        draft
    }
}
