//! Tiers of the configuration, through the real binary.

use std::fs;

use serde_json::Value;

use super::demo::{Edit, findings};
use crate::support::{DENY_ALL, POD, run, tree};

const TIERS: &str = "\
tiers:
  frontend: {match: [{labels: {app: frontend}}]}
  backend: {match: [{image: \"python*\"}], reachableFrom: [frontend]}
  database: {match: [{kind: Pod, namespace: secure-*, labels: {app: database}}], reachableFrom: [backend]}
";

/// `severity[rule] message`, without what follows from the same mistake elsewhere.
fn told(findings: &[Value], rules: &[&str]) -> Vec<String> {
    let own = findings.iter().filter(|finding| rules.contains(&finding["rule"].as_str().unwrap()));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    own.map(|it| format!("{}[{}] {}", text(&it["severity"]), text(&it["rule"]), text(&it["message"]))).collect()
}

const RULES: [&str; 4] = ["database-reachable", "tier-violation", "overlapping-tiers", "tier-matches-nothing"];
const SECOND: &str = "2-allow-frontend-to-backend.yaml";
const THIRD: &str = "3-allow-backend-to-database.yaml";

#[test]
fn tiers_that_are_kept_apart_are_no_finding() {
    assert_eq!(findings(TIERS, &[]), Vec::<Value>::new());
}

#[test]
fn each_mistake_in_the_repaired_demo_is_one_finding() {
    // The database calls the backend: both sides open, in the wrong direction.
    let backwards = [
        Edit { file: SECOND, mark: "ingress:", from: "app: frontend", to: "app: database" },
        Edit { file: SECOND, mark: "allow-frontend-egress", from: "app: frontend", to: "app: database" },
    ];
    let found = findings(TIERS, &backwards);
    assert_eq!(
        told(&found, &RULES),
        ["error[tier-violation] `allow-frontend-to-backend` opens `backend` of tier `backend` to `database` of tier \
          `database`"]
    );
    let own = found.iter().find(|it| it["rule"] == "tier-violation").unwrap();
    assert_eq!(own["primary"]["field"], "spec.ingress[0].from[0]");
    assert_eq!(own["related"][0]["field"], "tiers.backend.reachableFrom");
    // One side alone is no connection.
    assert_eq!(told(&findings(TIERS, &backwards[..1]), &RULES), Vec::<String>::new());

    // The frontend calls the database.
    let shortcut = [
        Edit { file: THIRD, mark: "ingress:", from: "app: backend", to: "app: frontend" },
        Edit { file: THIRD, mark: "allow-backend-egress", from: "app: backend", to: "app: frontend" },
    ];
    let expected = "error[database-reachable] `allow-backend-to-database` opens PostgreSQL `database` to frontend \
                    `frontend`";
    assert_eq!(told(&findings(TIERS, &shortcut), &RULES), [expected]);
    let listed = TIERS.replace("reachableFrom: [backend]", "reachableFrom: [backend, frontend]");
    assert_eq!(told(&findings(&listed, &shortcut), &RULES), Vec::<String>::new());
}

#[test]
fn what_nothing_isolates_is_named_once() {
    let pods = [POD.to_owned(), POD.replace("name: web", "name: api")].join("---\n");
    let root =
        tree(&[("netlint.yaml", "tiers: {logic: {match: [{image: nginx}], reachableFrom: []}}\n"), ("a.yaml", &pods)]);
    let shown = run(root.path(), &["--select", "tier-violation"]);
    insta::assert_snapshot!("open", shown);
}

#[test]
fn configured_databases_replace_guesses() {
    let database = POD.replace("name: web\n    image: nginx", "name: db\n    image: postgres:16");
    let other = POD.replace("name: web\n", "name: ledger\n");
    let root = tree(&[("a.yaml", &database), ("b.yaml", &other)]);
    let reachable = |config: &str| {
        fs::write(root.path().join("netlint.yaml"), config).unwrap();
        let shown = run(root.path(), &["--format", "concise", "-q", "--select", "database-reachable", "."]);
        shown.lines().filter(|line| line.contains("database-reachable")).map(str::to_owned).collect::<Vec<_>>()
    };
    let guessed = reachable("");
    assert!(guessed.len() == 1 && guessed[0].contains("PostgreSQL `web`"), "{guessed:?}");
    let configured = reachable("tiers: {database: {match: [{image: nginx}]}}\n");
    assert!(configured.len() == 1 && configured[0].contains("database `ledger`"), "{configured:?}");
    // Another tier leaves the guess to looks; being of another tier does not.
    assert_eq!(reachable("tiers: {edge: {match: [{image: nginx}]}}\n").len(), 1);
    assert_eq!(reachable("tiers: {edge: {match: [{image: 'postgres*'}]}}\n").len(), 0);
}

#[test]
fn every_part_of_an_entry_must_hold() {
    let root = tree(&[("a.yaml", POD)]);
    for (entry, expected) in [
        ("image: nginx", true),
        ("image: 'ng*', namespace: shop", true),
        ("image: 'ng*', namespace: 'sh?p', kind: Pod", true),
        ("image: nginx, namespace: other", false),
        ("image: nginx, kind: Deployment", false),
        ("image: nginx, labels: {app: web}", false),
        ("image: nginx:1", false),
    ] {
        let config = format!("tiers: {{x: {{match: [{{{entry}}}]}}}}\n");
        fs::write(root.path().join("netlint.yaml"), config).unwrap();
        let shown = run(root.path(), &["--format", "concise", "--select", "tier-matches-nothing", "."]);
        assert_eq!(!shown.contains("[tier-matches-nothing]"), expected, "{entry}: {shown}");
        // A part of the manifests need not hold every tier.
        assert!(!run(root.path(), &["--format", "concise", "a.yaml"]).contains("[tier-matches-nothing]"));
    }
}

#[test]
fn tiers_that_overlap_or_match_nothing_are_shown_where_they_stand() {
    let config = "\
tiers:
  cache:
    match:
    - labels: {app: chace}
  edge:
    match: [{image: nginx}]
  rest:
    match:
    - namespace: other
    - namespace: shop
";
    let pods = POD.replace("  namespace: shop\n", "  namespace: shop\n  labels: {app: cache}\n");
    let root = tree(&[("netlint.yaml", config), ("a.yaml", &format!("{pods}---\n{DENY_ALL}"))]);
    insta::assert_snapshot!("shown", run(root.path(), &["."]));
}
