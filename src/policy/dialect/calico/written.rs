//! Calico's objects as they are written.

use ipnet::IpNet;
use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::net::Direction;
use crate::objects::Object;

/// The tier of a policy that names none.
pub const DEFAULT_TIER: &str = "default";

/// How Calico's objects get into the cluster, which decides what refuses and completes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Api {
    /// `calicoctl` or Calico's own API server, which validate everything.
    #[default]
    Server,
    /// Custom resources of `projectcalico.org/v3`.
    V3Crd,
    /// Custom resources of `crd.projectcalico.org/v1`, Calico's storage.
    V1Crd,
}

/// A policy of a namespace or of the whole cluster, in force or staged.
#[derive(Clone, Debug)]
pub struct CalicoPolicy {
    /// Whether it is written to Calico's storage, as an object of `crd.projectcalico.org/v1`.
    pub is_stored: bool,
    /// Whether it is for the whole cluster.
    pub global: bool,
    /// Whether it is only staged, without effect.
    pub staged: bool,
    /// Its tier.
    pub tier: SmolStr,
    /// Its place in the tier, lower first; without one it is last.
    pub order: Option<f64>,
    /// What it is for.
    pub subject: Subject,
    /// `types`, where written.
    pub types: Option<SmallVec<[Direction; 2]>>,
    /// Its rules for connections to the subject, where written, in order.
    pub ingress: Option<Vec<Rule>>,
    /// Its rules for connections from the subject, where written, in order.
    pub egress: Option<Vec<Rule>>,
    /// `doNotTrack`: for host endpoints only.
    pub do_not_track: bool,
    /// `preDNAT`: for host endpoints only.
    pub pre_dnat: bool,
    /// `applyOnForward`: for host endpoints only.
    pub apply_on_forward: bool,
}

/// The selectors of what a policy is for; an empty text is an absent one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// `selector`.
    pub selector: SmolStr,
    /// `namespaceSelector`, of global policies only.
    pub namespaces: SmolStr,
    /// `serviceAccountSelector`.
    pub service_accounts: SmolStr,
}

/// What a rule does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleAction {
    /// Admit it.
    Allow,
    /// Refuse it.
    Deny,
    /// Write it to the log, and go on with the next rule.
    Log,
    /// Leave it to the next tier.
    Pass,
}

/// A rule. All that it asks for must hold.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it does.
    pub action: RuleAction,
    /// 4 or 6.
    pub ip_version: Option<u8>,
    /// The number of the protocol.
    pub protocol: Option<u8>,
    /// The number of a protocol that is left out.
    pub not_protocol: Option<u8>,
    /// The ICMP messages.
    pub icmp: Icmp,
    /// ICMP messages that are left out.
    pub not_icmp: Icmp,
    /// Where connections come from.
    pub source: Entity,
    /// Where connections go to.
    pub destination: Entity,
    /// Whether it asks for something of HTTP requests.
    pub http: bool,
}

/// ICMP messages. Without a type there is no condition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Icmp {
    /// The type; 0 is a type like others.
    pub number: Option<u8>,
    /// The code.
    pub code: Option<u8>,
}

/// One end of a rule. What is empty asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Entity {
    /// `selector`.
    pub selector: SmolStr,
    /// `notSelector`.
    pub not_selector: SmolStr,
    /// `namespaceSelector`.
    pub namespaces: SmolStr,
    /// `serviceAccounts.names`.
    pub service_account_names: Vec<SmolStr>,
    /// `serviceAccounts.selector`.
    pub service_accounts: SmolStr,
    /// The Service whose endpoints are meant.
    pub service: Option<ServiceName>,
    /// Blocks of addresses.
    pub nets: Vec<IpNet>,
    /// Blocks of addresses that are left out.
    pub not_nets: Vec<IpNet>,
    /// Ports.
    pub ports: Vec<Port>,
    /// Ports that are left out.
    pub not_ports: Vec<Port>,
}

/// The Service that `services` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceName {
    /// Its name.
    pub name: SmolStr,
    /// Its namespace; where it is empty, nothing matches.
    pub namespace: SmolStr,
}

/// A port of an end of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// The ports `first..=last`.
    Range {
        /// The first.
        first: u16,
        /// The last, not below the first.
        last: u16,
    },
    /// The ports that the endpoint declares under this name.
    Named(SmolStr),
}

/// A tier.
#[derive(Clone, Debug)]
pub struct CalicoTier {
    /// Its name and place.
    pub object: Object,
    /// Whether Calico refuses it.
    pub rejected: bool,
    /// Its place among the tiers, lower first.
    pub order: f64,
    /// Whether what its policies do not decide goes on to the next tier, instead of being dropped.
    pub passes: bool,
}

/// A network set: addresses with labels, which rules select like pods.
#[derive(Clone, Debug)]
pub struct NetworkSet {
    /// Its name, place and labels. Its namespace is nothing where the set is global.
    pub object: Object,
    /// Whether it is of the whole cluster.
    pub global: bool,
    /// Whether Calico refuses it.
    pub rejected: bool,
    /// Its addresses.
    pub nets: Vec<IpNet>,
}

/// A host endpoint, which is not evaluated.
#[derive(Clone, Debug)]
pub struct HostEndpoint {
    /// Its name, place and labels.
    pub object: Object,
    /// The addresses that it says it has.
    pub addresses: Vec<IpNet>,
}

/// An object of Calico's that netlint reads.
#[derive(Clone, Debug)]
pub enum CalicoObject {
    /// A policy.
    Policy(Box<CalicoPolicy>),
    /// A `StagedKubernetesNetworkPolicy`, which has no effect.
    StagedKubernetesPolicy(Box<Object>),
    /// A tier.
    Tier(Box<CalicoTier>),
    /// A network set.
    NetworkSet(Box<NetworkSet>),
    /// A host endpoint.
    HostEndpoint(Box<HostEndpoint>),
}

impl CalicoPolicy {
    /// Its rules for a direction.
    #[must_use]
    pub fn rules(&self, direction: Direction) -> &[Rule] {
        let rules = match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        };
        rules.as_deref().unwrap_or_default()
    }

    /// Whether it applies to a direction: by `types`, or by their default.
    ///
    /// The default is Egress where there are egress rules alone, both where there are rules for both, and else Ingress
    /// (`api/pkg/defaults/networkpolicy.go`). Where custom resources are admitted by Kubernetes itself, an empty list
    /// of rules counts as one (`api/admission/networkpolicy.mutatingadmissionpolicy.yaml`), and without any default
    /// Felix takes both (`policy_sorter.go`).
    #[must_use]
    pub fn applies_to(&self, direction: Direction, api: Api) -> bool {
        if let Some(types) = &self.types {
            return types.contains(&direction);
        }
        let counts = |rules: &Option<Vec<Rule>>| match api {
            Api::V3Crd => rules.is_some(),
            Api::Server | Api::V1Crd => rules.as_ref().is_some_and(|rules| !rules.is_empty()),
        };
        let (ingress, egress) = (counts(&self.ingress), counts(&self.egress));
        match (api, direction) {
            (Api::V1Crd, _) => true,
            (_, Direction::Ingress) => ingress || !egress,
            (_, Direction::Egress) => egress,
        }
    }
}

impl Entity {
    /// Whether it selects endpoints or sets by their labels, in whatever way.
    #[must_use]
    pub fn has_selector(&self) -> bool {
        let texts = [&self.selector, &self.not_selector, &self.namespaces, &self.service_accounts];
        texts.iter().any(|text| !text.is_empty()) || !self.service_account_names.is_empty()
    }

    /// Whether it is asked for nothing, so that every address is meant.
    #[must_use]
    pub fn is_anyone(&self) -> bool {
        !self.has_selector() && self.service.is_none() && self.nets.is_empty() && self.not_nets.is_empty()
    }
}
