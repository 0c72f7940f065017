//! The ends of the connections that are asked for, once it is clear which pods are meant: who the ingress controller is
//! and who scrapes.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::ends::Block;
use crate::analysis::Analysis;
use crate::cluster::has_image;
use crate::objects::{Backend, NAME_LABEL, NamespaceId, Operator, Requirement, Selector, Workload, WorkloadId};
use crate::policy::{NamespaceSet, PodSet};

/// One end of a connection that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Party {
    /// The pods of a workload.
    Workload(WorkloadId),
    /// Any pod of a namespace, or of the cluster.
    AnyPod(Option<NamespaceId>),
    /// Pods that the input does not show.
    Pods(PodSet),
    /// Addresses outside the cluster.
    Addresses(Block),
    /// Everyone: the API server, whose addresses no policy can know.
    Anyone,
}

/// Names of images of what scrapes metrics.
const SCRAPERS: [&str; 7] = [
    "prometheus",
    "vmagent",
    "grafana/agent",
    "alloy",
    "opentelemetry-collector",
    "opentelemetry-collector-contrib",
    "victoria-metrics",
];

/// Who is meant, and the namespace that is presumed where the input does not show them.
pub(crate) type Meant = (Vec<Party>, Option<&'static str>);

/// What scrapes metrics.
pub(crate) fn scrapers(analysis: &Analysis) -> Meant {
    let images = |(_, workload): &(WorkloadId, &Workload)| !workload.host_network && has_image(workload, &SCRAPERS);
    let workloads = analysis.workloads().filter(images).map(|(id, _)| Party::Workload(id));
    // Pods that the Prometheus operator makes of a Prometheus.
    let made = analysis.cluster().custom_resources.iter().filter(|it| it.kind == "Prometheus").map(|resource| {
        let label = (SmolStr::from("app.kubernetes.io/name"), SmolStr::from("prometheus"));
        let pods = Selector::equalities([(&label.0, &label.1)]);
        let name = analysis.cluster().namespace_name(resource.namespace);
        Party::Pods(PodSet::new(named(name), pods))
    });
    let mut seen = BTreeSet::new();
    shown_or(workloads.chain(made).filter(|scraper| seen.insert(scraper.clone())).collect(), "monitoring")
}

/// The ingress controllers of a backend.
pub(crate) fn controllers(analysis: &Analysis, backend: Option<&Backend>) -> Meant {
    let is_pod = |id: &WorkloadId| analysis.workload(*id).is_some_and(|workload| !workload.host_network);
    let shown = analysis.cluster().ingress_controllers.iter().copied().filter(is_pod).map(Party::Workload);
    let presumed = match backend.map(|backend| backend.object.kind.as_str()) {
        Some("Ingress") | None => "ingress-nginx",
        Some("Route") => "openshift-ingress",
        Some(_) => "envoy-gateway-system",
    };
    shown_or(shown.collect(), presumed)
}

/// Those that the input shows, else all pods of the namespace of this name.
fn shown_or(shown: Vec<Party>, presumed: &'static str) -> Meant {
    match shown.is_empty() {
        true => (vec![Party::Pods(PodSet::new(named(presumed), Selector::default()))], Some(presumed)),
        false => (shown, None),
    }
}

/// The namespace of this name.
pub(super) fn named(namespace: &str) -> NamespaceSet {
    let operator = Operator::In(vec![namespace.into()]);
    NamespaceSet::Matching(Selector::new(vec![Requirement { key: NAME_LABEL.into(), operator }]))
}
