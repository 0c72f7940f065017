//! What the name of a port says of its use.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::objects::ServicePort;

/// Words of the names of ports for metrics.
const METRICS: [&str; 5] = ["metrics", "prom", "prometheus", "telemetry", "exporter"];

/// Whether a port's name says that it is for metrics.
pub(crate) fn names_metrics(name: &str) -> bool {
    name.split('-').any(|word| METRICS.contains(&word))
}

/// Whether a Service's port is named for metrics.
pub(crate) fn is_for_metrics(port: &ServicePort) -> bool {
    let target = match &port.target_port {
        IntOrString::String(name) => names_metrics(name),
        IntOrString::Int(_) => false,
    };
    target || port.name.as_deref().is_some_and(names_metrics)
}
