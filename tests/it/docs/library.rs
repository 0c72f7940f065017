//! What programs may use of the library, without the feature `internals`.

use std::fs;

/// Every public item of a file, in order, with what can be seen of it on its first line.
fn public_items(file: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("pub ") && !line.starts_with("pub mod $"));
    lines.map(|line| line.trim_end_matches(" {").to_owned()).collect()
}

#[test]
fn the_root_gives_the_facade_and_hides_the_rest() {
    let root = public_items("src/lib.rs");
    insta::assert_snapshot!(root.join("\n"), @r"
    pub mod cli;
    pub use library::{Confidence, Configuration, Connection, Error, Finding, Manifests, Place, Severity, Verdict};
    ");
}

#[test]
fn the_public_interface_is_reviewed() {
    insta::assert_snapshot!(public_items("src/library.rs").join("\n"));
}
