//! The ingress controllers that the input shows.

use crate::objects::{Workload, WorkloadId};

/// Names of images of ingress controllers and gateways.
const IMAGES: [&str; 14] = [
    "nginx-ingress-controller",
    "ingress-nginx/controller",
    "nginx-ingress",
    "traefik",
    "kong",
    "contour",
    "envoy",
    "haproxy-ingress",
    "kubernetes-ingress",
    "apisix",
    "emissary",
    "ambassador",
    "origin-haproxy-router",
    "proxyv2",
];

/// The workloads that are ingress controllers or gateways, by the images of their first containers, in order.
pub(super) fn ingress_controllers(workloads: &[Box<Workload>]) -> Vec<WorkloadId> {
    let workloads = (0..).map(WorkloadId).zip(workloads);
    workloads.filter(|(_, workload)| has_image(workload, &IMAGES)).map(|(id, _)| id).collect()
}

/// Whether the first container has an image of one of these names, from whatever registry. Further containers are
/// sidecars, which many workloads share.
pub(crate) fn has_image(workload: &Workload, names: &[&str]) -> bool {
    let Some(container) = workload.containers.first() else { return false };
    let untagged = container.image.split('@').next().unwrap_or_default();
    let path = untagged.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(untagged, |(path, _)| path);
    names.iter().any(|name| path == *name || path.strip_suffix(name).is_some_and(|rest| rest.ends_with('/')))
}
