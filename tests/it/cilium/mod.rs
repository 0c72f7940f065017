//! Cilium's policies: an oracle that shares no code with netlint, and the cases that settle what they mean.

mod oracle;
mod vectors;
mod world;

use netlint::yaml::{parse, split};
use vectors::{Expected, Vector};

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
