//! What lies in a directory.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use super::check;
use crate::support::{DENY_ALL, POD, tree};

/// A directory that is right, for something to be added.
fn right() -> tempfile::TempDir {
    tree(&[("pod.yaml", POD), ("deny.yaml", DENY_ALL)])
}

fn named_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn pipes_and_sockets_are_passed_over_and_refused_where_named() {
    let root = right();
    named_pipe(&root.path().join("pipe.yaml"));
    let _listener = UnixListener::bind(root.path().join("socket.yaml")).unwrap();
    symlink("/dev/zero", root.path().join("zero.yaml")).unwrap();
    check(root.path(), &["."]).says(0, "no findings in 2 files");
    check(root.path(), &["pod.yaml", "deny.yaml", "pipe.yaml"]).says(3, "`pipe.yaml` is a named pipe");
    check(root.path(), &["pod.yaml", "deny.yaml", "socket.yaml"]).says(3, "`socket.yaml` is a socket");
    check(root.path(), &["pod.yaml", "deny.yaml", "/dev/zero"]).says(3, "`/dev/zero` is a device");
}

#[test]
fn files_that_cannot_be_read_are_errors_and_the_others_are_checked() {
    let root = right();
    let closed = root.path().join("closed.yaml");
    fs::write(&closed, POD).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read it all the same.
    if fs::read(&closed).is_err() {
        check(root.path(), &["."]).says(3, "cannot read `closed.yaml`");
    }
    fs::remove_file(&closed).unwrap();
    if cfg!(target_os = "linux") {
        // A regular file by its looks, whose first byte is an error to read.
        symlink("/proc/self/mem", root.path().join("memory.yaml")).unwrap();
        let run = check(root.path(), &["--follow-outside", "--format", "concise", "."]);
        run.says(3, "cannot read `memory.yaml`");
        run.says(3, "no findings in 2 files");
    }
}

#[test]
fn links_may_lead_anywhere() {
    let root = right();
    fs::create_dir_all(root.path().join("a/b")).unwrap();
    symlink("../..", root.path().join("a/b/up")).unwrap();
    symlink("..", root.path().join("a/up")).unwrap();
    symlink(".", root.path().join("here")).unwrap();
    symlink("self.yaml", root.path().join("self.yaml")).unwrap();
    symlink("two.yaml", root.path().join("one.yaml")).unwrap();
    symlink("one.yaml", root.path().join("two.yaml")).unwrap();
    symlink("nowhere.yaml", root.path().join("lost.yaml")).unwrap();
    symlink("pod.yaml", root.path().join("again.yaml")).unwrap();
    let run = check(root.path(), &["--format", "concise", "."]);
    assert!(run.stdout.contains("no findings in 2 files"), "{}{}", run.stdout, run.stderr);
}

#[test]
fn paths_may_be_anything() {
    let root = right();
    for name in [&b"not-\xff-utf8.yaml"[..], b"new\nline.yaml", b"red-\x1b[31m.yaml", "über \u{202e}.yaml".as_bytes()]
    {
        fs::write(root.path().join(OsStr::from_bytes(name)), "kind: [\n").unwrap();
    }
    fs::create_dir(root.path().join(OsStr::from_bytes(b"dir-\xfe"))).unwrap();
    fs::write(root.path().join(OsStr::from_bytes(b"dir-\xfe/x.yaml")), "kind: [\n").unwrap();
    for format in ["human", "plain", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let run = check(root.path(), &["--format", format, "."]);
        run.says(1, "not-");
        assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}'), "{format} is not escaped");
    }
    let named = OsStr::from_bytes(b"not-\xff-utf8.yaml");
    check(root.path(), &[OsStr::new("--format"), OsStr::new("concise"), named]).says(1, "not-\u{fffd}-utf8.yaml");
    check(root.path(), &[OsStr::from_bytes(b"missing-\xff")]).says(2, "`missing-\u{fffd}` does not exist");
}

#[test]
fn files_may_come_and_go() {
    let root = right();
    let path = root.path();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                for index in 0..50 {
                    let _ = fs::write(path.join(format!("{index}.yaml")), POD);
                }
                for index in 0..50 {
                    let _ = fs::remove_file(path.join(format!("{index}.yaml")));
                }
            }
        });
        for _ in 0..15 {
            let run = check(path, &["."]);
            assert!(run.status != 2, "{}", run.stderr);
        }
        done.store(true, Ordering::Relaxed);
    });
}
