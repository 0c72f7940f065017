//! `netlint graph`, through the real binary. `page/tests` opens the page in a browser.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use base64::Engine as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// netlint in `testdata`.
fn netlint(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netlint"));
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    command.current_dir(testdata).args(args).env("NO_COLOR", "1");
    command
}

fn graph(args: &[&str]) -> String {
    let output = netlint(&[&["graph", "--isolated"], args].concat()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What is between two texts.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).unwrap();
    rest.split_once(end).unwrap().0
}

/// The data of a page.
fn data(page: &str) -> Value {
    serde_json::from_str(between(page, "id=\"data\">", "</script>")).unwrap()
}

#[test]
fn the_demo_as_a_picture() {
    insta::assert_snapshot!("secure-app-fixed_svg", graph(&["--format", "svg", "secure-app-fixed"]));
    insta::assert_snapshot!(
        "secure-app-fixed_change_svg",
        graph(&["--format", "svg", "secure-app-fixed", "--diff", "secure-app"])
    );
}

#[test]
fn the_data_of_the_demo() {
    let page = graph(&["secure-app-fixed"]);
    insta::assert_snapshot!("secure-app-fixed_data", serde_json::to_string_pretty(&data(&page)).unwrap());
}

#[test]
fn the_policy_permits_the_script_and_the_style_of_the_page_alone() {
    let page = graph(&["secure-app"]);
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    let digest = |text: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
    let style = digest(between(&page, "<style id=\"__________cytoscape_stylesheet\">", "</style>"));
    let script = digest(between(&page, "<script>", "</script>"));
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; base-uri 'none'; \
             form-action 'none'"
        )
    );
    assert_eq!(page.matches("<script").count(), 2, "the data and the script");
}

#[test]
fn text_of_manifests_is_data() {
    let pods = "
apiVersion: v1
kind: Pod
metadata: {name: '</script><script>alert(1)</script>', namespace: shop}
spec: {containers: [{name: main, image: example/main}]}
---
apiVersion: v1
kind: Pod
metadata: {name: '{{script}}<!--<script>', namespace: shop}
spec: {containers: [{name: main, image: example/main}]}
";
    let run = |format: &str| {
        let output = netlint(&["graph", "--isolated", "--format", format, "-"]).write_stdin(pods).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let page = run("html");
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(data(&page)["nodes"][0]["name"], "</script><script>alert(1)</script>");
    assert_eq!(data(&page)["nodes"][1]["name"], "{{script}}<!--<script>");
    assert!(!run("svg").contains("<script"));
}

#[test]
fn a_large_picture_has_a_box_for_each_namespace_and_says_so() {
    let pods = |namespaces: usize| -> String {
        let pod = |number: usize| {
            let namespace = number % namespaces;
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: pod-{number}, namespace: shop-{namespace}}}\nspec: \
                 {{containers: [{{name: main, image: example/main}}]}}\n---\n"
            )
        };
        (0..200).map(pod).collect()
    };
    let picture = |namespaces: usize| {
        let args = ["graph", "--isolated", "--format", "svg", "-"];
        let output = netlint(&args).write_stdin(pods(namespaces)).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let two = picture(2);
    assert_eq!(two.matches(">100 workloads</text>").count(), 2, "{two}");
    assert!(two.contains("Namespaces are folded") && !two.contains("pod-7<"), "{two}");
    assert!(two.contains("<title>shop-0 to shop-1: 10000 connections</title>"), "{two}");
    let one = picture(1);
    assert!(one.contains("pod-7<") && !one.contains("Namespaces are folded"), "the only namespace is not folded");
}

#[test]
fn a_page_is_the_same_whatever_the_number_of_threads() {
    let run = |threads: &str| {
        let Output { stdout, .. } =
            netlint(&["graph", "secure-app-fixed"]).env("RAYON_NUM_THREADS", threads).output().unwrap();
        stdout
    };
    let one = run("1");
    assert!(!one.is_empty());
    assert!(one == run("2") && one == run("16"));
}

#[test]
fn dot_and_mermaid_are_those_of_connections() {
    for format in ["dot", "mermaid"] {
        let listed = netlint(&["connections", "--format", format, "secure-app-fixed"]).output().unwrap();
        assert_eq!(graph(&["--format", format, "secure-app-fixed"]), String::from_utf8(listed.stdout).unwrap());
    }
}

#[test]
fn pairs_that_policies_treat_alike_are_one_edge() {
    let pods: Vec<String> = (0..50)
        .map(|number| {
            format!(
                "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{number:02}, namespace: shop}}\n\
                 spec: {{containers: [{{name: main, image: example/main}}]}}\n"
            )
        })
        .collect();
    let output = netlint(&["graph", "--isolated", "-"]).write_stdin(pods.concat()).output().unwrap();
    let data = data(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(data["summary"], "50 workloads, 0 policies, 2550 connections");
    // To those before it, to those behind it, to the outside, and from there.
    assert_eq!(data["edges"].as_array().unwrap().len(), 48 * 2 + 2 + 50 + 1);
    assert_eq!(data["documents"], serde_json::json!([]));
}

#[test]
fn a_change_has_what_opened_and_what_closed() {
    let opened = data(&graph(&["secure-app-fixed", "--diff", "secure-app"]));
    let closed = data(&graph(&["secure-app", "--diff", "secure-app-fixed"]));
    let kinds = |data: &Value| {
        let edges = data["edges"].as_array().unwrap().iter();
        edges.map(|edge| edge[5].as_str().unwrap_or("unchanged").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&opened), ["opened", "changed", "opened"]);
    assert_eq!(kinds(&closed), ["closed", "changed", "closed"]);
    let titles: Vec<_> =
        opened["sides"].as_array().unwrap().iter().map(|side| side["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"Before the change") && titles.contains(&"After the change"));
    let same = data(&graph(&["secure-app", "--diff", "secure-app"]));
    assert_eq!(kinds(&same), ["unchanged"]);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_advice() {
    let refused = |args: &[&str]| {
        let output = netlint(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    insta::assert_snapshot!(
        "refused",
        [
            refused(&["graph", "secure-app", "--diff", "secure-app-fixed", "--format", "dot"]),
            refused(&["graph", "secure-app", "--diff", "no-such-revision"]),
            refused(&["graph", "secure-app", "--format", "svg", "--format", "dot"]),
            refused(&["graph", "secure-app", "--to", "databse", "--format", "svg"]),
        ]
        .join("---\n")
    );
}
