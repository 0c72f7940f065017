//! Findings in the formats that people and machines read: one renderer per file, side by side.

pub mod azure;
mod closing;
pub mod concise;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod plain;
pub mod rdjson;
pub mod sarif;
mod snippet;
pub mod statistics;

use std::io::{self, Write};

use crate::catalogue::RuleInfo;
pub use crate::config::Format;
use crate::diagnostic::{Confidence, Finding};
use crate::findings::Report;
use crate::source::Sources;
use crate::text::job_log;

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

impl Format {
    /// Whether a person reads it as it is.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Plain | Self::Concise)
    }

    /// The most findings that a report in this format shows: the most severe ones. Others are counted.
    #[must_use]
    pub fn most_findings(self) -> usize {
        match self {
            // A job summary may have 1 MiB.
            Self::Markdown => 500,
            // Code scanning takes no more in one run ("SARIF support for code scanning" of GitHub's documentation).
            Self::Sarif => 25_000,
            _ => 100_000,
        }
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
    let most = format.most_findings();
    let cut = (report.findings.len() > most).then(|| report.most_severe(most));
    let report = cut.as_ref().unwrap_or(report);
    let render = match format {
        Format::Human => human::render,
        Format::Plain => plain::render,
        Format::Concise => concise::render,
        Format::Json => json::render,
        Format::Sarif => sarif::render,
        Format::Github => github::render,
        Format::Gitlab => gitlab::render,
        Format::Azure => azure::render,
        Format::Rdjson => rdjson::render,
        Format::Junit => junit::render,
        Format::Markdown => markdown::render,
    };
    if format.is_for_people() || format == Format::Markdown {
        job_log::write(out, |out| render(report, sources, options, out))
    } else {
        render(report, sources, options, out)
    }
}

#[cfg(test)]
mod tests;
