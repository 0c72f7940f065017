//! The rules about selectors and about traps of the format: one mistake put into right manifests, and what must not
//! be taken for one.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod mutations;
mod selectors;
mod traps;

use netlint::locate::locate;
use netlint::model::{Model, Options};
use netlint::rules;

/// A finding, as far as these tests look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    rule: &'static str,
    severity: String,
    /// The text that the finding points at.
    at: String,
    message: String,
    remark: String,
    help: String,
}

/// What the rules find in manifests.
fn lint(texts: &[(&str, &str)]) -> Vec<Found> {
    let model = Model::from_texts(texts, &Options::default());
    let severity = |rule: &str| rules::find(rule).unwrap().severity;
    let findings = locate(rules::run(&model), model.sources(), severity);
    let found = findings.into_iter().map(|finding| Found {
        rule: finding.rule,
        severity: finding.severity.to_string(),
        at: finding.primary.span.slice(model.sources().text(finding.primary.file)).to_owned(),
        message: finding.message,
        remark: finding.primary.message,
        help: finding.help.unwrap_or_default(),
    });
    found.collect()
}

/// What one rule finds in a text.
fn of(rule: &str, text: &str) -> Vec<Found> {
    assert!(rules::find(rule).is_some(), "no rule {rule}");
    lint(&[("manifests.yaml", text)]).into_iter().filter(|found| found.rule == rule).collect()
}

/// The one finding of a rule in a text.
fn only(rule: &str, text: &str) -> Found {
    match of(rule, text).as_slice() {
        [one] => one.clone(),
        other => panic!("not one finding of {rule}: {other:#?}"),
    }
}

/// A Pod of namespace `shop`.
fn pod(name: &str, labels: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{{labels}}}}}\n\
         spec: {{containers: [{{name: main, image: example/main:1}}]}}\n---\n"
    )
}

/// A NetworkPolicy of namespace `shop`: its `podSelector`, and one rule for ingress with these peers, in flow style.
fn ingress(selector: &str, peers: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: policy, namespace: shop}}\nspec:\n  \
         podSelector: {selector}\n  policyTypes: [Ingress]\n  ingress:\n    - from: {peers}\n---\n"
    )
}

/// A Namespace.
fn namespace(name: &str, labels: &str) -> String {
    format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n---\n")
}
