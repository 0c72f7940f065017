//! Turns of phrase that no native engineer uses, kept out of code, rules and documents.

use std::fs;
use std::path::Path;

/// What is not written, each with what to write instead.
const BANNED: &[(&str, &str)] = &[
    ("in vain", "has no effect"),
    ("speaks of", "is about"),
    ("speak of", "are about"),
    ("makes no sense", "is invalid"),
    ("hangs on", "depends on"),
    ("for want of", "for lack of, or say what is missing"),
    (" mended", "fixed"),
    (" mend ", "fix"),
    (" sought ", "selected, looked for"),
    ("admits nobody", "admits no source"),
    ("matches nobody", "matches no pod"),
    (" whom", "say which object is meant"),
    ("told from", "relative to, determined by"),
    ("told apart", "distinguished"),
    ("stands where", "expected a mapping, found a list"),
    ("is no port", "is not a valid port"),
    ("is no label", "is not a valid label"),
    ("policies add up", "NetworkPolicies are additive"),
    ("no regular file any more", "no longer a regular file"),
];

fn banned(text: &str) -> Vec<(usize, &'static str, &'static str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.to_lowercase()));
    lines
        .flat_map(|(number, line)| {
            let found = BANNED.iter().filter(move |(turn, _)| line.contains(turn));
            found.map(move |(turn, instead)| (number, *turn, *instead))
        })
        .collect()
}

#[test]
fn banned_turns_stay_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "rules", "docs", "README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"];
    let entries =
        folders.iter().flat_map(|folder| walkdir::WalkDir::new(root.join(folder)).into_iter().map(Result::unwrap));
    let texts = entries.filter(|entry| entry.path().extension().is_some_and(|it| it == "rs" || it == "md"));
    let (mut read, mut found) = (0, Vec::new());
    for entry in texts {
        read += 1;
        for (line, turn, instead) in banned(&fs::read_to_string(entry.path()).unwrap()) {
            found.push(format!("{}:{line}: {turn:?}; write: {instead}", entry.path().display()));
        }
    }
    assert!(read > 300, "only {read} files were read");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_banned_turn_is_found() {
    assert_eq!(banned("a\nIt Hangs On that\n"), [(2, "hangs on", "depends on")]);
    assert_eq!(banned("it depends on that, and what was sold apart"), []);
}
