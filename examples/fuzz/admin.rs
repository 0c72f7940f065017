//! The policies of `policy.networking.k8s.io`: what their check lets pass is read completely.

use std::path::Path;

use netlint::manifest::{Item, read};
use netlint::net::Direction;
use netlint::policy::dialect::admin::{AdminPeer, AdminPolicy, AdminPort};
use netlint::source::FileId;
use netlint::yaml::decode;

/// The group of the kinds, by which their manifests are known.
pub(crate) const GROUP: &str = "policy.networking.k8s.io";

/// Says whether some policy is in force.
pub(crate) fn admin(bytes: &[u8], _: &Path) -> Result<bool, String> {
    let Ok(text) = decode(bytes.to_vec()) else { return Ok(false) };
    // What a tool has yet to fill in is not judged.
    if text.contains("{{") || text.contains('$') {
        return Ok(false);
    }
    let content = read(FileId(0), &text);
    let is_complaint = |rule: &str| ["invalid-field", "unknown-field", "deprecated-api"].contains(&rule);
    let complaints = content.problems.iter().filter(|problem| is_complaint(problem.rule)).count();
    let (mut refused, mut in_force) = (0, false);
    for resource in &content.resources {
        let Item::Policy(policy) = &resource.item else { continue };
        match policy.admin_policy() {
            Some(_) if policy.rejected => refused += 1,
            Some(written) => {
                in_force = true;
                complete(written)?;
            }
            None => {}
        }
    }
    if refused > complaints {
        return Err(format!("{refused} policies are refused, and {complaints} findings say why"));
    }
    Ok(in_force)
}

/// Asserts that every part of a policy in force is read; what a tool has yet to fill in is not.
fn complete(policy: &AdminPolicy) -> Result<(), String> {
    if !(0..=1000).contains(&policy.priority) {
        return Err(format!("a priority of {}", policy.priority));
    }
    for (direction, rule) in Direction::BOTH.iter().flat_map(|&it| policy.rules(it).iter().map(move |rule| (it, rule)))
    {
        let ports = rule.ports.iter().flatten();
        let is_refused = rule.peers.contains(&AdminPeer::Refused) || ports.clone().any(|it| *it == AdminPort::Refused);
        let is_backwards = |port: &AdminPort| matches!(port, AdminPort::Range { first, last, .. } if first > last);
        if is_refused || rule.peers.is_empty() || rule.ports.as_ref().is_some_and(Vec::is_empty) {
            return Err(format!("an {direction} rule is in force, and is read as {rule:?}"));
        }
        if ports.clone().any(is_backwards) {
            return Err(format!("a range ends before it starts: {rule:?}"));
        }
    }
    Ok(())
}
