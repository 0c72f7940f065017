//! The JSON Schema of netlint.yaml, held against what netlint itself reads.

use std::fs;
use std::path::Path;

use netlint::config::{Base, Config, SCHEMA_URL, schema};
use netlint::yaml;
use serde_json::Value;

use super::demo::REPOSITORY;
use super::files::MISTAKES;

/// Whether an editor that knows the schema takes the text.
pub(crate) fn is_valid(text: &str) -> bool {
    let chunk = *yaml::split(text).first().unwrap();
    let Ok(document) = yaml::parse(text, chunk) else { return false };
    // A file of comments has nothing that an editor could check.
    let Some(root) = document.root() else { return true };
    let value: Value = yaml::from_node(root).unwrap();
    let validator = jsonschema::draft7::options().build(&schema()).unwrap();
    validator.is_valid(&value)
}

fn is_read(text: &str) -> bool {
    Config::parse("netlint.yaml", text, Base::default()).is_ok()
}

/// A file of the repository.
fn file(name: &str) -> String {
    fs::read_to_string(Path::new(REPOSITORY).join(name)).unwrap()
}

#[test]
fn the_schema_is_one() {
    assert!(jsonschema::draft7::meta::is_valid(&schema()));
}

#[test]
fn examples_are_valid_and_show_every_key() {
    let example = file("docs/netlint.yaml");
    assert!(example.starts_with(&format!("# yaml-language-server: $schema={SCHEMA_URL}\n")));
    for text in [&example, &file("testdata/expectations/netlint.yaml")] {
        assert!(is_valid(text) && is_read(text), "{text}");
    }
    let schema = schema();
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(example.contains(&format!("\n{key}:")), "docs/netlint.yaml does not show `{key}`");
    }
    let page = file("docs/configuration.md");
    let blocks = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let configurations: Vec<&str> = blocks
        .filter(|block| !block.starts_with([' ', '\n']) && !block.starts_with("# yaml") && !block.contains("metadata"))
        .collect();
    assert!(configurations.len() >= 4);
    for block in configurations {
        assert!(is_valid(block) && is_read(block), "{block}");
    }
}

#[test]
fn what_netlint_reads_is_valid() {
    for text in [
        "rules:\ntiers:\nexpect:\nignore:\nnamespace:\ncluster:\n",
        "rules: {one-sided-allow: off, unrestricted-egress: \"off\", missing-default-deny: note}\n",
        "expect: [{from: a, to: b, allow: false}, {to: c, only: []}]\n",
        "tiers: {a: {match: [{kind: Pod}]}}\n",
    ] {
        assert!(is_read(text) && is_valid(text), "{text}");
    }
}

/// Mistakes that only netlint can see: in texts within the values, and in what values say of one another.
const BEYOND_A_SCHEMA: [&str; 11] = [
    "a key that is written twice",
    "two documents",
    "empty paths",
    "a broken glob",
    "what is no block",
    "what no label can be",
    "an unknown tier",
    "a broken glob of a tier",
    "what is not an endpoint",
    "what is no resource",
    "an empty baseline",
];

#[test]
fn mistakes_in_the_shape_are_invalid() {
    for (what, text) in MISTAKES.iter().filter(|(what, _)| !BEYOND_A_SCHEMA.contains(what)) {
        assert!(!is_valid(text), "{what}: {text}");
    }
}
