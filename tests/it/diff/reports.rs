//! The formats of the report.

#![cfg(unix)]

use std::collections::BTreeSet;

use serde_json::Value;

use crate::file_trees::repository::Repository;
use crate::support::{DENY_ALL, POD, netlint, run, status};

const ALLOW: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-job
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector: {}
      ports:
        - port: 5432
  egress:
    - to:
        - podSelector: {}
";

fn changed() -> Repository {
    let job = POD.replace("name: web", "name: job");
    let repository = Repository::new(&[("job.yaml", &job), ("web.yaml", POD), ("deny.yaml", DENY_ALL)]);
    repository.write("allow.yaml", ALLOW);
    repository
}

fn shown(repository: &Repository, args: &[&str]) -> String {
    let output = netlint(&repository.root(), &[&["diff"], args].concat()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn people_see_what_opens_and_the_lines() {
    insta::assert_snapshot!(run(&changed().root(), &["diff"]));
}

#[test]
fn json_has_the_frozen_shape() {
    let value: Value = serde_json::from_str(&shown(&changed(), &["--format", "json"])).unwrap();
    let keys = |value: &Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let set = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let top = [
        "base",
        "changes",
        "exposure",
        "findings",
        "head",
        "isolation",
        "notes",
        "policies",
        "schemaVersion",
        "silenced",
    ];
    assert_eq!(keys(&value), set(&[&top[..], &["workloads"]].concat()));
    assert_eq!(value["base"], serde_json::json!({"ref": "HEAD", "workloads": 2, "policies": 1}));
    assert_eq!(value["head"], serde_json::json!({"ref": null, "workloads": 2, "policies": 2}));
    let change = &value["changes"][0];
    assert_eq!(keys(change), set(&["base", "causes", "certain", "change", "from", "head", "to"]));
    assert_eq!((&change["change"], &change["base"]), (&"opened".into(), &serde_json::json!([])));
    assert_eq!(change["head"], serde_json::json!([{"protocol": "TCP", "from": 5432, "to": 5432}]));
    assert_eq!(keys(&change["causes"][0]), set(&["end", "field", "message", "path", "side", "start"]));
    assert_eq!(change["causes"][0]["path"], "allow.yaml");
    assert_eq!(value["policies"]["added"][0]["name"], "allow-job");
}

#[test]
fn markdown_links_to_the_lines() {
    let repository = changed();
    let text = shown(&repository, &["--format", "markdown", "--repository-url", "https://github.com/shop/manifests/"]);
    let commit = repository.git(&["rev-parse", "HEAD"]);
    assert!(text.starts_with("### netlint: this change opens 2 connections"), "{text}");
    let link = format!("(https://github.com/shop/manifests/blob/{commit}/allow.yaml#L11)");
    assert!(text.contains(&link), "{text}");
    let nested = repository.root().join("k8s");
    repository.write("k8s/more.yaml", &ALLOW.replace("shop", "mall"));
    repository.write("k8s/pod.yaml", &POD.replace("shop", "mall"));
    let args = ["diff", "--format", "markdown", "--repository-url", "https://github.com/shop/manifests"];
    let text = String::from_utf8(netlint(&nested, &args).output().unwrap().stdout).unwrap();
    assert!(!text.contains("/blob/") || text.contains(&format!("/blob/{commit}/k8s/")), "{text}");
}

#[test]
fn markdown_fits_into_a_comment() {
    let repository = Repository::new(&[("web.yaml", POD), ("deny.yaml", DENY_ALL)]);
    for number in 0..400 {
        let pod = POD.replace("name: web", &format!("name: a-rather-long-name-of-a-workload-{number}"));
        repository.write(&format!("pods/{number}.yaml"), &pod);
    }
    repository.write("allow.yaml", ALLOW);
    let text = shown(&repository, &["--format", "markdown"]);
    assert!(text.chars().count() <= 65_536 && text.len() > 30_000, "{}", text.len());
    assert!(text.contains("**Cut here:**"), "{}", &text[text.len() - 500..]);
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn github_gets_ten_annotations_of_a_kind_and_the_rest_as_lines() {
    let repository = changed();
    let text = shown(&repository, &["--format", "github"]);
    assert!(text.contains("\n::warning file=allow.yaml,line="), "{text}");
    for number in 0..12 {
        let rule =
            ALLOW.replace("allow-job", &format!("allow-{number}")).replace("5432", &format!("{}", 6000 + number));
        repository.write(&format!("allow-{number}.yaml"), &rule);
    }
    for number in 0..12 {
        let namespace = format!("ns{number}");
        repository.write(&format!("pod-{number}.yaml"), &POD.replace("shop", &namespace));
    }
    let text = shown(&repository, &["--format", "github"]);
    assert_eq!(text.lines().filter(|line| line.starts_with("::warning ")).count(), 10, "{text}");
    assert!(text.contains("of which GitHub would show none:"), "{text}");
}

#[test]
fn mermaid_draws_what_changes() {
    insta::assert_snapshot!(shown(&changed(), &["--format", "mermaid"]), @r#"
    flowchart LR
      n0["shop/job"]
      n1["shop/web"]
      n0 ==>|"opened: TCP 5432"| n1
      n1 ==>|"opened: TCP 5432"| n0
    "#);
}

#[test]
fn html_is_the_page_of_graph() {
    let repository = changed();
    let directory = repository.root();
    assert_eq!(status(&directory, &["diff", "--format", "html:page.html"]), Some(0));
    assert_eq!(status(&directory, &["graph", "--diff", "HEAD", "--format", "html:other.html"]), Some(0));
    let [page, other] = ["page.html", "other.html"].map(|name| std::fs::read_to_string(directory.join(name)).unwrap());
    assert!(page.contains("\"isChange\":true"), "{}", &page[page.len() - 2_000..]);
    assert!(page == other, "both commands write the same page");
}

#[test]
fn names_of_manifests_are_harmless() {
    let repository = Repository::new(&[("deny.yaml", DENY_ALL)]);
    let hostile = POD.replace("name: web\n  namespace", "name: \"x|<b>`@team\\e[31m\\n::error::\"\n  namespace");
    repository.write("pod.yaml", &hostile);
    for format in ["human", "markdown", "github", "mermaid"] {
        let text = shown(&repository, &["--format", format]);
        assert!(!text.contains('\u{1b}') && !text.contains("\n::error::"), "{format}: {text}");
        assert!(format != "markdown" || !text.contains("<b>`"), "{text}");
    }
}

#[test]
fn what_a_new_peer_admits_outside_the_input_is_said() {
    let repository = Repository::new(&[("web.yaml", POD), ("deny.yaml", DENY_ALL)]);
    let peer = "- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}";
    repository.write("allow.yaml", &ALLOW.replacen("- podSelector: {}", peer, 1));
    let text = shown(&repository, &[]);
    assert!(text.contains("unseen: `allow-job` now admits pods that are not in the input (allow.yaml:11)"), "{text}");
}
