//! Findings in the formats that people and machines read: one renderer per file, side by side.

mod closing;
pub mod concise;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod plain;
pub mod sarif;
mod snippet;
pub mod statistics;

use std::io::{self, Write};

use crate::catalogue::RuleInfo;
use crate::diagnostic::{Confidence, Finding};
use crate::findings::Report;
use crate::source::Sources;

pub use closing::summary_line;

/// How a report is shown.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether colours are written.
    pub color: bool,
    /// Whether rule names link to their pages (OSC 8).
    pub links: bool,
    /// Whether lines are drawn with Unicode characters, or with ASCII.
    pub unicode: bool,
    /// The columns of the terminal.
    pub width: usize,
    /// Whether text is wrapped to the width.
    pub wrap: bool,
    /// Whether findings that are alike are folded: the first few are shown, the others counted.
    pub fold: bool,
    /// Whether only findings are shown, without notes and summary.
    pub quiet: bool,
    /// Whether the findings that `--fix` repairs are counted.
    pub count_fixes: bool,
    /// The rules that the report may describe.
    pub rules: &'static [RuleInfo],
}

impl Options {
    /// Where the page of a rule can be read on the web.
    fn url(&self, rule: &str) -> Option<String> {
        self.rules.iter().find(|known| known.name == rule).map(RuleInfo::url)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            color: false,
            links: false,
            unicode: true,
            width: 80,
            wrap: true,
            fold: false,
            quiet: false,
            count_fixes: true,
            rules: crate::catalogue::rules(),
        }
    }
}

/// What a format with one text for a finding says: the message, how sure it is where it is not certain, and the clusters
/// that it was found in where there are several.
fn headline(finding: &Finding) -> String {
    let mut headline = finding.message.clone();
    if finding.confidence != Confidence::Certain {
        headline.push_str(&format!(" ({})", finding.confidence));
    }
    if let Some(clusters) = seen_in(finding) {
        headline.push_str(&format!(" ({clusters})"));
    }
    headline
}

/// `seen in: dev, prod`
fn seen_in(finding: &Finding) -> Option<String> {
    (!finding.clusters.is_empty()).then(|| format!("seen in: {}", finding.clusters.join(", ")))
}

/// The formats of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// For people: snippets with the cause underlined
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
    /// JUnit XML
    Junit,
    /// A job summary
    Markdown,
}

impl Format {
    /// Whether a person reads it as it is.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Plain | Self::Concise)
    }
}

/// Writes the report in a format.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(
    format: Format,
    report: &Report,
    sources: &Sources,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let render = match format {
        Format::Human => human::render,
        Format::Plain => plain::render,
        Format::Concise => concise::render,
        Format::Json => json::render,
        Format::Sarif => sarif::render,
        Format::Github => github::render,
        Format::Gitlab => gitlab::render,
        Format::Junit => junit::render,
        Format::Markdown => markdown::render,
    };
    render(report, sources, options, out)
}

#[cfg(test)]
mod tests;
