//! Suppressions that suppress nothing go away, and what stands beside them stays.

use std::fs;

use crate::support::{DENY_ALL, POD, run, tree};

/// What `--fix` makes of a policy with a suppression, and of a configuration, beside a pod that is closed.
#[track_caller]
fn fixed(policy: &str, configuration: &str) -> (String, String, String) {
    let files = [("pod.yaml", POD), ("deny.yaml", policy), ("netlint.yaml", configuration)];
    let root = tree(&files);
    fs::create_dir(root.path().join(".git")).unwrap();
    let told = run(root.path(), &["--fix"]);
    let read = |file: &str| fs::read_to_string(root.path().join(file)).unwrap();
    (read("deny.yaml"), read("netlint.yaml"), told)
}

#[test]
fn comments_go_with_their_line_or_from_its_end() {
    let own_line = format!("# netlint: ignore[invalid-field] not now\n{DENY_ALL}");
    let (after, _, told) = fixed(&own_line, "");
    assert_eq!(after, DENY_ALL, "{told}");
    assert!(told.contains("fixed deny.yaml:1 [unused-suppression]: delete the comment\n"), "{told}");
    let with = |comment: &str, line_break: &str| {
        DENY_ALL.replacen("kind: NetworkPolicy\n", &format!("kind: NetworkPolicy{comment}{line_break}"), 1)
    };
    assert_eq!(fixed(&with("  # netlint: ignore[invalid-field]", "\n"), "").0, DENY_ALL);
    let beside = with(" # the deny # netlint: ignore[invalid-field] x", "\n");
    assert_eq!(fixed(&beside, "").0, with(" # the deny", "\n"));
    let windows = |text: String| text.replace('\n', "\r\n");
    let before = windows(with(" # netlint: ignore[invalid-field]", "\n"));
    assert_eq!(fixed(&before, "").0, windows(DENY_ALL.to_owned()));
}

#[test]
fn rules_go_one_by_one_from_what_names_several() {
    let two = format!("# netlint: ignore[invalid-field, missing-protocol] not now\n{DENY_ALL}");
    let (after, _, told) = fixed(&two, "");
    assert_eq!(after, DENY_ALL, "{told}");
    let used = format!("{DENY_ALL}  # netlint: ignore[unknown-field, invalid-field] ours\n  owner: us\n");
    let (after, _, told) = fixed(&used, "");
    assert_eq!(after, used.replace(", invalid-field", ""), "{told}");
}

#[test]
fn annotations_and_entries_of_the_configuration_go_too() {
    let annotated = DENY_ALL.replace(
        "metadata:\n",
        "metadata:\n  annotations:\n    note: x\n    netlint.dev/ignore: \"invalid-field: not now\"\n",
    );
    let (after, _, told) = fixed(&annotated, "");
    assert_eq!(after, DENY_ALL.replace("metadata:\n", "metadata:\n  annotations:\n    note: x\n"), "{told}");
    let configuration = "# ours\nignore:\n  - {rule: invalid-field, reason: gone}\n  - {rule: unknown-field, reason: ours} \
                         # stays\n";
    let (_, after, told) = fixed(&format!("{DENY_ALL}  owner: us\n"), configuration);
    assert_eq!(after, "# ours\nignore:\n  - {rule: unknown-field, reason: ours} # stays\n", "{told}");
    assert!(told.contains("fixed netlint.yaml:3 [unused-suppression]: delete the entry"), "{told}");
}
