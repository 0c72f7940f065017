//! Cilium's policies: an oracle that shares no code with netlint, and the cases that settle what they mean.

mod dns;
pub(crate) mod engine;
pub(crate) mod generate;
pub(crate) mod oracle;
mod settings;
mod vectors;
pub(crate) mod world;

use netlint::yaml::{parse, split};
use rayon::prelude::*;
use serde_json::Value;
use vectors::{Expected, Vector};
use world::World;

/// What the oracle says, in the words of the cases.
fn verdict(vector: &Vector, check: &vectors::Check) -> Expected {
    let world::End::Pod(subject) = vector.world.pod(check.subject) else { unreachable!("a pod") };
    let verdict = oracle::side(&vector.world, check.direction, subject, check.peer, check.traffic);
    assert!(!verdict.surely || verdict.possibly, "{}", vector.name);
    match (verdict.possibly, verdict.surely) {
        (false, _) => Expected::Denied,
        (true, false) => Expected::Possible { shown: verdict.shown },
        (true, true) if verdict.restricted => Expected::Restricted,
        (true, true) => Expected::Allowed,
    }
}

#[test]
fn the_oracle_agrees_with_every_case() {
    for vector in vectors::all() {
        for check in &vector.checks {
            let found = verdict(&vector, check);
            assert_eq!(found, check.expected, "{}: {check:?}", vector.name);
        }
    }
}

#[test]
fn the_engine_agrees_with_the_oracle_on_every_case() {
    for vector in vectors::all() {
        let found = engine::disagreement(&vector.world);
        assert_eq!(found, None, "{}", vector.name);
    }
}

/// `NETLINT_CASES` sets the number of random clusters.
#[test]
fn the_engine_agrees_with_the_oracle() {
    let cases: u64 = std::env::var("NETLINT_CASES").map_or(4_000, |cases| cases.parse().unwrap());
    let fails = |seed: &u64| engine::disagreement_in_part(&generate::world(*seed), *seed).is_some();
    if let Some(seed) = (0..cases).into_par_iter().find_first(fails) {
        let smallest = smallest(generate::world(seed));
        let policies = serde_json::to_string_pretty(&smallest.policies).unwrap();
        let found = engine::disagreement(&smallest).unwrap_or_default();
        panic!("seed {seed}: {found}\n{smallest:?}\n{policies}");
    }
}

/// What fails of a world, in the fewest policies and items.
fn smallest(mut world: World) -> World {
    while let Some(smaller) = parts(&world).into_iter().find(|part| engine::disagreement(part).is_some()) {
        world = smaller;
    }
    world
}

/// The world without one of its policies, rules or items.
fn parts(world: &World) -> Vec<World> {
    let mut parts = Vec::new();
    for place in 0..world.policies.len() {
        let mut part = world.clone();
        part.policies.remove(place);
        parts.push(part);
        for changed in without_one_item(&world.policies[place]) {
            let mut part = world.clone();
            part.policies[place] = changed;
            parts.push(part);
        }
    }
    parts
}

/// The policy without an item of any list in it. One whose lists are all empty would be refused.
fn without_one_item(policy: &Value) -> Vec<Value> {
    let mut smaller = Vec::new();
    let is_taken = |spec: &Value| {
        let lists = ["ingress", "ingressDeny", "egress", "egressDeny"];
        !spec["podSelector"].is_null()
            || lists.iter().any(|list| spec[*list].as_array().is_some_and(|it| !it.is_empty()))
    };
    let mut add = |policy: Value| {
        let specs = policy["specs"].as_array().into_iter().flatten();
        if specs.chain([&policy["spec"]]).all(is_taken) {
            smaller.push(policy);
        }
    };
    if policy["specs"].is_array() {
        let mut without = policy.clone();
        without.as_object_mut().unwrap().remove("specs");
        add(without);
    }
    for list in ["ingress", "ingressDeny", "egress", "egressDeny"] {
        for item in 0..policy["spec"][list].as_array().map_or(0, Vec::len) {
            let mut without = policy.clone();
            without["spec"][list].as_array_mut().unwrap().remove(item);
            add(without);
            for (key, inner) in policy["spec"][list][item].as_object().into_iter().flatten() {
                let length = inner.as_array().map_or(0, Vec::len);
                for place in 0..length.saturating_sub(1).saturating_add(usize::from(length > 1)) {
                    let mut without = policy.clone();
                    without["spec"][list][item][key].as_array_mut().unwrap().remove(place);
                    add(without);
                }
            }
        }
    }
    smaller
}

/// The documents of the cases are what netlint reads, and nothing in them is refused.
#[test]
fn the_documents_of_the_cases_are_taken() {
    for vector in vectors::all() {
        for policy in &vector.world.policies {
            let text = policy.to_string();
            assert!(parse(&text, split(&text)[0]).is_ok(), "{}", vector.name);
            let found = crate::support::lint::lint(&[("policy.yaml", &text)]);
            let refused = ["invalid-field", "unknown-field", "rejected-policy"];
            let found: Vec<_> = found.iter().filter(|found| refused.contains(&found.rule)).collect();
            assert!(found.is_empty(), "{}: {found:#?}", vector.name);
        }
    }
}

/// Objects that the agent rejects are in force in no direction.
#[test]
fn rejected_documents_are_found() {
    for (name, text) in vectors::rejected() {
        let found = crate::support::lint::of("rejected-policy", &text);
        assert_eq!(found.len(), 1, "{name}: {found:#?}");
        assert_eq!(found[0].severity, "error");
    }
}
