//! The repaired demo with a configuration, and with mistakes put into it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::netlint;

/// The repository, where the demo lies.
pub(crate) const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// In a file, the first `from` after the first `mark` becomes `to`.
pub(crate) struct Edit<'a> {
    pub(crate) file: &'a str,
    pub(crate) mark: &'a str,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
}

/// What is found in the repaired demo after these edits.
pub(crate) fn findings(config: &str, edits: &[Edit<'_>]) -> Vec<Value> {
    let root = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(Path::new(REPOSITORY).join("testdata/secure-app-fixed")).unwrap() {
        let entry = entry.unwrap();
        let mut text = fs::read_to_string(entry.path()).unwrap();
        for Edit { mark, from, to, .. } in edits.iter().filter(|edit| entry.file_name() == edit.file) {
            let start = text.find(mark).unwrap();
            let place = start + text[start..].find(from).unwrap();
            text.replace_range(place..place + from.len(), to);
        }
        fs::write(root.path().join(entry.file_name()), text).unwrap();
    }
    fs::write(root.path().join("netlint.yaml"), config).unwrap();
    let output = netlint(root.path(), &["--format", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["findings"].as_array().unwrap().clone()
}
