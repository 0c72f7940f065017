//! `netlint init`: a first netlint.yaml, fitted to the manifests.

use std::path::{Path, PathBuf};

use super::input::{InputArgs, Loaded};
use super::replace::replace;
use super::terminal::Terminal;
use super::{Exit, output};
use crate::analysis;
use crate::config::{Base, Config};
use crate::discover::CONFIGURATION_NAME;
use crate::file_tree::{FileTree as _, WorkTree};
use crate::init::propose;
use crate::source::paths::{printed, relative};
use crate::text::phrase::count;

/// The arguments of `init`.
#[derive(Debug, clap::Args)]
pub(super) struct InitArgs {
    /// Directories or files to look at, which become the `paths` of the configuration [default: .]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Replace a netlint.yaml that is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &InitArgs, terminal: &Terminal) -> Exit {
    let file = Path::new(CONFIGURATION_NAME);
    if !args.force && file.symlink_metadata().is_ok() {
        let advice = "`netlint init --force` replaces it; `netlint test` checks what it expects";
        terminal.error(&format!("`{CONFIGURATION_NAME}` is there already"), Some(advice));
        return Exit::Usage;
    }
    let input = InputArgs::isolated(args.paths.clone());
    let Loaded { analysis: models, is_complete } = match input.load_all(terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    if !is_complete {
        // A proposal that knows a part only would be taken for the whole.
        return Exit::Unreadable;
    }
    let tree = WorkTree::of_process();
    let here = tree.working_directory();
    let files = args.paths.iter().filter(|path| *path != Path::new("-"));
    let paths: Vec<String> = files.map(|path| printed(&relative(&tree.absolute(path), here))).collect();
    let paths = if paths.iter().any(|path| path == ".") { Vec::new() } else { paths };
    let proposal = propose(&models, &paths);
    if let Err(rejected) = Config::parse(CONFIGURATION_NAME, &proposal.text, Base::new(here, here)) {
        terminal.findings(&rejected.findings, &rejected.sources);
        return Exit::Usage;
    }
    if let Err(error) = replace(file, |out| out.write_all(proposal.text.as_bytes())) {
        terminal.error(
            &format!("`{CONFIGURATION_NAME}` cannot be written: {error}"),
            Some("run netlint where you may write"),
        );
        return Exit::Usage;
    }
    if !terminal.quiet {
        analysis::unknown(&models).iter().for_each(|unknown| terminal.note(&unknown.message));
        let unmet = match proposal.unmet {
            0 => String::new(),
            1 if proposal.expectations == 1 => ", which fails today".to_owned(),
            1 => ", 1 that fails today".to_owned(),
            unmet => format!(", {unmet} that fail today"),
        };
        let (tiers, expectations) = (count(proposal.tiers, "tier"), count(proposal.expectations, "expectation"));
        let told = output::to_stdout(|out| match (proposal.tiers, proposal.expectations) {
            (0, 0) => writeln!(out, "wrote `{CONFIGURATION_NAME}` with examples alone: nothing was recognised"),
            _ => {
                writeln!(out, "wrote `{CONFIGURATION_NAME}` with {tiers} and {expectations}{unmet}: review every entry")
            }
        });
        if told.is_err() {
            return terminal.finish(told);
        }
    }
    Exit::Clean
}
