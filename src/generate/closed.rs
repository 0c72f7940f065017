//! Which namespaces are closed, and the policy that closes them.

use super::names::PolicyNames;
use super::policy::Policy;
use crate::analysis::Analysis;
use crate::facts::distribution::is_of_the_distribution;
use crate::net::Direction;
use crate::objects::{Labels, NamespaceId};
use crate::schema::syntax::is_dns_label;

/// Whether policies are written for a namespace: those that come with the cluster are not for an application to close,
/// and those without a valid name cannot be.
pub(super) fn is_governed(analysis: &Analysis, namespace: NamespaceId) -> bool {
    let name = analysis.cluster().namespace_name(namespace);
    !is_of_the_distribution(name) && is_dns_label(name)
}

/// The policy that denies what no other one allows, in the directions that lack one.
pub(super) fn default_deny<'e, 'm>(
    namespace: NamespaceId,
    directions: Vec<Direction>,
    names: &mut PolicyNames,
) -> Option<Policy<'e, 'm>> {
    (!directions.is_empty()).then(|| Policy {
        namespace,
        name: names.unique(namespace, "default-deny"),
        labels: Labels::default(),
        directions,
        rules: Vec::new(),
        purpose: Some("What no other policy allows is denied.".to_owned()),
        review: Vec::new(),
    })
}
