//! What findings are worth where the input leads to more than it holds: objects that nobody rendered may be there.

use crate::cluster::Scope;
use crate::finding::{Draft, Severity};
use crate::model::Model;

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

/// Rules that speak of one namespace only: of its own pods and policies.
const OF_ONE_NAMESPACE: &[&str] =
    &["missing-default-deny", "missing-dns-egress", "selector-matches-nothing", "unrestricted-egress"];

/// The findings of a rule, of which none says more than is sure.
pub(super) fn temper(rule: &str, model: &Model, mut drafts: Vec<Draft>) -> Vec<Draft> {
    let scopes: Vec<&Scope> =
        model.cluster().unread.iter().map(|unread| &unread.scope).filter(|scope| **scope != Scope::Data).collect();
    if scopes.is_empty() || STAND_ALONE.contains(&rule) {
        return drafts;
    }
    // A policy that permits egress to everything does, whatever the others say.
    let stands = |draft: &Draft| {
        let is_elsewhere = |scope: &&Scope| match scope {
            Scope::Namespace(name) => draft.subject.namespace.as_ref().is_some_and(|own| own != name),
            _ => false,
        };
        rule == "unrestricted-egress" && draft.subject.kind == "NetworkPolicy"
            || OF_ONE_NAMESPACE.contains(&rule) && scopes.iter().all(is_elsewhere)
    };
    if FIND_NOTHING.contains(&rule) {
        drafts.retain(stands);
        return drafts;
    }
    for draft in drafts.iter_mut().filter(|draft| !stands(draft)) {
        draft.severity(Severity::Note);
    }
    drafts
}
