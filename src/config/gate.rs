//! What of a change `netlint diff` does not let pass.

use std::fmt;

use schemars::JsonSchema;

/// Something that a change may do, and that makes `netlint diff` fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// A connection from or to public addresses outside the cluster is opened.
    OpenedToInternet,
    /// A connection to a database is opened.
    OpenedToDatabase,
    /// A workload is no longer isolated in a direction.
    IsolationLost,
    /// Any connection is opened, closed or changed.
    Any,
    /// Findings are newly suppressed: by comments, annotations, `ignore` or the baseline.
    SuppressionsAdded,
    /// A rule is turned off or reports less severely, or less is checked.
    RulesDisabled,
    /// Something is added that netlint does not evaluate or cannot read.
    UnreadableAdded,
}

impl Gate {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::OpenedToInternet,
        Self::OpenedToDatabase,
        Self::IsolationLost,
        Self::Any,
        Self::SuppressionsAdded,
        Self::RulesDisabled,
        Self::UnreadableAdded,
    ];

    /// As it is written in `failOn`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenedToInternet => "opened-to-internet",
            Self::OpenedToDatabase => "opened-to-database",
            Self::IsolationLost => "isolation-lost",
            Self::Any => "any",
            Self::SuppressionsAdded => "suppressions-added",
            Self::RulesDisabled => "rules-disabled",
            Self::UnreadableAdded => "unreadable-added",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
