#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use super::*;

/// A directory with these files, each holding its own name.
fn directory(files: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    for file in files {
        let path = directory.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    let root = fs::canonicalize(directory.path()).unwrap();
    (directory, root)
}

/// The names in a directory, those of directories with a slash.
fn names(tree: &dyn FileTree, directory: &str) -> Vec<String> {
    let entries = tree.list(&tree.resolve(Path::new(directory))).unwrap().into_iter();
    let mut names: Vec<String> = entries
        .map(|Entry { name, kind }| {
            let mark = if kind == Some(Kind::Directory) { "/" } else { "" };
            format!("{}{mark}", name.to_string_lossy())
        })
        .collect();
    names.sort();
    names
}

fn text(tree: &dyn FileTree, file: &str) -> Result<String, String> {
    let bytes = tree.read(&tree.resolve(Path::new(file))).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(bytes).unwrap())
}

fn overlay(root: &Path) -> Overlay {
    Overlay::over(Arc::new(WorkTree::new(root)))
}

#[test]
fn the_work_tree_is_what_the_file_system_has() {
    let (_kept, root) = directory(&["a.yaml", "sub/b.yaml"]);
    let tree = WorkTree::new(&root.join("sub/.."));
    assert_eq!(tree.working_directory(), root);
    assert_eq!(names(&tree, "."), ["a.yaml", "sub/"]);
    assert_eq!(text(&tree, "sub/../sub/b.yaml"), Ok("sub/b.yaml".to_owned()));
    assert!(tree.is_file(&root.join("a.yaml")) && tree.is_directory(&root.join("sub")) && tree.is_on_disk());
    assert!(!tree.exists(&root.join("c.yaml")));
    assert_eq!(tree.real_path(&root.join("sub/../a.yaml")).unwrap(), root.join("a.yaml"));
    assert_eq!(tree.absolute(Path::new("../x")), root.parent().unwrap().join("x"));
}

#[test]
fn what_says_that_it_is_too_large_is_not_read() {
    assert!(matches!(read_limited(io::repeat(0), MAX_FILE_BYTES + 1), Err(ReadError::TooLarge)));
    assert_eq!(read_limited(&b"abc"[..], 0).unwrap(), b"abc");
    assert_eq!(read_limited(&b"abc"[..], 2).unwrap(), b"ab");
}

#[test]
fn an_overlay_adds_replaces_and_takes_away() {
    let (_kept, root) = directory(&["a.yaml", "b.yaml", "sub/c.yaml"]);
    let mut tree = overlay(&root);
    tree.add(Path::new("a.yaml"), "new");
    tree.add(&root.join("sub/deep/d.yaml"), "d");
    tree.add(Path::new("fresh/e.yaml"), "e");
    tree.remove(Path::new("b.yaml"));
    assert_eq!(names(&tree, "."), ["a.yaml", "fresh/", "sub/"]);
    assert_eq!(names(&tree, "sub"), ["c.yaml", "deep/"]);
    assert_eq!(names(&tree, "sub/deep"), ["d.yaml"]);
    assert_eq!(names(&tree, "fresh"), ["e.yaml"]);
    assert_eq!(text(&tree, "a.yaml"), Ok("new".to_owned()));
    assert_eq!(text(&tree, "sub/deep/../../fresh/e.yaml"), Ok("e".to_owned()));
    assert_eq!(text(&tree, "sub/c.yaml"), Ok("sub/c.yaml".to_owned()));
    assert!(text(&tree, "b.yaml").is_err() && !tree.exists(&root.join("b.yaml")));
    assert!(tree.is_file(&root.join("sub/deep/d.yaml")) && tree.is_directory(&root.join("fresh")));
    assert!(tree.list(&root.join("nowhere")).is_err() && !tree.is_on_disk());
    assert_eq!(fs::read(root.join("a.yaml")).unwrap(), b"a.yaml", "nothing is written");
    assert!(!root.join("fresh").exists());
}

#[test]
fn overlays_lie_over_one_another() {
    let (_kept, root) = directory(&["a.yaml"]);
    let mut first = overlay(&root);
    first.add(Path::new("b/c.yaml"), "first");
    let mut second = Overlay::over(Arc::new(first));
    second.add(Path::new("b/c.yaml"), "second");
    second.add(Path::new("b/d.yaml"), "second");
    assert_eq!(names(&second, "b"), ["c.yaml", "d.yaml"]);
    assert_eq!(text(&second, "b/c.yaml"), Ok("second".to_owned()));
    second.remove(Path::new("b/c.yaml"));
    assert_eq!(names(&second, "b"), ["d.yaml"]);
}

#[test]
fn a_repository_bounds_what_is_read_beyond_the_given_paths() {
    let (_kept, root) = directory(&["repo/.git/HEAD", "repo/k8s/a.yaml", "repo/other/b.yaml", "plain/sub/c.yaml"]);
    let tree = WorkTree::new(&root);
    let around = |given: &[&str]| Boundary::around(&tree, given.iter().map(|path| Path::new(*path)));
    for given in ["repo", "repo/k8s", "repo/k8s/../k8s/a.yaml"] {
        let mut boundary = around(&[given, "nowhere"]);
        boundary.take_in(&root.join("plain/sub"));
        assert!(boundary.holds(&root.join("repo/other/b.yaml")), "{given}");
        assert!(
            !boundary.holds(&root.join("plain/sub/c.yaml")) && !boundary.holds(&root.join("repository")),
            "{given}"
        );
    }
    let mut boundary = around(&["plain/sub/c.yaml"]);
    assert!(boundary.holds(&root.join("plain/sub/d.yaml")) && !boundary.holds(&root.join("plain/e.yaml")));
    boundary.take_in(&root.join("base"));
    assert!(boundary.holds(&root.join("base/f.yaml")) && !boundary.holds(&root.join("plain/e.yaml")));
    assert!(around(&["repo", "plain"]).holds(&root.join("plain/e.yaml")));
    assert!(!around(&[]).holds(&root) && Boundary::unbounded().holds(Path::new("/")));
    let mut generated = overlay(&root);
    generated.add(Path::new("repo/new/deep/d.yaml"), "");
    assert_eq!(generated.repository(&root.join("repo/new/deep")), Some(root.join("repo")));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_in_the_work_tree_is_looked_behind() {
        let (_kept, root) = directory(&["a.yaml"]);
        symlink("a.yaml", root.join("link.yaml")).unwrap();
        symlink("gone", root.join("lost")).unwrap();
        let tree = WorkTree::new(&root);
        let links = tree.list(&root).unwrap().into_iter().filter(|entry| entry.kind.is_none()).count();
        assert_eq!(links, 2);
        assert!(tree.is_file(&root.join("link.yaml")) && !tree.exists(&root.join("lost")));
        assert_eq!(tree.kind(Path::new("/dev/null")).unwrap(), Kind::Special("a device"));
    }

    #[test]
    fn an_overlay_follows_the_links_of_its_base() {
        let (_kept, root) = directory(&["real/a.yaml"]);
        symlink("real", root.join("link")).unwrap();
        let mut tree = overlay(&root);
        tree.add(Path::new("link/a.yaml"), "new");
        tree.add(Path::new("link/b.yaml"), "b");
        for directory in ["real", "link"] {
            assert_eq!(names(&tree, directory), ["a.yaml", "b.yaml"]);
            assert_eq!(text(&tree, &format!("{directory}/a.yaml")), Ok("new".to_owned()));
        }
        assert_eq!(tree.real_path(&root.join("link/b.yaml")).unwrap(), root.join("real/b.yaml"));
    }
}
