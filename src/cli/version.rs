//! `netlint --version --format json`: which program this is, for programs.

use std::ffi::OsString;

use serde::Serialize;

use super::{Exit, output};
use crate::text::json;

/// The program, in JSON.
#[derive(Serialize)]
struct Version {
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    netlint: &'static str,
    /// The commit that it was built from, where the build was told.
    commit: Option<&'static str>,
    /// The optional features of the crate that are in it.
    features: Vec<&'static str>,
}

/// Whether the arguments are `--version --format json`, in either order.
pub(super) fn is_asked_for(args: &[OsString]) -> bool {
    let words: Vec<&str> = args.iter().skip(1).filter_map(|word| word.to_str()).collect();
    let asks = words.iter().any(|word| ["--version", "-V"].contains(word));
    let in_json = words.contains(&"--format=json") || words.windows(2).any(|pair| pair == ["--format", "json"]);
    asks && in_json && words.len() == args.len().saturating_sub(1) && words.len() <= 3
}

/// Prints it.
pub(super) fn print() -> Exit {
    let version = Version {
        schema_version: 1,
        netlint: env!("CARGO_PKG_VERSION"),
        commit: option_env!("NETLINT_COMMIT"),
        features: if cfg!(feature = "internals") { vec!["cli", "internals"] } else { vec!["cli"] },
    };
    match output::to_stdout(|out| json::write(&version, out)) {
        Ok(()) | Err(output::OutputError::Closed) => Exit::Clean,
        Err(_) => Exit::Usage,
    }
}
