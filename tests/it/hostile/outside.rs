//! What leads out of the repository.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Run;
use crate::support::{DENY_ALL, POD, netlint, tree};

/// A text that must not be shown.
const SECRET: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hunter2\n  namespace: private\nspec:\n  oops\n";

/// A directory `repo` that is right, for something to be added, and one `outside` it.
fn machine(is_repository: bool, files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let root = tree(&[("repo/pod.yaml", POD), ("repo/deny.yaml", DENY_ALL), ("outside/secret.yaml", SECRET)]);
    if is_repository {
        fs::create_dir(root.path().join("repo/.git")).unwrap();
    }
    for (file, text) in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let repository = root.path().join("repo");
    (root, repository)
}

/// `netlint check` as the configuration says.
fn check(directory: &Path, arguments: &[&str]) -> Run {
    Run::new(netlint(directory, &[&["check"], arguments].concat()).output().unwrap())
}

/// Runs that show nothing of what is outside, and say once that they didn't read it.
fn is_kept_out(directory: &Path, arguments: &[&str], status: i32, name: &str) {
    for format in ["human", "json", "markdown"] {
        let run = check(directory, &[&["--format", format], arguments].concat());
        let shown = format!("{}{}", run.stdout, run.stderr);
        assert!(!shown.contains("hunter2") && !shown.contains("oops"), "{shown}");
        assert_eq!(run.status, status, "{shown}");
        assert_eq!(shown.matches("--follow-outside").count(), 1, "{shown}");
        assert!(shown.replace("<code>", "`").replace("</code>", "`").contains(name), "{shown}");
    }
}

#[test]
fn links_out_of_the_repository_are_followed_on_request() {
    for is_repository in [true, false] {
        let (_kept, repository) = machine(is_repository, &[]);
        symlink("../outside", repository.join("directory")).unwrap();
        symlink("../outside/secret.yaml", repository.join("file.yaml")).unwrap();
        symlink("/", repository.join("root")).unwrap();
        symlink("../outside/secret.yaml", repository.join("file.lock")).unwrap();
        is_kept_out(&repository, &["."], 0, "`directory`, `file.yaml` and `root` lead out");
        fs::remove_file(repository.join("root")).unwrap();
        let run = check(&repository, &["--follow-outside", "."]);
        assert!(run.status == 1 && run.stdout.contains("oops"), "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn links_inside_the_repository_are_followed_from_anywhere_in_it() {
    let (_kept, repository) = machine(true, &[("repo/k8s/deny.yaml", DENY_ALL)]);
    symlink("../pod.yaml", repository.join("k8s/linked.yaml")).unwrap();
    let run = check(&repository, &["--format", "concise", "k8s"]);
    run.says(0, "no findings in 2 files");
    assert!(!run.stdout.contains("--follow-outside"), "{}", run.stdout);
}

#[test]
fn given_paths_are_always_read() {
    let (_kept, repository) = machine(true, &[]);
    symlink("../outside/secret.yaml", repository.join("file.yaml")).unwrap();
    for given in ["../outside", "../outside/secret.yaml", "file.yaml"] {
        let run = check(&repository, &[given]);
        assert!(run.status == 1 && run.stdout.contains("oops"), "{given}: {}{}", run.stdout, run.stderr);
    }
}

#[test]
fn paths_of_the_configuration_stay_in_the_repository() {
    let (_kept, repository) = machine(true, &[("repo/netlint.yaml", "paths: [., ../outside]\n")]);
    is_kept_out(&repository, &[], 0, "`../outside` leads out");
}

#[test]
fn a_configuration_that_is_a_link_is_not_shown() {
    let (_kept, repository) = machine(true, &[]);
    let link = repository.join("netlint.yaml");
    symlink("../outside/secret.yaml", &link).unwrap();
    let run = check(&repository, &[]);
    run.says(2, "the configuration `netlint.yaml` is a link that leads out of the repository");
    assert!(!run.stderr.contains("hunter2") && !run.stderr.contains("apiVersion"), "{}", run.stderr);
    for arguments in [&["--config", "netlint.yaml"][..], &["--follow-outside"]] {
        assert!(check(&repository, arguments).stderr.contains("apiVersion"));
    }
    fs::remove_file(&link).unwrap();
    fs::rename(repository.join("pod.yaml"), repository.join("other.yaml")).unwrap();
    fs::write(repository.join("real.yaml"), "exclude: [real.yaml]\n").unwrap();
    symlink("real.yaml", &link).unwrap();
    check(&repository, &[]).says(0, "no findings in 2 files");
}

#[test]
fn a_kustomization_reads_what_is_in_the_repository() {
    let patched = "resources: [pod.yaml, deny.yaml]\npatches: [{path: ../outside/secret.yaml}]\n";
    let included = "resources: [pod.yaml, deny.yaml, ../outside/secret.yaml]\n";
    let refused = |repository: &Path, arguments: &[&str], message: &str| {
        let run = check(repository, &[&["--format", "concise"], arguments].concat());
        run.says(1, message);
        assert!(!run.stdout.contains("hunter2") && !run.stdout.contains("oops"), "{}", run.stdout);
    };
    for kustomization in [patched, included] {
        for is_repository in [true, false] {
            let (_kept, repository) = machine(is_repository, &[("repo/kustomization.yaml", kustomization)]);
            let message = "`../outside/secret.yaml` is outside the directory of the kustomization";
            refused(&repository, &["."], message);
            refused(&repository, &["--follow-outside", "."], message);
        }
    }
    let based = ("repo/kustomization.yaml", "resources: [pod.yaml, deny.yaml, ../outside]\n");
    let base = ("outside/kustomization.yaml", "resources: [secret.yaml]\n");
    let (_kept, repository) = machine(true, &[based, base]);
    refused(&repository, &["."], "`../outside` is outside the repository");
    let run = check(&repository, &["--follow-outside", "."]);
    assert!(run.stdout.contains("oops"), "{}{}", run.stdout, run.stderr);
}

#[test]
fn without_a_repository_bases_may_lie_beside_the_given_path() {
    let files = [
        ("repo/kustomization.yaml", "resources: [../base]\n"),
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", &POD.replace("name: web", "name: beside")),
    ];
    let (_kept, repository) = machine(false, &files);
    let run = check(&repository, &["--format", "json", "."]);
    assert!(run.stdout.contains("../base/pod.yaml"), "{}{}", run.stdout, run.stderr);
    assert!(!run.stdout.contains("--follow-outside"), "{}", run.stdout);
}

#[test]
fn a_configuration_waits_for_nothing() {
    let (_kept, repository) = machine(true, &[("outside/baseline.json", "hunter2")]);
    assert!(Command::new("mkfifo").arg(repository.join("pipe")).status().unwrap().success());
    let baseline = |file: &str, why: &str| (format!("baseline: {file}\n"), format!("the baseline `{file}` {why}"));
    for (text, message) in [
        ("paths: [., \"-\"]\n".to_owned(), "a configuration cannot name standard input".to_owned()),
        baseline("pipe", "cannot be read: it is not a regular file"),
        baseline("../outside/baseline.json", "is outside the git repository"),
        ("baseline: /dev/zero\n".to_owned(), "dev/zero` is outside the git repository".to_owned()),
    ] {
        fs::write(repository.join("netlint.yaml"), text).unwrap();
        let run = check(&repository, &[]);
        run.says(2, &message);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    }
    check(&repository, &["--isolated", "--baseline", "/dev/zero"]).says(2, "cannot be read: it is not a regular file");
}

#[test]
fn every_run_says_what_the_configuration_turns_off() {
    let configuration = "profile: security-only\nexclude: [vendor, old.yaml]\n\
        rules: {missing-default-deny: off, unrestricted-egress: note}\nignore: [{rule: one-sided-allow}]\n";
    let files = [
        ("repo/netlint.yaml", configuration),
        ("repo/vendor/a.yaml", POD),
        ("repo/k8s/old.yaml", POD),
        ("repo/k8s/vendor/b.yaml", POD),
    ];
    let (_kept, repository) = machine(true, &files);
    let told =
        "by `netlint.yaml`: profile `security-only`, 1 rule off, 1 rule lowered, 3 paths excluded, 1 suppression";
    for format in ["human", "plain", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let run = check(&repository, &["--format", format]);
        let shown = format!("{}{}", run.stdout, run.stderr).replace("<code>", "`").replace("</code>", "`");
        let shown = shown.replace("&#45;", "-").replace("&#96;", "`").replace("\n  ", " ");
        assert!(shown.contains(told), "{format}: {shown}");
    }
    fs::write(repository.join("netlint.yaml"), "expect: []\n").unwrap();
    let run = check(&repository, &[]);
    assert!(!run.stdout.contains("by `netlint.yaml`"), "{}", run.stdout);
}
