//! Undoing what a cause names: what the other state has at the place is put back, and nothing else.

use std::collections::BTreeSet;

use netlint::diff::{Cause, Side};
use netlint::source::{Location, Origin};
use netlint::yaml::Segment;
use serde_json::{Value, json};

/// HEAD's documents without the changes at these causes.
pub(super) fn undone<'c>([base, head]: &[Vec<Value>; 2], causes: impl Iterator<Item = &'c Cause>) -> Vec<Value> {
    let mut undone = head.clone();
    // A policy isolates what it says, whatever rules are taken away.
    undone.iter_mut().filter(|document| is_policy(document)).for_each(|document| set_types(document, &types(document)));
    // Rules are taken away at the end, so that places stay what they are.
    let mut removed: Vec<(usize, &'static str, usize)> = Vec::new();
    let causes: Vec<&Cause> = causes.filter(|cause| cause.is_changed).collect();
    for cause in &causes {
        let Location::Field(place) = &cause.place else { panic!("{cause:?}") };
        let Origin { document, path, .. } = &place.origin;
        let own = if cause.side == Side::Head { head } else { base };
        let document = &own[*document as usize];
        let before = base.iter().find(|it| key(it) == key(document));
        let position = match undone.iter().position(|it| key(it) == key(document)) {
            Some(position) => position,
            // It was new, and is gone already.
            None if cause.side == Side::Head => continue,
            None => {
                let named =
                    causes.iter().filter(|it| it.side == Side::Base && is_in(it, cause)).map(|it| direction(it));
                undone.push(brought_back(document, &named.collect()));
                undone.len() - 1
            }
        };
        let steps: Vec<String> = path.segments().into_iter().map(step).collect();
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        match steps.as_slice() {
            ["spec", direction @ ("ingress" | "egress"), index, ..] => {
                let direction = if *direction == "ingress" { "ingress" } else { "egress" };
                let index: usize = index.parse().unwrap();
                let before = before.and_then(|before| before["spec"][direction].get(index));
                let rules = &mut undone[position]["spec"][direction];
                match (cause.side, before, rules.as_array_mut()) {
                    // The line was another one.
                    (Side::Head, Some(rule), _) => rules[index] = rule.clone(),
                    (Side::Head, None, _) => removed.push((position, direction, index)),
                    (Side::Base, rule, Some(rules)) => rules.extend(rule.cloned()),
                    (Side::Base, rule, None) => *rules = rule.cloned().into_iter().collect(),
                }
            }
            ["metadata", "name"] | ["spec", "policyTypes" | "egress", ..] if is_policy(document) => {
                let directions: &[&str] = match (&steps[..], cause.message.contains("for egress")) {
                    // The whole line.
                    (["spec", "policyTypes"], _) => &["Ingress", "Egress"],
                    (_, true) => &["Egress"],
                    (_, false) => &["Ingress"],
                };
                restore_isolation(&mut undone[position], before, directions);
            }
            ["spec", "podSelector", ..] => {
                let selector = before.and_then(|before| before["spec"].get("podSelector")).cloned();
                undone[position]["spec"]["podSelector"] = selector.unwrap_or_else(|| json!({}));
            }
            _ => undone[position] = before.cloned().unwrap_or(Value::Null),
        }
    }
    removed.sort_unstable();
    removed.dedup();
    for (position, direction, index) in removed.into_iter().rev() {
        if let Some(rules) = undone[position]["spec"][direction].as_array_mut().filter(|rules| index < rules.len()) {
            rules.remove(index);
        }
    }
    undone.retain(|document| !document.is_null());
    undone
}

/// What was removed, as it comes back: of a policy nothing but the lines that are named, in these directions.
fn brought_back(document: &Value, directions: &BTreeSet<String>) -> Value {
    let mut document = document.clone();
    if is_policy(&document) {
        set_types(&mut document, directions);
        ["ingress", "egress"].into_iter().for_each(|rules| document["spec"][rules] = json!([]));
    }
    document
}

/// Whether two places are in one document.
fn is_in(one: &Cause, other: &Cause) -> bool {
    let document = |cause: &Cause| match &cause.place {
        Location::Field(place) => place.origin.document,
        Location::Bytes(..) => panic!("{cause:?}"),
    };
    document(one) == document(other)
}

/// The direction that a line of a policy is about.
fn direction(cause: &Cause) -> String {
    let Location::Field(place) = &cause.place else { panic!("{cause:?}") };
    let steps: Vec<String> = place.origin.path.segments().into_iter().map(step).collect();
    let is_egress = match steps.get(1).map(String::as_str) {
        Some("ingress") => false,
        Some("egress") if steps.len() > 2 => true,
        _ => cause.message.contains("for egress"),
    };
    if is_egress { "Egress" } else { "Ingress" }.to_owned()
}

fn step(segment: &Segment) -> String {
    match segment {
        Segment::Key(key) => key.to_string(),
        Segment::Index(index) => index.to_string(),
    }
}

fn is_policy(document: &Value) -> bool {
    document["kind"] == "NetworkPolicy"
}

/// What a policy isolates: `policyTypes`, or its default.
fn types(document: &Value) -> BTreeSet<String> {
    let written = document["spec"]["policyTypes"].as_array().filter(|types| !types.is_empty());
    match written {
        Some(types) => types.iter().map(|name| name.as_str().unwrap().to_owned()).collect(),
        None => {
            let has_egress = document["spec"]["egress"].as_array().is_some_and(|rules| !rules.is_empty());
            ["Ingress"].into_iter().chain(has_egress.then_some("Egress")).map(str::to_owned).collect()
        }
    }
}

fn set_types(document: &mut Value, types: &BTreeSet<String>) {
    if !document["spec"].is_object() {
        document["spec"] = json!({});
    }
    document["spec"]["policyTypes"] = types.iter().map(|name| json!(name)).collect();
}

/// Lets a policy isolate in these directions as it did before; a new one that isolates nothing else is gone.
fn restore_isolation(document: &mut Value, before: Option<&Value>, directions: &[&str]) {
    let old = before.map(types).unwrap_or_default();
    let mut new: BTreeSet<String> =
        types(document).into_iter().filter(|name| !directions.contains(&name.as_str())).collect();
    new.extend(old.iter().filter(|name| directions.contains(&name.as_str())).cloned());
    match (new.is_empty(), before) {
        (true, None) => *document = Value::Null,
        // There is no policy that isolates nothing.
        (true, Some(_)) => set_types(document, &old),
        (false, _) => set_types(document, &new),
    }
}

/// What identifies an object.
fn key(document: &Value) -> (String, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&document["kind"]), text(&document["metadata"]["namespace"]), text(&document["metadata"]["name"]))
}
