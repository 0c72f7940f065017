//! The `netlint` binary.

use std::process::ExitCode;

/// Most of a run's time would go to the system's allocator, where it is a slow one: musl's is.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    netlint::cli::run(std::env::args_os()).into()
}
