//! `netlint connections` and `netlint query`, through the real binary on the demo.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Output, Stdio};

use assert_cmd::Command;

/// netlint in `testdata`, at 80 columns.
fn netlint(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    command.current_dir(testdata).args(args).env("COLUMNS", "80").env("NO_COLOR", "1");
    command.env("LANG", "C.UTF-8").env("LC_ALL", "C.UTF-8");
    command
}

/// Exit status, standard output and standard error, for review.
pub(super) fn run(args: &[&str]) -> String {
    let Output { status, stdout, stderr } = netlint(args).output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    let version = format!("\"netlint\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let out = out.replace(&version, "\"netlint\":\"VERSION\"");
    let separator = if err.is_empty() { "" } else { "--- stderr\n" };
    format!("netlint {}\nexit status: {}\n{out}{separator}{err}", args.join(" "), status.code().unwrap())
}

#[test]
fn the_demo_in_every_format() {
    for format in ["text", "json", "csv", "markdown", "dot", "mermaid"] {
        for application in ["secure-app", "secure-app-fixed"] {
            let name = format!("{application}_{format}");
            insta::assert_snapshot!(name, run(&["connections", "--format", format, application]));
        }
    }
}

#[test]
fn connections_from_and_to_what_is_asked_for() {
    let app = "secure-app-fixed";
    insta::assert_snapshot!(run(&["connections", "--from", "frontend", app]), @"
    netlint connections --from frontend secure-app-fixed
    exit status: 0
    frontend -> backend  TCP 80

    1 connection (3 workloads, 7 policies)
    ");
    insta::assert_snapshot!(run(&["connections", "--to", "203.0.113.0/25:443", "-q", app]), @"
    netlint connections --to 203.0.113.0/25:443 -q secure-app-fixed
    exit status: 0
    backend -> 203.0.113.0/25  TCP 443
    ");
    insta::assert_snapshot!(run(&["connections", "--from", "internet", app]), @"
    netlint connections --from internet secure-app-fixed
    exit status: 0
    no connection is permitted (3 workloads, 7 policies)
    ");
    insta::assert_snapshot!(run(&["connections", "--to", "databse", app]), @"
    netlint connections --to databse secure-app-fixed
    exit status: 2
    --- stderr
    error: no workload, Service or Ingress of the input is `databse`
      help: did you mean `database`?
    ");
}

#[test]
fn the_tutorials_three_expectations_and_what_is_true() {
    for application in ["secure-app", "secure-app-fixed"] {
        for (from, to) in [("frontend", "backend:80"), ("frontend", "database:5432"), ("backend", "database:5432")] {
            let name = format!("{application}_{from}_{}", to.replace(':', "_"));
            insta::assert_snapshot!(name, run(&["query", from, to, application]));
        }
    }
}

#[test]
fn verdicts_are_exit_statuses() {
    let app = "secure-app-fixed";
    for (from, to, expected) in [
        ("frontend", "backend:80", 0),
        ("app=frontend", "secure-app/app=backend:80", 0),
        ("frontend", "backend", 0),
        ("pod/backend", "secure-app/Pod/database:5432/tcp", 0),
        ("backend", "203.0.113.7:443", 0),
        ("frontend", "kube-dns:53/UDP", 0),
        ("frontend", "database:5432", 1),
        ("backend", "192.0.2.1:443", 1),
        ("backend", "[2001:db8::1]:443", 1),
        ("internet", "frontend:80", 1),
        ("*", "database:5432", 1),
        ("frontend", "backend:99999", 2),
        ("frontend:80", "backend", 2),
        ("internet", "10.0.0.1", 2),
    ] {
        let status = netlint(&["query", from, to, app]).output().unwrap().status;
        assert_eq!(status.code(), Some(expected), "{from} {to}");
    }
}

#[test]
fn answers_in_other_forms() {
    insta::assert_snapshot!("query_json", run(&["query", "frontend", "backend:80", "--format", "json", "secure-app"]));
    insta::assert_snapshot!("query_pairs", run(&["query", "*", "*", "secure-app-fixed"]));
    insta::assert_snapshot!("query_address", run(&["query", "backend", "203.0.113.7:443", "secure-app-fixed"]));
    insta::assert_snapshot!("query_help", run(&["query", "--help"]));
}

#[test]
fn what_is_not_there_is_said_with_what_to_type() {
    let app = "secure-app";
    for (from, to) in [
        ("fronted", "backend:80"),
        ("frontend", "secure-ap/backend"),
        ("app=fronted", "backend"),
        ("payments", "backend"),
    ] {
        insta::assert_snapshot!(
            format!("unknown_{}", from.replace('=', "_") + "_" + &to.replace([':', '/'], "_")),
            run(&["query", from, to, app])
        );
    }
}

const SERVICES: &str = "\
apiVersion: v1
kind: Service
metadata: {name: legacy, namespace: secure-app}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: store, namespace: secure-app}
spec: {selector: {app: database}, ports: [{port: 80, targetPort: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: stale, namespace: secure-app}
spec: {selector: {app: databse}, ports: [{port: 80}]}
";

#[test]
fn a_service_leads_to_its_pods_or_says_why_not() {
    let root = tempfile::tempdir().unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/secure-app-fixed");
    for entry in fs::read_dir(demo).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, root.path().join(path.file_name().unwrap())).unwrap();
    }
    fs::write(root.path().join("services.yaml"), SERVICES).unwrap();
    let query = |to: &str| {
        let output = netlint(&["query", "backend", to]).current_dir(root.path()).output().unwrap();
        let shown = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let lines = shown
            .lines()
            .filter(|line| ["allowed:", "denied:", "note:", "error:", "  help:"].iter().any(|it| line.starts_with(it)));
        format!("{}: {}", output.status.code().unwrap(), lines.collect::<Vec<_>>().join("\n"))
    };
    insta::assert_snapshot!(["store:80", "store", "store:5432", "legacy:80", "stale:80"].map(query).join("\n"), @"
    0: allowed: backend -> database on TCP 5432
    note: policies see the target port: `store:80` leads to TCP 5432 of the pods
    0: allowed: backend -> database on TCP 5432
    2: error: Service `store` does not have the port of `store:5432`
      help: its ports are `80/TCP`
    2: error: Service `legacy` has no selector, so it leads to no pod of the input
      help: name the workload, or the address that its endpoints have
    2: error: Service `stale` selects no workload of the input
      help: make its `selector` equal the labels of a pod template, or name the workload
    ");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let root = tempfile::tempdir().unwrap();
    let pod = |index: usize| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p{index}}}, spec: {{containers: [{{name: c}}]}}}}\n"
        )
    };
    fs::write(root.path().join("pods.yaml"), (0..400).map(pod).collect::<String>()).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_netlint"))
        .current_dir(root.path())
        .args(["connections", "--format", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 16];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn threads_change_nothing() {
    let of = |threads: &str| {
        netlint(&["connections", "--format", "json", "recipes/multiple-selectors"])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap()
    };
    assert_eq!(of("1").stdout, of("4").stdout);
}

#[test]
fn lists_go_to_files_and_notes_to_whoever_has_room() {
    let root = tempfile::tempdir().unwrap();
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {hostNetwork: true, containers: [{name: c}]}}";
    fs::write(root.path().join("pod.yaml"), pod).unwrap();
    let args = ["connections", "--format", "json:out.json", "--format", "csv"];
    let output = netlint(&args).current_dir(root.path()).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(fs::read_to_string(root.path().join("out.json")).unwrap().contains("hostNetwork"));
    let output = netlint(&["connections", "--format", "csv"]).current_dir(root.path()).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("note: no policy applies"));
    let both =
        netlint(&["connections", "--format", "csv", "--format", "dot"]).current_dir(root.path()).output().unwrap();
    assert_eq!(both.status.code(), Some(2));
}
