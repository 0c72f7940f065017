//! Which stages a cluster has.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Cluster;
use crate::policy::dialect::calico;
use crate::policy::{Arrangement, Enforcer, StageName};

/// Arranges the policies of a cluster: as what is configured to enforce them does, else as the plugin whose own kinds of
/// policy it has, else as the API's text says.
pub(super) fn arrange(cluster: &mut Cluster, configured: Option<&Enforcer>) {
    let by_kinds = by_kinds(cluster);
    let arrangement = match configured.unwrap_or(&by_kinds) {
        Enforcer::Calico(options) => with_calico(cluster, options),
        Enforcer::Api => Arrangement::of_the_api(),
    };
    let has_unevaluated = cluster.unevaluated().next().is_some();
    cluster.arrangement = if has_unevaluated { arrangement.with_unread() } else { arrangement };
}

/// What enforces the policies, as their kinds show.
fn by_kinds(cluster: &Cluster) -> Enforcer {
    match tiers_of_policies(cluster).is_empty() && cluster.stages.is_empty() {
        false => Enforcer::Calico(calico::Options::default()),
        true => Enforcer::Api,
    }
}

fn with_calico(cluster: &mut Cluster, options: &calico::Options) -> Arrangement {
    let setting = calico::lower::Setting { api: options.api, has_sets: !cluster.address_groups.is_empty() };
    cluster.policies.iter_mut().for_each(|policy| calico::objects::lower_again(policy, setting));
    options.arrangement(cluster.stages.iter().map(AsRef::as_ref), tiers_of_policies(cluster))
}

/// The tiers that policies are in.
fn tiers_of_policies(cluster: &Cluster) -> BTreeSet<&SmolStr> {
    let tiers = cluster.policies.iter().filter_map(|policy| match &policy.policy.stage {
        StageName::Tier(name) => Some(name),
        _ => None,
    });
    tiers.collect()
}
