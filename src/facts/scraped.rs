//! Ports that somebody set up to be scraped for metrics.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::evidence::Evidence;
use crate::analysis::Analysis;
use crate::net::Protocol;
use crate::objects::{Labels, Match, Monitor, ScrapePort, Workload, WorkloadId};
use crate::source::{Origin, Place};

/// A port that is to be scraped, and where that is said.
pub(crate) struct Scraped {
    /// The workload whose port it is.
    pub(crate) workload: WorkloadId,
    /// The port, of TCP.
    pub(crate) port: u16,
    /// Where that is said.
    pub(crate) place: Place,
    /// What says it.
    pub(crate) said_by: Evidence,
}

/// Everything that is to be scraped: by annotations of pods and Services, and by monitors.
pub(super) fn scraped(analysis: &Analysis) -> Vec<Scraped> {
    let cluster = analysis.cluster();
    let mut scraped: Vec<Scraped> = Vec::new();
    for (id, workload) in analysis.workloads() {
        let origin = || workload.labels_origin.parent().key("annotations");
        scraped.extend(annotated(id, &workload.pod_annotations, origin));
    }
    for service in cluster.services.iter().filter(|it| !it.object.annotations.is_empty()) {
        let origin = || service.object.origin.keys(["metadata", "annotations"]);
        for (id, _) in analysis.selected_by(service) {
            scraped.extend(annotated(id, &service.object.annotations, origin));
        }
    }
    for monitor in &cluster.intents.monitors {
        monitored(analysis, monitor, &mut scraped);
    }
    scraped
}

/// What the annotations `prometheus.io/scrape` and `prometheus.io/port` ask for.
fn annotated(workload: WorkloadId, annotations: &Labels, origin: impl Fn() -> Origin) -> Option<Scraped> {
    annotations.get("prometheus.io/scrape").filter(|scrape| *scrape == "true")?;
    let port = annotations.get("prometheus.io/port")?.parse().ok().filter(|&port| port > 0)?;
    Some(Scraped { workload, port, place: origin().key("prometheus.io/port").entry(), said_by: Evidence::Annotation })
}

/// What a ServiceMonitor or PodMonitor asks for.
fn monitored(analysis: &Analysis, monitor: &Monitor, scraped: &mut Vec<Scraped>) {
    let (cluster, selector) = (analysis.cluster(), &monitor.selector);
    let mut add = |workload: WorkloadId, port: Option<u16>, place: &Origin| {
        let (kind, name) = (monitor.object.kind.clone(), monitor.object.name.clone());
        let said_by = Evidence::Monitor { kind, name };
        scraped.extend(port.map(|port| Scraped { workload, port, place: place.clone().entry(), said_by }));
    };
    for namespace in cluster.scraped_by(monitor) {
        if monitor.object.kind == "PodMonitor" {
            for (id, workload) in
                cluster.workloads_in(namespace).filter(|(_, it)| it.is_selected_by(selector) == Match::Yes)
            {
                for endpoint in &monitor.endpoints {
                    add(id, port_on(workload, &endpoint.port), &endpoint.origin);
                }
            }
            continue;
        }
        for service in cluster.services_in(namespace).iter().filter(|it| selector.matches(&it.object.labels)) {
            for (id, workload) in analysis.selected_by(service) {
                for endpoint in &monitor.endpoints {
                    let port = match &endpoint.port {
                        ScrapePort::OfService(name) => {
                            let port = service.ports.iter().find(|port| port.name.as_ref() == Some(name));
                            port.and_then(|port| port.target_on(workload))
                        }
                        of_pod => port_on(workload, of_pod),
                    };
                    add(id, port, &endpoint.origin);
                }
            }
        }
    }
}

fn port_on(workload: &Workload, port: &ScrapePort) -> Option<u16> {
    match port {
        ScrapePort::OfPod(IntOrString::Int(number)) => u16::try_from(*number).ok().filter(|&port| port > 0),
        ScrapePort::OfPod(IntOrString::String(name)) => workload.named_port(name, Protocol::Tcp),
        ScrapePort::OfService(_) => None,
    }
}
