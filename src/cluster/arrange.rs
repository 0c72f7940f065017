//! Which stages a cluster has.

use super::Cluster;
use crate::policy::dialect::cilium;
use crate::policy::{Arrangement, Enforcer, PolicyObject, StageName};

/// The arrangement of a cluster: that of what is configured to enforce its policies, else that of the plugin whose own
/// kinds of policy it has, else that of the API's text.
pub(super) fn arrangement(cluster: &Cluster, configured: Option<&Enforcer>) -> Arrangement {
    let arrangement = match configured.unwrap_or(&by_kinds(cluster)) {
        Enforcer::Cilium(options) => options.arrangement(),
        Enforcer::Calico | Enforcer::Api => Arrangement::of_the_api(),
    };
    if cluster.unevaluated().next().is_some() { arrangement.with_unread() } else { arrangement }
}

/// Lowers policies anew whose meaning depends on the options of what enforces them.
pub(super) fn lower(policies: &mut [Box<PolicyObject>], configured: Option<&Enforcer>) {
    let Some(Enforcer::Cilium(options)) = configured else { return };
    for object in policies {
        if let Some(written) = object.cilium_policy() {
            object.policy = cilium::lower(written, options);
            object.put_into(object.object.namespace);
        }
    }
}

/// What enforces the policies, as their kinds tell.
fn by_kinds(cluster: &Cluster) -> Enforcer {
    let has = |stage: &StageName| cluster.policies.iter().any(|policy| policy.policy.stage == *stage);
    if has(&StageName::Cilium) { Enforcer::Cilium(Default::default()) } else { Enforcer::Api }
}
