//! The documents: every page, every command of README, and the demo.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

mod advice;
mod english;
mod fixes;
mod library;
mod readme;
mod rules;
mod secure_app;

/// Several tests write parts of README.
static WRITING: Mutex<()> = Mutex::new(());

/// Asserts that a file is what `generate` makes of it, or makes it so where `NETLINT_REWRITE` is set.
fn assert_generated(file: &str, generate: impl FnOnce(&str) -> String) {
    let _one_at_a_time = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(&path).unwrap();
    let generated = generate(&text);
    if env::var_os("NETLINT_REWRITE").is_some() {
        fs::write(&path, generated).unwrap();
    } else {
        assert!(text == generated, "`NETLINT_REWRITE=1 cargo test --test it docs` rewrites {file} to:\n{generated}");
    }
}
