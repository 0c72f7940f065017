//! Which stages a cluster has.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Cluster;
use crate::policy::dialect::{calico, cilium, unread};
use crate::policy::{Arrangement, Enforcer, PolicyObject, StageName};
use crate::text::phrase;

/// Arranges the policies of a cluster: as what is configured to enforce them does, else as the plugin whose own kinds of
/// policy it has, else as the API's text says.
pub(super) fn arrange(cluster: &mut Cluster, configured: Option<&Enforcer>) {
    let enforcer = configured.cloned().unwrap_or_else(|| by_kinds(cluster));
    let arrangement = match &enforcer {
        Enforcer::Cilium(options) => with_cilium(cluster, options),
        Enforcer::Calico(options) => with_calico(cluster, options),
        Enforcer::Api => Arrangement::of_the_api(),
    };
    let has_unevaluated = cluster.unevaluated().next().is_some();
    cluster.arrangement = if has_unevaluated { arrangement.with_unread() } else { arrangement };
}

/// What enforces the policies, as their kinds show. Where they are those of two plugins, nobody knows which of them is
/// in force: they are policies that are not evaluated.
fn by_kinds(cluster: &mut Cluster) -> Enforcer {
    let is_of_calico = |policy: &PolicyObject| matches!(policy.policy.stage, StageName::Tier(_));
    let is_of_cilium = |policy: &PolicyObject| policy.policy.stage == StageName::Cilium;
    let has_cilium = cluster.policies.iter().any(|policy| is_of_cilium(policy));
    let has_calico = cluster.policies.iter().any(|policy| is_of_calico(policy)) || !cluster.stages.is_empty();
    match (has_calico, has_cilium) {
        (true, true) => {
            let of_plugins = cluster.policies.iter_mut().filter(|it| is_of_calico(it) || is_of_cilium(it));
            of_plugins.for_each(|policy| unread::leave_unread(policy));
            let note = "the input has policies of Calico and of Cilium, which one cluster cannot both enforce; `cni: \
                        {name: calico}` or `cni: {name: cilium}` in netlint.yaml says which it has";
            cluster.notes.push(note.to_owned());
            Enforcer::Api
        }
        (true, false) => Enforcer::Calico(calico::Options::default()),
        (false, true) => Enforcer::Cilium(Default::default()),
        (false, false) => Enforcer::Api,
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
