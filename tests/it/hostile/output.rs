//! Where the report goes.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use super::{Run, check, shell};
use crate::support::{POD, tree};

/// What lies in a directory.
fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Many findings, so that a report is longer than any buffer on its way.
fn faulty() -> tempfile::TempDir {
    let pods: String = (0..600).map(|index| POD.replace("shop", &format!("shop-{index}")) + "---\n").collect();
    tree(&[("a.yaml", &pods)])
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let root = faulty();
    for format in ["human", "json", "concise"] {
        let arguments = ["--format", format, "."];
        let mut command = shell("exec \"$0\" \"$@\"", root.path(), &arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 100]).unwrap();
        drop(stdout);
        let run = Run::new(child.wait_with_output().unwrap());
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{format}");
    }
}

#[test]
fn a_closed_standard_output_is_survived() {
    let root = faulty();
    let run = Run::new(shell("exec \"$0\" \"$@\" >&-", root.path(), &["."]).output().unwrap());
    assert_eq!(run.stdout, "");
    let run = Run::new(shell("exec \"$0\" \"$@\" >&- 2>&- <&-", root.path(), &["."]).output().unwrap());
    assert_eq!(run.stdout, "");
}

#[test]
fn a_full_device_is_an_error() {
    let root = faulty();
    if !Path::new("/dev/full").exists() {
        return;
    }
    check(root.path(), &["--format", "sarif:/dev/full", "."]).says(2, "cannot write the report to `/dev/full`");
    let run = Run::new(shell("exec \"$0\" \"$@\" >/dev/full", root.path(), &["."]).output().unwrap());
    run.says(2, "cannot write to standard output");
    assert_eq!(names(root.path()), ["a.yaml"]);
}

/// A limit on the size of files stands for a full disk: the report is cut off in the middle.
#[test]
fn a_full_disk_leaves_the_old_report_and_nothing_beside_it() {
    let root = faulty();
    let full = |arguments: &[&str]| {
        Run::new(shell("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", root.path(), arguments).output().unwrap())
    };
    full(&["--format", "sarif:new.sarif", "."]).says(2, "cannot write the report to `new.sarif`");
    assert_eq!(names(root.path()), ["a.yaml"]);
    fs::write(root.path().join("old.sarif"), "old").unwrap();
    full(&["--format", "sarif:old.sarif", "."]).says(2, "cannot write the report to `old.sarif`");
    assert_eq!(names(root.path()), ["a.yaml", "old.sarif"]);
    assert_eq!(fs::read_to_string(root.path().join("old.sarif")).unwrap(), "old");
    check(root.path(), &["--format", "sarif:old.sarif", "."]).says(1, "");
    let report: serde_json::Value = serde_json::from_slice(&fs::read(root.path().join("old.sarif")).unwrap()).unwrap();
    assert!(report.get("runs").is_some());
}

#[test]
fn a_directory_that_nobody_may_write_to_is_an_error() {
    let root = faulty();
    check(root.path(), &["--format", "json:missing/out.json", "."]).says(2, "create its directory first");
    check(root.path(), &["--format", "json:.", "."]).says(2, "cannot write the report to `.`");
    assert_eq!(names(root.path()), ["a.yaml"]);
}
