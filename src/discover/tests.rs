#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::file_tree::{Boundary, WorkTree};

/// A directory with these files, each holding its own name; directories are made on the way.
fn tree(files: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    root
}

fn excluding(globs: &[&str]) -> Excludes {
    Excludes::new(&globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>()).unwrap()
}

/// The file system, seen from where the tests run.
fn here() -> SharedTree {
    Arc::new(WorkTree::of_process())
}

/// The names found, without the temporary directory before them.
fn names(root: &Path, discovery: &Discovery) -> Vec<String> {
    let prefix = format!("{}/", root.display());
    discovery.files.iter().map(|file| file.name.strip_prefix(&prefix).unwrap_or(&file.name).to_owned()).collect()
}

fn found(root: &Path, paths: &[&str], excludes: &Excludes) -> Vec<String> {
    let paths: Vec<_> = paths.iter().map(|path| root.join(path)).collect();
    names(root, &discover(&here(), &paths, excludes, &Boundary::unbounded()))
}

#[test]
fn directories_give_manifests_in_the_order_of_their_names() {
    let root = tree(&["b.yml", "a/z.json", "a/c.yaml", "a.yaml", "readme.md", "script.yaml.sh", "UPPER.YAML"]);
    assert_eq!(found(root.path(), &["."], &Excludes::default()), ["a.yaml", "a/c.yaml", "a/z.json", "b.yml"]);
}

#[test]
fn hidden_directories_and_node_modules_are_passed_over_but_hidden_files_are_not() {
    let root = tree(&[".git/a.yaml", ".github/b.yaml", "node_modules/c.yaml", "d/.e/f.yaml", ".g.yaml", "h.yaml"]);
    assert_eq!(found(root.path(), &[""], &Excludes::default()), [".g.yaml", "h.yaml"]);
}

#[test]
fn a_path_that_is_named_is_taken_whatever_its_name() {
    let root = tree(&[".github/b.yaml", "manifest.txt"]);
    assert_eq!(
        found(root.path(), &[".github", "manifest.txt"], &excluding(&["**/*.txt", ".github"])),
        [".github/b.yaml", "manifest.txt"]
    );
}

#[test]
fn a_file_that_is_reached_twice_counts_once() {
    let root = tree(&["a/b.yaml"]);
    assert_eq!(found(root.path(), &["a", "a/b.yaml", ".", "a/../a"], &Excludes::default()), ["a/b.yaml"]);
}

#[test]
fn excludes_leave_out_files_and_whole_directories() {
    let root = tree(&["a/skip.yaml", "a/keep.yaml", "vendor/b.yaml", "c/vendor/d.yaml", "c/e.gen.yaml"]);
    let excludes = excluding(&["skip.yaml", "vendor/", "**/*.gen.yaml"]);
    assert_eq!(found(root.path(), &["."], &excludes), ["a/keep.yaml"]);
}

#[test]
fn a_malformed_glob_is_an_error() {
    let error = Excludes::new(&["a/[b".to_owned()]).unwrap_err();
    assert!(error.to_string().starts_with("cannot read the glob `a/[b`"), "{error}");
}

#[test]
fn templates_of_charts_are_counted_per_chart() {
    let root = tree(&[
        "web/Chart.yaml",
        "web/values.yaml",
        "web/templates/a.yaml",
        "web/templates/sub/b.yaml",
        "web/templates/NOTES.txt",
        "web/charts/db/Chart.yaml",
        "web/charts/db/templates/c.yaml",
        "plain/templates/d.yaml",
    ]);
    let discovery = discover(&here(), &[root.path().to_owned()], &Excludes::default(), &Boundary::unbounded());
    assert_eq!(
        names(root.path(), &discovery),
        ["plain/templates/d.yaml", "web/Chart.yaml", "web/charts/db/Chart.yaml", "web/values.yaml"]
    );
    let web = root.path().join("web").display().to_string();
    let expected = [(web.clone(), 2), (format!("{web}/charts/db"), 1)];
    assert_eq!(discovery.templates.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn templates_that_are_named_are_templates_still() {
    let root = tree(&["web/Chart.yaml", "web/templates/a.yaml", "web/templates/sub/b.yaml"]);
    let paths = ["web/templates/a.yaml", "web/templates/sub"].map(|path| root.path().join(path));
    let discovery = discover(&here(), &paths, &Excludes::default(), &Boundary::unbounded());
    assert!(discovery.files.is_empty(), "{discovery:?}");
    assert_eq!(discovery.templates.values().copied().collect::<Vec<_>>(), [2]);
}

#[test]
fn missing_paths_are_collected_with_the_nearest_neighbour() {
    let root = tree(&["manifests/deploy.yaml"]);
    let paths = ["manifets/deploy.yaml", "nothing-like-it"].map(|path| root.path().join(path));
    let discovery = discover(&here(), &paths, &Excludes::default(), &Boundary::unbounded());
    let advice: Vec<_> = discovery.errors.iter().map(InputError::advice).collect();
    let meant = root.path().join("manifests/deploy.yaml");
    assert_eq!(advice, [Some(format!("did you mean `{}`?", meant.display())), None]);
}

#[test]
fn standard_input_is_an_input_of_its_own() {
    let discovery =
        discover(&here(), &[PathBuf::from("-"), PathBuf::from("-")], &Excludes::default(), &Boundary::unbounded());
    let found: Vec<_> = discovery.files.iter().map(|file| (file.name.as_str(), &file.input)).collect();
    assert_eq!(found, [("<stdin>", &Input::Stdin)]);
}

#[test]
fn paths_start_at_the_working_directory_of_the_tree() {
    let root = tree(&["a/b.yaml", "c/d.yaml", "c/e/f.yaml"]);
    let inside: SharedTree = Arc::new(WorkTree::new(&root.path().join("c")));
    let paths = ["../a", "e/../d.yaml", "./e", "gone.yaml"].map(PathBuf::from);
    let discovery = discover(&inside, &paths, &Excludes::default(), &Boundary::unbounded());
    let names: Vec<_> = discovery.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["../a/b.yaml", "e/../d.yaml", "e/f.yaml"]);
    assert_eq!(discovery.errors.iter().map(InputError::name).collect::<Vec<_>>(), ["gone.yaml"]);
}

#[test]
fn a_file_that_is_gone_when_it_is_read_is_an_error() {
    let root = tree(&["a.yaml"]);
    let path = root.path().join("a.yaml");
    fs::remove_file(&path).unwrap();
    let FileEntry { text, .. } = FileEntry::read(&*here(), "a.yaml".to_owned(), Input::File(path));
    let error = text.unwrap_err();
    assert!(matches!(error, InputError::Unreadable { .. }), "{error}");
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_pipe_in_the_place_of_a_file_is_an_error_and_no_wait() {
        let root = tree(&[]);
        let path = root.path().join("a.yaml");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let FileEntry { text, .. } = FileEntry::read(&*here(), "a.yaml".to_owned(), Input::File(path));
        let error = text.unwrap_err();
        assert_eq!(error.to_string(), "cannot read `a.yaml`: it is not a regular file");
    }

    #[test]
    fn links_are_followed_and_loops_survived() {
        let root = tree(&["real/a.yaml", "real/sub/b.yaml", "outside.txt"]);
        let link = |target: &str, name: &str| symlink(target, root.path().join(name)).unwrap();
        link("..", "real/sub/up");
        link(".", "real/self");
        link("itself", "real/itself");
        link("real", "z-link");
        link("../outside.txt", "real/linked.yaml");
        let discovery = discover(&here(), &[root.path().to_owned()], &Excludes::default(), &Boundary::unbounded());
        assert_eq!(names(root.path(), &discovery), ["real/a.yaml", "real/linked.yaml", "real/sub/b.yaml"]);
        assert!(discovery.errors.is_empty(), "{:?}", discovery.errors);
    }

    /// Each directory leads to the next by two links: 2^30 paths to the last.
    #[test]
    fn links_that_multiply_are_walked_once() {
        let root = tree(&["d30/a.yaml"]);
        for level in 0..30 {
            let directory = root.path().join(format!("d{level}"));
            fs::create_dir(&directory).unwrap();
            for name in ["x", "y"] {
                symlink(format!("../d{}", level + 1), directory.join(name)).unwrap();
            }
        }
        assert_eq!(found(root.path(), &["d0"], &Excludes::default()).len(), 1);
    }

    #[test]
    fn a_dangling_link_matters_where_it_would_be_read() {
        let root = tree(&["a.yaml"]);
        symlink("nowhere", root.path().join("b.yaml")).unwrap();
        symlink("nowhere", root.path().join("c.lock")).unwrap();
        let discovery = discover(&here(), &[root.path().to_owned()], &Excludes::default(), &Boundary::unbounded());
        let errors: Vec<_> = discovery.errors.iter().map(|error| error.name().rsplit('/').next().unwrap()).collect();
        assert_eq!(errors, ["b.yaml"]);
        assert_eq!(names(root.path(), &discovery), ["a.yaml"]);
    }

    #[test]
    fn what_is_no_file_is_passed_over_below_directories_and_refused_when_named() {
        let root = tree(&["a.yaml"]);
        let socket = root.path().join("s.yaml");
        let _listener = UnixListener::bind(&socket).unwrap();
        assert_eq!(found(root.path(), &["."], &Excludes::default()), ["a.yaml"]);
        let named =
            discover(&here(), &[socket, PathBuf::from("/dev/null")], &Excludes::default(), &Boundary::unbounded());
        let errors: Vec<_> = named.errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors.len(), 2);
        assert!(errors.iter().any(|error| error == "`/dev/null` is a device, not a file or directory"), "{errors:?}");
        assert!(errors.iter().any(|error| error.contains("is a socket")), "{errors:?}");
    }

    #[test]
    fn names_that_are_not_utf_8_are_printed_lossily() {
        let root = tree(&[]);
        fs::write(root.path().join(OsStr::from_bytes(b"a\xff.yaml")), "").unwrap();
        assert_eq!(found(root.path(), &["."], &Excludes::default()), ["a\u{fffd}.yaml"]);
    }
}
