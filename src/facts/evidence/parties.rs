//! The ends of the connections that are asked for, once it is clear which pods are meant: who the ingress controller is
//! and who scrapes.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::ends::Block;
use crate::analysis::Analysis;
use crate::cluster::{has_image, ingress_controllers};
use crate::objects::{Backend, NAME_LABEL, NamespaceId, Operator, Requirement, Selector, WorkloadId};
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

/// Those who play a part that no object names.
pub(super) struct Players {
    /// The ingress controllers of the input.
    controllers: Vec<WorkloadId>,
    /// What scrapes metrics in the input.
    scrapers: Vec<Party>,
}

impl Players {
    /// Those of the input.
    pub(super) fn new(analysis: &Analysis) -> Self {
        let workloads = || analysis.workloads().filter(|(_, workload)| !workload.host_network);
        let with = |images: &'static [&'static str]| {
            workloads().filter(|(_, workload)| has_image(workload, images)).map(|(id, _)| id)
        };
        let mut scrapers: Vec<Party> = with(&SCRAPERS).map(Party::Workload).collect();
        // Pods that the Prometheus operator makes of a Prometheus.
        for resource in analysis.cluster().custom_resources.iter().filter(|it| it.kind == "Prometheus") {
            let label = (SmolStr::from("app.kubernetes.io/name"), SmolStr::from("prometheus"));
            let pods = Selector::equalities([(&label.0, &label.1)]);
            let name = analysis.cluster().namespace_name(resource.namespace);
            scrapers.push(Party::Pods(PodSet::new(named(name), pods)));
        }
        let mut seen = BTreeSet::new();
        scrapers.retain(|scraper| seen.insert(scraper.clone()));
        let is_pod = |id: &WorkloadId| analysis.workload(*id).is_some_and(|workload| !workload.host_network);
        Self { controllers: ingress_controllers(analysis.cluster()).filter(is_pod).collect(), scrapers }
    }

    /// The ingress controller of a backend, and the namespace that is presumed where the input does not show it.
    pub(super) fn controllers(&self, backend: Option<&Backend>) -> (Vec<Party>, Option<&'static str>) {
        if !self.controllers.is_empty() {
            return (self.controllers.iter().copied().map(Party::Workload).collect(), None);
        }
        let namespace = match backend.map(|backend| backend.object.kind.as_str()) {
            Some("Ingress") | None => "ingress-nginx",
            Some("Route") => "openshift-ingress",
            Some(_) => "envoy-gateway-system",
        };
        (vec![whole(namespace)], Some(namespace))
    }

    /// What scrapes, and the namespace that is presumed where the input does not show it.
    pub(super) fn scrapers(&self) -> (Vec<Party>, Option<&'static str>) {
        match self.scrapers.as_slice() {
            [] => (vec![whole("monitoring")], Some("monitoring")),
            known => (known.to_vec(), None),
        }
    }
}

/// What scrapes, and the namespace that is presumed where the input does not show it.
pub(crate) fn scrapers(analysis: &Analysis) -> (Vec<Party>, Option<&'static str>) {
    Players::new(analysis).scrapers()
}

/// The ingress controller of a backend, and the namespace that is presumed where the input does not show it.
pub(crate) fn controllers(analysis: &Analysis, backend: &Backend) -> (Vec<Party>, Option<&'static str>) {
    Players::new(analysis).controllers(Some(backend))
}

/// The namespace of this name.
pub(super) fn named(namespace: &str) -> NamespaceSet {
    let operator = Operator::In(vec![namespace.into()]);
    NamespaceSet::Matching(Selector::new(vec![Requirement { key: NAME_LABEL.into(), operator }]))
}

/// All pods of the namespace of this name.
fn whole(namespace: &str) -> Party {
    Party::Pods(PodSet::new(named(namespace), Selector::default()))
}
