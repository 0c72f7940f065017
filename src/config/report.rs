//! How a run is reported where the command line does not say.

use schemars::JsonSchema;

use crate::diagnostic::Severity;

/// The least severity that makes `netlint check` fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    #[default]
    Warning,
    /// Every finding
    Note,
    /// Nothing
    Never,
}

impl FailOn {
    /// Whether a finding of this severity makes it fail.
    #[must_use]
    pub fn is_met_by(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => severity >= Severity::Note,
            Self::Never => false,
        }
    }
}

/// The formats of a report of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people: snippets with the cause underlined
    #[default]
    Human,
    /// For screen readers: the same in sentences
    Plain,
    /// `path:line:column: severity[rule] message`
    Concise,
    /// One JSON object, frozen by its `schemaVersion`
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab Code Quality
    Gitlab,
    /// Logging commands of Azure Pipelines
    Azure,
    /// Diagnostics of reviewdog
    Rdjson,
    /// JUnit XML
    Junit,
    /// A job summary
    Markdown,
}
