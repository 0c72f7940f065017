//! Workloads: whatever has a pod template.

use smol_str::SmolStr;

use super::kinds::workload_kind;
use super::{Labels, Numbered, Object};
use crate::net::Protocol;
use crate::source::Origin;

/// Whatever has a pod template, or a bare Pod: Deployment, StatefulSet, CronJob, Rollout, …
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name and place. One [replica](Self::replica) is named as its pod is.
    pub object: Object,
    /// What it is read from.
    pub read_from: ReadFrom,
    /// Where it is only one pod of a workload: one that selectors distinguish from the others.
    pub replica: Option<Box<Replica>>,
    /// How its controller numbers the pods, if it does.
    pub numbered: Option<Box<Numbered>>,
    /// `metadata.labels` of the pods, without those that a controller sets: [`Self::label`] has all.
    pub pod_labels: Labels,
    /// Where `pod_labels` are (`spec.template.metadata.labels`; `metadata.labels` of a Pod).
    pub labels_origin: Origin,
    /// Where the pod spec is (`spec.template.spec`; `spec` of a Pod).
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
    /// Secrets that the pods take as environment.
    pub secrets: Vec<SecretRef>,
    /// `spec.selector.matchLabels`: the labels by which its controller knows the pods. Empty for a Pod and for what
    /// leaves them to be made up.
    pub selector: Labels,
}

/// What a workload is read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadFrom {
    /// Its own manifest.
    #[default]
    Manifest,
    /// The pods that name it as their controller; its manifest is not in the input.
    Pods,
    /// The pods of a controller that it may have made, as their names and labels suggest.
    Inferred,
}

/// One pod of a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// The name of the workload.
    pub of: SmolStr,
    /// The number of the pod, where its controller numbers them.
    pub number: Option<u64>,
}

impl Workload {
    /// The name of the object that has the pods: of one replica, that of the whole workload.
    #[must_use]
    pub fn owner_name(&self) -> &SmolStr {
        self.replica.as_ref().map_or(&self.object.name, |replica| &replica.of)
    }

    /// Whether it is a single pod: whatever has a template may have several.
    #[must_use]
    pub fn is_one_pod(&self) -> bool {
        self.object.kind == "Pod" || self.replica.is_some()
    }

    /// Whether it is a StatefulSet, whose pods have names and volumes of their own.
    #[must_use]
    pub fn is_stateful_set(&self) -> bool {
        self.object.kind == "StatefulSet"
    }

    /// Whether its pods do their work and end: a Job or a CronJob.
    #[must_use]
    pub fn runs_to_completion(&self) -> bool {
        workload_kind(&self.object.kind).is_some_and(|it| it.group == "batch")
    }
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

/// What a pod takes of a Secret, as one variable or as all that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRef {
    /// The Secret, of the pod's namespace.
    pub name: SmolStr,
    /// The environment variable that an entry becomes; all entries become variables where none is named.
    pub variable: Option<SmolStr>,
    /// Where it is taken.
    pub origin: Origin,
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
    /// Where it is written.
    pub origin: Origin,
}

/// An environment variable of a container.
#[derive(Clone, Debug)]
pub struct EnvVar {
    /// Its name.
    pub name: SmolStr,
    /// Its literal value.
    pub value: Option<SmolStr>,
    /// Where the entry is.
    pub origin: Origin,
}

/// A word of a container's command line.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The word.
    pub text: SmolStr,
    /// Where it is written.
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
    /// Where the entry is.
    pub origin: Origin,
}
