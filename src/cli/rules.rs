//! `netlint rules`: the catalogue as a table.

use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;

use super::terminal::{Terminal, severity_style};
use super::{Exit, output};
use crate::catalogue::{self, Profile, RuleInfo};
use crate::text::escape;
use crate::text::json;
use crate::text::style::paint;

/// The arguments of `rules`.
#[derive(Debug, clap::Args)]
pub(super) struct RulesArgs {
    /// The format of the list
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: ListFormat,
}

/// The formats of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum ListFormat {
    /// An aligned table
    #[default]
    Text,
    /// One JSON object
    Json,
}

pub(super) fn run(args: &RulesArgs, terminal: &Terminal) -> Exit {
    let rules = catalogue::rules();
    terminal.finish(output::to_stdout(|out| match args.format {
        ListFormat::Text => write_table(rules, terminal.color, terminal.links, out),
        ListFormat::Json => json::write(&Listing::new(rules), out),
    }))
}

/// The rules under the names of their categories.
fn write_table(rules: &[RuleInfo], color: bool, links: bool, out: &mut dyn Write) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    for (index, group) in rules.chunk_by(|left, right| left.category == right.category).enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", paint(Style::new().bold(), group.first().map_or("", |rule| rule.category), color))?;
        for rule in group {
            let severity = paint(severity_style(rule.severity), &format!("{:7}", rule.severity.name()), color);
            // The format would count the bytes of a link as columns.
            let padding = " ".repeat(width - rule.name.len());
            let name = if links { escape::link(rule.name, &rule.url()) } else { rule.name.to_owned() };
            let strict = if rule.profile == Profile::Strict { " (profile `strict`)" } else { "" };
            writeln!(out, "  {name}{padding}  {severity}  {}{strict}", rule.summary)?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    schema_version: u32,
    rules: Vec<ListedRule>,
}

#[derive(Serialize)]
struct ListedRule {
    name: &'static str,
    summary: &'static str,
    category: &'static str,
    severity: &'static str,
    profile: &'static str,
    fix: &'static str,
    since: &'static str,
    url: String,
}

impl Listing {
    fn new(rules: &[RuleInfo]) -> Self {
        let listed = |rule: &RuleInfo| ListedRule {
            name: rule.name,
            summary: rule.summary,
            category: rule.category,
            severity: rule.severity.name(),
            profile: rule.profile.name(),
            fix: rule.fix,
            since: rule.since,
            url: rule.url(),
        };
        Self { schema_version: 1, rules: rules.iter().map(listed).collect() }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::diagnostic::Severity;

    #[test]
    fn the_table_is_aligned_and_grouped() {
        let rule = |name, category, severity| RuleInfo {
            name,
            summary: "finds something",
            category,
            severity,
            profile: Profile::Default,
            fix: "none",
            since: "0.1.0",
            yields_to: "",
            incomplete_input: crate::catalogue::IncompleteInput::Keep,
            is_incomplete_by_namespace: false,
            is_about_all_clusters: false,
            page: "",
        };
        let rules = [
            rule("short", "egress", Severity::Error),
            rule("a-longer-name", "egress", Severity::Warning),
            rule("other", "ports", Severity::Note),
        ];
        let mut out = Vec::new();
        write_table(&rules, false, false, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @"
        egress
          short          error    finds something
          a-longer-name  warning  finds something

        ports
          other          note     finds something
        ");
    }
}
