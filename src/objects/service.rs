//! Services, and what makes them reachable from outside.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use smol_str::SmolStr;

use super::{Labels, NamespaceId, Object};
use crate::net::Protocol;
use crate::source::Origin;

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
    /// Where the entry is.
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
