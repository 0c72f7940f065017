//! Arrows go down: a module names only what is below it, and nothing goes in a circle.

mod arrows;
mod modules;
mod planted;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use arrows::{Arrow, arrows, circles, upward};
use modules::Modules;

/// The modules from ground to roof. Each may name those before it.
const LAYERS: &[&str] = &[
    "text",
    "yaml",
    "source",
    "edit",
    "file_tree",
    "net",
    "diagnostic",
    "objects",
    "catalogue",
    "schema",
    "policy",
    "discover",
    "kustomize",
    "manifest",
    "cluster",
    "reach",
    "endpoint",
    "config",
    "analysis",
    "facts",
    "connections",
    "query",
    "expect",
    "rules",
    "findings",
    "diff",
    "graph",
    "generate",
    "repair",
    "report",
    "library",
    "init",
    "cli",
];

/// The files of `src` by their paths there.
pub(crate) fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = walkdir::WalkDir::new(&root).into_iter().map(Result::unwrap);
    let sources = entries.filter(|entry| entry.path().extension().is_some_and(|it| it == "rs"));
    let read = sources.map(|entry| {
        let name = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        (name, fs::read_to_string(entry.path()).unwrap())
    });
    read.collect()
}

/// The words and marks of a file, without comments, texts and test code.
pub(crate) fn code(text: &str) -> Vec<String> {
    tokens::read(text).code.into_iter().map(|token| token.text).collect()
}

fn own_arrows() -> BTreeSet<Arrow> {
    arrows(&Modules::read(&files()))
}

#[test]
fn the_table_names_every_module() {
    let modules = Modules::read(&files());
    let declared: BTreeSet<&str> = modules.0.keys().filter(|it| it.len() == 1).map(|it| it[0].as_str()).collect();
    assert_eq!(LAYERS.iter().copied().collect::<BTreeSet<_>>(), declared);
}

#[test]
fn the_architecture_describes_the_modules_in_this_order() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    let headings = page.lines().filter_map(|line| line.strip_prefix("### "));
    let described: Vec<&str> =
        headings.flat_map(|names| names.split(", ")).map(|name| name.trim_matches('`')).collect();
    assert_eq!(described, LAYERS);
    assert_eq!(page.matches("\n*Invariant:* ").count(), page.matches("\n### ").count());
}

#[test]
fn arrows_go_down() {
    let upward = upward(&own_arrows(), LAYERS);
    assert!(upward.is_empty(), "these name what is above them:\n{}", upward.join("\n"));
}

#[test]
fn nothing_goes_in_a_circle() {
    let circles = circles(&own_arrows());
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}

#[test]
fn no_rule_names_another_rule() {
    let registry = tokens::read(&files()["catalogue/registry.rs"]).code;
    let entries = registry.windows(3).filter(|entry| entry[1].text == "::");
    let rules: BTreeSet<[&str; 3]> =
        entries.map(|entry| ["rules", entry[0].text.as_str(), entry[2].text.as_str()]).collect();
    assert!(rules.len() > 30, "{rules:?}");
    let rule =
        |path: &modules::Path| rules.iter().find(|rule| path.iter().zip(**rule).filter(|(a, b)| a == b).count() == 3);
    let arrows = own_arrows();
    let wrong =
        arrows.iter().filter(|arrow| matches!((rule(&arrow.from), rule(&arrow.to)), (Some(a), Some(b)) if a != b));
    let wrong: Vec<String> = wrong.map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "rules that name other rules:\n{}", wrong.join("\n"));
}
