//! The stages of a cluster with Calico (`felix/rules/endpoints.go`, `felix/calc/policy_resolver.go`).

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::written::{Api, DEFAULT_TIER};
use crate::policy::{
    Arrangement, BlockReach, Combine, DefinedStage, Join, Joins, LabelPattern, LabelView, Order, Silence, Stage,
    StageName, TieOrder, Ties,
};

/// The order of Kubernetes' NetworkPolicies in the tier `default`.
const OF_NETWORK_POLICIES: f64 = 1000.0;

/// The tier of ClusterNetworkPolicies that come before NetworkPolicies.
const ADMIN_TIER: &str = "kube-admin";
/// The tier of those that come after them.
const BASELINE_TIER: &str = "kube-baseline";

/// The tiers that every cluster has: name, order, and whether what they do not decide goes on.
const BUILT_IN: [(&str, f64, Silence); 3] = [
    (ADMIN_TIER, 1_000.0, Silence::Next),
    (DEFAULT_TIER, 1_000_000.0, Silence::Deny),
    (BASELINE_TIER, 10_000_000.0, Silence::Next),
];

/// What a cluster with Calico is configured to be, as far as that decides what policies mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The release, as major and minor number.
    pub version: Option<(u32, u32)>,
    /// How objects of `projectcalico.org/v3` get into the cluster.
    pub api: Api,
}

/// A tier on its way to a stage.
struct Tier {
    name: SmolStr,
    order: Order,
    on_silence: Silence,
    is_defined: bool,
}

impl Options {
    /// The tiers in order, those that some policy `names` and the input does not define after all others.
    /// NetworkPolicies are policies of the tier `default`, and the admin tiers of Kubernetes are two tiers.
    #[must_use]
    pub fn arrangement<'s>(
        &self,
        defined: impl Iterator<Item = &'s DefinedStage>,
        names: BTreeSet<&'s SmolStr>,
    ) -> Arrangement {
        let tiers = tiers(defined, names);
        // What a pod itself has under such keys, Calico removes.
        let hidden = [super::scope::NAMESPACE_PREFIX, super::scope::SERVICE_ACCOUNT_PREFIX];
        let hide = |text: &str| LabelPattern { text: text.into(), is_anywhere: false, keeps: false };
        Arrangement {
            plugin: Some("Calico"),
            joins: joins(&tiers),
            stages: tiers.into_iter().map(|tier| stage(tier, self.ties())).collect(),
            view: LabelView { patterns: hidden.map(hide).into(), only_kept: false },
            own_node_enters: true,
            pods_by_address: true,
            last_named_port_counts: false,
            host_network_is_some_node: true,
        }
    }
}

fn tiers<'s>(defined: impl Iterator<Item = &'s DefinedStage>, names: BTreeSet<&'s SmolStr>) -> Vec<Tier> {
    let mut tiers: Vec<Tier> = defined
        .filter_map(|stage| match &stage.name {
            StageName::Tier(name) => {
                Some(Tier { name: name.clone(), order: stage.order, on_silence: stage.on_silence, is_defined: true })
            }
            _ => None,
        })
        .collect();
    for (name, order, on_silence) in BUILT_IN {
        if !tiers.iter().any(|tier| tier.name == name) {
            tiers.push(Tier { name: name.into(), order: Order::at(order), on_silence, is_defined: true });
        }
    }
    let missing = names.into_iter().filter(|name| !tiers.iter().any(|tier| tier.name == **name));
    let missing = missing.map(|name| Tier {
        name: name.clone(),
        order: Order::LAST,
        on_silence: Silence::Deny,
        is_defined: false,
    });
    let missing: Vec<Tier> = missing.collect();
    tiers.extend(missing);
    tiers.sort_by(|one, other| {
        (!one.is_defined, one.order, &one.name).cmp(&(!other.is_defined, other.order, &other.name))
    });
    tiers
}

/// Addresses are those of the packet, whatever has them.
fn stage(tier: Tier, ties: Ties) -> Stage {
    Stage {
        combine: Combine::FirstMatch,
        on_silence: tier.on_silence,
        ties,
        blocks: BlockReach { pods: true, nodes: true },
        is_defined: tier.is_defined,
        ..Stage::new(tier.name)
    }
}

fn joins(tiers: &[Tier]) -> Joins {
    let of_tiers = tiers.iter().enumerate().map(|(place, tier)| Join::new(StageName::Tier(tier.name.clone()), place));
    let mut joins: Joins = of_tiers.collect();
    let place = |name: &str| tiers.iter().position(|tier| tier.name == name);
    for (stage, tier) in [(StageName::Admin, ADMIN_TIER), (StageName::Baseline, BASELINE_TIER)] {
        place(tier).into_iter().for_each(|place| joins.add(Join::new(stage.clone(), place)));
    }
    if let Some(place) = place(DEFAULT_TIER) {
        joins.add(Join { order: Some(Order::at(OF_NETWORK_POLICIES)), ..Join::new(StageName::Network, place) });
    }
    joins
}

impl Options {
    /// What decides between policies of one order: from version 3.32 their names, before that the names that they are
    /// stored under. Of a version that is not known, either may.
    fn ties(&self) -> Ties {
        match self.version {
            Some(version) if version < (3, 32) => Ties { order: TieOrder::StoredName, certain: true },
            Some(_) => Ties { order: TieOrder::NameNamespaceKind, certain: true },
            None => Ties { order: TieOrder::NameNamespaceKind, certain: false },
        }
    }
}
