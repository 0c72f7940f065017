//! Why kustomize refuses a kustomization.

use crate::diagnostic::Draft;
use crate::source::{Location, Origin};

/// The name of the rule.
pub(crate) const RULE: &str = "kustomize-build";

/// Why a kustomization cannot be built, and where that is written.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) place: Location,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) related: Vec<(Location, String)>,
    /// Whether it is only that something is not there, which what is not read may hold.
    pub(super) is_about_absence: bool,
}

pub(super) type Result<T> = std::result::Result<T, Box<Refusal>>;

impl Refusal {
    pub(super) fn new(place: impl Into<Location>, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            place: place.into(),
            message: message.into(),
            help: None,
            related: Vec::new(),
            is_about_absence: false,
        })
    }

    /// A refusal because of this field.
    pub(super) fn at(origin: &Origin, message: impl Into<String>) -> Box<Self> {
        Self::new(origin.clone().value(), message)
    }

    /// Says that something is not there.
    pub(super) fn absent(mut self: Box<Self>) -> Box<Self> {
        self.is_about_absence = true;
        self
    }

    /// Says what to write instead.
    pub(super) fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = Some(help.into());
        self
    }

    /// Adds a place that explains it.
    pub(super) fn because(mut self: Box<Self>, origin: &Origin, message: impl Into<String>) -> Box<Self> {
        self.related.push((origin.clone().entry().into(), message.into()));
        self
    }

    /// The finding.
    pub(super) fn into_draft(self) -> Draft {
        let mut draft = Draft::new(RULE, self.place, self.message);
        draft.help = self.help;
        draft.related = self.related;
        draft
    }
}
