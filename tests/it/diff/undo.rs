//! Undoing what a cause names: what the other state has at the place is put back.

use netlint::diff::{Cause, Side};
use netlint::source::{Location, Origin};
use netlint::yaml::Segment;
use serde_json::Value;

/// HEAD's documents without the changes at these causes.
pub(super) fn undone<'c>([base, head]: &[Vec<Value>; 2], causes: impl Iterator<Item = &'c Cause>) -> Vec<Value> {
    let mut undone = head.clone();
    // Rules are taken away at the end, so that places stay what they are.
    let mut removed: Vec<(usize, &'static str, usize)> = Vec::new();
    for cause in causes.filter(|cause| cause.is_changed) {
        let Location::Field(place) = &cause.place else { panic!("{cause:?}") };
        let Origin { document, path, .. } = &place.origin;
        let (own, other) = if cause.side == Side::Head { (head, base) } else { (base, head) };
        let document = &own[*document as usize];
        let partner = other.iter().find(|other| key(other) == key(document));
        let Some(position) = undone.iter().position(|it| key(it) == key(document)) else {
            // It was removed, and comes back whole; or it was new, and is gone already.
            if cause.side == Side::Base {
                undone.push(document.clone());
            }
            continue;
        };
        if partner.is_none() && cause.side == Side::Head {
            // What is new goes as a whole: a policy without its rules would still isolate.
            undone[position] = Value::Null;
            continue;
        }
        let before = base.iter().find(|it| key(it) == key(document)).unwrap();
        let steps: Vec<String> = path.segments().into_iter().map(step).collect();
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        match steps.as_slice() {
            ["spec", direction @ ("ingress" | "egress"), index, ..] => {
                let direction = if *direction == "ingress" { "ingress" } else { "egress" };
                let index: usize = index.parse().unwrap();
                if cause.side == Side::Head {
                    match before["spec"][direction].get(index) {
                        // The line was another one.
                        Some(rule) => undone[position]["spec"][direction][index] = rule.clone(),
                        None => removed.push((position, direction, index)),
                    }
                } else {
                    let rule = before["spec"][direction][index].clone();
                    let rules = &mut undone[position]["spec"][direction];
                    match rules.as_array_mut() {
                        Some(rules) => rules.push(rule),
                        None => *rules = Value::Array(vec![rule]),
                    }
                }
            }
            // What isolates may be `policyTypes`, or that there are rules.
            ["metadata", "name"] if is_policy(document) => restore_types(&mut undone[position], before),
            ["spec", "policyTypes" | "ingress" | "egress", ..] => restore_types(&mut undone[position], before),
            ["spec", "podSelector", ..] => restore(&mut undone[position], before, &["spec", "podSelector"]),
            _ => undone[position] = before.clone(),
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

fn step(segment: &Segment) -> String {
    match segment {
        Segment::Key(key) => key.to_string(),
        Segment::Index(index) => index.to_string(),
    }
}

fn is_policy(document: &Value) -> bool {
    document["kind"] == "NetworkPolicy"
}

fn restore_types(document: &mut Value, before: &Value) {
    restore(document, before, &["spec", "policyTypes"]);
    // Without `policyTypes`, any egress rule isolates.
    if before["spec"].get("policyTypes").is_none_or(|types| types.as_array().is_none_or(Vec::is_empty)) {
        restore(document, before, &["spec", "egress"]);
    }
}

fn restore(document: &mut Value, before: &Value, path: &[&str]) {
    let (last, parents) = path.split_last().unwrap();
    let mut old = Some(before);
    let mut new = document;
    for step in parents {
        old = old.and_then(|old| old.get(step));
        new = &mut new[*step];
    }
    match (old.and_then(|old| old.get(last)), new.as_object_mut()) {
        (Some(value), Some(object)) => drop(object.insert((*last).to_owned(), value.clone())),
        (None, Some(object)) => drop(object.remove(*last)),
        (_, None) => {}
    }
}

/// What identifies an object.
fn key(document: &Value) -> (String, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&document["kind"]), text(&document["metadata"]["namespace"]), text(&document["metadata"]["name"]))
}
