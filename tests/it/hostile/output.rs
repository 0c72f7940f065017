//! Where the report goes.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt, symlink};
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

/// A committed link would have its target overwritten with text that whoever committed it chose.
#[test]
fn a_link_is_replaced_and_not_followed() {
    let root = faulty();
    let path = root.path();
    fs::create_dir(path.join("home")).unwrap();
    fs::write(path.join("home/profile"), "mine").unwrap();
    for (name, arguments) in [
        ("out.json", &["--format", "json:out.json", "."][..]),
        ("known.json", &["--write-baseline", "known.json", "."]),
    ] {
        symlink("home/profile", path.join(name)).unwrap();
        assert_eq!(check(path, arguments).stderr.matches("error").count(), 0);
        assert!(path.join(name).symlink_metadata().unwrap().is_file(), "{name} is the report");
        assert!(fs::read_to_string(path.join(name)).unwrap().contains("missing-default-deny"));
        assert_eq!(fs::read_to_string(path.join("home/profile")).unwrap(), "mine");
    }
    // A link that leads nowhere creates nothing there.
    symlink("home/new", path.join("new.json")).unwrap();
    check(path, &["--format", "json:new.json", "."]);
    assert_eq!(names(&path.join("home")), ["profile"]);
    assert_eq!(names(path), ["a.yaml", "home", "known.json", "new.json", "out.json"], "nothing is left beside them");
}

#[test]
fn a_directory_that_leads_out_of_the_repository_is_not_written_to() {
    let root = tree(&[("repo/a.yaml", POD), ("home/kept", "")]);
    let repository = root.path().join("repo");
    fs::create_dir(repository.join(".git")).unwrap();
    symlink("../home", repository.join("reports")).unwrap();
    let run = check(&repository, &["--format", "json:reports/out.json", "."]);
    run.says(2, "its directory is a link that leads out of the repository");
    assert_eq!(names(&root.path().join("home")), ["kept"]);
    // Whoever names a directory outside means it.
    check(&repository, &["--format", "json:../home/out.json", "."]);
    assert_eq!(names(&root.path().join("home")), ["kept", "out.json"]);
}

#[test]
fn a_report_has_the_permissions_of_the_one_before_else_the_usual_ones() {
    let root = faulty();
    let mode = |name: &str| fs::metadata(root.path().join(name)).unwrap().permissions().mode() & 0o777;
    let write = || {
        let arguments = ["--format", "json:out.json", "."];
        Run::new(shell("umask 027; exec \"$0\" \"$@\"", root.path(), &arguments).output().unwrap())
    };
    write();
    assert_eq!(mode("out.json"), 0o640);
    fs::set_permissions(root.path().join("out.json"), fs::Permissions::from_mode(0o604)).unwrap();
    write();
    assert_eq!(mode("out.json"), 0o604);
}

#[test]
fn a_shell_may_give_a_pipe_for_a_file() {
    let root = faulty();
    if !Path::new("/dev/fd").exists() {
        return;
    }
    let script = "exec 3>&1; exec \"$0\" \"$@\" 2>&1";
    let run = Run::new(shell(script, root.path(), &["-q", "--format", "json:/dev/fd/3", "."]).output().unwrap());
    assert!(run.stdout.starts_with("{\"schemaVersion\""), "{}", run.stdout);
}

/// Whatever the names are, neither stream has a line that the runner of GitHub Actions reads as a command.
#[test]
fn no_stream_commands_a_runner() {
    let name = "'a\n\n    ::error file=x,title=forged::pwned ##[error]pwned'";
    let pod = POD.replace("name: web\n  namespace", &format!("name: {name}\n  namespace"));
    let root = tree(&[("##[error]a.yaml", &pod), (" ::error::b.yaml", "kind: [\n")]);
    for format in ["human", "plain", "concise", "json", "sarif", "gitlab", "junit", "markdown"] {
        let run = check(root.path(), &["--format", format, "."]);
        for line in run.stdout.lines().chain(run.stderr.lines()) {
            assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{format}: {line}");
        }
        assert!(run.stdout.contains("pwned"), "{format} shows the name: {}", run.stdout);
    }
    let missing = check(root.path(), &["##[error]missing", " ::error::missing"]);
    assert!(missing.stderr.contains(r"##\[error]missing") && !missing.stderr.contains("##["), "{}", missing.stderr);
    for arguments in [&["connections"][..], &["connections", "--format", "csv"], &["query", "*", "internet"]] {
        let output = crate::support::netlint(root.path(), arguments).output().unwrap();
        let run = Run::new(output);
        for line in run.stdout.lines().chain(run.stderr.lines()) {
            assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{arguments:?}: {line}");
        }
    }
}
