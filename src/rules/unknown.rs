//! What findings are worth where the input leads to more than it holds: objects that nobody rendered may be there.

use crate::analysis::Analysis;
use crate::diagnostic::{Draft, Severity};

/// Rules that find nothing where something was meant: what they miss may be among what is not known.
const FIND_NOTHING: &[&str] =
    &["peer-matches-nothing", "selector-matches-nothing", "tier-matches-nothing", "unknown-namespace"];

/// Rules whose findings stand whatever else there is: what one policy says, and what policies open together.
const STAND_ALONE: &[&str] = &[
    "all-ports-allowed",
    "allow-all-defeats-deny",
    "any-namespace-ingress",
    "empty-peer-list",
    "ignored-rules",
    "implicit-policy-types",
    "internet-ingress",
    "ipv6-hole",
    "metadata-service-reachable",
    "overlapping-tiers",
    "redundant-rule",
    "reopened-except",
    "split-peer",
    "volatile-label",
];

/// The findings of a rule, of which none says more than is sure.
pub(super) fn temper(rule: &str, analysis: &Analysis, mut drafts: Vec<Draft>) -> Vec<Draft> {
    if analysis.cluster().unknown.is_empty() || STAND_ALONE.contains(&rule) {
        return drafts;
    }
    if FIND_NOTHING.contains(&rule) {
        return Vec::new();
    }
    // A policy that permits egress to everything does, whatever the others say.
    let stands = |draft: &Draft| rule == "unrestricted-egress" && draft.subject.kind == "NetworkPolicy";
    for draft in drafts.iter_mut().filter(|draft| !stands(draft)) {
        draft.severity(Severity::Note);
    }
    drafts
}
