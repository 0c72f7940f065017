//! A run with 200 findings, as people meet it: at three widths, in a pipe, and without colour.

use std::process::Command;

use crate::support::tree;

/// 200 findings of four rules, with names of many lengths.
fn estate() -> tempfile::TempDir {
    let policies: String = (0..50)
        .map(|index| {
            let name = "allow-".to_owned() + &"x".repeat(index % 25) + &index.to_string();
            format!(
                "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  \
                 podSelector: {{matchLabels: {{app: web}}}}\n  policyTypes: [Ingress, Egress]\n  ingress:\n  \
                 - from: [{{podSelector: {{matchLabels: {{app: nobody-{index}}}}}}}]\n    ports: [{{port: metrics-{index}}}]\n  \
                 egress:\n  - to: [{{ipBlock: {{cidr: 0.0.0.0/0}}}}]\n    portz: []\n---\n"
            )
        })
        .collect();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\n\
               spec: {containers: [{name: web, image: nginx}]}\n";
    tree(&[("k8s/policies.yaml", &policies), ("k8s/web.yaml", pod)])
}

fn report(root: &tempfile::TempDir, columns: Option<&str>, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    command.args(arguments).arg("k8s").current_dir(root.path()).env_clear();
    command.envs(columns.map(|columns| ("COLUMNS", columns)));
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// The beginning, the end, and how much lies between.
fn ends(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let (first, last) = (lines.len().min(60), lines.len().saturating_sub(25));
    format!("{}\n[{} lines]\n{}", lines[..first].join("\n"), last - first, lines[last..].join("\n"))
}

#[test]
fn lines_keep_to_the_width() {
    let root = estate();
    for columns in [60, 80, 140] {
        let text = report(&root, Some(&columns.to_string()), &[]);
        // Lines to paste keep their breaks.
        let lines = text.lines().filter(|line| !line.starts_with("          "));
        let longest = lines.map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= columns, "{longest} columns of {columns}");
        insta::assert_snapshot!(format!("at_{columns}_columns"), ends(&text));
    }
}

#[test]
fn a_pipe_gets_the_same_without_wrapping_and_without_colour() {
    let root = estate();
    let piped = report(&root, None, &[]);
    assert!(!piped.contains('\u{1b}'));
    insta::assert_snapshot!("in_a_pipe", ends(&piped));
    let coloured = report(&root, None, &["--color", "always"]);
    assert!(coloured.contains("\u{1b}["));
    let mut plain = String::new();
    let mut pieces = coloured.split("\u{1b}[");
    plain.push_str(pieces.next().unwrap());
    pieces.for_each(|piece| plain.push_str(piece.split_once('m').unwrap().1));
    assert_eq!(plain, piped, "colours change nothing else");
    let json: serde_json::Value = serde_json::from_str(&report(&root, None, &["--format", "json"])).unwrap();
    assert!(json["findings"].as_array().unwrap().len() >= 200);
}
