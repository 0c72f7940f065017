//! The command line: directories, revisions, and the work tree.

#![cfg(unix)]

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::file_trees::repository::{Repository, git};
use crate::support::{DENY_ALL, POD, netlint, run, status, tree};

fn json(directory: &Path, args: &[&str]) -> Value {
    let output = netlint(directory, &[&["diff", "--format", "json"], args].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn lost(value: &Value) -> usize {
    value["isolation"].as_array().unwrap().iter().filter(|it| it["change"] == "lost").count()
}

/// A pod under a default deny in the first commit.
fn repository() -> Repository {
    Repository::new(&[("k8s/pod.yaml", POD), ("k8s/deny.yaml", DENY_ALL)])
}

#[test]
fn without_arguments_the_work_tree_is_compared_with_the_last_commit() {
    let repository = repository();
    assert!(run(&repository.root(), &["diff"]).contains("no connection and no finding changes"));
    fs::remove_file(repository.root().join("k8s/deny.yaml")).unwrap();
    let value = json(&repository.root(), &[]);
    assert_eq!((&value["base"]["ref"], &value["head"]["ref"]), (&Value::from("HEAD"), &Value::Null));
    assert_eq!(lost(&value), 2);
    repository.git(&["add", "--all"]);
    assert_eq!(json(&repository.root(), &[]), value, "staged or not");
    repository.write("k8s/new.yaml", DENY_ALL);
    assert_eq!(lost(&json(&repository.root(), &[])), 0, "untracked files count");
}

#[test]
fn revisions_and_directories_say_the_same() {
    let repository = repository();
    repository.git(&["tag", "old"]);
    fs::remove_file(repository.root().join("k8s/deny.yaml")).unwrap();
    repository.commit();
    let expected = json(&repository.root(), &["old"])["changes"].clone();
    assert!(!expected.as_array().unwrap().is_empty());
    for args in [&["old", "main"][..], &["--base", "old"], &["--base", "old", "main"], &["old", "--", "k8s"]] {
        assert_eq!(json(&repository.root(), args)["changes"], expected, "{args:?}");
    }
    let (old, new) = (tree(&[("pod.yaml", POD), ("deny.yaml", DENY_ALL)]), tree(&[("pod.yaml", POD)]));
    let [old, new] = [old.path(), new.path()].map(|it| it.to_str().unwrap());
    let of_directories = json(&repository.root(), &[old, new]);
    assert_eq!(of_directories["changes"].as_array().unwrap().len(), expected.as_array().unwrap().len());
    assert_eq!(of_directories["changes"][0]["causes"][0]["path"], "deny.yaml", "relative to the directory");
}

#[test]
fn files_may_be_renamed_and_reordered() {
    let repository = repository();
    repository.git(&["mv", "k8s/deny.yaml", "k8s/a.yaml"]);
    repository.git(&["mv", "k8s/pod.yaml", "web.yaml"]);
    let value = json(&repository.root(), &[]);
    assert_eq!((&value["changes"], &value["findings"]["new"]), (&Value::Array(vec![]), &Value::Array(vec![])));
}

#[test]
fn a_subdirectory_sees_its_own_files() {
    let repository = repository();
    repository.write("other/pod.yaml", &POD.replace("shop", "other"));
    assert!(run(&repository.root().join("k8s"), &["diff"]).contains("no connection"));
    assert_eq!(json(&repository.root(), &[])["workloads"]["added"][0]["namespace"], "other");
}

#[test]
fn what_is_ambiguous_or_unknown_is_an_error_with_advice() {
    let repository = repository();
    repository.git(&["branch", "k8s"]);
    let shown = run(&repository.root(), &["diff", "k8s"]);
    assert!(shown.starts_with("exit status: 2\n") && shown.contains("`k8s` is both a directory and a revision"));
    assert!(shown.contains("write `./k8s` for the directory, or `--base k8s` for the revision"), "{shown}");
    assert_eq!(status(&repository.root(), &["diff", "./k8s"]), Some(0));
    assert_eq!(status(&repository.root(), &["diff", "--base", "k8s"]), Some(0));
    for (args, words) in [
        (&["diff", "--base=--help"][..], "`--help` is not a valid revision"),
        (&["diff", "no-such-branch"], "the revision `no-such-branch` does not exist in this repository"),
        (&["diff", "k8s/pod.yaml"], "paths come after `--`"),
        (&["diff", "main", "main", "main"], "two states are compared, and more are named"),
        (&["diff", "--base", "main", "main", "main"], "two states are compared, and more are named"),
    ] {
        let shown = run(&repository.root(), args);
        assert!(shown.starts_with("exit status: 2\n") && shown.contains(words), "{args:?}: {shown}");
    }
}

#[test]
fn a_shallow_clone_says_how_to_fetch_more() {
    let repository = repository();
    repository.commit();
    let (_directory, clone) = repository.clone(&["--depth=1"]);
    let shown = run(&clone, &["diff", "HEAD~1"]);
    assert!(shown.contains("does not exist in this shallow clone") && shown.contains("fetch-depth: 0"), "{shown}");
}

#[test]
fn a_bare_repository_needs_both_states() {
    let repository = repository();
    let (_directory, clone) = repository.clone(&["--bare"]);
    let shown = run(&clone, &["diff", "main"]);
    assert!(shown.starts_with("exit status: 2\n") && shown.contains("name both revisions"), "{shown}");
    assert_eq!(status(&clone, &["diff", "main", "main"]), Some(0));
}

#[test]
fn linked_work_trees_are_work_trees() {
    let repository = repository();
    let directory = tempfile::tempdir().unwrap();
    let linked = fs::canonicalize(directory.path()).unwrap().join("linked");
    repository.git(&["worktree", "add", "--quiet", "-b", "other", linked.to_str().unwrap()]);
    fs::remove_file(linked.join("k8s/deny.yaml")).unwrap();
    assert_eq!(lost(&json(&linked, &["main"])), 2);
}

#[test]
fn outside_of_repositories_two_directories_can_be_compared() {
    let directory = tree(&[("old/pod.yaml", POD), ("new/pod.yaml", POD)]);
    // Whatever lies above the temporary directory.
    fs::write(directory.path().join(".git"), "gitdir: nowhere\n").unwrap();
    assert_eq!(status(directory.path(), &["diff", "old", "new"]), Some(0));
    let shown = run(directory.path(), &["diff", "main"]);
    assert!(shown.starts_with("exit status: 2\n"), "{shown}");
    let shown = netlint(directory.path(), &["diff", "main"]).env("PATH", "/nowhere").output().unwrap();
    let message = String::from_utf8_lossy(&shown.stderr).into_owned();
    assert!(message.contains("`git` is not on PATH") && message.contains("netlint diff OLD NEW"), "{message}");
}

#[test]
fn submodules_links_and_large_files_are_survived() {
    let repository = repository();
    repository.write("k8s/large.yaml", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
    std::os::unix::fs::symlink("pod.yaml", repository.root().join("k8s/link.yaml")).unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"k8s/odd-\xff.yaml");
    fs::write(repository.root().join(odd), POD.replace("name: web", "name: odd")).unwrap();
    repository.commit();
    let id = git(&repository.root(), &["rev-parse", "HEAD"]);
    git(&repository.root(), &["update-index", "--add", "--cacheinfo", &format!("160000,{id},k8s/module")]);
    repository.git(&["commit", "--quiet", "--message=submodule"]);
    repository.write("k8s/large.yaml", DENY_ALL);
    let output = netlint(&repository.root(), &["diff", "HEAD"]).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("is in Git LFS, and there is only a pointer to it"), "{message}");
}

use std::os::unix::ffi::OsStrExt as _;

#[test]
fn what_is_in_a_submodule_is_not_new() {
    let repository = repository();
    let id = git(&repository.root(), &["rev-parse", "HEAD"]);
    git(&repository.root(), &["update-index", "--add", "--cacheinfo", &format!("160000,{id},vendor/module")]);
    repository.git(&["commit", "--quiet", "--message=submodule"]);
    repository.write("vendor/module/.git", "gitdir: ../../.git/modules/module\n");
    repository.write("vendor/module/pod.yaml", &POD.replace("name: web", "name: vendored"));
    for args in [&["diff"][..], &["check", "--new-from", "HEAD", "--fail-on", "never"]] {
        let output = netlint(&repository.root(), args).output().unwrap();
        let [shown, told] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        assert!(told.contains("files of submodules are not compared: `vendor/module`"), "{told}");
        assert!(!shown.contains("vendored") && output.status.success(), "{shown}");
    }
}

#[test]
fn a_pointer_of_lfs_in_the_work_tree_is_said() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    let directory = tree(&[("pod.yaml", POD), ("large.yaml", pointer)]);
    let output = netlint(directory.path(), &["check"]).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("`large.yaml` is in Git LFS, and there is only a pointer to it"), "{message}");
}

#[test]
fn base_without_manifests_is_one_sentence() {
    let repository = Repository::new(&[("README.md", "nothing yet")]);
    repository.write("k8s/pod.yaml", POD);
    let shown = run(&repository.root(), &["diff"]);
    assert!(shown.contains("BASE holds no manifests, so that everything is new: 1 workload, 0 policies"), "{shown}");
    assert!(!shown.contains("opened:"), "{shown}");
    let nothing = run(&repository.root(), &["diff", "HEAD", "HEAD"]);
    assert!(nothing.starts_with("exit status: 2\n") && nothing.contains("neither state holds"), "{nothing}");
}

#[test]
fn clusters_are_matched_by_name() {
    let kustomization = "resources: [../base]\n";
    let repository = Repository::new(&[
        ("base/kustomization.yaml", "resources: [pod.yaml, deny.yaml]\n"),
        ("base/pod.yaml", POD),
        ("base/deny.yaml", DENY_ALL),
        ("dev/kustomization.yaml", kustomization),
        ("prod/kustomization.yaml", kustomization),
    ]);
    let open = "resources: [../base]\npatches:\n  - patch: |-\n      - {op: replace, path: /spec/policyTypes, value: [Egress]}\n    target: {kind: NetworkPolicy}\n";
    repository.write("dev/kustomization.yaml", open);
    let value = json(&repository.root(), &[]);
    let changes = value["changes"].as_array().unwrap();
    assert!(!changes.is_empty() && changes.iter().all(|change| change["cluster"] == "dev"), "{value:#}");
    assert_eq!(lost(&value), 1);
    assert_eq!(json(&repository.root(), &["--cluster", "prod"])["changes"], Value::Array(vec![]));
    repository.write("dev/kustomization.yaml", "resources: [../missing]\n");
    let shown = run(&repository.root(), &["diff"]);
    assert!(shown.contains("the cluster `dev` is not compared: kustomize refuses to build it in HEAD"), "{shown}");
    assert!(shown.contains("silenced: `dev/kustomization.yaml` cannot be read"), "{shown}");
    repository.write("dev/kustomization.yaml", kustomization);
    repository.write("test/kustomization.yaml", kustomization);
    assert!(run(&repository.root(), &["diff"]).contains("the cluster `test` is new: 1 workload, 1 policy"));
}

#[test]
fn only_new_findings_are_checked_on_request() {
    let repository = Repository::new(&[("k8s/pod.yaml", POD)]);
    assert_eq!(status(&repository.root(), &["k8s"]), Some(1));
    let shown = run(&repository.root(), &["k8s", "--new-from", "HEAD"]);
    assert!(
        shown.starts_with("exit status: 0\n") && shown.contains("that `HEAD` has as well are not reported"),
        "{shown}"
    );
    repository.write("k8s/other.yaml", &POD.replace("shop", "mall"));
    let shown = run(&repository.root(), &["k8s", "--new-from", "HEAD"]);
    assert!(shown.starts_with("exit status: 1\n") && shown.contains("`mall`") && !shown.contains("`shop`"), "{shown}");
    assert_eq!(status(&repository.root(), &["k8s", "--new-from", "-x"]), Some(2));
}
