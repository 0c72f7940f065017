//! How changed files are written.

use std::fs;
use std::path::Path;

use crate::support::{DENY_ALL, POD, run, tree};

/// A policy for the pod whose ports are not right, and what becomes of it.
fn office(protocol: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: office, namespace: shop}}\nspec:\n  \
         podSelector: {{}}\n  policyTypes: [Ingress]\n  ingress:\n    - from: [{{ipBlock: {{cidr: 203.0.113.0/24}}}}]\n      \
         ports: [{{protocol: {protocol}, port: 80}}]\n"
    )
}

fn shop(others: &[(&str, &str)]) -> tempfile::TempDir {
    let files = [("pod.yaml", POD), ("deny.yaml", DENY_ALL)];
    let root = tree(&[&files[..], others].concat());
    fs::create_dir(root.path().join(".git")).unwrap();
    root
}

fn read(directory: &Path, file: &str) -> String {
    fs::read_to_string(directory.join(file)).unwrap()
}

#[test]
fn nothing_is_left_beside_the_files() {
    let root = shop(&[("office.yaml", &office("tcp"))]);
    run(root.path(), &["--fix"]);
    let mut names: Vec<String> =
        fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, [".git", "deny.yaml", "office.yaml", "pod.yaml"]);
    assert_eq!(read(root.path(), "office.yaml"), office("TCP"));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(file: &Path, mode: u32) {
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn permissions_stay() {
        let root = shop(&[("office.yaml", &office("tcp"))]);
        let file = root.path().join("office.yaml");
        mode(&file, 0o640);
        run(root.path(), &["--fix"]);
        assert_eq!(read(root.path(), "office.yaml"), office("TCP"));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn read_only_files_are_an_error_and_the_others_are_written() {
        let second = office("udp").replace("name: office", "name: second");
        let root = shop(&[("a.yaml", &office("tcp")), ("b.yaml", &second)]);
        mode(&root.path().join("a.yaml"), 0o444);
        let told = run(root.path(), &["--fix"]);
        assert!(told.starts_with("exit status: 3\n"), "{told}");
        assert!(told.contains("error: `a.yaml` is read-only\n  help: make it writable: `chmod u+w a.yaml`"), "{told}");
        assert!(
            told.contains("fixed b.yaml:9 [invalid-field]: write `UDP`") && !told.contains("fixed a.yaml"),
            "{told}"
        );
        assert!(told.contains("error[invalid-field]"), "what is still wrong is reported: {told}");
        assert_eq!(
            (read(root.path(), "a.yaml"), read(root.path(), "b.yaml")),
            (office("tcp"), second.replace("udp", "UDP"))
        );
    }

    #[test]
    fn links_are_neither_followed_nor_replaced() {
        let elsewhere = tree(&[("office.yaml", &office("tcp"))]);
        let root = shop(&[]);
        fs::create_dir(root.path().join("shared")).unwrap();
        fs::write(root.path().join("shared/office.txt"), office("tcp")).unwrap();
        symlink("shared/office.txt", root.path().join("office.yaml")).unwrap();
        let told = run(root.path(), &["--fix"]);
        assert!(told.contains("error: `office.yaml` is a symbolic link to `shared/office.txt`"), "{told}");
        assert!(fs::symlink_metadata(root.path().join("office.yaml")).unwrap().is_symlink());
        assert_eq!(read(root.path(), "shared/office.txt"), office("tcp"));

        fs::remove_file(root.path().join("office.yaml")).unwrap();
        symlink(elsewhere.path(), root.path().join("linked")).unwrap();
        let told = run(root.path(), &["--fix", "--follow-outside"]);
        assert!(told.contains("is outside the git repository, and is left as it is"), "{told}");
        assert_eq!(read(elsewhere.path(), "office.yaml"), office("tcp"));
    }
}
