//! What a stranger may write very much of: what is bounded, and what is looked up.

use std::fmt::Write as _;

use std::process::Command;

use super::{Run, size};
use crate::support::{POD, tree};

/// `netlint check` in a directory with these files, of which one may be a configuration.
fn check_files(files: &[(&str, String)]) -> Run {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let root = tree(&files);
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    command.args(["check", "--format", "concise", "."]).current_dir(root.path());
    Run::new(command.output().unwrap())
}

/// Pods without policies, one in each namespace.
fn pods(count: usize) -> String {
    let pod = |index| format!("---\n{}", POD.replace("namespace: shop", &format!("namespace: n{index}")));
    (0..count).map(pod).collect()
}

#[test]
fn whole_names_in_ignore_are_any_number() {
    let count = size(20_000);
    let mut configuration = "ignore:\n".to_owned();
    for index in 0..count {
        let _ = writeln!(configuration, "- {{rule: missing-default-deny, resource: \"Namespace/n{index}\"}}");
    }
    let files = [("input.yaml", pods(count)), ("netlint.yaml", configuration)];
    check_files(&files).says(0, &format!("{count} suppressed"));
}

#[test]
fn patterns_in_ignore_are_not() {
    let entries = |count: usize| -> String {
        let entry = |index| format!("- {{rule: missing-default-deny, resource: \"*/x{index}*\"}}\n");
        format!("ignore:\n{}", (0..count).map(entry).collect::<String>())
    };
    let run = |count| check_files(&[("input.yaml", pods(1)), ("netlint.yaml", entries(count))]);
    run(500).says(1, "missing-default-deny");
    run(501).says(2, "`ignore` has more than 500 entries with patterns");
    let rules = vec!["missing-default-deny"; 501].join(", ");
    let several = format!("ignore: [{{rule: [{rules}], resource: \"*/x*\"}}]\n");
    check_files(&[("input.yaml", pods(1)), ("netlint.yaml", several)]).says(2, "more than 500 entries with patterns");
}

#[test]
fn comments_that_ignore_one_line_are_any_number() {
    let comments = "# netlint: ignore[missing-default-deny]\n".repeat(size(20_000));
    let pods: String = pods(1).replace("apiVersion: v1", &format!("{comments}apiVersion: v1"));
    check_files(&[("input.yaml", pods)]).says(1, "unused-suppression");
}
