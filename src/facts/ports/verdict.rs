//! What is to be said of a port that a rule names.

use std::cell::OnceCell;
use std::ops::RangeInclusive;

use foldhash::HashSet;

use super::ends::{Ends, is_open};
use super::listening::{Listeners, Pods, declared, is_of_a_mesh, service_ports};
use crate::analysis::Analysis;
use crate::facts::in_force::RuleAt;
use crate::net::Protocol;
use crate::net::ports::{PortRange, PortSet};
use crate::objects::{ContainerPort, ServicePort, Workload};
use crate::policy::{PortMatch, RuleRef};
use crate::reach::AskedPort;

/// What is to be said of a port.
#[derive(Debug)]
pub(crate) enum Verdict<'m> {
    /// Some pod listens on it, or may.
    Right,
    /// It has no `protocol`, and the pods listen on it with another one than TCP.
    OtherProtocol { pod: &'m Workload, port: &'m ContainerPort },
    /// It is a Service's port, behind which the pods listen on another one.
    ServicePort { pods: Pods<'m>, port: &'m ServicePort, service: &'m str, target: u16 },
    /// Pods of the other end of the connection listen on it.
    WrongSide { pod: &'m Workload, port: &'m ContainerPort },
    /// No pod declares it.
    Nowhere,
    /// It is a name that no pod has.
    Undefined,
}

/// One item of a rule's ports, and the known pods whose ports it means.
#[derive(Clone, Copy)]
pub(super) struct Item<'i, 'm> {
    pub(super) rule: &'i RuleAt<'m>,
    /// Its place in the list.
    pub(super) index: usize,
    pub(super) port: &'m PortMatch,
    pub(super) pods: &'i Listeners<'m>,
    /// All ports of the rule, once somebody asks.
    pub(super) all: &'i OnceCell<AllPorts<'m>>,
    /// Whether the rule may mean pods that the input does not show, once somebody asks.
    pub(super) open: &'i OnceCell<bool>,
}

/// The ports of a rule, by number and by name.
pub(super) struct AllPorts<'m> {
    numbers: PortSet,
    names: HashSet<(Protocol, &'m str)>,
}

impl<'m> AllPorts<'m> {
    fn of(ports: &'m [PortMatch]) -> Self {
        let range = |port: &PortMatch| port.range().map(|(protocol, first, last)| PortRange { protocol, first, last });
        let name = |port: &'m PortMatch| match port {
            PortMatch::Named { protocol: Some(protocol), name } => Some((*protocol, name.as_str())),
            _ => None,
        };
        Self {
            numbers: PortSet::from_ranges(ports.iter().filter_map(range)),
            names: ports.iter().filter_map(name).collect(),
        }
    }
}

/// What is to be said of a port by its name or number, or of a range of them.
pub(super) fn verdict_on<'m>(analysis: &'m Analysis, ends: &mut Ends<'m>, item: Item<'_, 'm>) -> Verdict<'m> {
    let (protocol, first, last) = match item.port {
        PortMatch::Named { protocol: Some(protocol), name } if !item.pods.know(name, *protocol) => {
            return Verdict::Undefined;
        }
        PortMatch::Named { protocol: None, name } if !item.pods.know_any(name) => return Verdict::Undefined,
        PortMatch::Range { protocol, first, last } => (*protocol, *first, *last),
        _ => return Verdict::Right,
    };
    let ports = first..=last;
    if item.pods.listen_on(protocol, &ports) || is_of_a_mesh(&ports) || item.listens_otherwise(&ports) {
        return Verdict::Right;
    }
    if first == last {
        match item.pods.declaring_number(first) {
            // Both are opened, to be safe.
            Some((_, port)) if item.is_open_on(analysis, port.protocol, first) => return Verdict::Right,
            Some((pod, port)) if item.has_no_protocol() => return Verdict::OtherProtocol { pod, port },
            _ => {}
        }
        if let Some(verdict) = item.as_service_port(analysis, protocol, first) {
            return verdict;
        }
    }
    if item.pods.is_any_silent || *item.open.get_or_init(|| is_open(analysis, item.rule)) {
        return Verdict::Right;
    }
    let other_end = if first == last { ends.others(item.rule) } else { None };
    match other_end.and_then(|pods| pods.declaring(protocol, first)) {
        Some((pod, port)) => Verdict::WrongSide { pod, port },
        None => Verdict::Nowhere,
    }
}

impl<'m> Item<'_, 'm> {
    /// Whether it is written without a protocol, which is TCP then.
    fn has_no_protocol(&self) -> bool {
        let RuleRef { direction, index, .. } = self.rule.at;
        let written = self.rule.network_policy();
        written.is_some_and(|it| it.without_protocol.binary_search(&(direction, index, self.index)).is_ok())
    }

    /// Whether the port as it is written stands for other protocols too, on one of which the pods listen.
    fn listens_otherwise(&self, ports: &RangeInclusive<u16>) -> bool {
        let listed = self.rule.rule.ports.listed().iter().enumerate().skip(self.index + 1);
        let same = listed.take_while(|(index, _)| self.rule.is_same_port(self.index, *index));
        same.filter_map(|(_, port)| port.range()).any(|(protocol, ..)| self.pods.listen_on(protocol, ports))
    }

    /// Whether the same peers may connect to another port as well, by this rule or by others: then what is meant works.
    fn is_open_on(&self, analysis: &Analysis, protocol: Protocol, number: u16) -> bool {
        let named = self.pods.first_names_of(protocol, number).iter();
        let is_it = |name: &&&str| self.pods.pods.iter().all(|(_, pod)| pod.named_port(name, protocol) == Some(number));
        let names = named.filter(is_it).map(|name| (*name).to_owned()).collect();
        let asked = AskedPort { protocol, number, names };
        let all = self.all.get_or_init(|| AllPorts::of(self.rule.rule.ports.listed()));
        all.numbers.contains(protocol, number)
            || asked.names.iter().any(|name| all.names.contains(&(protocol, name.as_str())))
            || analysis.at_least().covering(analysis.at_most(), self.rule.at, Some(&asked), &|_| false).is_some()
    }

    /// The port as a Service's, where that leads to another one on each pod of the rule that may listen.
    fn as_service_port(&self, analysis: &'m Analysis, protocol: Protocol, number: u16) -> Option<Verdict<'m>> {
        if !self.pods.is_of_a_service(protocol, number) {
            // A pod of which nothing is known may be the one that is meant.
            return self.pods.is_any_silent.then_some(Verdict::Right);
        }
        let mut found: Option<(Pods<'m>, &'m ServicePort, &'m str, u16)> = None;
        for &(id, pod) in &self.pods.pods {
            let services = service_ports(analysis, id);
            let mut meant = services.filter(|(_, port)| port.port == number && port.protocol == protocol);
            match meant.find_map(|(service, port)| Some((service, port, port.target_on(pod)?))) {
                Some((_, _, target)) if self.is_open_on(analysis, protocol, target) => return Some(Verdict::Right),
                Some((service, port, target)) => {
                    let entry = found.get_or_insert((Vec::new(), port, service.object.name.as_str(), target));
                    entry.0.push((id, pod));
                }
                None if declared(pod).next().is_none() => return Some(Verdict::Right),
                None => {}
            }
        }
        found.map(|(pods, port, service, target)| Verdict::ServicePort { pods, port, service, target })
    }
}
