//! The recipes: small clusters whose connections are known, compared with what the real binary prints.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

#[test]
fn every_recipe_has_exactly_the_connections_that_are_expected() {
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/recipes");
    let mut compared = 0;
    for entry in fs::read_dir(recipes).unwrap() {
        let recipe = entry.unwrap().path();
        let expected = fs::read_to_string(recipe.join("expected-connections.json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
        let args = ["connections", "--format", "json", "manifests.yaml"];
        let output = command.current_dir(&recipe).args(args).output().unwrap();
        assert!(output.status.success(), "{}: {}", recipe.display(), String::from_utf8_lossy(&output.stderr));
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        for field in ["schemaVersion", "workloads", "connections"] {
            assert_eq!(found.get(field), expected.get(field), "{field} of {}", recipe.display());
        }
        compared += 1;
    }
    assert!(compared >= 10, "{compared} recipes");
}
