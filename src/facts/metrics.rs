//! Ports that serve metrics, and nothing else.

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::evidence::AllEvidence;
use crate::analysis::Analysis;
use crate::objects::{ServicePort, Workload, WorkloadId};

/// Words of port names.
const WORDS: [&str; 5] = ["metrics", "prom", "prometheus", "telemetry", "exporter"];

/// The ports that the input shows to be scraped, or to which a Service leads by a name that says so.
pub(crate) struct Metrics(BTreeSet<(WorkloadId, u16)>);

impl Metrics {
    /// Those of the input.
    pub(super) fn new(analysis: &Analysis, evidence: &AllEvidence<'_>) -> Self {
        let scraped = evidence.scraped().map(|scraped| (scraped.workload, scraped.port));
        let mut ports: BTreeSet<_> = scraped.collect();
        for service in &analysis.cluster().services {
            let named = || service.ports.iter().filter(|port| Self::are_named_by(port));
            if named().next().is_none() {
                continue;
            }
            for (id, workload) in analysis.selected_by(service) {
                ports.extend(named().filter_map(|port| Some((id, port.target_on(workload)?))));
            }
        }
        Self(ports)
    }

    /// Whether a port of a workload is for metrics: it is scraped, or its container or a Service says so.
    pub(crate) fn serve(&self, id: WorkloadId, workload: &Workload, port: u16) -> bool {
        let mut declared = workload.containers.iter().flat_map(|container| &container.ports);
        self.0.contains(&(id, port))
            || declared.any(|it| it.port == port && it.name.as_deref().is_some_and(names_metrics))
    }

    /// Whether a Service's port is named for metrics.
    pub(crate) fn are_named_by(port: &ServicePort) -> bool {
        let target = match &port.target_port {
            IntOrString::String(name) => names_metrics(name),
            IntOrString::Int(_) => false,
        };
        target || port.name.as_deref().is_some_and(names_metrics)
    }
}

/// Whether a port's name says that it is for metrics.
pub(super) fn names_metrics(name: &str) -> bool {
    name.split('-').any(|word| WORDS.contains(&word))
}
