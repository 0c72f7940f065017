//! The objects of the model.

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use litemap::LiteMap;
use smol_str::SmolStr;

use super::{NetworkPolicy, Protocol};
use crate::finding::{Origin, Subject};
use crate::policy::Policy;
use crate::words;

/// Labels or annotations of an object, sorted by key. They are few: a list takes less room than a tree.
pub type Labels = LiteMap<SmolStr, SmolStr>;

/// Names a [`Namespace`] of [`Cluster::namespaces`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespaceId(pub u32);

/// Names a [`Workload`] of [`Cluster::workloads`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadId(pub u32);

/// Names a [`NetworkPolicy`] of [`Cluster::policies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(pub u32);

/// An object of the input: what it is called and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// For example `Deployment`.
    pub kind: SmolStr,
    /// `metadata.name`.
    pub name: SmolStr,
    /// The namespace that it lives in.
    pub namespace: NamespaceId,
    /// `metadata.labels`: of the object itself, not of its pods.
    pub labels: Labels,
    /// `metadata.annotations`.
    pub annotations: Labels,
    /// The object's root in its document.
    pub origin: Origin,
}

/// A namespace that holds an object of the input, or is declared by one.
#[derive(Clone, Debug)]
pub struct Namespace {
    /// Its name as printed; the unset namespace is named `default` or by the caller.
    pub name: String,
    /// Its labels, always with `kubernetes.io/metadata.name`.
    pub labels: Labels,
    /// `metadata.annotations` of its manifest.
    pub annotations: Labels,
    /// The Namespace manifest, if the input has one; without it, `labels` holds the name label alone
    /// and whatever else the namespace carries is unknown.
    pub manifest: Option<Origin>,
}

/// Whatever has a pod template, or a bare Pod: Deployment, StatefulSet, CronJob, Rollout, …
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name and place.
    pub object: Object,
    /// `metadata.labels` of the pods: what selectors see.
    pub pod_labels: Labels,
    /// Where `pod_labels` stand (`spec.template.metadata.labels`; `metadata.labels` of a Pod).
    pub labels_origin: Origin,
    /// Where the pod spec stands (`spec.template.spec`; `spec` of a Pod).
    pub spec_origin: Origin,
    /// `metadata.annotations` of the pods.
    pub pod_annotations: Labels,
    /// Containers, sidecars and init containers, in the order written, init containers last.
    pub containers: Vec<Container>,
    /// Whether the pods use the network of their node; policies do not apply to them.
    pub host_network: bool,
    /// `dnsPolicy`, where written.
    pub dns_policy: Option<SmolStr>,
    /// `serviceAccountName`, where written.
    pub service_account: Option<SmolStr>,
    /// `automountServiceAccountToken`, where written.
    pub automount_token: Option<bool>,
    /// `spec.replicas`, where written.
    pub replicas: Option<i64>,
    /// Whether a StatefulSet asks for volumes by `volumeClaimTemplates`.
    pub volume_claims: bool,
    /// ConfigMaps that the pods take as environment or mount.
    pub config_maps: Vec<ConfigMapRef>,
}

/// What a pod takes of a ConfigMap, as a variable or as a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigMapRef {
    /// The ConfigMap, of the pod's namespace.
    pub name: SmolStr,
    /// The one entry that is taken; all of them where none is named.
    pub key: Option<SmolStr>,
    /// The environment variable that the entry becomes, where that is named.
    pub variable: Option<SmolStr>,
}

/// A container of a pod template.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name.
    pub name: SmolStr,
    /// Its image, as written.
    pub image: SmolStr,
    /// Its declared ports.
    pub ports: Vec<ContainerPort>,
    /// Environment variables; those taken from elsewhere (`valueFrom`) have no value.
    pub env: Vec<EnvVar>,
    /// `command` and `args`, in this order.
    pub arguments: Vec<Argument>,
    /// Whether it is an init container (a restartable one is a sidecar, and not meant here).
    pub init: bool,
    /// Where it stands.
    pub origin: Origin,
}

/// An environment variable of a container.
#[derive(Clone, Debug)]
pub struct EnvVar {
    /// Its name.
    pub name: SmolStr,
    /// Its literal value.
    pub value: Option<SmolStr>,
    /// Where the entry stands.
    pub origin: Origin,
}

/// A word of a container's command line.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The word.
    pub text: SmolStr,
    /// Where it stands.
    pub origin: Origin,
}

/// A declared container port. Declaring one opens nothing; it names the port and documents it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerPort {
    /// The name that policies and Services may use.
    pub name: Option<SmolStr>,
    /// The number, 1 to 65535.
    pub port: u16,
    /// The protocol, TCP by default.
    pub protocol: Protocol,
    /// Where the entry stands.
    pub origin: Origin,
}

/// A Service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name and place.
    pub object: Object,
    /// `spec.type`, `ClusterIP` by default.
    pub service_type: SmolStr,
    /// `spec.selector`; `None` where absent or empty, so that it selects nothing by itself.
    pub selector: Option<Labels>,
    /// Its ports.
    pub ports: Vec<ServicePort>,
    /// `spec.clusterIP` and `spec.clusterIPs` as written, `None` (headless) included.
    pub cluster_ips: Vec<SmolStr>,
    /// `spec.externalTrafficPolicy`, where written.
    pub external_traffic_policy: Option<SmolStr>,
    /// Whether it has, or asks for, an IPv6 address.
    pub ipv6: bool,
}

/// A port of a Service.
#[derive(Clone, Debug)]
pub struct ServicePort {
    /// Its name, which Ingresses and webhooks may use.
    pub name: Option<SmolStr>,
    /// The number clients use.
    pub port: u16,
    /// The protocol, TCP by default.
    pub protocol: Protocol,
    /// The port of the pods, by number or container port name; the same number where absent.
    pub target_port: IntOrString,
    /// Where the entry stands.
    pub origin: Origin,
}

/// What makes a Service reachable through an ingress controller: a backend of an Ingress, an OpenShift Route
/// or a Gateway API route.
#[derive(Clone, Debug)]
pub struct Backend {
    /// The Ingress, Route or HTTPRoute.
    pub object: Object,
    /// The namespace of the Service.
    pub namespace: NamespaceId,
    /// The namespace's name, where a Gateway API route names another one than its own.
    pub other_namespace: Option<SmolStr>,
    /// The name of the Service.
    pub service: SmolStr,
    /// The Service's port, by number or name; `None` means every port.
    pub port: Option<IntOrString>,
    /// Where the backend is named.
    pub origin: Origin,
}

/// Everything that was read, as one cluster. What is large is in a box: it stays where it was read to.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Namespaces, sorted by name.
    pub namespaces: Vec<Namespace>,
    /// Workloads, sorted by namespace, kind and name.
    pub workloads: Vec<Box<Workload>>,
    /// Services, sorted by namespace and name.
    pub services: Vec<Box<Service>>,
    /// Backends, in the order of the input.
    pub backends: Vec<Backend>,
    /// What else tells which connections are meant.
    pub intents: super::Intents,
    /// Policies, sorted by namespace and name.
    pub policies: Vec<Box<NetworkPolicy>>,
    /// The policies in the tiered form, in the same order.
    pub tiered: Vec<Policy>,
    /// Objects that a later one of the same kind, namespace and name replaces, in the order of the input.
    pub replaced: Vec<Replaced>,
    /// The namespace of resources that do not say theirs, where there are such, no other resource names it, and no
    /// kustomization of the input sets another.
    pub unset_namespace: Option<NamespaceId>,
    /// The namespace of resources that do not say theirs, if anything is in it.
    pub default_namespace: Option<NamespaceId>,
    /// Objects of kinds that Kubernetes itself does not have, sorted by namespace, kind and name. A controller may
    /// make pods of them, with labels that nobody but it knows.
    pub custom_resources: Vec<Object>,
    /// Keys of labels that a kustomization of the input adds to objects. It was not rendered, so that nobody knows
    /// which objects carry them.
    pub added_labels: BTreeSet<String>,
    /// What the input leads to and does not hold, so that there may be more than is known here.
    pub unread: Vec<super::Unread>,
    /// Pods that are presumed to exist, though the input does not show them.
    pub presumed: Vec<super::PresumedPod>,
    /// What the reader should know of how the input was understood.
    pub notes: Vec<String>,
}

/// Two objects of the same kind, namespace and name: applied in order, the second overwrites the first.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// The object as a finding names it.
    pub subject: Subject,
    /// The one that is overwritten.
    pub first: Origin,
    /// The one that stays.
    pub second: Origin,
}

impl Cluster {
    /// Notes what the input leads to and does not hold.
    pub(crate) fn set_unread(&mut self, unread: Vec<super::Unread>) {
        if !unread.is_empty() {
            let them = if unread.len() == 1 { "it" } else { "them" };
            let names: BTreeSet<String> = unread.iter().map(|unread| unread.what.clone()).collect();
            self.notes.push(format!(
                "not known: {}; findings that depend on {them} are reported as notes, and `--render` may find out more",
                words::enumerate(names.into_iter())
            ));
        }
        self.unread = unread;
    }

    /// The namespace's name as printed.
    #[must_use]
    pub fn namespace_name(&self, id: NamespaceId) -> &str {
        self.namespaces.get(id.0 as usize).map_or("", |namespace| &namespace.name)
    }

    /// Every object but Namespaces; an Ingress or route once for each backend.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        let workloads = self.workloads.iter().map(|workload| &workload.object);
        let services = self.services.iter().map(|service| &service.object);
        let backends = self.backends.iter().map(|backend| &backend.object);
        let policies = self.policies.iter().map(|policy| &policy.object);
        workloads.chain(services).chain(backends).chain(policies)
    }

    /// The object as a finding's subject.
    #[must_use]
    pub fn subject(&self, object: &Object) -> Subject {
        Subject {
            kind: object.kind.to_string(),
            namespace: Some(self.namespace_name(object.namespace).to_owned()),
            name: object.name.to_string(),
        }
    }
}
