//! Fingerprints survive every edit that means nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use netlint::analysis::{Analysis, Options};
use netlint::diagnostic::{Finding, tell_apart};
use netlint::findings::judge;
use netlint::{catalogue, yaml};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::estate::{Shape, generate};
use crate::reach::emit::{self, Style};

/// The documents of every bad example of the rules' pages that can be written anew without changing its meaning.
static EXAMPLES: LazyLock<Vec<Vec<Value>>> = LazyLock::new(|| {
    let pages = catalogue::rules().iter().map(|rule| rule.page);
    let blocks = pages.flat_map(|page| page.split("```yaml bad\n").skip(1));
    let texts = blocks.filter_map(|block| block.split("\n```").next()).filter(|text| !text.contains("netlint"));
    texts.filter_map(documents).collect()
});

/// `None` where the text itself is what matters: it is broken, or the order of its documents counts.
fn documents(text: &str) -> Option<Vec<Value>> {
    let mut documents = Vec::new();
    for chunk in yaml::split(text) {
        let document = yaml::parse(text, chunk).ok()?;
        if !document.duplicate_keys().is_empty() {
            return None;
        }
        documents.extend(document.root().map(|root| yaml::from_node::<Value>(root).unwrap()));
    }
    let name = |document: &Value| {
        let metadata = &document["metadata"];
        [&document["kind"], &metadata["namespace"], &metadata["name"]].map(ToString::to_string)
    };
    let names: BTreeSet<_> = documents.iter().map(name).collect();
    (names.len() == documents.len()).then_some(documents)
}

fn fingerprints(files: &BTreeMap<String, String>) -> BTreeSet<(String, String)> {
    let texts: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let analysis = Analysis::from_texts(&texts, &Options::default());
    let models = [analysis];
    let sources = models[0].sources();
    let findings = judge(&models, false).findings;
    let found: BTreeSet<_> =
        findings.iter().map(|it| (it.fingerprint(sources), format!("{}: {}", it.rule, it.message))).collect();
    assert_eq!(found.len(), findings.len(), "every fingerprint is its own");
    found
}

/// Lists of policies whose order means nothing.
const SETS: [&str; 8] = ["ingress", "egress", "from", "to", "ports", "policyTypes", "values", "except"];

/// Reorders the lists of policies by a sequence of numbers.
fn shuffle(value: &mut Value, numbers: &mut impl Iterator<Item = usize>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if let (true, Value::Array(items)) = (SETS.contains(&key.as_str()), &mut *value) {
                    reorder(items, numbers);
                }
                shuffle(value, numbers);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shuffle(item, numbers)),
        _ => {}
    }
}

fn reorder<T>(items: &mut [T], numbers: &mut impl Iterator<Item = usize>) {
    for last in (1..items.len()).rev() {
        items.swap(last, numbers.next().unwrap() % (last + 1));
    }
}

fn style() -> impl Strategy<Value = Style> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(json, indent_lists, quote)| Style {
        json,
        indent_lists,
        quote,
        null: "null",
    })
}

proptest! {
    #[test]
    fn edits_that_mean_nothing_change_no_fingerprint(
        example in any::<prop::sample::Index>(),
        styles in prop::collection::vec(style(), 1..4),
        numbers in prop::collection::vec(0..1000_usize, 1..20),
        files in 1..4_usize,
    ) {
        prop_assert!(EXAMPLES.len() > 30);
        let before = example.get(&EXAMPLES);
        let plain = Style { json: false, indent_lists: true, quote: false, null: "null" };
        let original = BTreeMap::from([("a.yaml".to_owned(), emit::stream(before, &[plain]))]);
        let expected = fingerprints(&original);

        let mut numbers = numbers.into_iter().cycle();
        let mut after = before.clone();
        // Rules of Calico's NetworkPolicies are evaluated in order.
        let is_unordered = |it: &&mut Value| it["apiVersion"] == "networking.k8s.io/v1" && it["kind"] == "NetworkPolicy";
        after.iter_mut().filter(is_unordered).for_each(|it| shuffle(it, &mut numbers));
        let beside = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "beside"}, "data": {"a": "b"}});
        after.push(beside);
        reorder(&mut after, &mut numbers);
        let mut parts: Vec<Vec<Value>> = vec![Vec::new(); files];
        for document in after {
            parts[numbers.next().unwrap() % files].push(document);
        }
        let edited = parts.iter().enumerate().map(|(index, part)| {
            let name = format!("{}/{}.yaml", numbers.next().unwrap(), index);
            (name, format!("# Moved.\n{}", emit::stream(part, &styles)))
        });
        prop_assert_eq!(fingerprints(&edited.collect()), expected);
    }
}

/// What is found in the bad examples of all pages, and in estates with mistakes, each by itself.
fn many_findings() -> Vec<(Analysis, Vec<Finding>)> {
    let pages = catalogue::rules().iter().map(|rule| rule.page);
    let blocks = pages.flat_map(|page| page.split("```yaml bad\n").skip(1));
    let mut inputs: Vec<Vec<(String, String)>> = blocks
        .filter_map(|block| block.split("\n```").next())
        .map(|text| vec![("example.yaml".to_owned(), text.to_owned())])
        .collect();
    let shape = Shape { namespaces: 3, workloads: 9, policies: 4, ..Shape::default() };
    let estate: Vec<(String, String)> = generate(&shape).into_iter().map(|file| (file.path, file.text)).collect();
    for (from, to) in [
        ("port: 8080", "port: 80"),
        ("port: 5432", "port: 5433"),
        ("protocol: UDP", "protocol: TCP"),
        ("kubernetes.io/metadata.name", "name"),
        ("- podSelector:", "- podSelector: {}\n          namespaceSelector:"),
        ("app.kubernetes.io/name", "app.kubernetes.io/nam"),
        ("kind: NetworkPolicy", "kind: Gone"),
        ("policyTypes", "policyType"),
    ] {
        let edited: Vec<_> = estate.iter().map(|(path, text)| (path.clone(), text.replace(from, to))).collect();
        inputs.push(edited);
    }
    let found = inputs.into_iter().map(|files| {
        let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let analysis = Analysis::from_texts(&texts, &Options::default());
        let findings = judge(std::slice::from_ref(&analysis), false).findings;
        (analysis, findings)
    });
    found.collect()
}

#[test]
fn other_words_change_no_fingerprint() {
    let all = many_findings();
    assert!(all.iter().map(|(_, findings)| findings.len()).sum::<usize>() > 300);
    for (analysis, findings) in &all {
        let mut reworded = findings.clone();
        for finding in &mut reworded {
            finding.message = "in other words".to_owned();
            finding.help = finding.help.take().map(|_| "other advice".to_owned());
            finding.primary.message = "another remark".to_owned();
            finding.related.iter_mut().for_each(|label| label.message = "another reason".to_owned());
        }
        tell_apart(&mut reworded, analysis.sources());
        let fingerprints = |findings: &[Finding]| -> Vec<String> {
            findings.iter().map(|finding| finding.fingerprint(analysis.sources())).collect()
        };
        assert_eq!(fingerprints(&reworded), fingerprints(findings));
    }
}

#[test]
fn only_findings_that_say_the_same_are_told_apart_by_their_order() {
    let mut failures: BTreeSet<String> = BTreeSet::new();
    for (analysis, findings) in many_findings() {
        let mut said: BTreeMap<String, String> = BTreeMap::new();
        for finding in findings {
            let plain = Finding { occurrence: 0, ..finding.clone() }.fingerprint(analysis.sources());
            let first = said.entry(plain).or_insert_with(|| finding.message.clone());
            if *first != finding.message {
                failures.insert(format!("{}: {first}\n    {}", finding.rule, finding.message));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
