//! What netlint reports for the manifests of real projects, each finding argued in a table of `tests/it/corpora/`.
//!
//! The manifests are not part of netlint. `NETLINT_CORPORA` names a directory with one folder for each project.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// File, object, severity and rule of a finding.
type Entry = [String; 4];

/// The rows of a table, each entry with the reason why it is right.
fn expected(table: &str) -> Vec<(Entry, String)> {
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    let entries = cells.map(|cells| match <[String; 5]>::try_from(cells) {
        Ok([file, object, severity, rule, reason]) => ([file, object, severity, rule], reason),
        Err(cells) => panic!("not five cells: {cells:?}"),
    });
    entries.collect()
}

/// What the real binary finds in a folder.
fn found(folder: &Path) -> Vec<Entry> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    let output = command.args(["--isolated", "--format", "json"]).current_dir(folder).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let findings = report.pointer("/findings").and_then(Value::as_array).unwrap().iter().map(|finding| {
        let text = |field| finding.pointer(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let object = format!("{} {}", text("/subject/kind"), text("/subject/name"));
        [text("/primary/path"), object, text("/severity"), text("/rule")]
    });
    let mut findings: Vec<Entry> = findings.collect();
    findings.sort();
    findings
}

#[test]
fn real_projects_have_exactly_the_findings_that_are_argued() {
    let Some(corpora) = std::env::var_os("NETLINT_CORPORA") else {
        eprintln!("skipped: NETLINT_CORPORA names no directory with the manifests of real projects");
        return;
    };
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/corpora");
    let mut compared = 0;
    for entry in fs::read_dir(&corpora).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let name = folder.file_name().unwrap().to_str().unwrap();
        let table = fs::read_to_string(tables.join(format!("{name}.md"))).unwrap();
        let argued = expected(&table);
        for (entry, reason) in &argued {
            assert!(!reason.is_empty(), "{name}: {entry:?} is not argued");
        }
        let mut expected: Vec<Entry> = argued.into_iter().map(|(entry, _)| entry).collect();
        expected.sort();
        let found = found(&folder);
        let rows =
            |entries: &[Entry]| entries.iter().map(|it| format!("| {} | … |\n", it.join(" | "))).collect::<String>();
        assert_eq!(rows(&found), rows(&expected), "{name}: left is found, right is argued");
        compared += 1;
    }
    assert_eq!(compared, fs::read_dir(tables).unwrap().count(), "as many folders as tables");
}
