//! Temporary trees of files and the real binary in them.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

pub(crate) mod lint;
pub(crate) mod manifests;
pub(crate) mod random;
mod tree;

pub(crate) use tree::{DENY_ALL, POD, tree};

/// netlint in a directory, at 80 columns, with nothing in the environment to colour it.
pub(crate) fn netlint(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    command.current_dir(directory).args(args).env("COLUMNS", "80");
    for variable in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// Exit status, standard output and standard error, for review.
pub(crate) fn shown(output: &Output) -> String {
    let status = output.status.code().map_or("none".to_owned(), |code| code.to_string());
    let mut shown = format!("exit status: {status}\n");
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            shown.push_str(&format!("--- {name}\n{}", String::from_utf8_lossy(bytes)));
        }
    }
    shown
}

pub(crate) fn run(directory: &Path, args: &[&str]) -> String {
    shown(&netlint(directory, args).output().unwrap())
}

pub(crate) fn status(directory: &Path, args: &[&str]) -> Option<i32> {
    netlint(directory, args).output().unwrap().status.code()
}
