//! Whoever pastes what the help of a finding shows gets rid of it, and gets no other error or warning.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use netlint::analysis::{Analysis, Options};
use netlint::catalogue;
use netlint::config::{Base, Config};
use netlint::diagnostic::{Finding, Severity};
use netlint::findings::judge;
use netlint::yaml;
use serde_json::{Value, json};

use super::rules::{CONFIGURATION, examples, files};
use crate::estate::{Shape, generate};

/// The rules whose repair is an added rule or policy.
const RULES: [&str; 9] = [
    "blocked-api-server",
    "blocked-client",
    "blocked-metrics",
    "blocked-webhook",
    "missing-default-deny",
    "missing-dns-egress",
    "one-sided-allow",
    "quorum-ports-blocked",
    "unreachable-service",
];

type Files = Vec<(String, String)>;

fn findings(files: &Files, configuration: &str) -> Vec<Finding> {
    let config = Config::parse(CONFIGURATION, configuration, Base::default()).unwrap();
    let options = Options { config: Arc::new(config), ..Options::default() };
    let texts: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    judge(&[Analysis::from_texts(&texts, &options)], false).findings
}

/// How often each rule reports more than a note.
fn counted(findings: &[Finding]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity > Severity::Note) {
        *counts.entry(finding.rule).or_default() += 1;
    }
    counts
}

/// The documents of a text.
fn documents(text: &str) -> Vec<Value> {
    let chunks = yaml::split(text).into_iter();
    let documents = chunks.map(|chunk| yaml::parse(text, chunk).unwrap());
    documents.filter_map(|document| Some(yaml::from_node(document.root()?).unwrap())).collect()
}

/// The files with what the help shows; `None` where it shows no YAML.
fn carried_out(files: &Files, help: &str) -> Option<Files> {
    let (instruction, shown) = help.split_once(":\n")?;
    let mut files = files.clone();
    if shown.starts_with("apiVersion: ") {
        files.push(("advice.yaml".to_owned(), shown.to_owned()));
        return Some(files);
    }
    let name = instruction.strip_prefix("add a rule to `spec` of `").and_then(|rest| rest.strip_suffix('`'));
    let name = name.unwrap_or_else(|| panic!("{help}: nobody knows where that goes"));
    let added = documents(shown).remove(0)["egress"].as_array().unwrap().clone();
    let mut is_added = false;
    for (_, text) in &mut files {
        let mut all = documents(text);
        let named = |it: &&mut Value| it["kind"] == "NetworkPolicy" && it["metadata"]["name"] == name;
        for policy in all.iter_mut().filter(named) {
            let rules = &mut policy["spec"]["egress"];
            if rules.is_null() {
                *rules = json!([]);
            }
            rules.as_array_mut().unwrap().extend(added.clone());
            is_added = true;
        }
        *text = all.iter().map(Value::to_string).collect::<Vec<_>>().join("\n---\n");
    }
    assert!(is_added, "{help}: there is no such policy");
    Some(files)
}

/// What goes wrong where people do what the findings tell, each by itself; and the rules that show YAML.
fn follow(files: &Files, configuration: &str, place: &str, failures: &mut String) -> BTreeSet<&'static str> {
    let before = findings(files, configuration);
    let mut rules = BTreeSet::new();
    for finding in &before {
        let Some(after) = finding.help.as_deref().and_then(|help| carried_out(files, help)) else { continue };
        rules.insert(finding.rule);
        let after = findings(&after, configuration);
        let is_own = |it: &&Finding| it.rule == finding.rule && it.message == finding.message;
        if after.iter().filter(is_own).count() >= before.iter().filter(is_own).count() {
            writeln!(failures, "{place}: `{}` of {} is still there", finding.message, finding.rule).unwrap();
        }
        let (was, is) = (counted(&before), counted(&after));
        for (rule, number) in is {
            if number > was.get(rule).copied().unwrap_or_default() {
                let new = after.iter().find(|it| it.rule == rule).unwrap();
                let own = finding.rule;
                writeln!(failures, "{place}: the help of {own} leads to {rule}: {}", new.message).unwrap();
            }
        }
    }
    rules
}

#[test]
fn what_help_shows_is_safe_on_every_page() {
    let (mut failures, mut shown) = (String::new(), BTreeSet::new());
    for rule in catalogue::rules() {
        for example in examples(rule.page).iter().filter(|example| !example.good) {
            let files = files(example);
            // What a kustomization builds has to be listed there as well.
            if files.len() == 1 {
                let place = format!("rules/{}.md:{}", rule.name, example.line);
                shown.extend(follow(&files, &example.config, &place, &mut failures));
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert_eq!(shown, BTreeSet::from(RULES));
}

#[test]
fn what_help_shows_is_safe_on_estates() {
    let (mut failures, mut shown) = (String::new(), BTreeSet::new());
    let usual = Shape { namespaces: 2, workloads: 5, evidence: true, ..Shape::default() };
    let mistakes =
        [Shape { forgotten_dns: 1, ..usual }, Shape { typo: 1, ..usual }, Shape { open_database: 1, ..usual }];
    let estate = |shape: &Shape| -> Files {
        let files = generate(shape).into_iter().filter(|file| file.path != crate::estate::CONFIGURATION);
        files.map(|file| (file.path, file.text)).collect()
    };
    for shape in &mistakes {
        shown.extend(follow(&estate(shape), "", &format!("{shape:?}"), &mut failures));
    }
    // Without one of its policies.
    let whole = estate(&usual);
    let policies: Vec<(usize, usize)> = whole
        .iter()
        .enumerate()
        .flat_map(|(file, (_, text))| {
            let documents = text.split("---\n").enumerate();
            let policies = documents.filter(|(_, it)| it.contains("kind: NetworkPolicy\n"));
            policies.map(move |(document, _)| (file, document))
        })
        .collect();
    for (file, document) in policies {
        let mut files = whole.clone();
        let left = files[file].1.split("---\n").enumerate().filter(|(at, _)| *at != document).map(|(_, it)| it);
        files[file].1 = left.collect::<Vec<_>>().join("---\n");
        let place = format!("without policy {document} of {}", files[file].0);
        shown.extend(follow(&files, "", &place, &mut failures));
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(shown.len() > 3, "{shown:?}");
}
