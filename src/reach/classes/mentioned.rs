//! Everything that the policies of a cluster mention, before it is numbered.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use smol_str::SmolStr;

use crate::cluster::Cluster;
use crate::objects::{AddressGroup, Operator, Selector, Service};
use crate::policy::{Attribute, Condition, Engagement, NamespaceSet, Peer, PodSet, Policy, PortMatch, Rule, Services};

/// What the policies of a cluster mention.
#[derive(Default)]
pub(in crate::reach) struct Mentioned<'c> {
    /// Labels of pods.
    pub(in crate::reach) labels: Vec<(&'c SmolStr, &'c Operator)>,
    /// Labels of ServiceAccounts.
    pub(in crate::reach) account_labels: Vec<(&'c SmolStr, &'c Operator)>,
    /// Names of ServiceAccounts.
    pub(in crate::reach) account_names: Vec<&'c Operator>,
    /// Names of ports.
    pub(in crate::reach) port_names: Vec<&'c str>,
    /// Names that stand for addresses.
    pub(in crate::reach) domains: Vec<&'c SmolStr>,
    services: bool,
    address_groups: bool,
}

/// Objects that policies refer to.
#[derive(Debug, Default)]
pub(in crate::reach) struct References {
    /// The Services, where any policy is about Services, each with its pods.
    pub(in crate::reach) services: Vec<(Box<Service>, PodSet)>,
    /// The groups by name, where any policy is about groups.
    pub(in crate::reach) address_groups: Vec<AddressGroup>,
}

impl References {
    pub(in crate::reach) fn new(cluster: &Cluster) -> Self {
        let mut mentioned = Mentioned::default();
        mentioned.add_policies(cluster);
        let mut references = Self::default();
        if mentioned.services {
            let pods = |service: &Service| {
                let labels = service.selector.iter().flatten();
                PodSet::new(NamespaceSet::One(service.object.namespace), Selector::equalities(labels))
            };
            references.services = cluster.services.iter().map(|service| (service.clone(), pods(service))).collect();
        }
        if mentioned.address_groups {
            references.address_groups = cluster.address_groups.iter().map(|group| (**group).clone()).collect();
            references.address_groups.sort_by(|one, other| one.object.name.cmp(&other.object.name));
        }
        references
    }

    /// The groups of a name, of whichever kind and namespace.
    pub(in crate::reach) fn address_groups_named(&self, name: &str) -> &[AddressGroup] {
        let first = self.address_groups.partition_point(|group| *group.object.name < *name);
        let end = self.address_groups.partition_point(|group| *group.object.name <= *name);
        self.address_groups.get(first..end).unwrap_or_default()
    }
}

impl<'c> Mentioned<'c> {
    pub(in crate::reach) fn new(cluster: &'c Cluster, references: &'c References) -> Self {
        let mut mentioned = Self::default();
        mentioned.add_policies(cluster);
        for (service, pods) in &references.services {
            mentioned.add_pods(pods);
            let names = service.ports.iter().filter_map(|port| match &port.target_port {
                IntOrString::String(name) => Some(name.as_str()),
                IntOrString::Int(_) => None,
            });
            mentioned.port_names.extend(names);
        }
        mentioned.domains.sort_unstable();
        mentioned.domains.dedup();
        mentioned
    }

    fn add_policies(&mut self, cluster: &'c Cluster) {
        for object in &cluster.policies {
            self.add_policy(&object.policy);
        }
    }

    fn add_policy(&mut self, policy: &'c Policy) {
        self.add_pods(&policy.subject);
        for engagement in [&policy.engages_ingress, &policy.engages_egress] {
            if let Engagement::EngagesSome(set) = engagement {
                self.add_pods(set);
            }
        }
        for rule in policy.ingress.iter().chain(&policy.egress) {
            self.add_rule(rule);
        }
    }

    fn add_rule(&mut self, rule: &'c Rule) {
        rule.subject.iter().for_each(|subject| self.add_peer(subject));
        rule.peers.listed().iter().for_each(|peer| self.add_peer(peer));
        rule.ports.listed().iter().for_each(|port| self.add_port(port));
    }

    fn add_peer(&mut self, peer: &'c Peer) {
        match peer {
            Peer::Pods(set) => self.add_pods(set),
            Peer::Domains(names) => self.domains.extend(names),
            Peer::AddressGroups(_) => self.address_groups = true,
            Peer::Services(services) => self.add_services(services),
            Peer::Perhaps(one) | Peer::Not(one) => self.add_peer(one),
            Peer::All(several) | Peer::Any(several) => several.iter().for_each(|it| self.add_peer(it)),
            Peer::Block { .. }
            | Peer::Invalid
            | Peer::World
            | Peer::Everyone
            | Peer::Nodes(_)
            | Peer::ApiServer
            | Peer::IngressController => {}
        }
    }

    fn add_port(&mut self, port: &'c PortMatch) {
        match port {
            PortMatch::Named { name, .. } | PortMatch::NamedRange { name, .. } => self.port_names.push(name),
            PortMatch::TargetPorts(services) => self.add_services(services),
            PortMatch::Perhaps(one) | PortMatch::Not(one) => self.add_port(one),
            PortMatch::All(several) | PortMatch::Any(several) => several.iter().for_each(|it| self.add_port(it)),
            PortMatch::Protocol(_)
            | PortMatch::Range { .. }
            | PortMatch::Invalid
            | PortMatch::Everything
            | PortMatch::Icmp(_)
            | PortMatch::Portless(_)
            | PortMatch::AnyPortless => {}
        }
    }

    fn add_services(&mut self, services: &'c Services) {
        self.services = true;
        self.add_peer(&services.missing);
    }

    fn add_pods(&mut self, set: &'c PodSet) {
        self.labels.extend(set.pods.requirements().iter().map(|it| (&it.key, &it.operator)));
        if let Some(condition) = &set.condition {
            self.add_condition(condition);
        }
    }

    fn add_condition(&mut self, condition: &'c Condition) {
        match condition {
            Condition::Is(attribute, operator) => match attribute {
                Attribute::Label(key) => self.labels.push((key, operator)),
                Attribute::NamespaceLabel(_) => {}
                Attribute::ServiceAccountName => self.account_names.push(operator),
                Attribute::ServiceAccountLabel(key) => self.account_labels.push((key, operator)),
            },
            Condition::All(several) | Condition::Any(several) => {
                several.iter().for_each(|it| self.add_condition(it));
            }
            Condition::Not(one) => self.add_condition(one),
        }
    }
}
