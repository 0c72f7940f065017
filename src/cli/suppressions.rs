//! `netlint suppressions`: what is not reported because somebody said so, and whether that still does anything.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::input::{InputArgs, Loaded};
use super::terminal::Terminal;
use super::{Exit, output};
use crate::file_tree::last_changes;
use crate::findings::judge;
use crate::findings::suppress::{Entry, Suppressor, inventory};
use crate::source::Sources;
use crate::text::phrase::count;
use crate::text::{escape, job_log, json};

/// The arguments of `suppressions`.
#[derive(Debug, clap::Args)]
pub(super) struct SuppressionsArgs {
    /// The format of the list: text or json
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, hide_possible_values = true)]
    format: ListFormat,
    #[command(flatten)]
    input: InputArgs,
}

/// The formats of `suppressions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum ListFormat {
    /// A line for each
    #[default]
    Text,
    /// One JSON object, frozen by its `schemaVersion`
    Json,
}

pub(super) fn run(args: &SuppressionsArgs, terminal: &Terminal) -> Exit {
    let Loaded { analysis: models, is_complete } = match args.input.load_all(terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let Some(sources) = models.first().map(crate::analysis::Analysis::sources) else { return Exit::Usage };
    let listed = inventory(&models, judge(&models, true).findings);
    let rows = rows(&listed, sources);
    let written = output::to_stdout(|out| match args.format {
        ListFormat::Json => json::write(&List { schema_version: 1, suppressions: &rows }, out),
        ListFormat::Text => job_log::write(out, |out| {
            rows.iter().try_for_each(|row| writeln!(out, "{}", escape::line(&row.text())))?;
            let idle = rows.iter().filter(|row| row.catches == 0).count();
            let over = rows.iter().filter(|row| row.is_over).count();
            if terminal.quiet {
                return Ok(());
            }
            writeln!(out, "{}, {idle} idle, {over} over", count(rows.len(), "suppression"))
        }),
    });
    match terminal.finish(written) {
        Exit::Clean if !is_complete => Exit::Unreadable,
        exit => exit,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List<'r> {
    schema_version: u32,
    suppressions: &'r [Row<'r>],
}

/// A suppression of one rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'r> {
    rule: &'r str,
    path: &'r str,
    line: usize,
    column: usize,
    by: &'static str,
    reason: Option<&'r str>,
    until: Option<String>,
    is_over: bool,
    /// Days since its line was changed, where git knows.
    days: Option<i64>,
    catches: usize,
}

impl Row<'_> {
    fn text(&self) -> String {
        let mut text = format!("{}:{}:{}: {}", self.path, self.line, self.column, self.rule);
        text.push_str(&match self.catches {
            0 => ", catches nothing".to_owned(),
            catches => format!(", catches {}", count(catches, "finding")),
        });
        match &self.until {
            Some(until) if self.is_over => text.push_str(&format!(", over since {until}")),
            Some(until) => text.push_str(&format!(", until {until}")),
            None => {}
        }
        if let Some(days) = self.days {
            text.push_str(&format!(", {} old", count(usize::try_from(days).unwrap_or_default(), "day")));
        }
        text + &self.reason.map_or_else(|| ", without a reason".to_owned(), |reason| format!(": {reason}"))
    }
}

fn rows<'r>(entries: &'r [Entry], sources: &'r Sources) -> Vec<Row<'r>> {
    let line = |entry: &Entry| sources.position(entry.place.file, entry.place.span.start).line;
    let mut lines: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for entry in entries {
        lines.entry(sources.name(entry.place.file)).or_default().push(line(entry));
    }
    let here = std::env::current_dir().unwrap_or_default();
    let changes: BTreeMap<&str, BTreeMap<usize, Timestamp>> =
        lines.into_iter().map(|(name, lines)| (name, last_changes(&here.join(name), &lines))).collect();
    let now = Timestamp::now();
    let row = |entry: &'r Entry| {
        let (path, start) =
            (sources.name(entry.place.file), sources.position(entry.place.file, entry.place.span.start));
        let changed = changes.get(path).and_then(|changes| changes.get(&start.line));
        Row {
            rule: &entry.rule,
            path,
            line: start.line,
            column: start.column,
            by: if entry.by == Suppressor::Configuration { "configuration" } else { "manifest" },
            reason: entry.reason.as_deref(),
            until: entry.until.map(|until| until.to_string()),
            is_over: entry.is_over,
            days: changed.map(|changed| now.duration_since(*changed).as_hours() / 24),
            catches: entry.catches,
        }
    };
    entries.iter().map(row).collect()
}
