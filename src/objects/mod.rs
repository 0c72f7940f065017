//! The objects of Kubernetes that netlint knows: types, and the reading of what all objects have.

mod group;
mod intent;
pub mod kinds;
mod label_value;
pub(crate) mod metadata;
mod numbered;
mod selector;
mod service;
mod workload;

use litemap::LiteMap;
use smol_str::SmolStr;

use crate::source::{Origin, Place};
pub use group::AddressGroup;
pub use intent::{Binding, Intent, Intents, Monitor, ScrapeEndpoint, ScrapePort};
pub use label_value::LabelValue;
pub(crate) use label_value::number_behind;
pub use metadata::Owner;
pub use numbered::Numbered;
pub(crate) use numbered::pod_number;
pub use selector::{Match, Operator, Requirement, Selector};
pub use service::{Backend, Service, ServicePort};
pub use workload::{Argument, ConfigMapRef, Container, ContainerPort, EnvVar, ReadFrom, Replica, SecretRef, Workload};

/// The label that every namespace has: its name.
pub const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Labels that people use to name an application or its part, the most telling first.
pub(crate) const NAMING_LABELS: [&str; 9] = [
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "app.kubernetes.io/component",
    "component",
    "tier",
    "role",
    "name",
    "app.kubernetes.io/instance",
];

/// Labels or annotations of an object, sorted by key. They are few: a list takes less room than a tree.
pub type Labels = LiteMap<SmolStr, SmolStr>;

/// Names a [`Namespace`] of `Cluster::namespaces`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespaceId(pub u32);

impl NamespaceId {
    /// Stands for the cluster itself, where objects without a namespace are; it is no place in
    /// `Cluster::namespaces`, and comes after all of these.
    pub const CLUSTER: Self = Self(u32::MAX);
}

/// Names a [`Workload`] of `Cluster::workloads`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadId(pub u32);

/// Names a policy of `Cluster::policies`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(pub u32);

/// An object of the input: what it is called and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// For example `Deployment`.
    pub kind: SmolStr,
    /// `metadata.name`.
    pub name: SmolStr,
    /// The namespace that it lives in; [`NamespaceId::CLUSTER`] for an object without one.
    pub namespace: NamespaceId,
    /// `metadata.labels`: of the object itself, not of its pods.
    pub labels: Labels,
    /// `metadata.annotations`.
    pub annotations: Labels,
    /// The object's root in its document.
    pub origin: Origin,
}

impl Object {
    /// Where its name is.
    pub(crate) fn name_place(&self) -> Place {
        self.origin.keys(["metadata", "name"]).value()
    }
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
