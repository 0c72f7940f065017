//! What a change does, in the formats of `netlint diff`.

mod exposed;
mod github;
mod groups;
mod human;
mod json;
mod markdown;
mod mermaid;
mod words;

use std::io::{self, Write};
use std::sync::Arc;

use crate::diff::{Review, Side};
use crate::graph::Graph;
use crate::report::{findings, graph};
use crate::text::escape;

/// The formats of `netlint diff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// For people: what opens and closes, with the lines that cause it
    Human,
    /// One JSON object, frozen by its `schemaVersion`
    Json,
    /// For a comment on a pull request
    Markdown,
    /// Annotations of GitHub Actions
    Github,
    /// A Mermaid flowchart
    Mermaid,
    /// The page of `netlint graph --diff`
    Html,
}

/// How the report is shown.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How findings and lines are shown.
    pub findings: findings::Options,
    /// Where the files of each state can be read on the web, if anywhere.
    pub links: Links,
    /// The change as it is drawn, where a page is asked for.
    pub page: Option<Arc<Graph>>,
}

/// Where files can be read on the web: `https://github.com/ORGANISATION/REPOSITORY/blob/COMMIT`.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// Those of BASE.
    pub base: Option<String>,
    /// Those of HEAD.
    pub head: Option<String>,
    /// The working directory as the repository sees it: empty, or a path that ends in a slash.
    pub directory: String,
}

impl Links {
    /// The address of lines of a file.
    fn url(&self, side: Side, path: &str, first: usize, last: usize) -> Option<String> {
        let start = match side {
            Side::Base => self.base.as_deref(),
            Side::Head => self.head.as_deref(),
        }?;
        let path = words::normal(&format!("{}{path}", self.directory))?;
        let lines = if last > first { format!("#L{first}-L{last}") } else { format!("#L{first}") };
        Some(format!("{start}/{}{lines}", escape::percent_encoded(&path)))
    }
}

/// Writes what a change does.
///
/// # Errors
/// Where `out` cannot be written, or a page is asked for that was not drawn.
pub fn write(format: Format, review: &Review<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(review, &options.findings, out),
        Format::Json => json::write(review, &options.findings, out),
        Format::Markdown => markdown::write(review, options, out),
        Format::Github => github::write(review, options, out),
        Format::Mermaid => mermaid::write(review, out),
        Format::Html => match &options.page {
            Some(page) => graph::write_html(page, out),
            None => Err(io::ErrorKind::InvalidInput.into()),
        },
    }
}
