//! Ports that serve metrics, and nothing else.

use std::collections::BTreeSet;

use super::evidence::AllEvidence;
use super::port_names::{is_for_metrics, names_metrics};
use crate::analysis::Analysis;
use crate::objects::{Workload, WorkloadId};

/// The ports that the input shows to be scraped, or to which a Service leads by a name that says so.
pub(crate) struct Metrics(BTreeSet<(WorkloadId, u16)>);

impl Metrics {
    /// Those of the input.
    pub(super) fn new(analysis: &Analysis, evidence: &AllEvidence<'_>) -> Self {
        let scraped = evidence.scraped().map(|scraped| (scraped.workload, scraped.port));
        let mut ports: BTreeSet<_> = scraped.collect();
        for service in &analysis.cluster().services {
            let named = || service.ports.iter().filter(|port| is_for_metrics(port));
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
}
