//! `--baseline` and `--write-baseline`: known findings are read from a file, and written to it.

use std::io;
use std::path::{Path, PathBuf};

use super::Exit;
use super::replace::replace;
use super::terminal::Terminal;
use crate::config::Config;
use crate::discover::Discovery;
use crate::file_tree::{FileTree, ReadError};
use crate::findings::Run;
use crate::findings::baseline::{Baseline, stale_note};
use crate::source::paths::printed;
use crate::text::phrase::count;

/// The arguments that name a baseline.
#[derive(Debug, Default, clap::Args)]
pub(super) struct BaselineArgs {
    /// Report only what this file does not list [default: the `baseline` of the configuration]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all present findings to this file, and report none of them
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,
}

/// What becomes of known findings.
pub(super) enum Known {
    /// There is no baseline.
    None,
    /// They are read from this file.
    Listed(PathBuf, Baseline),
    /// They are those of this run, to be written to this file, which lists these now.
    Written(PathBuf, Baseline),
}

impl BaselineArgs {
    /// Reads the baseline, if there is one. What is wrong with it is told.
    pub(super) fn read(&self, inputs: &Discovery, config: &Config, terminal: &Terminal) -> Result<Known, Exit> {
        let tree = &*inputs.tree;
        if let Some(file) = &self.write_baseline {
            return Ok(Known::Written(file.clone(), parse(tree, file).unwrap_or_default()));
        }
        let (file, baseline) = match (&self.baseline, &config.baseline) {
            (Some(typed), _) => (typed, parse(tree, typed)),
            (None, Some(configured)) => (configured, parse_inside(inputs, configured)),
            (None, None) => return Ok(Known::None),
        };
        match baseline {
            Ok(baseline) => Ok(Known::Listed(file.clone(), baseline)),
            Err((message, advice)) => {
                terminal.error(&message, Some(&advice));
                Err(Exit::Usage)
            }
        }
    }
}

/// Reads a baseline that nobody typed: what lies outside is not read.
fn parse_inside(inputs: &Discovery, file: &Path) -> Result<Baseline, (String, String)> {
    let Discovery { tree, boundary, .. } = inputs;
    match tree.real_path(&tree.resolve(file)) {
        Ok(real) if !boundary.holds(&real) => {
            let name = printed(file);
            let message = format!("the baseline `{name}` is outside the git repository");
            Err((message, format!("name it on the command line: `--baseline {name}`")))
        }
        _ => parse(&**tree, file),
    }
}

fn parse(tree: &dyn FileTree, file: &Path) -> Result<Baseline, (String, String)> {
    let name = printed(file);
    let advice = |what: &str| format!("`netlint --write-baseline {name}` writes {what}");
    let text =
        |bytes| String::from_utf8(bytes).map_err(|_| io::Error::other("stream did not contain valid UTF-8").into());
    let text = tree
        .read(&tree.resolve(file))
        .and_then(text)
        .map_err(|error: ReadError| (format!("the baseline `{name}` cannot be read: {error}"), advice("one")))?;
    Baseline::parse(&text).map_err(|error| (format!("`{name}` is not a baseline: {error}"), advice("a new one")))
}

/// Takes known findings out of the report, and writes them down where that is asked for.
pub(super) fn apply(known: &Known, analysis: &mut Run, terminal: &Terminal) -> Result<(), Exit> {
    let partial = analysis.models.iter().any(|analysis| analysis.is_partial());
    let Some(first) = analysis.models.first() else { return Ok(()) };
    let (sources, config) = (first.sources(), first.config());
    let has_run = |rule: &str| !config.is_off(rule);
    let written;
    let (file, baseline) = match known {
        Known::None => return Ok(()),
        Known::Listed(file, baseline) => (file, baseline),
        Known::Written(file, older) => {
            written = Baseline::of(&analysis.report, sources).and_unknown(older, has_run);
            write(file, &written, older, analysis, terminal)?;
            (file, &written)
        }
    };
    let stale = baseline.apply(&mut analysis.report, sources, has_run);
    // What a part of the manifests does not show may still be there.
    if !partial && analysis.errors.is_empty() {
        analysis.report.notes.extend(stale_note(&printed(file), &stale));
    }
    Ok(())
}

/// Replaces the file, and tells how it changed. Nothing is written where an input could not be read: its findings
/// would be forgotten.
fn write(file: &Path, baseline: &Baseline, older: &Baseline, analysis: &Run, terminal: &Terminal) -> Result<(), Exit> {
    let name = printed(file);
    if !analysis.errors.is_empty() {
        let advice = "name only what can be read";
        terminal.error(&format!("the baseline `{name}` is not written: an input could not be read"), Some(advice));
        return Err(Exit::Unreadable);
    }
    if let Err(error) = replace(file, |out| baseline.write(out)) {
        let advice = "name a file in a directory that you may write to";
        terminal.error(&format!("the baseline `{name}` cannot be written: {error}"), Some(advice));
        return Err(Exit::Usage);
    }
    let changes = baseline.changes(older);
    let number = count(baseline.len(), "finding");
    if !terminal.quiet {
        terminal.note(&format!("wrote {number} to `{name}`: {} new, {} gone", changes.new, changes.gone));
    }
    Ok(())
}
