//! What fixes change, as a unified diff that `git apply` and `patch -p1` take. Lines that start with `#` say what each
//! of them does; those programs pass over them.

use std::fmt::Write as _;

use similar::TextDiff;

use super::{Repairs, text};
use crate::text::escape;

/// The diff of all files. On a terminal, what could disturb it is replaced.
#[must_use]
pub fn diff(repairs: &Repairs, is_terminal: bool) -> String {
    let mut out = String::new();
    let explanations = repairs.applied.iter().flat_map(|applied| text::lines("", applied));
    let explanations = explanations.chain(repairs.refused.iter().map(text::not_fixed));
    for line in explanations {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "# {}", escape::line(&line));
    }
    for file in &repairs.files {
        let name = escape::line(&file.name);
        let diff = TextDiff::from_lines(&file.before, &file.after);
        let hunks = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
        out.push_str(&if is_terminal { escape::block(&hunks).into_owned() } else { hunks });
    }
    out
}
