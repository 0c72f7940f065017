//! Services whose pods are closed on the very port that they lead to, for everyone or for those they are for.

use std::collections::{BTreeMap, BTreeSet};

use super::admission::{admits_addresses, any_opens, opens, responsible_policy};
use super::metrics::Metrics;
use super::one_sided::asked_for;
use super::peers::PeerAt;
use super::port_names::is_for_metrics;
use crate::analysis::Analysis;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{Backend, NamespaceId, PolicyId, Service, ServicePort, Workload, WorkloadId};
use crate::policy::{PortMatch, RuleRef};
use crate::reach::{Endpoint, Reachability};

/// A port of pods that a Service leads to.
#[derive(Clone, Copy)]
pub(crate) struct Target<'m> {
    /// The workload of the pods.
    pub(crate) id: WorkloadId,
    /// The same.
    pub(crate) workload: &'m Workload,
    /// The Service's port.
    pub(crate) from: &'m ServicePort,
    /// The pods' port.
    pub(crate) port: u16,
}

/// A Service and what it leads to.
pub(crate) type Ends<'m> = (&'m Service, Vec<Target<'m>>);

/// How much of a Service is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Closed {
    /// Nobody is admitted.
    ToAll,
    /// Nobody is admitted, but the Service may only be there to name the pods of a StatefulSet.
    Governing,
    /// Nobody is admitted on some of its ports.
    OnSomePorts,
    /// No address outside the cluster is admitted, though the Service is of a type that is for them.
    ToOutside,
}

/// The Services that are closed.
pub(crate) struct Unreachable<'m> {
    /// All of them, by the policy that closes them.
    pub(crate) causes: BTreeMap<(PolicyId, Closed), Vec<Ends<'m>>>,
    /// Workloads behind them that a policy of a client names without effect, with all such policies.
    pub(crate) asked_for: BTreeMap<WorkloadId, BTreeSet<PolicyId>>,
    /// All that nobody can reach, by namespace and name; those that the API server calls are left out.
    closed_to_all: BTreeSet<(NamespaceId, &'m str)>,
    /// Those of them that nothing but the policies of their pods explains.
    unexplained: BTreeSet<(NamespaceId, &'m str)>,
}

impl Unreachable<'_> {
    /// Whether nobody can reach a Service, for whatever reason.
    pub(crate) fn is_closed_to_all(&self, namespace: NamespaceId, name: &str) -> bool {
        self.closed_to_all.contains(&(namespace, name))
    }

    /// Whether nobody can reach a Service, and only the policies of its pods explain it.
    pub(crate) fn is_closed_by_its_policies(&self, namespace: NamespaceId, name: &str) -> bool {
        self.unexplained.contains(&(namespace, name))
    }
}

pub(super) fn unreachable<'m>(analysis: &'m Analysis, peers: &[PeerAt<'m>], metrics: &Metrics) -> Unreachable<'m> {
    let cluster = analysis.cluster();
    let named = |backends: &'m [Backend]| backends.iter().map(|it| (it.namespace, it.service.as_str())).collect();
    let (callbacks, backends): (BTreeSet<_>, BTreeSet<_>) =
        (named(&cluster.intents.callbacks), named(&cluster.backends));
    let (mut causes, mut closed_to_all) = (BTreeMap::<_, Vec<Ends<'_>>>::new(), BTreeSet::new());
    let mut dead: BTreeSet<WorkloadId> = BTreeSet::new();
    for service in &cluster.services {
        let key = (service.object.namespace, service.object.name.as_str());
        let Some(targets) = targets(analysis, service, service.ports.iter(), Some(metrics)) else { continue };
        let Some(closed) = closed(analysis, service, &targets) else { continue };
        // A Service with an Ingress is open for the controller.
        if closed == Closed::ToOutside && backends.contains(&key) {
            continue;
        }
        if matches!(closed, Closed::ToAll | Closed::Governing) {
            closed_to_all.extend(Some(key).filter(|key| !callbacks.contains(key)));
            dead.extend(targets.iter().map(|target| target.id));
        }
        let blamed = targets.first().and_then(|target| responsible_policy(analysis, target.id, Direction::Ingress));
        let targets = if closed == Closed::OnSomePorts { on_closed_ports(analysis, targets) } else { targets };
        // Where a policy opens another port in place of this one, that is what is wrong.
        if closed == Closed::OnSomePorts && targets.iter().any(|it| !ports_for_others(analysis, it).is_empty()) {
            continue;
        }
        if let Some((policy, _)) = blamed {
            causes.entry((policy, closed)).or_default().push((service, targets));
        }
    }
    let asked_for = asked_for(analysis, peers, &dead);
    let is_explained =
        |target: &Target<'_>| asked_for.contains_key(&target.id) || !ports_for_others(analysis, target).is_empty();
    let unexplained = causes.iter().filter(|((_, closed), _)| *closed == Closed::ToAll);
    let unexplained = unexplained.flat_map(|(_, services)| services);
    let unexplained = unexplained.filter(|(_, targets)| !targets.iter().any(is_explained));
    let unexplained = unexplained.map(|(service, _)| (service.object.namespace, service.object.name.as_str()));
    let unexplained = unexplained.filter(|key| !callbacks.contains(key)).collect();
    Unreachable { causes, asked_for, closed_to_all, unexplained }
}

/// What a Service's ports lead to, where that is known and policies decide about all of it.
pub(crate) fn targets<'m>(
    analysis: &'m Analysis,
    service: &'m Service,
    ports: impl Iterator<Item = &'m ServicePort> + Clone,
    but: Option<&Metrics>,
) -> Option<Vec<Target<'m>>> {
    let mut targets = Vec::new();
    for (id, workload) in analysis.selected_by(service) {
        // Pods on the network of their node are never isolated.
        if !analysis.at_most().is_isolated(Endpoint::Workload(id), Direction::Ingress) {
            return None;
        }
        for from in ports.clone() {
            let port = from.target_on(workload)?;
            let is_metrics = |metrics: &Metrics| is_for_metrics(from) || metrics.serve(id, workload, port);
            if !but.is_some_and(is_metrics) {
                targets.push(Target { id, workload, from, port });
            }
        }
    }
    (!targets.is_empty()).then_some(targets)
}

fn closed(analysis: &Analysis, service: &Service, targets: &[Target<'_>]) -> Option<Closed> {
    let reach = analysis.at_most();
    if !targets.iter().any(|target| target.is_open(reach)) {
        let is_headless = service.cluster_ips.iter().any(|ip| ip == "None");
        let of_set = targets.iter().all(|target| target.workload.is_stateful_set());
        return Some(if is_headless && of_set { Closed::Governing } else { Closed::ToAll });
    }
    if targets.iter().any(|target| is_on_closed_port(analysis, targets, target)) {
        return Some(Closed::OnSomePorts);
    }
    (service.is_exposed() && !targets.iter().any(|target| target.admits_addresses(analysis)))
        .then_some(Closed::ToOutside)
}

/// Whether nobody is admitted on the port of the Service that a target is for, whichever pod it leads to.
fn is_on_closed_port(analysis: &Analysis, targets: &[Target<'_>], target: &Target<'_>) -> bool {
    let mut alike = targets.iter().filter(|other| other.from.origin == target.from.origin);
    !alike.any(|other| other.is_open(analysis.at_most()))
}

/// The targets of ports on which nobody is admitted.
fn on_closed_ports<'m>(analysis: &Analysis, targets: Vec<Target<'m>>) -> Vec<Target<'m>> {
    targets.iter().copied().filter(|target| is_on_closed_port(analysis, &targets, target)).collect()
}

impl Target<'_> {
    /// Whether anyone at all is admitted on the port.
    fn is_open(&self, reach: &Reachability) -> bool {
        reach.open_ports(Endpoint::Workload(self.id), Direction::Ingress).contains(self.from.protocol, self.port)
    }

    /// Whether any address outside the cluster's pods is admitted on the port.
    pub(crate) fn admits_addresses(&self, analysis: &Analysis) -> bool {
        admits_addresses(analysis, self.id, Direction::Ingress, self.from.protocol, self.port)
    }
}

/// The ports in which a policy for the pods opens the Service's own port in place of theirs, or a port by a name that
/// the pods do not declare: each a rule, and a place in its list.
pub(crate) fn ports_for_others(analysis: &Analysis, target: &Target<'_>) -> Vec<(RuleRef, usize)> {
    let mut found = Vec::new();
    for policy in analysis.at_most().isolating(Endpoint::Workload(target.id), Direction::Ingress) {
        let rules = analysis.lowered(policy).map_or(&[][..], |lowered| &lowered.ingress);
        for (index, rule) in rules.iter().enumerate() {
            let at = RuleRef { policy, direction: Direction::Ingress, index };
            let is_open = |ports: &[PortMatch], port| any_opens(ports, target.workload, target.from.protocol, port);
            let misses = !opens(&rule.ports, target.workload, target.from.protocol, target.port);
            let is_for_others = |item: &PortMatch| match item {
                PortMatch::Named { protocol: Some(protocol), name }
                    if target.workload.named_port(name, *protocol).is_none() =>
                {
                    true
                }
                item => misses && is_open(std::slice::from_ref(item), target.from.port),
            };
            let ports = rule.ports.listed().iter().enumerate().filter(|(_, item)| is_for_others(item));
            found.extend(ports.map(|(place, _)| (at, place)));
        }
    }
    found
}

/// The ports that targets have in all.
pub(crate) fn target_ports<'t, 'm: 't>(targets: impl IntoIterator<Item = &'t Target<'m>>) -> PortSet {
    let single = |target: &Target<'_>| PortSet::single(target.from.protocol, target.port);
    targets.into_iter().fold(PortSet::default(), |ports, target| ports.union(&single(target)))
}
