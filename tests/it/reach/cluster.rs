//! A cluster as its manifests spell it: what the generator makes, the emitter writes and the oracle judges.
//!
//! Nothing here is defaulted or resolved. An absent field, a null and an empty list are three different values,
//! because manifests can say all three and the API does not read them alike.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A field of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Field<T> {
    /// The key is not there.
    #[default]
    Absent,
    /// The key is there with the value null.
    Null,
    /// The key is there with a value.
    Is(T),
}

pub(crate) use Field::{Absent, Is, Null};

impl<T> Field<T> {
    /// The value; null reads as absent, as in every decoder of the API.
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Is(value) => Some(value),
            Absent | Null => None,
        }
    }

    /// The value, to be edited.
    pub(crate) fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Is(value) => Some(value),
            Absent | Null => None,
        }
    }
}

impl<T> Field<Vec<T>> {
    /// The items; none where the list is absent or null.
    pub(crate) fn items(&self) -> &[T] {
        self.value().map_or(&[], |items| items)
    }
}

/// Labels in the order written; keys are unique.
pub(crate) type Labels = Vec<(String, String)>;

/// The label that every namespace carries.
pub(crate) const NAME_LABEL: &str = "kubernetes.io/metadata.name";

#[derive(Clone, Debug, Default)]
pub(crate) struct Cluster {
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) workloads: Vec<Workload>,
    pub(crate) policies: Vec<Policy>,
}

#[derive(Clone, Debug)]
pub(crate) struct Namespace {
    /// `None` is the namespace of manifests without `metadata.namespace`.
    pub(crate) name: Option<String>,
    /// The labels of its manifest; `None` without a manifest.
    pub(crate) manifest: Option<Labels>,
}

impl Namespace {
    /// The name as netlint prints it.
    pub(crate) fn printed_name(&self) -> &str {
        self.name.as_deref().unwrap_or("default")
    }
}

impl Cluster {
    /// Namespaces that the text is about: declared, or with an object in them.
    pub(crate) fn known_namespaces(&self) -> impl Iterator<Item = usize> {
        (0..self.namespaces.len()).filter(|&index| {
            self.namespaces[index].manifest.is_some()
                || self.workloads.iter().any(|workload| workload.namespace == index)
                || self.policies.iter().any(|policy| policy.namespace == index)
        })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Workload {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// Index of [`Cluster::namespaces`].
    pub(crate) namespace: usize,
    /// Of the pods.
    pub(crate) labels: Labels,
    /// The ports of each container.
    pub(crate) containers: Vec<Vec<ContainerPort>>,
    pub(crate) host_network: Field<bool>,
}

#[derive(Clone, Debug)]
pub(crate) struct ContainerPort {
    pub(crate) name: Option<String>,
    pub(crate) number: u16,
    pub(crate) protocol: Field<Protocol>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
    Sctp,
}

impl Protocol {
    pub(crate) const ALL: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    pub(crate) const BOTH: [Self; 2] = [Self::Ingress, Self::Egress];
}

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    /// Index of [`Cluster::namespaces`].
    pub(crate) namespace: usize,
    pub(crate) spec: Field<Spec>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Spec {
    pub(crate) pod_selector: Field<Selector>,
    pub(crate) policy_types: Field<Vec<Direction>>,
    pub(crate) ingress: Field<Vec<Option<Rule>>>,
    pub(crate) egress: Field<Vec<Option<Rule>>>,
}

impl Spec {
    /// The rules of a direction, as written; a null item is `None`.
    pub(crate) fn rules(&self, direction: Direction) -> &Field<Vec<Option<Rule>>> {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    /// The rules of a direction, to be edited.
    pub(crate) fn rules_mut(&mut self, direction: Direction) -> &mut Field<Vec<Option<Rule>>> {
        match direction {
            Direction::Ingress => &mut self.ingress,
            Direction::Egress => &mut self.egress,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    /// `from` of an ingress rule, `to` of an egress rule.
    pub(crate) peers: Field<Vec<Peer>>,
    pub(crate) ports: Field<Vec<Option<Port>>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Peer {
    pub(crate) pod_selector: Field<Selector>,
    pub(crate) namespace_selector: Field<Selector>,
    pub(crate) ip_block: Field<IpBlock>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    pub(crate) match_labels: Field<Labels>,
    pub(crate) match_expressions: Field<Vec<Requirement>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Requirement {
    pub(crate) key: String,
    pub(crate) operator: Operator,
    pub(crate) values: Field<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Port {
    pub(crate) protocol: Field<Protocol>,
    pub(crate) port: Field<PortValue>,
    pub(crate) end_port: Field<u16>,
}

#[derive(Clone, Debug)]
pub(crate) enum PortValue {
    Number(u16),
    Name(String),
}

#[derive(Clone, Debug)]
pub(crate) struct IpBlock {
    pub(crate) cidr: Cidr,
    pub(crate) except: Field<Vec<Cidr>>,
}

/// An address and how many of its leading bits count; the other bits are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cidr {
    pub(crate) address: IpAddr,
    pub(crate) prefix: u8,
}

impl Cidr {
    /// Reads `address/prefix`.
    pub(crate) fn new(text: &str) -> Self {
        let (address, prefix) = text.split_once('/').unwrap();
        Self { address: address.parse().unwrap(), prefix: prefix.parse().unwrap() }
    }

    /// Whether the other is a smaller block within this one, as an `except` must be.
    pub(crate) fn strictly_contains(self, other: Self) -> bool {
        let ((first, last), (other_first, other_last)) = (self.range(), other.range());
        self.address.is_ipv4() == other.address.is_ipv4()
            && self.prefix < other.prefix
            && first <= other_first
            && other_last <= last
    }

    /// The first and the last address.
    pub(crate) fn range(self) -> (IpAddr, IpAddr) {
        match self.address {
            IpAddr::V4(first) => {
                let host = u32::MAX.checked_shr(self.prefix.into()).unwrap_or(0);
                (first.into(), Ipv4Addr::from_bits(first.to_bits() | host).into())
            }
            IpAddr::V6(first) => {
                let host = u128::MAX.checked_shr(self.prefix.into()).unwrap_or(0);
                (first.into(), Ipv6Addr::from_bits(first.to_bits() | host).into())
            }
        }
    }
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// Index of [`Cluster::workloads`].
    Workload(usize),
    /// A pod that is not in the input, without labels or ports, in one of [`Cluster::namespaces`].
    OtherPod(usize),
    /// A pod without labels in a namespace that is not in the input.
    UnknownNamespace,
    /// The same as a source only; nothing is known of its egress, which is taken as free.
    IngressController,
    /// An address outside the cluster.
    External(IpAddr),
}
