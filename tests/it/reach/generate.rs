//! Random clusters, valid by the API but odd in every way that it permits. The alphabets are tiny, so that labels,
//! names, ports and blocks of different objects meet.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::cluster::{
    Absent, Cidr, Cluster, ContainerPort, Direction, Field, IpBlock, Is, Labels, NAME_LABEL, Namespace, Null, Operator,
    Peer, Policy, Port, PortValue, Protocol, Requirement, Rule, Selector, Spec, Workload,
};
use super::emit::{Style, stream};
use super::manifest::documents;

/// A cluster and how its manifests are spelled.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) cluster: Cluster,
    pub(crate) styles: Vec<Style>,
}

impl Case {
    pub(crate) fn text(&self) -> String {
        stream(&documents(&self.cluster), &self.styles)
    }
}

/// How many there are of everything, at most.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) namespaces: usize,
    pub(crate) workloads: usize,
    pub(crate) policies: usize,
    /// Items of each list within a policy.
    pub(crate) items: usize,
}

impl Size {
    pub(crate) const SMALL: Self = Self { namespaces: 2, workloads: 2, policies: 2, items: 1 };
    pub(crate) const LARGE: Self = Self { namespaces: 3, workloads: 5, policies: 5, items: 3 };
}

pub(crate) fn case(size: Size) -> impl Strategy<Value = Case> {
    (cluster(size), vec(style(), 1..=3)).prop_map(|(cluster, styles)| Case { cluster, styles })
}

fn style() -> impl Strategy<Value = Style> {
    (prop::bool::weighted(0.3), any::<bool>(), any::<bool>(), select(vec!["null", "~", ""]))
        .prop_map(|(json, indent_lists, quote, null)| Style { json, indent_lists, quote, null })
}

fn cluster(size: Size) -> impl Strategy<Value = Cluster> {
    let workloads = vec(workload(), 0..=size.workloads);
    let policies = vec(policy(size.items), 1..=size.policies);
    (namespaces(size.namespaces), workloads, policies).prop_map(|(namespaces, mut workloads, mut policies)| {
        // Namespaces were drawn before their number was known. The first object of a name wins, as names are unique.
        workloads.iter_mut().for_each(|item| item.namespace %= namespaces.len());
        policies.iter_mut().for_each(|item| item.namespace %= namespaces.len());
        unique(&mut workloads, |item| (item.namespace, item.kind, item.name.clone()));
        unique(&mut policies, |item| (item.namespace, item.name.clone()));
        Cluster { namespaces, workloads, policies }
    })
}

fn unique<T, K: PartialEq>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let mut seen = Vec::new();
    items.retain(|item| {
        let key = key(item);
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
}

/// Up to three namespaces; one of them may be that of manifests which name none.
fn namespaces(most: usize) -> impl Strategy<Value = Vec<Namespace>> {
    let names = prop_oneof![8 => Just([Some("n0"), Some("n1"), Some("n2")]), 1 => Just([None, Some("n1"), Some("n2")])];
    (names, vec(prop::option::weighted(0.7, labels()), 1..=most)).prop_map(|(names, manifests)| {
        let with_name = |(name, manifest): (Option<&str>, Option<Labels>)| Namespace {
            name: name.map(str::to_owned),
            manifest: manifest.filter(|_| name.is_some()),
        };
        names.into_iter().zip(manifests).map(with_name).collect()
    })
}

const KINDS: [&str; 9] = [
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "Rollout",
];
const KEYS: [&str; 2] = ["app", "team"];
const VALUES: [&str; 3] = ["a", "b", ""];

pub(crate) fn labels() -> impl Strategy<Value = Labels> {
    let value = || prop::option::weighted(0.7, prop_oneof![4 => Just("a"), 3 => Just("b"), 1 => Just("")]);
    [value(), value()].prop_map(|values| {
        let present = KEYS.into_iter().zip(values).filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
        present.collect()
    })
}

fn workload() -> impl Strategy<Value = Workload> {
    let host_network = prop_oneof![16 => Just(Absent), 1 => Just(Null), 2 => Just(Is(true)), 1 => Just(Is(false))];
    let containers = vec(vec(container_port(), 0..=2), 1..=2);
    (select(&KINDS[..]), select(vec!["x", "y"]), 0..3_usize, labels(), containers, host_network).prop_map(
        |(kind, name, namespace, labels, mut containers, host_network)| {
            for ports in &mut containers {
                unique(ports, |port| port.name.clone().unwrap_or_else(|| port.number.to_string()));
            }
            // Controllers must select their pods by some label.
            let kind = if labels.is_empty() { "Pod" } else { kind };
            Workload { kind, name: name.to_owned(), namespace, labels, containers, host_network }
        },
    )
}

pub(crate) const NUMBERS: [u16; 7] = [80, 81, 83, 53, 1, 65534, 65535];
pub(crate) const PORT_NAMES: [&str; 2] = ["web", "dns"];

fn protocol() -> impl Strategy<Value = Field<Protocol>> {
    field([4, 1, 5], prop_oneof![3 => Just(Protocol::Tcp), 3 => Just(Protocol::Udp), 1 => Just(Protocol::Sctp)])
}

fn container_port() -> impl Strategy<Value = ContainerPort> {
    let name = prop::option::weighted(0.8, select(&PORT_NAMES[..]));
    (name, select(&NUMBERS[..]), protocol()).prop_map(|(name, number, protocol)| ContainerPort {
        name: name.map(str::to_owned),
        number,
        protocol,
    })
}

/// A field with the weights of absent, null and a value.
fn field<S: Strategy>(weights: [u32; 3], value: S) -> impl Strategy<Value = Field<S::Value>>
where
    S::Value: Clone,
{
    let [absent, null, present] = weights;
    prop_oneof![absent => Just(Absent), null => Just(Null), present => value.prop_map(Is)]
}

pub(crate) fn policy(items: usize) -> impl Strategy<Value = Policy> {
    (select(vec!["p", "q", "r", "s", "t"]), 0..3_usize, field([1, 1, 60], spec(items)))
        .prop_map(|(name, namespace, spec)| Policy { name: name.to_owned(), namespace, spec })
}

fn spec(items: usize) -> impl Strategy<Value = Spec> {
    use Direction::{Egress, Ingress};
    let types = select(vec![
        vec![Ingress, Egress],
        vec![Ingress],
        vec![Egress],
        vec![],
        vec![Egress, Ingress],
        vec![Ingress, Ingress],
    ]);
    let rules = || field([3, 1, 8], vec(prop_oneof![1 => Just(None), 12 => rule(items).prop_map(Some)], 0..=items + 1));
    (field([3, 1, 12], selector(false)), field([6, 1, 10], types), rules(), rules())
        .prop_map(|(pod_selector, policy_types, ingress, egress)| Spec { pod_selector, policy_types, ingress, egress })
}

pub(crate) fn rule(items: usize) -> impl Strategy<Value = Rule> {
    let ports = vec(prop_oneof![1 => Just(None), 20 => port().prop_map(Some)], 0..=items + 1);
    (field([2, 1, 12], vec(peer(), 0..=items + 1)), field([5, 1, 8], ports))
        .prop_map(|(peers, ports)| Rule { peers, ports })
}

/// One of the shapes that the API accepts; the fields that a shape lacks are absent or null.
fn peer() -> impl Strategy<Value = Peer> {
    let selectors = prop_oneof![
        (selector(false).prop_map(Is), unset()),
        (unset(), selector(true).prop_map(Is)),
        (selector(false).prop_map(Is), selector(true).prop_map(Is)),
    ];
    prop_oneof![
        3 => (selectors, unset())
            .prop_map(|((pod_selector, namespace_selector), ip_block)| Peer { pod_selector, namespace_selector, ip_block }),
        1 => (unset(), unset(), ip_block().prop_map(Is))
            .prop_map(|(pod_selector, namespace_selector, ip_block)| Peer { pod_selector, namespace_selector, ip_block }),
    ]
}

fn unset<T: Clone + Debug>() -> impl Strategy<Value = Field<T>> {
    prop_oneof![6 => Just(Absent), 1 => Just(Null)]
}

/// A key and some values for it, as selectors of pods or of namespaces use them.
fn key_and_values(of_namespaces: bool) -> impl Strategy<Value = (String, Vec<String>)> {
    let plain = (select(vec![KEYS[0], KEYS[1], "absent"]), vec(select(&VALUES[..]), 1..=2));
    let by_name = (Just(NAME_LABEL), vec(select(vec!["n0", "n1", "elsewhere"]), 1..=2));
    prop_oneof![10 => plain, if of_namespaces { 6 } else { 1 } => by_name]
        .prop_map(|(key, values)| (key.to_owned(), values.into_iter().map(str::to_owned).collect()))
}

pub(crate) fn selector(of_namespaces: bool) -> impl Strategy<Value = Selector> {
    let match_labels = vec(key_and_values(of_namespaces), 0..=2).prop_map(|pairs| {
        let mut labels: Labels = pairs.into_iter().map(|(key, values)| (key, values[0].clone())).collect();
        unique(&mut labels, |(key, _)| key.clone());
        labels
    });
    let operator = select(vec![Operator::In, Operator::NotIn, Operator::Exists, Operator::DoesNotExist]);
    let no_values = select(vec![Absent, Null, Is(Vec::new())]);
    let requirement =
        (key_and_values(of_namespaces), operator, no_values).prop_map(|((key, values), operator, no_values)| {
            Requirement {
                key,
                operator,
                values: if matches!(operator, Operator::In | Operator::NotIn) { Is(values) } else { no_values },
            }
        });
    let some = (field([4, 1, 5], match_labels), field([4, 1, 5], vec(requirement, 0..=2)))
        .prop_map(|(match_labels, match_expressions)| Selector { match_labels, match_expressions });
    prop_oneof![1 => Just(Selector::default()), 4 => some]
}

pub(crate) const BLOCKS: [&str; 14] = [
    "0.0.0.0/0",
    "0.0.0.0/32",
    "10.0.0.0/8",
    "10.0.0.0/9",
    "10.1.0.0/16",
    "10.1.2.0/24",
    "10.1.2.3/32",
    "128.0.0.0/1",
    "255.255.255.255/32",
    "::/0",
    "2001:db8::/32",
    "2001:db8:0:1::/64",
    "2001:db8::1/128",
    "8000::/1",
];

fn ip_block() -> impl Strategy<Value = IpBlock> {
    (select(&BLOCKS[..]), field([3, 1, 6], vec(select(&BLOCKS[..]), 0..=4))).prop_map(|(cidr, except)| {
        let cidr = Cidr::new(cidr);
        let except = match except {
            Is(blocks) => {
                Is(blocks.into_iter().map(Cidr::new).filter(|&block| cidr.strictly_contains(block)).collect())
            }
            Null => Null,
            Absent => Absent,
        };
        IpBlock { cidr, except }
    })
}

fn port() -> impl Strategy<Value = Port> {
    let number =
        (select(&NUMBERS[..]), field([6, 1, 6], select(vec![0, 1, 2, u16::MAX]))).prop_map(|(number, length)| {
            let end = match length {
                Is(length) => Is(number.saturating_add(length)),
                Null => Null,
                Absent => Absent,
            };
            (Is(PortValue::Number(number)), end)
        });
    let name = select(&PORT_NAMES[..]).prop_map(|name| (Is(PortValue::Name(name.to_owned())), Absent));
    let unset = select(vec![Absent, Null]).prop_map(|port| (port, Absent));
    (protocol(), prop_oneof![5 => number, 4 => name, 1 => unset]).prop_map(|(protocol, (port, end_port))| Port {
        protocol,
        port,
        end_port,
    })
}
