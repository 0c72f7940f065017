//! Ports that somebody set up to be scraped for metrics.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{Client, Evidence, Reason, Target};
use crate::analysis::Analysis;
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::{Labels, Match, Monitor, ScrapePort, Workload, WorkloadId};
use crate::source::{Origin, Place};

/// Everything that is to be scraped: by annotations of pods and Services, and by monitors.
pub(super) fn scraped(analysis: &Analysis) -> Vec<Evidence<'_>> {
    let cluster = analysis.cluster();
    let mut scraped: Vec<Evidence<'_>> = Vec::new();
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

fn evidence(workload: WorkloadId, port: u16, place: Place, reason: Reason<'_>) -> Evidence<'_> {
    let ports = PortSet::single(Protocol::Tcp, port);
    Evidence { client: Client::Scraper, server: Target::Workload(workload, Some(ports)), reason, place }
}

/// What the annotations `prometheus.io/scrape` and `prometheus.io/port` ask for.
fn annotated<'m>(workload: WorkloadId, annotations: &Labels, origin: impl Fn() -> Origin) -> Option<Evidence<'m>> {
    annotations.get("prometheus.io/scrape").filter(|scrape| *scrape == "true")?;
    let port = annotations.get("prometheus.io/port")?.parse().ok().filter(|&port| port > 0)?;
    Some(evidence(workload, port, origin().key("prometheus.io/port").entry(), Reason::Annotation))
}

/// What a ServiceMonitor or PodMonitor asks for.
fn monitored<'m>(analysis: &'m Analysis, monitor: &'m Monitor, scraped: &mut Vec<Evidence<'m>>) {
    let (cluster, selector) = (analysis.cluster(), &monitor.selector);
    let mut add = |workload: WorkloadId, port: Option<u16>, place: &Origin| {
        let reason = || Reason::Monitor(&monitor.object);
        scraped.extend(port.map(|port| evidence(workload, port, place.clone().entry(), reason())));
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
