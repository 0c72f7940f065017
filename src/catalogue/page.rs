//! A rule's page: front matter, then Markdown.

use crate::catalogue::{IncompleteInput, Profile, RuleInfo};
use crate::diagnostic::Severity;

/// Reads the front matter. A page without a field has it empty, which the page tests refuse.
pub(super) fn parse(page: &'static str) -> RuleInfo {
    let (front, body) = page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).unwrap_or(("", page));
    let field = |name: &str| {
        let lines = front.lines().filter_map(|line| line.split_once(':'));
        lines.clone().find(|(key, _)| *key == name).map_or("", |(_, value)| value.trim())
    };
    RuleInfo {
        name: field("name"),
        summary: field("summary"),
        category: field("category"),
        severity: match field("severity") {
            "note" => Severity::Note,
            "warning" => Severity::Warning,
            _ => Severity::Error,
        },
        profile: match field("profile") {
            "security-only" => Profile::SecurityOnly,
            "strict" => Profile::Strict,
            _ => Profile::Default,
        },
        fix: field("fix"),
        since: field("since"),
        yields_to: field("yields-to"),
        incomplete_input: match field("incomplete-input") {
            "keep" => IncompleteInput::Keep,
            "drop" => IncompleteInput::Drop,
            _ => IncompleteInput::Note,
        },
        is_about_all_clusters: field("several-clusters") == "all",
        is_incomplete_by_namespace: field("incomplete-scope") == "namespace",
        page: body.trim_start(),
    }
}
