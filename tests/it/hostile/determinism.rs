//! The same tree gives the same bytes, whatever the order of its directories and the number of threads.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::estate::{Shape, generate};

const FORMATS: [&str; 9] = ["human", "plain", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"];
const CONNECTIONS: [&str; 6] = ["text", "json", "csv", "markdown", "dot", "mermaid"];

/// Writes the files in some order, which is that of their directories' entries on many file systems.
fn write(directory: &Path, files: impl Iterator<Item = crate::estate::File>) {
    for file in files {
        let path = directory.join(file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.text).unwrap();
    }
}

fn output(directory: &Path, threads: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    command.args(arguments).current_dir(directory).env("RAYON_NUM_THREADS", threads).env("COLUMNS", "100");
    let output = command.stdin(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn order_and_threads_change_nothing() {
    let mistakes = Shape { forgotten_dns: 2, open_database: 3, typo: 4, ..Shape::default() };
    let files = generate(&Shape { namespaces: 12, workloads: 6, irrelevant: 20, file_per_workload: true, ..mistakes });
    let [forward, backward] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    write(forward.path(), files.iter().cloned());
    write(backward.path(), files.iter().rev().cloned());
    let lint = FORMATS.map(|format| vec!["check", "--isolated", "--format", format]);
    let connections = CONNECTIONS.map(|format| vec!["connections", "--isolated", "--format", format]);
    for arguments in lint.into_iter().chain(connections) {
        let here = |directory: &Path, threads: &str, paths: &[&str]| {
            output(directory, threads, &[arguments.as_slice(), paths].concat())
        };
        let expected = here(forward.path(), "1", &["."]);
        assert!(expected.1.len() > 1_000, "{arguments:?} says nothing: {}", expected.1);
        for (directory, threads) in [(&forward, "7"), (&backward, "1"), (&backward, "7"), (&forward, "2")] {
            assert!(here(directory.path(), threads, &["."]) == expected, "{arguments:?} with {threads} threads");
        }
        let mut paths: Vec<String> =
            fs::read_dir(forward.path()).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        paths.sort_by(|left, right| right.cmp(left));
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        assert!(here(forward.path(), "3", &paths) == expected, "{arguments:?} with paths in another order");
    }
}
