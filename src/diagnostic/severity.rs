//! How much a finding matters, and how sure it is.

use std::fmt;

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

/// How sure a finding is, by what it rests on. Ordered: a guess is less than what is likely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// It rests on words and numbers that may mean something else. A note at most.
    Guess,
    /// It rests on what is nearly always so. A warning at most.
    Likely,
    /// It is proved in every reading of the input.
    #[default]
    Certain,
}

impl Confidence {
    /// The word used in every report: `guess`, `likely` or `certain`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }

    /// The highest severity that a finding of this confidence may have: an error must be certain.
    #[must_use]
    pub fn highest_severity(self) -> Severity {
        match self {
            Self::Guess => Severity::Note,
            Self::Likely => Severity::Warning,
            Self::Certain => Severity::Error,
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
