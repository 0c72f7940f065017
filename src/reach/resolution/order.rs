//! When each policy is asked: by stage, and within a stage that has an order, by that and by what breaks ties.

use smol_str::SmolStr;

use crate::cluster::Cluster;
use crate::policy::{Arrangement, Combine, Order, PolicyObject, Stage, StageName, TieOrder};

/// When a policy is asked among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::reach) struct Place {
    /// The stage, by its place in the arrangement; `None` where nothing enforces the policy.
    pub(in crate::reach) stage: Option<usize>,
    /// When it is asked, among all policies.
    pub(in crate::reach) rank: u32,
    /// The rank of the first policy that it is tied with.
    pub(in crate::reach) tie: u32,
    /// Whether it is a NetworkPolicy that adds up with others: where a deny wins, or where nothing else is asked among
    /// those of its order.
    pub(in crate::reach) adds_up: bool,
}

/// A policy in its place.
struct Placed {
    index: usize,
    stage: Option<usize>,
    order: Order,
    tie_breaker: SmolStr,
}

/// When each policy of a cluster is asked under an arrangement.
pub(in crate::reach) fn places(cluster: &Cluster, arrangement: &Arrangement) -> Vec<Place> {
    let mut placed: Vec<Placed> = (cluster.policies.iter().enumerate())
        .map(|(index, object)| {
            let join = arrangement.join(&object.policy.stage).filter(|_| !object.rejected);
            let stage = join.and_then(|join| Some((join, arrangement.stages.get(join.stage)?)));
            let ordered = stage.filter(|(_, stage)| stage.combine == Combine::FirstMatch);
            Placed {
                index,
                stage: stage.map(|(join, _)| join.stage),
                order: ordered.map_or(Order::LAST, |(join, _)| join.order.unwrap_or(object.policy.order)),
                tie_breaker: ordered.map(|(_, stage)| tie_breaker(stage, object, cluster)).unwrap_or_default(),
            }
        })
        .collect();
    placed.sort_by(|one, other| {
        let by_stage = (one.stage.is_none(), one.stage).cmp(&(other.stage.is_none(), other.stage));
        let by_order = || one.order.cmp(&other.order).then_with(|| one.tie_breaker.cmp(&other.tie_breaker));
        by_stage.then_with(by_order).then(one.index.cmp(&other.index))
    });
    let mut places = vec![Place { stage: None, rank: 0, tie: 0, adds_up: false }; placed.len()];
    let is_network =
        |it: &Placed| cluster.policies.get(it.index).is_some_and(|object| object.policy.stage == StageName::Network);
    let mut rank = 0;
    for tied in placed.chunk_by(|one, other| (one.stage, one.order) == (other.stage, other.order)) {
        let stage = tied.first().and_then(|it| it.stage).and_then(|stage| arrangement.stages.get(stage));
        let in_any_order = stage.is_some_and(|stage| stage.combine == Combine::DenyWins);
        let (tie, only_networks) = (rank, in_any_order || tied.iter().all(is_network));
        for it in tied {
            if let Some(place) = places.get_mut(it.index) {
                let adds_up = stage.is_some() && only_networks && is_network(it);
                *place = Place { stage: it.stage, rank, tie, adds_up };
            }
            rank += 1;
        }
    }
    places
}

/// What is compared where two policies of a stage have one order.
fn tie_breaker(stage: &Stage, policy: &PolicyObject, cluster: &Cluster) -> SmolStr {
    let object = &policy.object;
    let namespace = cluster.namespace_name(object.namespace);
    let is_of_kubernetes = policy.policy.stage == StageName::Network;
    match stage.ties.order {
        TieOrder::Name => object.name.clone(),
        TieOrder::NameNamespaceKind => {
            let of_kubernetes = if is_of_kubernetes { "Kubernetes" } else { "" };
            format!("{}/{namespace}/{of_kubernetes}{}", object.name, object.kind).into()
        }
        TieOrder::StoredName => {
            let has_stage = object.name.strip_prefix(stage.name.as_str()).is_some_and(|rest| rest.starts_with('.'));
            let prefix = match (is_of_kubernetes, has_stage) {
                (true, _) => "knp.default.".to_owned(),
                (false, true) => String::new(),
                (false, false) => format!("{}.", stage.name),
            };
            let separator = if namespace.is_empty() { "" } else { "/" };
            format!("{namespace}{separator}{prefix}{}", object.name).into()
        }
    }
}
