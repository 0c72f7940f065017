//! Files of git revisions.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use netlint::config;
use netlint::file_tree::{FileTree as _, Kind, Revision, RevisionError, SharedTree};

use super::repository::{Repository, git};
use super::{listed, report, work_tree};
use crate::support::{DENY_ALL, POD};

/// Says to a copy of this test that it runs where there is no git.
const WITHOUT_GIT: &str = "NETLINT_TEST_WITHOUT_GIT";

fn revision(directory: &Path, name: &str) -> Revision {
    Revision::open(directory, name).unwrap_or_else(|error| panic!("{error}"))
}

fn shared(directory: &Path, name: &str) -> SharedTree {
    Arc::new(revision(directory, name))
}

fn refused(directory: &Path, name: &str) -> RevisionError {
    match Revision::open(directory, name) {
        Ok(_) => panic!("`{name}` is a revision"),
        Err(error) => error,
    }
}

fn text(tree: &SharedTree, file: &str) -> Result<String, String> {
    let bytes = tree.read(&tree.resolve(Path::new(file))).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(bytes).unwrap())
}

#[test]
fn the_work_tree_does_not_count() {
    let repository = Repository::new(&[("a.yaml", POD), ("sub/b.yaml", DENY_ALL), ("empty.yaml", "")]);
    repository.git(&["tag", "first"]);
    repository.write("a.yaml", "changed: true\n");
    repository.write("c.yaml", POD);
    fs::remove_file(repository.root().join("sub/b.yaml")).unwrap();
    let before = repository.git(&["status", "--porcelain"]);
    for name in ["HEAD", "main", "first", &repository.git(&["rev-parse", "--short", "HEAD"])] {
        let tree = shared(&repository.root(), name);
        assert_eq!(listed(&tree, ".").0, ["a.yaml", "empty.yaml", "sub/b.yaml"], "{name}");
        assert_eq!(text(&tree, "a.yaml"), Ok(POD.to_owned()));
        assert_eq!(text(&tree, "empty.yaml"), Ok(String::new()));
        assert!(text(&tree, "c.yaml").is_err() && text(&tree, "sub").is_err() && text(&tree, "a.yaml/b").is_err());
    }
    repository.commit();
    let tree = revision(&repository.root(), "HEAD~1");
    assert_eq!(tree.commit(), repository.git(&["rev-parse", "first"]));
    assert_eq!((tree.name(), tree.root()), ("HEAD~1", &*repository.root()));
    assert_eq!(listed(&shared(&repository.root(), "HEAD"), ".").0, ["a.yaml", "c.yaml", "empty.yaml"]);
    assert!(!before.is_empty());
}

#[test]
fn paths_start_at_a_subdirectory_and_lead_out_of_it() {
    let repository = Repository::new(&[("netlint.yaml", "paths: [k8s]\n"), ("k8s/a.yaml", POD), ("ci/b.yaml", POD)]);
    let directory = repository.root().join("ci");
    let tree = shared(&directory, "HEAD");
    assert_eq!(listed(&tree, ".").0, ["b.yaml"]);
    assert_eq!(listed(&tree, "../k8s").0, ["../k8s/a.yaml"]);
    assert_eq!(listed(&tree, "../..").1.len(), 1, "above the repository there is nothing");
    assert_eq!(config::find(&*tree, []).unwrap(), Some(repository.root().join("netlint.yaml")));
    let missing = listed(&tree, "../k9s").1;
    assert_eq!(missing, ["`../k9s` does not exist"]);
    // The directory need not be in the revision.
    fs::create_dir(repository.root().join("new")).unwrap();
    let tree = shared(&repository.root().join("new"), "HEAD");
    assert_eq!(listed(&tree, "../ci").0, ["../ci/b.yaml"]);
}

#[test]
fn the_same_files_give_the_same_report() {
    let repository = Repository::new(&[
        ("netlint.yaml", "paths: [deploy]\nexclude: [skipped]\nrules: {missing-dns-egress: off}\n"),
        ("deploy/base/kustomization.yaml", "resources: [pod.yaml, ../../shared]\nnamePrefix: one-\n"),
        ("deploy/base/pod.yaml", POD),
        ("deploy/overlay/kustomization.yaml", "resources: [../base, missing.yaml]\nnamespace: other\n"),
        ("deploy/broken.yaml", "kind: [\n"),
        ("deploy/skipped/pod.yaml", POD),
        ("deploy/chart/Chart.yaml", "name: web\n"),
        ("deploy/chart/templates/web.yaml", "{{ .Values }}\n"),
        ("shared/kustomization.yaml", "resources: [deny.yaml]\n"),
        ("shared/deny.yaml", DENY_ALL),
    ]);
    for directory in ["", "deploy", "deploy/overlay"] {
        let directory = repository.root().join(directory);
        let (own, committed) = (report(&work_tree(&directory)), report(&shared(&directory, "HEAD")));
        assert_eq!(own, committed, "{}", directory.display());
        assert!(own.contains("invalid-yaml") && own.contains("missing.yaml"), "{own}");
    }
}

#[test]
fn worktrees_and_bare_clones_are_repositories() {
    let repository = Repository::new(&[("k8s/a.yaml", POD)]);
    repository.git(&["worktree", "add", "--quiet", "linked", "-b", "other"]);
    let linked = repository.root().join("linked");
    fs::write(linked.join("k8s/b.yaml"), DENY_ALL).unwrap();
    git(&linked, &["add", "--all"]);
    git(&linked, &["commit", "--quiet", "--message=other"]);
    assert_eq!(listed(&shared(&linked.join("k8s"), "other"), ".").0, ["a.yaml", "b.yaml"]);
    assert_eq!(listed(&shared(&linked, "main"), ".").0, ["k8s/a.yaml"]);
    let (_kept, bare) = repository.clone(&["--bare"]);
    let tree = shared(&bare, "main");
    assert_eq!(listed(&tree, ".").0, ["k8s/a.yaml"]);
    assert_eq!(text(&tree, "k8s/a.yaml"), Ok(POD.to_owned()));
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let repository = Repository::new(&[("a.yaml", POD)]);
    let first = repository.git(&["rev-parse", "HEAD"]);
    repository.write("b.yaml", DENY_ALL);
    repository.commit();
    let (_kept, shallow) = repository.clone(&["--depth=1"]);
    assert_eq!(listed(&shared(&shallow, "HEAD"), ".").0, ["a.yaml", "b.yaml"]);
    for name in ["HEAD~1", &first] {
        let error = refused(&shallow, name);
        assert_eq!(error.to_string(), format!("the revision `{name}` does not exist in this shallow clone"));
        assert!(error.advice().unwrap().contains("fetch-depth: 0"), "{:?}", error.advice());
    }
}

#[test]
fn what_is_no_revision_is_an_error_with_advice() {
    let repository = Repository::new(&[("a.yaml", POD)]);
    for name in ["--output=owned", "-h", ""] {
        let error = refused(&repository.root(), name);
        assert!(matches!(error, RevisionError::Malformed { .. }), "{error}");
        assert!(error.advice().is_some());
    }
    for name in ["mian", "HEAD~7", "HEAD:a.yaml", "main..main", "main main", "$(touch owned)"] {
        let error = refused(&repository.root(), name);
        assert!(matches!(error, RevisionError::Unknown { is_shallow: false, .. }), "{error}");
        assert!(error.advice().is_some());
    }
    assert!(!repository.root().join("owned").exists());
    let elsewhere = tempfile::tempdir().unwrap();
    let error = refused(elsewhere.path(), "HEAD");
    assert!(error.to_string().ends_with("is not in a git repository"), "{error}");
    let error = refused(&repository.root().join("nowhere"), "HEAD");
    assert!(matches!(error, RevisionError::Failed { .. }), "{error}");
}

/// The test runs itself once more, where PATH leads to no program.
#[test]
fn without_git_the_error_says_so() {
    if std::env::var_os(WITHOUT_GIT).is_some() {
        let error = refused(&std::env::temp_dir(), "main");
        assert_eq!(error.to_string(), "cannot read the revision `main`: `git` is not on PATH");
        assert_eq!(error.advice().as_deref(), Some("install git"));
        return;
    }
    let empty = tempfile::tempdir().unwrap();
    let name = "file_trees::revisions::without_git_the_error_says_so";
    let mut again = Command::new(std::env::current_exe().unwrap());
    let output = again.args(["--exact", name]).env("PATH", empty.path()).env(WITHOUT_GIT, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn submodules_are_left_alone_and_pointers_of_lfs_are_said() {
    let repository = Repository::new(&[("a.yaml", POD)]);
    let commit = repository.git(&["rev-parse", "HEAD"]);
    repository.write(
        "large.yaml",
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32\nsize 12345\n",
    );
    repository.git(&["add", "--all"]);
    repository.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},vendor/module")]);
    repository.git(&["commit", "--quiet", "--message=change"]);
    let tree = shared(&repository.root(), "HEAD");
    let (files, errors) = listed(&tree, ".");
    assert_eq!(files, ["a.yaml", "large.yaml"]);
    assert_eq!(errors, ["`large.yaml` is in Git LFS, and there is only a pointer to it"]);
    let module = repository.root().join("vendor/module");
    assert_eq!(tree.kind(&module).unwrap(), Kind::Directory);
    assert!(tree.list(&module).unwrap().is_empty());
}

/// Larger than any buffer on the way, and many of them at a time.
#[test]
fn large_files_and_many_of_them_are_read_whole() {
    let repository = Repository::new(&[]);
    let large = |index: usize| format!("# {index}\n{}", "x: y\n".repeat(20_000 + index));
    for index in 0..40 {
        repository.write(&format!("{index:02}.yaml"), &large(index));
    }
    repository.commit();
    let found = netlint::discover::discover(
        &shared(&repository.root(), "HEAD"),
        &[".".into()],
        &netlint::discover::Excludes::default(),
        &netlint::file_tree::Boundary::unbounded(),
    );
    assert_eq!(found.files.len(), 40);
    for (index, file) in found.files.into_iter().enumerate() {
        assert!(file.text.unwrap().unwrap() == large(index), "{}", file.name);
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_inside_the_revision() {
        let repository = Repository::new(&[("real/a.yaml", POD), ("outside.txt", DENY_ALL)]);
        let link = |target: &str, name: &str| symlink(target, repository.root().join(name)).unwrap();
        link("..", "real/up");
        link("real", "directory");
        link("directory/a.yaml", "z.yaml");
        link("../outside.txt", "real/linked.yaml");
        link("one.yaml", "two.yaml");
        link("two.yaml", "one.yaml");
        link("nowhere", "lost.yaml");
        link("nowhere", "lost.lock");
        link("/etc/hostname", "absolute.yaml");
        link("../../outside.yaml", "above.yaml");
        repository.commit();
        let tree = shared(&repository.root(), "HEAD");
        let (files, errors) = listed(&tree, ".");
        // As in the work tree, what is met first gives the name.
        assert_eq!(files, ["directory/a.yaml", "directory/linked.yaml"]);
        let expected = [
            ("above.yaml", "it leads out of the repository"),
            ("absolute.yaml", "it leads out of the repository"),
            ("lost.yaml", "no such file or directory"),
            ("one.yaml", "too many levels of symbolic links"),
            ("two.yaml", "too many levels of symbolic links"),
        ];
        assert_eq!(errors, expected.map(|(name, why)| format!("cannot read `{name}`: {why}")));
        assert_eq!(tree.real_path(&repository.root().join("z.yaml")).unwrap(), repository.root().join("real/a.yaml"));
        assert_eq!(text(&tree, "real/up/directory/linked.yaml"), Ok(DENY_ALL.to_owned()));
        for lost in ["above.yaml", "absolute.yaml", "lost.yaml", "lost.lock", "one.yaml", "two.yaml"] {
            fs::remove_file(repository.root().join(lost)).unwrap();
        }
        repository.commit();
        assert_eq!(report(&work_tree(&repository.root())), report(&shared(&repository.root(), "HEAD")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_may_be_anything() {
        let repository = Repository::new(&[]);
        for name in [&b"not-\xff-utf8.yaml"[..], b"new\nline.yaml", b"quote\".yaml", "über.yaml".as_bytes()] {
            fs::write(repository.root().join(OsStr::from_bytes(name)), POD).unwrap();
        }
        let directory = repository.root().join(OsStr::from_bytes(b"dir-\xfe"));
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("x.yaml"), DENY_ALL).unwrap();
        repository.commit();
        let tree = shared(&repository.root(), "HEAD");
        assert_eq!(listed(&tree, "."), listed(&work_tree(&repository.root()), "."));
        assert_eq!(listed(&tree, ".").0.len(), 5);
        assert_eq!(listed(&shared(&directory, "HEAD"), ".").0, ["x.yaml"]);
        assert_eq!(report(&tree), report(&work_tree(&repository.root())));
    }

    #[test]
    fn a_link_to_the_working_directory_is_looked_behind() {
        let repository = Repository::new(&[("k8s/a.yaml", POD), ("other/b.yaml", POD)]);
        let outside = tempfile::tempdir().unwrap();
        for name in ["k8s", "elsewhere"] {
            let link = outside.path().join(name);
            symlink(repository.root().join("k8s"), &link).unwrap();
            let tree = revision(&link, "HEAD");
            assert_eq!((tree.root(), tree.working_directory()), (&*repository.root(), &*repository.root().join("k8s")));
            assert_eq!(listed(&(Arc::new(tree) as SharedTree), "../other").0, ["../other/b.yaml"]);
        }
    }
}
