//! Findings in the formats that people and machines read: one renderer per file, side by side.

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

use std::io::{self, Write};

use crate::catalogue::RuleInfo;
use crate::findings::Report;
use crate::source::Sources;

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
    /// Whether only findings are shown, without notes and summary.
    pub quiet: bool,
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
        Self { color: false, links: false, unicode: true, width: 80, quiet: false, rules: crate::catalogue::rules() }
    }
}

/// The formats of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
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
