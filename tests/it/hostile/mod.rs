//! Untrusted input, through the real binary: bounded time and memory, a clear finding or error, and never a panic, a
//! hang or half a report.
//!
//! Sizes are those of an attack in release builds, and a tenth of them where the tests themselves are not optimised.

#![cfg(unix)]
mod content;
mod cost;
mod determinism;
mod files;
mod output;
mod outside;
mod threads;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A size, smaller where nothing is optimised.
const fn size(of_an_attack: usize) -> usize {
    if cfg!(debug_assertions) { of_an_attack / 10 } else { of_an_attack }
}

/// How a run ended.
struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    fn new(output: Output) -> Self {
        let run = Self {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!([0, 1, 2, 3].contains(&run.status), "{}\n{}", run.status, run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        run
    }

    /// Status and text, for a run that says something about it.
    #[track_caller]
    fn says(&self, status: i32, text: &str) {
        assert_eq!(self.status, status, "{}{}", self.stdout, self.stderr);
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "{text}\n{}{}", self.stdout, self.stderr);
    }
}

/// `netlint check` with these arguments, which may take a minute and 2 GiB of address space.
fn check(directory: &Path, arguments: &[impl AsRef<OsStr>]) -> Run {
    limited(directory, 2 << 20, Duration::from_secs(60), arguments)
}

fn limited(directory: &Path, kib: usize, at_most: Duration, arguments: &[impl AsRef<OsStr>]) -> Run {
    let start = Instant::now();
    let script = format!("ulimit -v {kib}; exec \"$0\" \"$@\"");
    let output = shell(&script, directory, arguments).output().unwrap();
    assert!(start.elapsed() < at_most, "took {:.1?}", start.elapsed());
    Run::new(output)
}

/// The program under a script of the shell, as `"$0" "$@"`.
fn shell(script: &str, directory: &Path, arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_netlint")).args(["check", "--isolated"]).args(arguments);
    command.current_dir(directory).stdin(Stdio::null()).env("COLUMNS", "80");
    command
}

/// `netlint check --format concise .` in a directory with these files.
fn check_files(files: &[(&str, &str)]) -> Run {
    let root = crate::support::tree(files);
    check(root.path(), &["--format", "concise", "."])
}

fn check_text(text: &str) -> Run {
    check_files(&[("a.yaml", text)])
}
