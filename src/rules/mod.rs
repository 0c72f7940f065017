//! The catalogue of rules.

use crate::finding::Severity;

/// What people may know of a rule; its page tells the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// The identifier, for example `one-sided-allow`.
    pub name: &'static str,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// The group it belongs to, for example `egress`.
    pub category: &'static str,
    /// The severity that its findings usually have.
    pub severity: Severity,
    /// Whether `--fix` can repair it: `always`, `sometimes` or `none`.
    pub fix: &'static str,
    /// The version that brought it.
    pub since: &'static str,
    /// The page as Markdown, without front matter.
    pub page: &'static str,
}

/// All rules, in the order of the catalogue.
#[must_use]
pub fn catalogue() -> &'static [RuleInfo] {
    &[]
}

/// The site of the project.
pub const HOME: &str = "https://netlint.dev";

/// Where a rule's page is read on the web.
#[must_use]
pub fn url(rule: &str) -> String {
    format!("{HOME}/rules/{rule}")
}
