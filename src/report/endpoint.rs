//! Ends and ports in JSON, as `connections` and `query` freeze them.

use serde::Serialize;

use crate::cluster::Cluster;
use crate::diff;
use crate::endpoint::End;
use crate::net::ports::PortSet;
use crate::objects::{Labels, Workload, WorkloadId};

/// `{"workload": …}`, `{"external": […]}`, `{"ingressController": true}`, `{"presumed": …}` or `{"anyPod": …}`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JsonEnd<'a> {
    Workload(JsonWorkload<'a>),
    /// The fewest blocks, IPv4 before IPv6.
    External(Vec<String>),
    IngressController(bool),
    Presumed {
        namespace: &'a str,
        labels: &'a Labels,
    },
    /// Without a namespace, of one that is not in the input.
    AnyPod {
        namespace: Option<&'a str>,
    },
}

/// What identifies a workload.
#[derive(Serialize)]
pub(crate) struct JsonWorkload<'a> {
    namespace: &'a str,
    kind: &'a str,
    name: &'a str,
    /// The one pod of it that is meant, where selectors distinguish its pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    replica: Option<&'a str>,
}

/// A run of permitted ports.
#[derive(Serialize)]
pub(crate) struct JsonPorts {
    protocol: &'static str,
    from: u16,
    to: u16,
}

impl<'a> JsonEnd<'a> {
    /// An end of a change.
    pub(crate) fn of_change(end: &'a diff::End) -> Self {
        match end {
            diff::End::Workload(name) => Self::Workload(JsonWorkload::named(name)),
            diff::End::External(addresses) => {
                Self::External(addresses.blocks().iter().map(ToString::to_string).collect())
            }
            diff::End::IngressController => Self::IngressController(true),
            diff::End::AnyPod(namespace) => Self::AnyPod { namespace: namespace.as_deref() },
        }
    }

    /// `None` for an end that the cluster does not have.
    pub(crate) fn new(end: &End, cluster: &'a Cluster) -> Option<Self> {
        Some(match end {
            End::Workload(id) => Self::Workload(JsonWorkload::new(*id, cluster)?),
            End::External(addresses) => Self::External(addresses.blocks().iter().map(ToString::to_string).collect()),
            End::IngressController => Self::IngressController(true),
            End::AnyPod(namespace) => Self::AnyPod { namespace: namespace.map(|id| cluster.namespace_name(id)) },
            End::Presumed(index) => {
                let pod = cluster.presumed.get(*index)?;
                Self::Presumed { namespace: cluster.namespace_name(pod.namespace), labels: &pod.labels }
            }
        })
    }
}

impl<'a> JsonWorkload<'a> {
    fn new(id: WorkloadId, cluster: &'a Cluster) -> Option<Self> {
        cluster.workloads.get(id.0 as usize).map(|workload| Self::of(workload, cluster))
    }

    /// The workload of a change.
    pub(crate) fn named(name: &'a diff::WorkloadName) -> Self {
        let diff::WorkloadName { namespace, kind, name, replica } = name;
        Self { namespace, kind, name, replica: replica.as_deref() }
    }

    /// What identifies this workload.
    pub(crate) fn of(workload: &'a Workload, cluster: &'a Cluster) -> Self {
        Self {
            namespace: cluster.namespace_name(workload.object.namespace),
            kind: &workload.object.kind,
            name: workload.owner_name(),
            replica: workload.replica.as_ref().map(|_| workload.object.name.as_str()),
        }
    }
}

/// `None`, so `null`, for every port; else the runs by protocol and number.
pub(crate) fn ports(ports: &PortSet) -> Option<Vec<JsonPorts>> {
    let run = |range: crate::net::ports::PortRange| JsonPorts {
        protocol: range.protocol.name(),
        from: range.first,
        to: range.last,
    };
    (!ports.is_all()).then(|| ports.ranges().map(run).collect())
}
