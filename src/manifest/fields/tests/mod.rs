//! What is reported, on which bytes, and what is not.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod admin;
mod api;
mod ingress;
mod metadata;
mod policy;
mod properties;
mod service;
mod types;
mod unknown;
mod workload;

use crate::diagnostic::Severity;
use crate::source::{FileId, Location, Origin};
use crate::yaml::{self, FieldPath};

/// A finding, with the bytes it points at.
#[derive(Debug)]
struct Found {
    rule: &'static str,
    severity: Severity,
    at: String,
    field: String,
    message: String,
    help: String,
}

/// The findings of a text with one object, in the order of their places, and whether it is rejected.
fn check(text: &str) -> (Vec<Found>, bool) {
    let chunk = yaml::split(text)[0];
    let document = yaml::parse(text, chunk).unwrap();
    let root = document.root().unwrap();
    let origin = Origin { file: FileId(0), document: 0, path: FieldPath::root() };
    let string = |key| root.get(key).unwrap().as_str().unwrap();
    let checked = super::check(root, string("kind"), string("apiVersion"), &origin);
    let mut found: Vec<_> = checked
        .problems
        .into_iter()
        .map(|draft| {
            let Location::Field(place) = draft.primary else { panic!("no field") };
            let span = document.resolve(&place.origin.path, place.part).span;
            let found = Found {
                rule: draft.rule,
                severity: draft.severity.unwrap_or(Severity::Error),
                at: span.slice(text).to_owned(),
                field: place.origin.path.to_string(),
                message: draft.message,
                help: draft.help.unwrap(),
            };
            (span, found)
        })
        .collect();
    found.sort_by_key(|(span, _)| *span);
    (found.into_iter().map(|(_, found)| found).collect(), checked.rejected)
}

/// An object with this `spec`.
fn object(version: &str, kind: &str, spec: &str) -> String {
    format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: web, namespace: shop}}\nspec: {spec}\n")
}

fn policy(spec: &str) -> String {
    object("networking.k8s.io/v1", "NetworkPolicy", spec)
}

/// Asserts that the text has one finding for which the API server rejects it, on these bytes and with this message.
#[track_caller]
fn rejects(text: &str, at: &str, message: &str) {
    let (found, rejected) = check(text);
    let [one] = found.as_slice() else { panic!("{text}\n{found:#?}") };
    assert_eq!((one.rule, one.at.as_str(), one.message.as_str()), ("invalid-field", at, message), "{text}");
    assert_eq!((one.severity, rejected), (Severity::Error, true), "{text}");
}

/// Asserts that nothing is wrong with the text.
#[track_caller]
fn accepts(text: &str) {
    let (found, rejected) = check(text);
    assert!(found.is_empty() && !rejected, "{text}\n{found:#?}");
}

/// Asserts that the one finding of the text is a field that the API lacks, on these bytes and with this advice. The
/// API server drops such a field and takes the object.
#[track_caller]
fn does_not_know(text: &str, at: &str, help: &str) {
    let (found, rejected) = check(text);
    let [one] = found.as_slice() else { panic!("{text}\n{found:#?}") };
    assert_eq!((one.rule, one.at.as_str(), one.help.as_str()), ("unknown-field", at, help), "{text}");
    assert!(!rejected, "{text}");
}

#[test]
fn other_kinds_and_versions_are_left_alone() {
    accepts(&object("projectcalico.org/v3", "NetworkPolicy", "{selector: all(), types: [Ingress]}"));
    accepts(&object("networking.k8s.io/v1beta1", "Ingress", "{backend: {serviceName: web, servicePort: 80}}"));
    accepts(&object("serving.knative.dev/v1", "Service", "{template: {spec: {}}}"));
}

#[test]
fn findings_name_the_object_as_it_is_written() {
    let text = policy("{policyTypes: [ingress]}").replace(", namespace: shop", "");
    let document = yaml::parse(&text, yaml::split(&text)[0]).unwrap();
    let origin = Origin { file: FileId(0), document: 0, path: FieldPath::root().keys(["items"]).index(2) };
    let checked = super::check(document.root().unwrap(), "NetworkPolicy", "networking.k8s.io/v1", &origin);
    let draft = &checked.problems[0];
    assert_eq!((draft.subject.kind.as_str(), draft.subject.name.as_str()), ("NetworkPolicy", "web"));
    assert_eq!(draft.subject.namespace, None);
    let Location::Field(place) = &draft.primary else { panic!("no field") };
    assert_eq!(place.origin.path.to_string(), "items[2].spec.policyTypes[0]", "a List's item");
}

#[test]
fn values_that_a_tool_fills_in_are_not_judged() {
    accepts(&policy("{ingress: [{from: [{ipBlock: {cidr: '${OFFICE_CIDR}'}}], ports: [{port: '$(PORT)'}]}]}"));
    accepts(&policy("{podSelector: {matchLabels: {app: '{{ app }}'}}, ingress: '${RULES}'}"));
    accepts(&object("apps/v1", "Deployment", "{replicas: $REPLICAS}").replace("name: web", "name: '${NAME}'"));
}

#[test]
fn layers_of_an_object_are_not_asked_for_what_another_brings() {
    accepts(&object("apps/v1", "Deployment", "{template: {spec: {containers: [{name: web, args: [--verbose]}]}}}"));
    accepts(&object("v1", "Service", "{type: LoadBalancer}"));
    accepts(&object("networking.k8s.io/v1", "Ingress", "{ingressClassName: nginx}"));
    let patch = "{template: {spec: {containers: [{name: web, $patch: delete}], $setElementOrder/containers: []}}}";
    accepts(&object("apps/v1", "Deployment", patch));
    accepts(&policy("{ingress: [{from: [{$patch: replace}]}]}"));
}
