//! The demo: what netlint says of the tutorial application at each of its stages, and of the repaired one.

use std::process::Command;

const STAGES: [&str; 5] = [
    "testdata/secure-app/0-pods.yaml",
    "testdata/secure-app/1-deny-all.yaml",
    "testdata/secure-app/2-allow-frontend-to-backend.yaml",
    "testdata/secure-app/3-allow-backend-to-database.yaml",
    "testdata/secure-app/4-restrict-backend-egress.yaml",
];

/// The report at 80 columns, without colours, and the exit status.
fn netlint(arguments: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_netlint"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .envs([("COLUMNS", "80"), ("NO_COLOR", "1"), ("LANG", "C.UTF-8")])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "nothing on standard error");
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

fn stage(last: usize) -> String {
    let files: Vec<&str> = STAGES.iter().take(last + 1).copied().collect();
    let (report, status) = netlint(&files);
    assert_eq!(status, 1);
    report
}

#[test]
fn stage_0_has_no_policy_at_all() {
    insta::assert_snapshot!(stage(0));
}

#[test]
fn stage_1_denies_everything_and_nothing_else() {
    let files: Vec<&str> = STAGES.iter().take(2).copied().collect();
    let (report, status) = netlint(&files);
    assert_eq!(status, 0);
    insta::assert_snapshot!(report);
}

#[test]
fn stage_2_allows_one_side_of_the_first_connection() {
    insta::assert_snapshot!(stage(2));
}

#[test]
fn stage_3_allows_one_side_of_the_second_connection() {
    insta::assert_snapshot!(stage(3));
}

#[test]
fn stage_4_restricts_the_backend_to_an_outside_network() {
    insta::assert_snapshot!(stage(4));
}

#[test]
fn the_whole_demo_as_json() {
    let (report, status) = netlint(&["testdata/secure-app", "--format", "json"]);
    assert_eq!(status, 1);
    insta::assert_snapshot!(report);
}

#[test]
fn the_repaired_application_has_no_finding() {
    let (report, status) = netlint(&["testdata/secure-app-fixed"]);
    assert_eq!(status, 0);
    insta::assert_snapshot!(report);
}
