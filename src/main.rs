//! The `netlint` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    netlint::cli::run(std::env::args_os()).into()
}
