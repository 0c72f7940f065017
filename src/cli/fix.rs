//! `netlint check --fix`: repairs, and what they open and close.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Exit;
use super::output::{self, OutputError};
use super::reading::{Inputs, leave_out};
use super::rewrite::rewrite;
use super::terminal::Terminal;
use crate::analysis::Options;
use crate::config::{self, Choice};
use crate::discover::{Discovery, discover};
use crate::file_tree::{Boundary, FileTree};
use crate::findings::Run;
use crate::repair::{self, Outcome};
use crate::report::repairs;
use crate::text::job_log;
use crate::text::phrase::count;

/// The arguments that ask for repairs.
#[derive(Debug, clap::Args)]
pub(super) struct FixArgs {
    /// Repair what has one safe repair, and report the rest
    ///
    /// A fix is safe where no permitted connection changes, or where a word that matched nothing gets the one meaning
    /// that it can have. What it opens and closes is computed and shown.
    #[arg(long, conflicts_with_all = ["write_baseline", "no_suppressions"])]
    fix: bool,
    /// With --fix or --diff: the other fixes too, which open or close connections
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what the fixes would change as a diff, and write nothing
    #[arg(long, conflicts_with_all = ["write_baseline", "no_suppressions", "statistics"])]
    pub(super) diff: bool,
}

/// Reads and judges files.
type Lint<'l> = &'l dyn Fn(Discovery, &Options) -> Result<Run, Exit>;

impl FixArgs {
    /// Whether fixes are asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.fix || self.diff
    }

    /// Refuses what cannot be fixed, and tells so.
    pub(super) fn check(&self, paths: &[PathBuf], options: &Options, terminal: &Terminal) -> Result<(), Exit> {
        let (problem, advice) = if !self.is_asked() {
            if !self.unsafe_fixes {
                return Ok(());
            }
            (
                "`--unsafe-fixes` says which fixes, not what to do with them",
                "write `--fix --unsafe-fixes`, or `--diff --unsafe-fixes`",
            )
        } else if paths.iter().any(|path| path == Path::new("-")) {
            ("fixes change files, and standard input is not one", "name the files or directories that it comes from")
        } else if options.render {
            (
                "fixes change sources, not what kustomize and Helm render from them",
                "run without `--render` and `render: true`; for charts, change the templates that the findings point to",
            )
        } else {
            return Ok(());
        };
        terminal.error(problem, Some(advice));
        Err(Exit::Usage)
    }
}

/// What came of the fixes.
pub(super) struct Fixes {
    outcome: repairs::Repairs,
    /// Whether some files could not be written.
    is_incomplete: bool,
}

/// Finds fixes that hold and, unless a diff is asked for, writes them. Returns what the files are then.
pub(super) fn run(
    args: &FixArgs,
    inputs: &Inputs,
    choice: &Choice,
    lint: Lint<'_>,
    terminal: &Terminal,
) -> Result<(Run, Fixes), Exit> {
    let Inputs { tree, paths, files: Discovery { excludes, boundary, .. }, options } = inputs;
    let stopped = Cell::new(None);
    let judge = |tree| {
        let mut files = discover(&tree, paths, excludes, boundary);
        let mut options = options.clone();
        if let Some(name) = options.config.name().map(str::to_owned) {
            leave_out(&mut files, Path::new(&name));
            // It may be one of the files that fixes change.
            if let Ok(mut config) = config::read(&*tree, Path::new(&name)) {
                config.choose(choice.clone());
                options.config = Arc::new(config);
            }
        }
        lint(files, &options).unwrap_or_else(|exit| {
            stopped.set(Some(exit));
            Run::new(Vec::new(), Vec::new(), false)
        })
    };
    let Outcome { mut run, mut applied, refused, left, files, endless } =
        repair::repair(tree, &judge, args.unsafe_fixes);
    if let Some(exit) = stopped.get() {
        return Err(exit);
    }
    if let Some(rule) = endless {
        let advice = format!("nothing was written; leave the rule out with `--ignore {rule}`, and report it as a bug");
        terminal.error(&format!("the fixes of `{rule}` do not come to an end"), Some(&advice));
        return Err(Exit::Usage);
    }
    let mut failed = Vec::new();
    if !args.diff {
        let around = Boundary::around(&**tree, paths.iter().map(PathBuf::as_path));
        for file in &files {
            if !is_inside(&**tree, &around, &file.path) {
                let message = format!("`{}` is outside the git repository, and is left as it is", file.name);
                terminal.error(&message, Some("name its path on the command line to fix it"));
                failed.push(file.name.clone());
            } else if let Err(error) = rewrite(file) {
                terminal.error(&error.to_string(), Some(&error.advice()));
                failed.push(file.name.clone());
            }
        }
    }
    if !failed.is_empty() {
        applied.retain(|applied| !applied.files.iter().any(|file| failed.contains(file)));
        run = judge(tree.clone());
    }
    let outcome = repairs::Repairs { applied, refused, left, files };
    Ok((run, Fixes { outcome, is_incomplete: !failed.is_empty() }))
}

/// Whether a path is inside the repository, links followed.
pub(super) fn is_inside(tree: &dyn FileTree, around: &Boundary, path: &Path) -> bool {
    tree.real_path(path).is_ok_and(|real| around.holds(&real))
}

impl Fixes {
    /// Whether some files could not be written.
    pub(super) fn are_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// Lists the fixes: on standard output where a report for people goes there.
    pub(super) fn show(&self, is_for_people: bool, terminal: &Terminal) -> Result<(), OutputError> {
        if terminal.quiet {
            return Ok(());
        }
        let text = repairs::list(&self.outcome);
        if !is_for_people {
            text.lines().for_each(|line| terminal.say(line));
            return Ok(());
        }
        output::to_stdout(|out| out.write_all(text.as_bytes()))
    }

    /// Counts them.
    pub(super) fn sum_up(&self, is_for_people: bool, terminal: &Terminal) -> Result<(), OutputError> {
        let Some(line) = self.summary().filter(|_| !terminal.quiet) else { return Ok(()) };
        if !is_for_people {
            terminal.say(&line);
            return Ok(());
        }
        output::to_stdout(|out| writeln!(out, "{line}"))
    }

    /// `3 fixed, 2 more to try with --unsafe-fixes`.
    fn summary(&self) -> Option<String> {
        let repairs::Repairs { applied, left, .. } = &self.outcome;
        match (applied.len(), left) {
            (0, 0) => None,
            (fixed, 0) => Some(format!("{fixed} fixed")),
            (fixed, left) => Some(format!("{fixed} fixed, {left} more to try with `--unsafe-fixes`")),
        }
    }

    /// Writes the diff.
    pub(super) fn show_diff(&self, terminal: &Terminal) -> Exit {
        let diff = repairs::diff(&self.outcome, terminal.is_terminal);
        // A line of a manifest that would command the runner of a job is no line of a patch anymore.
        let written = output::to_stdout(|out| job_log::write(out, |out| out.write_all(diff.as_bytes())));
        if written.is_err() {
            return terminal.finish(written);
        }
        let number = self.outcome.applied.len();
        if !terminal.quiet {
            let more = match self.outcome.left {
                0 => String::new(),
                left => format!(", {left} more to try with `--unsafe-fixes`"),
            };
            let fixes = if number == 1 { "1 fix".to_owned() } else { format!("{number} fixes") };
            terminal.say(&format!("{fixes} in {}{more}", count(self.outcome.files.len(), "file")));
        }
        if self.outcome.files.is_empty() { Exit::Clean } else { Exit::Findings }
    }
}
