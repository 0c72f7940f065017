//! The baseline, through the real binary.

use std::fs;

use crate::support::{DENY_ALL, POD, run, status, tree};

fn concise(root: &std::path::Path, args: &[&str]) -> String {
    run(root, &[&["--format", "concise"], args].concat())
}

#[test]
fn only_what_is_new_is_reported() {
    let root = tree(&[("k8s/pod.yaml", POD), ("k8s/mall.yaml", &POD.replace("shop", "mall"))]);
    assert_eq!(status(root.path(), &["k8s"]), Some(1));
    insta::assert_snapshot!("written", run(root.path(), &["k8s", "--write-baseline", "known.json"]));
    insta::assert_snapshot!("file", fs::read_to_string(root.path().join("known.json")).unwrap());
    insta::assert_snapshot!("known", run(root.path(), &["k8s", "--baseline", "known.json"]));
    // The same mistakes in another namespace are new.
    fs::write(root.path().join("k8s/new.yaml"), POD.replace("shop", "other")).unwrap();
    let shown = concise(root.path(), &["k8s", "--baseline", "known.json"]);
    assert!(shown.starts_with("exit status: 1\n"), "{shown}");
    assert!(shown.contains("`other`") && !shown.contains("`shop`"), "{shown}");
    // So they are once the old ones move.
    fs::create_dir(root.path().join("k8s/team")).unwrap();
    fs::rename(root.path().join("k8s/pod.yaml"), root.path().join("k8s/team/web.yaml")).unwrap();
    assert_eq!(concise(root.path(), &["k8s", "--baseline", "known.json"]), shown);
    // Whoever wants to see everything can.
    assert!(concise(root.path(), &["k8s", "--no-suppressions"]).contains("`shop`"));
}

#[test]
fn stale_entries_are_told_and_dropped() {
    let in_mall = |text: &str| text.replace("shop", "mall");
    let root = tree(&[
        ("netlint.yaml", "baseline: ci/known.json\n"),
        ("k8s/pod.yaml", POD),
        ("k8s/mall.yaml", &in_mall(POD)),
        ("ci/readme", ""),
    ]);
    assert_eq!(status(root.path(), &["k8s", "--write-baseline", "ci/known.json"]), Some(0));
    // Told from the configuration, wherever netlint runs.
    assert_eq!(status(&root.path().join("k8s"), &["."]), Some(0));
    assert_eq!(status(root.path(), &["--no-suppressions"]), Some(1));
    fs::write(root.path().join("k8s/deny.yaml"), format!("{DENY_ALL}---\n{}", in_mall(DENY_ALL))).unwrap();
    insta::assert_snapshot!("stale", run(root.path(), &[]));
    // What a part of the manifests does not show may still be there.
    assert!(!run(root.path(), &["k8s/deny.yaml"]).contains("stale"));
    insta::assert_snapshot!("dropped", run(root.path(), &["--write-baseline", "ci/known.json"]));
    assert_eq!(fs::read_to_string(root.path().join("ci/known.json")).unwrap().lines().count(), 2);
    assert!(!run(root.path(), &[]).contains("stale"));
}

#[test]
fn rules_that_do_not_run_keep_their_entries() {
    let open = DENY_ALL.replace("shop", "mall") + "  egress:\n  - {to: [{ipBlock: {cidr: 0.0.0.0/0}}]}\n";
    let root = tree(&[("pod.yaml", POD), ("open.yaml", &open)]);
    assert_eq!(status(root.path(), &["--write-baseline", "known.json", "."]), Some(0));
    let all = fs::read_to_string(root.path().join("known.json")).unwrap();
    let one = ["--select", "missing-default-deny", "."];
    let shown = run(root.path(), &[&["--baseline", "known.json"], &one[..]].concat());
    assert!(shown.starts_with("exit status: 0\n") && !shown.contains("stale"), "{shown}");
    assert_eq!(status(root.path(), &[&["--write-baseline", "known.json"], &one[..]].concat()), Some(0));
    assert_eq!(fs::read_to_string(root.path().join("known.json")).unwrap(), all);
    assert!(all.contains("unrestricted-egress"), "{all}");
}

#[test]
fn several_findings_that_are_alike_are_several() {
    let rule = "  - {to: [{ipBlock: {cidr: 0.0.0.0/0}}]}\n";
    let with = |rules: usize| DENY_ALL.to_owned() + "  egress:\n" + &rule.repeat(rules);
    let root = tree(&[("a.yaml", &with(2))]);
    assert_eq!(status(root.path(), &["--write-baseline", "known.json", "."]), Some(0));
    fs::write(root.path().join("a.yaml"), with(3)).unwrap();
    let shown = concise(root.path(), &["-q", "--select", "unrestricted-egress", "--baseline", "known.json", "."]);
    assert_eq!(shown.matches("[unrestricted-egress]").count(), 1, "{shown}");
    fs::write(root.path().join("a.yaml"), with(1)).unwrap();
    assert!(run(root.path(), &["--baseline", "known.json", "."]).contains("are stale"));
}

#[test]
fn nothing_is_left_half_written() {
    let root = tree(&[("k8s/pod.yaml", POD), ("known.json", "not yet"), ("dir/known", "")]);
    let written = |args: &[&str]| run(root.path(), &[&["k8s", "-q"], args].concat());
    insta::assert_snapshot!(
        "not-written",
        [
            written(&["--write-baseline", "missing/known.json"]),
            written(&["--write-baseline", "dir"]),
            written(&["missing", "--write-baseline", "known.json"]),
        ]
        .join("\n")
    );
    assert_eq!(fs::read_to_string(root.path().join("known.json")).unwrap(), "not yet");
    assert!(written(&["--write-baseline", "known.json"]).starts_with("exit status: 0\n"));
    let mut names: Vec<_> = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["dir", "k8s", "known.json"]);
}

#[test]
fn what_is_no_baseline_is_told() {
    let root = tree(&[
        ("pod.yaml", POD),
        ("text", "hello"),
        ("shape", "{\"schemaVersion\":1}"),
        ("version", "{\"schemaVersion\":2,\"findings\":[]}"),
    ]);
    let with = |file: &str| run(root.path(), &["--baseline", file, "."]);
    insta::assert_snapshot!("no-baseline", ["missing", ".", "text", "shape", "version"].map(with).join("\n"));
}
