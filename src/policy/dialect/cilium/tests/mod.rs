//! What is refused, and what each entry selects.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod entries;
mod labels;
mod patterns;
mod peers;
mod references;
mod refused;
mod schema;

use crate::policy::dialect::cilium::{self, CiliumPolicy, Kind, Rule};
use crate::source::{FileId, Location, Origin};
use crate::yaml::{self, FieldPath, Node};

const NAMESPACED: &str = "CiliumNetworkPolicy";
const CLUSTERWIDE: &str = "CiliumClusterwideNetworkPolicy";

/// A policy with these fields beside `metadata`, in flow style.
fn object(kind: &str, fields: &str) -> String {
    format!("{{apiVersion: cilium.io/v2, kind: {kind}, metadata: {{name: web, namespace: a}}, {fields}}}")
}

/// A CiliumNetworkPolicy for all pods, with these lists.
fn policy(lists: &str) -> String {
    object(NAMESPACED, &format!("spec: {{endpointSelector: {{}}, {lists}}}"))
}

fn with_root<T>(text: &str, then: impl FnOnce(Node<'_>, &yaml::Document<'_>) -> T) -> T {
    let document = yaml::parse(text, yaml::split(text)[0]).unwrap();
    then(document.root().unwrap(), &document)
}

fn origin() -> Origin {
    Origin { file: FileId(0), document: 0, path: FieldPath::root() }
}

/// What is found in an object: the rule, the text that it points at, the message.
fn found(text: &str) -> Vec<(&'static str, String, String)> {
    with_root(text, |root, document| {
        let string = |key| root.get(key).unwrap().as_str().unwrap();
        let checked = cilium::check(root, string("kind"), string("apiVersion"), &origin()).unwrap();
        assert_eq!(checked.rejected, checked.problems.iter().any(|draft| draft.rule != "unknown-field"), "{text}");
        let found = checked.problems.into_iter().map(|draft| {
            let Location::Field(place) = &draft.primary else { panic!("no field") };
            assert!(draft.help.is_some_and(|help| !help.is_empty()), "{text}");
            let span = document.resolve(&place.origin.path, place.part).span;
            (draft.rule, span.slice(text).to_owned(), draft.message)
        });
        found.collect()
    })
}

/// The rule and the text of the one finding in an object.
fn only(text: &str) -> (&'static str, String) {
    match found(text).as_slice() {
        [(rule, at, _)] => (rule, at.clone()),
        other => panic!("{text}: {other:#?}"),
    }
}

/// Asserts that an object is taken.
fn assert_taken(text: &str) {
    assert_eq!(found(text), [], "{text}");
}

/// Reads an object that is taken.
fn read(text: &str) -> CiliumPolicy {
    assert_taken(text);
    with_root(text, |root, _| {
        let kind = root.get("kind").unwrap().as_str().unwrap();
        cilium::read(root, &origin(), Kind::of(kind).unwrap())
    })
}

/// The one rule of a CiliumNetworkPolicy for all pods, with these lists.
fn rule(lists: &str) -> Rule {
    read(&policy(lists)).rules.remove(0)
}
