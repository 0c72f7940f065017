//! The stages of a cluster: in which order policies are asked, and what silence means.
//!
//! A cluster has one arrangement, or one of two where nothing tells which. It is chosen by the configured network plugin
//! and the kinds of policy in the input, and it says for each policy which stage it joins. For each end of a connection and each direction the stages are
//! asked in order; what the last one leaves undecided is allowed.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::Order;
use crate::net::Direction;
use crate::objects::Object;

/// The ordered stages of a cluster, and what they can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    /// The network plugin that enforces policies in these stages; `None` where it is one that does as the API's text says.
    pub plugin: Option<&'static str>,
    /// The stages, in the order in which they are asked.
    pub stages: Vec<Stage>,
    /// Which policies join them. A policy that joins none is not enforced.
    pub joins: Joins,
    /// The labels that selectors can see.
    pub view: LabelView,
    /// Whether the node of a pod may always connect to it, whatever policies say, so that probes do not fail.
    pub own_node_enters: bool,
    /// Whether a pod on the network of its node is that node to others, so that it enters where it may be their own.
    pub host_network_is_some_node: bool,
    /// Whether blocks that meet the configured addresses of pods match pods, which the API leaves to the plugin.
    /// Otherwise [`Stage::blocks`] alone says what they match.
    pub pods_by_address: bool,
    /// Whether of the container ports of a pod that have one name only the last counts, and none of init containers.
    pub last_named_port_counts: bool,
}

/// Which policies join a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// The policies whose `Policy::stage` is this.
    pub name: StageName,
    /// The place of the stage in [`Arrangement::stages`].
    pub stage: usize,
    /// Their order there, where it isn't their own (NetworkPolicies are at 1000 in Calico's tier `default`).
    pub order: Option<Order>,
    /// Whether rules of an ignored direction are enforced all the same, and engage
    /// (NetworkPolicies under Cilium).
    pub enforces_ignored: bool,
}

/// Which policies join which stages, by their names. Of several joins of one name the first counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joins(BTreeMap<StageName, Join>);

/// A stage: the policies that join it are asked together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What it is called in reports: `admin`, `network`, `baseline`, or the name of a tier.
    pub name: SmolStr,
    /// How rules that match the same traffic are reconciled.
    pub combine: Combine,
    /// What happens to traffic that no rule matches, of pods that the stage engages.
    pub on_silence: Silence,
    /// For ingress and for egress, whether the stage engages every pod, whatever its policies say (Cilium's
    /// `enablePolicy: always`).
    pub engages_all: [bool; 2],
    /// What is behind the order of policies whose keys are equal. [`Combine::FirstMatch`] only.
    pub ties: Ties,
    /// What blocks of addresses match beside addresses outside the cluster.
    pub blocks: BlockReach,
    /// Whether its place among the stages and what its silence means are known. Otherwise it is shown as it is here, and
    /// what depends on it is uncertain (a tier of Calico that no object of the input defines).
    pub is_defined: bool,
}

/// A stage that an object of the input defines (Calico's Tier). The arrangement is made of these, where it is the
/// plugin's that has them.
#[derive(Clone, Debug)]
pub struct DefinedStage {
    /// The object that defines it, which is of the whole cluster.
    pub object: Object,
    /// The policies that join it.
    pub name: StageName,
    /// When it is asked among the others.
    pub order: Order,
    /// What happens to traffic that no rule of it matches, of pods that it engages.
    pub on_silence: Silence,
}

/// What a policy says of the stage that it joins; the arrangement says which one that is, if any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StageName {
    /// Policies that are not evaluated: they come first, because what they decide may be final.
    Unread,
    /// Ordered rules of the cluster's administrator: ClusterNetworkPolicy of tier Admin, and AdminNetworkPolicy.
    Admin,
    /// NetworkPolicies.
    Network,
    /// Policies of Cilium, which join NetworkPolicies where Cilium enforces them.
    Cilium,
    /// Ordered rules for what nothing before has decided: ClusterNetworkPolicy of tier Baseline, and
    /// BaselineAdminNetworkPolicy.
    Baseline,
    /// A tier of Calico, by its name.
    Tier(SmolStr),
}

/// How the rules of a stage that match the same traffic are reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The first one decides: policies by their [`Order`](super::Order), rules of one policy as written.
    FirstMatch,
    /// A deny decides, else an allow, else a pass, in whatever order they stand. Without denies this is a union of
    /// allows.
    DenyWins,
}

/// What a stage does with traffic that none of its rules matches, of a pod that it engages in the direction. Of a pod
/// that it does not engage, silence always leads on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The next stage is asked.
    Next,
    /// It is denied.
    Deny,
}

/// What is behind the order of policies of a stage whose keys are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ties {
    /// The order that is shown.
    pub order: TieOrder,
    /// Whether that order is what happens. Otherwise any of the tied policies may be the one that is applied, and what
    /// depends on it is uncertain.
    pub certain: bool,
}

/// An order of policies whose keys are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TieOrder {
    /// By name.
    Name,
    /// By the text `name/namespace/kind`, as Calico does from version 3.32 (`felix/calc/policy_sorter.go`). The kind of
    /// a NetworkPolicy of Kubernetes is `KubernetesNetworkPolicy` there.
    NameNamespaceKind,
    /// By the name that Calico stored a policy under up to version 3.31: `namespace/tier.name`, and
    /// `namespace/knp.default.name` for a NetworkPolicy of Kubernetes.
    StoredName,
}

/// What a block of addresses in a rule matches beside addresses outside the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockReach {
    /// Whether it matches pods by their addresses.
    pub pods: bool,
    /// Whether it matches nodes, and pods on the network of their node, by their addresses.
    pub nodes: bool,
}

/// The labels of pods that selectors can see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelView {
    /// What is hidden and what is kept. Of a pattern that keeps and one that hides, the longer match decides.
    pub patterns: Vec<LabelPattern>,
    /// Whether keys that no pattern keeps are hidden.
    pub only_kept: bool,
}

/// Keys of labels: those that begin with a text, or have it anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelPattern {
    /// The text.
    pub text: SmolStr,
    /// Whether it may be anywhere in the key.
    pub is_anywhere: bool,
    /// Whether the keys are kept; otherwise they are hidden.
    pub keeps: bool,
}

impl Arrangement {
    /// As the API's text has it: Admin, then NetworkPolicies, then Baseline.
    #[must_use]
    pub fn of_the_api() -> Self {
        let blocks = BlockReach { pods: true, nodes: true };
        let ordered = |name| Stage {
            combine: Combine::FirstMatch,
            on_silence: Silence::Next,
            // "If multiple policies have the same priority, […] there is no way to determine which."
            ties: Ties { order: TieOrder::Name, certain: false },
            blocks,
            ..Stage::new(name)
        };
        Self {
            plugin: None,
            stages: vec![ordered("admin"), Stage::new("network"), ordered("baseline")],
            joins: Joins::from_iter([
                Join::new(StageName::Admin, 0),
                Join::new(StageName::Network, 1),
                Join::new(StageName::Baseline, 2),
            ]),
            view: LabelView::default(),
            own_node_enters: true,
            host_network_is_some_node: false,
            pods_by_address: true,
            last_named_port_counts: false,
        }
    }

    /// With a stage before all others, for policies that are not evaluated.
    #[must_use]
    pub fn with_unread(mut self) -> Self {
        self.stages.insert(0, Stage { on_silence: Silence::Next, ..Stage::new("unread") });
        self.joins.0.values_mut().for_each(|join| join.stage += 1);
        self.joins.add(Join::new(StageName::Unread, 0));
        self
    }

    /// Whether rules of NetworkPolicies are enforced in a direction that `policyTypes` leaves out.
    #[must_use]
    pub fn enforces_ignored(&self) -> bool {
        self.join(&StageName::Network).is_some_and(|join| join.enforces_ignored)
    }

    /// How the policies of a name join; `None` where nothing here enforces them.
    #[must_use]
    pub fn join(&self, name: &StageName) -> Option<&Join> {
        self.joins.0.get(name)
    }
}

impl Default for Arrangement {
    fn default() -> Self {
        Self::of_the_api()
    }
}

impl Joins {
    /// Whether no policy joins any stage.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one, unless there is one of its name.
    pub fn add(&mut self, join: Join) {
        self.0.entry(join.name.clone()).or_insert(join);
    }
}

impl FromIterator<Join> for Joins {
    fn from_iter<I: IntoIterator<Item = Join>>(joins: I) -> Self {
        let mut all = Self::default();
        joins.into_iter().for_each(|join| all.add(join));
        all
    }
}

impl IntoIterator for Joins {
    type Item = Join;
    type IntoIter = std::collections::btree_map::IntoValues<StageName, Join>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_values()
    }
}

impl Join {
    /// Policies that join a stage just as they are.
    #[must_use]
    pub fn new(name: StageName, stage: usize) -> Self {
        Self { name, stage, order: None, enforces_ignored: false }
    }
}

impl Stage {
    /// A stage as that of NetworkPolicies is: allows add up, silence denies those that are engaged, and blocks stand
    /// for addresses outside the cluster.
    #[must_use]
    pub fn new(name: impl Into<SmolStr>) -> Self {
        Self {
            name: name.into(),
            combine: Combine::DenyWins,
            on_silence: Silence::Deny,
            engages_all: [false; 2],
            ties: Ties { order: TieOrder::Name, certain: true },
            blocks: BlockReach::default(),
            is_defined: true,
        }
    }

    /// Whether it engages every pod in a direction.
    #[must_use]
    pub fn engages_all(&self, direction: Direction) -> bool {
        let [ingress, egress] = self.engages_all;
        match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        }
    }
}

impl LabelView {
    /// Whether selectors can see a label of this key.
    #[must_use]
    pub fn shows(&self, key: &str) -> bool {
        let lengths = |keeps| self.patterns.iter().filter(move |it| it.keeps == keeps).filter_map(|it| it.matched(key));
        match (lengths(true).max(), lengths(false).min()) {
            (None, None) => !self.only_kept,
            (Some(kept), Some(hidden)) => kept > hidden,
            (kept, None) => kept.is_some(),
            (None, Some(_)) => false,
        }
    }
}

impl LabelPattern {
    /// Where its match in a key ends, if it matches.
    fn matched(&self, key: &str) -> Option<usize> {
        let start = if self.is_anywhere { key.rfind(self.text.as_str())? } else { 0 };
        key.get(start..)?.starts_with(self.text.as_str()).then_some(start + self.text.len())
    }
}
