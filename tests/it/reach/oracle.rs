//! What NetworkPolicies mean, spelled out as naively as the API documentation does: one pair of endpoints, one
//! protocol and one port at a time. Each function quotes the sentence that it implements.
//!
//! Where the documentation leaves something open, the choice is marked "Chosen:".

use std::net::IpAddr;

use super::cluster::{
    Cidr, Cluster, ContainerPort, Direction, Endpoint, Field, IpBlock, NAME_LABEL, Operator, Peer, Policy, Port,
    PortValue, Protocol, Requirement, Rule, Selector, Spec,
};

/// What a policy can know of an endpoint.
enum Party<'a> {
    Pod(Pod<'a>),
    /// A pod with `hostNetwork`: it has the address of its node.
    Node,
    Outside(IpAddr),
}

struct Pod<'a> {
    /// Index of the cluster's namespaces; `None` is a namespace outside the input.
    namespace: Option<usize>,
    labels: &'a [(String, String)],
    containers: &'a [Vec<ContainerPort>],
}

/// The name of the namespace outside the input: no selector can spell it.
const UNKNOWN_NAME: &str = "(unknown)";

/// A connection's two ends and what it carries.
#[derive(Clone, Copy)]
pub(crate) struct Connection {
    pub(crate) from: Endpoint,
    pub(crate) to: Endpoint,
    pub(crate) protocol: Protocol,
    pub(crate) port: u16,
}

impl Connection {
    /// The end whose policies a direction is about.
    fn subject(self, direction: Direction) -> Endpoint {
        match direction {
            Direction::Ingress => self.to,
            Direction::Egress => self.from,
        }
    }

    /// The end that the rules of a direction name as peer.
    fn peer(self, direction: Direction) -> Endpoint {
        match direction {
            Direction::Ingress => self.from,
            Direction::Egress => self.to,
        }
    }
}

/// "For a connection from a source pod to a destination pod to be allowed, both the egress policy on the source pod
/// and the ingress policy on the destination pod need to allow the connection. If either side does not allow the
/// connection, it will not happen." And: "a pod cannot block access to itself".
pub(crate) fn allowed(cluster: &Cluster, connection: Connection) -> bool {
    let itself =
        matches!((connection.from, connection.to), (Endpoint::Workload(from), Endpoint::Workload(to)) if from == to);
    itself || Direction::BOTH.into_iter().all(|direction| side_allows(cluster, direction, connection))
}

/// "Traffic is allowed to a pod if there are no NetworkPolicies selecting the pod […], OR if the traffic matches at
/// least one ingress rule across all of the NetworkPolicy objects whose podSelector matches the pod."
/// "Outgoing traffic is allowed if there are no NetworkPolicies selecting the pod […], OR if the traffic matches at
/// least one egress rule across all of the NetworkPolicy objects whose podSelector matches the pod."
///
/// "No NetworkPolicies" means none that affects this direction: "By default, a pod is non-isolated for egress; all
/// outbound connections are allowed. A pod is isolated for egress if there is any NetworkPolicy that both selects the
/// pod and has "Egress" in its policyTypes […]."
pub(crate) fn side_allows(cluster: &Cluster, direction: Direction, connection: Connection) -> bool {
    let subject = connection.subject(direction);
    let isolated = cluster.policies.iter().any(|policy| isolates(cluster, policy, direction, subject));
    !isolated || cluster.policies.iter().any(|policy| admits(cluster, policy, direction, connection))
}

/// The policies that isolate the endpoint, as indices.
pub(crate) fn isolating(cluster: &Cluster, direction: Direction, connection: Connection) -> Vec<usize> {
    let subject = connection.subject(direction);
    (0..cluster.policies.len())
        .filter(|&index| isolates(cluster, &cluster.policies[index], direction, subject))
        .collect()
}

/// The rules that admit the connection on one side, as indices of the policy and of the rule in its list.
pub(crate) fn admitting(cluster: &Cluster, direction: Direction, connection: Connection) -> Vec<(usize, usize)> {
    let mut rules = Vec::new();
    for policy in isolating(cluster, direction, connection) {
        let Some(spec) = cluster.policies[policy].spec.value() else { continue };
        for (index, rule) in spec.rules(direction).items().iter().enumerate() {
            if rule_matches(cluster, cluster.policies[policy].namespace, rule.as_ref(), direction, connection) {
                rules.push((policy, index));
            }
        }
    }
    rules
}

fn admits(cluster: &Cluster, policy: &Policy, direction: Direction, connection: Connection) -> bool {
    isolates(cluster, policy, direction, connection.subject(direction))
        && policy.spec.value().is_some_and(|spec| {
            let mut rules = spec.rules(direction).items().iter();
            rules.any(|rule| rule_matches(cluster, policy.namespace, rule.as_ref(), direction, connection))
        })
}

/// "podSelector selects the pods to which this NetworkPolicy object applies. […] An empty selector matches all pods
/// in the policy's namespace. […] This field is optional. If it is not specified, it defaults to an empty selector."
///
/// "NetworkPolicy behaviour for hostNetwork pods is undefined". Chosen, as "the most common implementation": the plugin
/// "ignores hostNetwork pods when matching podSelector and namespaceSelector".
fn isolates(cluster: &Cluster, policy: &Policy, direction: Direction, endpoint: Endpoint) -> bool {
    let Party::Pod(pod) = party(cluster, endpoint) else { return false };
    let empty = Selector::default();
    let selector = policy.spec.value().and_then(|spec| spec.pod_selector.value()).unwrap_or(&empty);
    pod.namespace == Some(policy.namespace)
        && selects(selector, |key| label(pod.labels, key))
        && affects(policy.spec.value(), direction)
}

/// "If this field [policyTypes] is not specified, it will default based on the existence of ingress or egress rules;
/// policies that contain an egress section are assumed to affect egress, and all policies (whether or not they contain
/// an ingress section) are assumed to affect ingress."
///
/// Chosen: "contain an egress section" means at least one rule and "not specified" includes the empty list, as the
/// defaulting code of the API server has it. A policy without `spec` has an empty one.
pub(crate) fn affects(spec: Option<&Spec>, direction: Direction) -> bool {
    let types = spec.map_or(&[][..], |spec| spec.policy_types.items());
    if types.is_empty() {
        direction == Direction::Ingress || spec.is_some_and(|spec| !spec.egress.items().is_empty())
    } else {
        types.contains(&direction)
    }
}

/// "NetworkPolicyIngressRule describes a particular set of traffic that is allowed to the pods matched by a
/// NetworkPolicySpec's podSelector. The traffic must match both ports and from."
///
/// A null item of the list is a rule with nothing in it.
fn rule_matches(
    cluster: &Cluster,
    namespace: usize,
    rule: Option<&Rule>,
    direction: Direction,
    connection: Connection,
) -> bool {
    let empty = Rule::default();
    let rule = rule.unwrap_or(&empty);
    matches_ports(cluster, rule, connection) && matches_peers(cluster, namespace, rule, connection.peer(direction))
}

/// "from is a list of sources which should be able to access the pods selected for this rule. Items in this list are
/// combined using a logical OR operation. If this field is empty or missing, this rule matches all sources (traffic
/// not restricted by source)." The same is said of `to`.
fn matches_peers(cluster: &Cluster, namespace: usize, rule: &Rule, endpoint: Endpoint) -> bool {
    let peers = rule.peers.items();
    peers.is_empty() || peers.iter().any(|peer| matches_peer(cluster, namespace, peer, endpoint))
}

/// "If namespaceSelector is also set, then the NetworkPolicyPeer as a whole selects the pods matching podSelector in
/// the Namespaces selected by NamespaceSelector. Otherwise it selects the pods matching podSelector in the policy's own
/// namespace." And: "Otherwise it selects all pods in the namespaces selected by namespaceSelector."
/// "ipBlock defines policy on a particular IPBlock. If this field is set then neither of the other fields can be."
///
/// Chosen: "These should be cluster-external IPs", so an ipBlock matches no pod; and pods with `hostNetwork` are
/// matched neither by selectors nor by an ipBlock, for the addresses of nodes are not known.
fn matches_peer(cluster: &Cluster, own_namespace: usize, peer: &Peer, endpoint: Endpoint) -> bool {
    let pod = match party(cluster, endpoint) {
        Party::Pod(pod) => pod,
        Party::Node => return false,
        Party::Outside(address) => return peer.ip_block.value().is_some_and(|block| in_block(block, address)),
    };
    let matches_pod = |selector: &Selector| selects(selector, |key| label(pod.labels, key));
    let matches_namespace = |selector: &Selector| selects(selector, |key| namespace_label(cluster, pod.namespace, key));
    match (peer.pod_selector.value(), peer.namespace_selector.value()) {
        (Some(pods), Some(namespaces)) => matches_pod(pods) && matches_namespace(namespaces),
        (None, Some(namespaces)) => matches_namespace(namespaces),
        (Some(pods), None) => pod.namespace == Some(own_namespace) && matches_pod(pods),
        (None, None) => false,
    }
}

/// "ports is a list of ports which should be made accessible on the pods selected for this rule. Each item in this list
/// is combined using a logical OR. If this field is empty or missing, this rule matches all ports (traffic not
/// restricted by port)."
fn matches_ports(cluster: &Cluster, rule: &Rule, connection: Connection) -> bool {
    let ports = rule.ports.items();
    ports.is_empty() || ports.iter().any(|port| matches_port(cluster, port.as_ref(), connection))
}

/// "protocol represents the protocol (TCP, UDP, or SCTP) which traffic must match. If not specified, this field
/// defaults to TCP."
/// "port represents the port on the given protocol. This can either be a numerical or named port on a pod. If this
/// field is not provided, this matches all port names and numbers. If present, only traffic on the specified protocol
/// AND port will be matched."
/// "endPort indicates that the range of ports from port to endPort if set, inclusive, should be allowed by the policy."
fn matches_port(cluster: &Cluster, port: Option<&Port>, connection: Connection) -> bool {
    let empty = Port::default();
    let port = port.unwrap_or(&empty);
    if or_tcp(&port.protocol) != connection.protocol {
        return false;
    }
    match port.port.value() {
        None => true,
        Some(&PortValue::Number(first)) => {
            let last = port.end_port.value().copied().unwrap_or(first);
            first <= connection.port && connection.port <= last
        }
        Some(PortValue::Name(name)) => has_named_port(cluster, name, connection),
    }
}

/// A named port is one "on a pod", and `ports` of either direction lists ports of the destination: those "which should
/// be made accessible on the pods selected" and "destination ports for outgoing traffic".
///
/// Chosen: what is no pod, or a pod with `hostNetwork`, has no port of any name. Where two containers give one name to
/// two ports of the same protocol, the name stands for both.
fn has_named_port(cluster: &Cluster, name: &str, connection: Connection) -> bool {
    let Party::Pod(destination) = party(cluster, connection.to) else { return false };
    destination.containers.iter().flatten().any(|port| {
        port.name.as_deref() == Some(name)
            && or_tcp(&port.protocol) == connection.protocol
            && port.number == connection.port
    })
}

/// "If not specified, this field defaults to TCP"; container ports say: "Defaults to "TCP"."
fn or_tcp(protocol: &Field<Protocol>) -> Protocol {
    protocol.value().copied().unwrap_or(Protocol::Tcp)
}

/// "The result of matchLabels and matchExpressions are ANDed. An empty label selector matches all objects."
/// "A single {key,value} in the matchLabels map is equivalent to an element of matchExpressions, whose key field is
/// "key", the operator is "In", and the values array contains only "value"."
pub(crate) fn selects<'a>(selector: &Selector, label: impl Fn(&str) -> Option<&'a str>) -> bool {
    selector.match_labels.items().iter().all(|(key, value)| label(key) == Some(value))
        && selector.match_expressions.items().iter().all(|requirement| meets(requirement, label(&requirement.key)))
}

/// "operator represents a key's relationship to a set of values." `tier notin (frontend, backend)` "selects all
/// resources with key equal to tier and values other than frontend and backend, and all resources with no labels with
/// the tier key"; `partition` alone "selects all resources including a label with key partition; no values are checked".
fn meets(requirement: &Requirement, label: Option<&str>) -> bool {
    let among = label.is_some_and(|label| requirement.values.items().iter().any(|value| value == label));
    match requirement.operator {
        Operator::In => among,
        Operator::NotIn => !among,
        Operator::Exists => label.is_some(),
        Operator::DoesNotExist => label.is_none(),
    }
}

pub(crate) fn label<'a>(labels: &'a [(String, String)], key: &str) -> Option<&'a str> {
    labels.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

/// "The Kubernetes control plane sets an immutable label kubernetes.io/metadata.name on all namespaces, the value of the
/// label is the namespace name." Other labels of a namespace without a manifest are read as absent.
pub(crate) fn namespace_label<'a>(cluster: &'a Cluster, namespace: Option<usize>, key: &str) -> Option<&'a str> {
    let namespace = namespace.map(|index| &cluster.namespaces[index]);
    if key == NAME_LABEL {
        return Some(namespace.map_or(UNKNOWN_NAME, |namespace| namespace.printed_name()));
    }
    label(namespace?.manifest.as_deref()?, key)
}

/// "IPBlock describes a particular CIDR (Ex. "192.168.1.0/24","2001:db8::/64") that is allowed to the pods matched by a
/// NetworkPolicySpec's podSelector. The except entry describes CIDRs that should not be included within this rule."
fn in_block(block: &IpBlock, address: IpAddr) -> bool {
    in_cidr(block.cidr, address) && !block.except.items().iter().any(|&except| in_cidr(except, address))
}

/// The leading bits agree, in the same family of addresses.
pub(crate) fn in_cidr(cidr: Cidr, address: IpAddr) -> bool {
    let (width, network, address) = match (cidr.address, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => (32, network.to_bits().into(), address.to_bits().into()),
        (IpAddr::V6(network), IpAddr::V6(address)) => (128, network.to_bits(), address.to_bits()),
        _ => return false,
    };
    let difference: u128 = network ^ address;
    difference.checked_shr(width - u32::from(cidr.prefix)).unwrap_or(0) == 0
}

fn party(cluster: &Cluster, endpoint: Endpoint) -> Party<'_> {
    match endpoint {
        Endpoint::Workload(index) => {
            let workload = &cluster.workloads[index];
            if workload.host_network.value() == Some(&true) {
                return Party::Node;
            }
            Party::Pod(Pod {
                namespace: Some(workload.namespace),
                labels: &workload.labels,
                containers: &workload.containers,
            })
        }
        Endpoint::OtherPod(namespace) => Party::Pod(Pod { namespace: Some(namespace), labels: &[], containers: &[] }),
        Endpoint::UnknownNamespace | Endpoint::IngressController => {
            Party::Pod(Pod { namespace: None, labels: &[], containers: &[] })
        }
        Endpoint::External(address) => Party::Outside(address),
    }
}
