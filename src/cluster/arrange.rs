//! Which stages a cluster has.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Cluster;
use crate::policy::dialect::{calico, cilium};
use crate::policy::{Arrangement, Enforcer, Engagement, Policy, StageName};
use crate::text::phrase;

/// Arranges the policies of a cluster: as what is configured to enforce them does, else as the plugin whose own kinds of
/// policy it has, else as the API's text says. Where it has kinds of two plugins, either may be the one that it has.
pub(super) fn arrange(cluster: &mut Cluster, configured: Option<&Enforcer>) {
    let (enforcer, other) = match configured {
        Some(enforcer) => (enforcer.clone(), None),
        None => by_kinds(cluster),
    };
    let has_unevaluated = cluster.unevaluated().next().is_some();
    let mut by = |enforcer: Enforcer| {
        let arrangement = match &enforcer {
            Enforcer::Cilium(options) => with_cilium(cluster, options),
            Enforcer::Calico(options) => with_calico(cluster, options),
            Enforcer::Api => Arrangement::of_the_api(),
        };
        if has_unevaluated { arrangement.with_unread() } else { arrangement }
    };
    (cluster.arrangement, cluster.alternative) = (by(enforcer), other.map(by));
    if cluster.alternative.is_none() && cluster.arrangement.enforces_ignored() {
        cluster.policies.iter_mut().for_each(|object| enforce_ignored(&mut object.policy));
    }
}

/// Puts rules of a NetworkPolicy in force whose direction `policyTypes` leaves out.
fn enforce_ignored(policy: &mut Policy) {
    let Policy { engages_ingress, engages_egress, ingress, egress, stage, .. } = policy;
    for (engagement, rules) in [(engages_ingress, ingress), (engages_egress, egress)] {
        if *stage == StageName::Network && *engagement == Engagement::Ignored && !rules.is_empty() {
            *engagement = Engagement::Engages;
        }
    }
}

/// What enforces the policies, as their kinds show, and what may be instead.
fn by_kinds(cluster: &Cluster) -> (Enforcer, Option<Enforcer>) {
    let (cilium, calico) = (Enforcer::Cilium(Default::default()), Enforcer::Calico(Default::default()));
    let stages = || cluster.policies.iter().map(|policy| &policy.policy.stage);
    let has_cilium = stages().any(|stage| *stage == StageName::Cilium);
    let has_calico = !cluster.stages.is_empty() || stages().any(|stage| matches!(stage, StageName::Tier(_)));
    match (has_calico, has_cilium) {
        (true, true) => (calico, Some(cilium)),
        (true, false) => (calico, None),
        (false, true) => (cilium, None),
        (false, false) => (Enforcer::Api, None),
    }
}

fn with_cilium(cluster: &mut Cluster, options: &cilium::Options) -> Arrangement {
    if *options != cilium::Options::default() {
        for object in &mut cluster.policies {
            if let Some(written) = object.cilium_policy() {
                object.policy = cilium::lower(written, options);
                object.put_into(object.object.namespace);
            }
        }
    }
    options.arrangement()
}

fn with_calico(cluster: &mut Cluster, options: &calico::Options) -> Arrangement {
    let setting = calico::lower::Setting { api: options.api, has_sets: !cluster.address_groups.is_empty() };
    cluster.policies.iter_mut().for_each(|policy| calico::objects::lower_again(policy, setting));
    let tiers = cluster.policies.iter().filter_map(|policy| match &policy.policy.stage {
        StageName::Tier(name) => Some(name),
        _ => None,
    });
    let tiers: BTreeSet<&SmolStr> = tiers.collect();
    let arrangement = options.arrangement(cluster.stages.iter().map(AsRef::as_ref), tiers);
    let missing: Vec<&SmolStr> =
        arrangement.stages.iter().filter(|stage| !stage.is_defined).map(|stage| &stage.name).collect();
    if !missing.is_empty() {
        let (tiers, are) = if missing.len() == 1 { ("tier", "is") } else { ("tiers", "are") };
        cluster.notes.push(format!(
            "the {tiers} {} {are} not in the input: shown as the last, which drops what it does not decide, and as \
             uncertain in findings",
            phrase::list(missing)
        ));
    }
    arrangement
}
