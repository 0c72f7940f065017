//! Policies of every dialect in one common form, which is all that the reachability engine knows.
//!
//! A cluster has an [`Arrangement`]: stages, asked in order for each end of a connection. A dialect is a front end below
//! [`dialect`] that lowers an object into a [`PolicyObject`]: its place, what is particular to its kind, and a
//! [`Policy`]. The policy names the stage that it joins, the [`Order`] in which it is asked there, the pods that it
//! selects, what [silence](Engagement) means for them, and its rules. A rule matches where its subject, its peers and
//! its ports match; each is a boolean expression, and each may match *perhaps*: labels that the input doesn't show,
//! addresses that only a name gives. Then what is permitted for certain and what may be permitted differ.
//!
//! How the dialects are said in it:
//!
//! - **NetworkPolicy**: stage [`StageName::Network`]; a direction in `policyTypes` is [`Engagement::Engages`], another
//!   one [`Engagement::Ignored`]; every rule is [`Action::Allow`].
//! - **ClusterNetworkPolicy** of tier Admin, priority 5, a Deny to `0.0.0.0/0` after a Pass for pods: stage
//!   [`StageName::Admin`], `Order::at(5.0)`, [`Engagement::Matches`], rules `Pass` with `Peer::Pods` of every namespace
//!   and `Deny` with `Peer::Block`, which matches pods too because the stage's [`BlockReach`] says so.
//!   AdminNetworkPolicy is the same with `rank: 1`.
//! - **CiliumNetworkPolicy** with `ingressDeny` and `enableDefaultDeny: {ingress: false}`: stage
//!   [`StageName::Cilium`], [`Engagement::Matches`], the entries of `ingress` and `ingressDeny` together in
//!   [`Policy::ingress`] as `Allow` and `Deny`. Where `specs` differ in their subjects, the subject is the union
//!   (`condition: Any`), each rule carries its own `subject`, and [`Engagement::EngagesSome`] holds the subjects that
//!   ask for default deny. `toFQDNs` is [`Peer::Domains`], `world` [`Peer::World`], `remote-node` a [`Peer::Nodes`], a
//!   peer that selects nothing `Peers::Of(vec![])`.
//! - **Calico** `selector: role == 'db' || !has(env)`, `order` absent, in tier `sec`: stage
//!   `StageName::Tier("sec")`, [`Order::LAST`], a [`PodSet::condition`], [`Engagement::Engages`] for `types` and
//!   [`Engagement::Ignored`] for others. A source of `nets` without `notNets` and with a `notSelector` is
//!   `Peer::All([Any(blocks), Not(Any(blocks)), Not(Any([Pods, AddressGroups]))])`; `notPorts` is a [`PortMatch::Not`].

mod arrangement;
mod condition;
pub mod dialect;
mod enforcer;
mod order;
mod peer;
mod rule;
mod traffic;

pub use crate::net::traffic::{Icmp, IpFamily};
pub use arrangement::{
    Arrangement, BlockReach, Combine, DefinedStage, Join, Joins, LabelPattern, LabelView, Silence, Stage, StageName,
    TieOrder, Ties,
};
pub use condition::{Attribute, Condition};
pub use dialect::{Dialect, Places, PolicyObject};
pub use enforcer::Enforcer;
pub use order::Order;
pub use peer::{AddressGroups, NamespaceSet, Nodes, Peer, Peers, PodSet, Services, WhichNodes, WhichServices};
pub use rule::{Action, Engagement, Policy, Rule, RuleRef};
pub use traffic::{PortMatch, Ports};
