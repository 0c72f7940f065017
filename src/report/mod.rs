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
pub mod text;

use std::io::{self, Write};

use crate::finding::{Finding, Severity};
use crate::rules::RuleInfo;
use crate::source::Sources;
use crate::suppress::Suppressed;

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Sorted by file, position and rule.
    pub findings: Vec<Finding>,
    /// What was found and is not reported, sorted alike.
    pub suppressed: Vec<Suppressed>,
    /// Inputs that could not be read, and why. The rest of the report speaks of the others.
    pub unread: Vec<String>,
    /// How much was checked and found.
    pub summary: Summary,
    /// What the reader must know to judge the findings: assumptions, templates that were not read. One line each.
    pub notes: Vec<String>,
}

/// Totals of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files read, standard input included.
    pub files: usize,
    /// Clusters that have objects.
    pub clusters: usize,
    /// Kubernetes documents in them.
    pub documents: usize,
    /// Workloads of the model.
    pub workloads: usize,
    /// Network policies of the model.
    pub policies: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity note.
    pub notes: usize,
    /// Findings that were suppressed, and are not in the report.
    pub suppressed: usize,
}

impl Summary {
    /// Sets the totals of `findings` by severity.
    pub fn count(&mut self, findings: &[Finding]) {
        let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        self.errors = number(Severity::Error);
        self.warnings = number(Severity::Warning);
        self.notes = number(Severity::Note);
    }
}

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
        Self { color: false, links: false, unicode: true, width: 80, quiet: false, rules: crate::rules::catalogue() }
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
