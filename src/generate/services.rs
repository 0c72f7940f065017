//! Services that nobody is let into, because nothing in the input asks for them.

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::facts::evidence::{Party, Request};
use crate::facts::metrics::Metrics;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, Service, WorkloadId};
use crate::text::phrase;

/// A line for each Service, or for those of its ports, that nothing asks for, by namespace.
pub(super) fn not_asked_for(analysis: &Analysis, requests: &[Request<'_, '_>]) -> BTreeMap<NamespaceId, Vec<String>> {
    let mut asked: BTreeMap<WorkloadId, PortSet> = BTreeMap::new();
    for request in requests {
        if let Party::Workload(to) = request.to
            && request.from != request.to
        {
            let ports = asked.entry(to).or_default();
            *ports = ports.union(&request.ports);
        }
    }
    let mut lines: BTreeMap<NamespaceId, Vec<String>> = BTreeMap::new();
    for service in &analysis.cluster().services {
        if let Some(line) = line(analysis, service, &asked) {
            lines.entry(service.object.namespace).or_default().push(line);
        }
    }
    lines
}

fn line(analysis: &Analysis, service: &Service, asked: &BTreeMap<WorkloadId, PortSet>) -> Option<String> {
    let pods: Vec<_> = analysis.selected_by(service).filter(|(_, workload)| !workload.host_network).collect();
    let ports = service.ports.iter().filter(|port| !Metrics::are_named_by(port));
    let mut is_asked = false;
    let mut closed = Vec::new();
    for port in ports {
        let mut targets = pods.iter().filter_map(|(id, workload)| Some((id, port.target_on(workload)?))).peekable();
        if targets.peek().is_none() {
            continue;
        }
        if targets.any(|(id, target)| asked.get(id).is_some_and(|asked| asked.contains(port.protocol, target))) {
            is_asked = true;
        } else {
            closed.push(format!("{}/{}", port.port, port.protocol));
        }
    }
    let name = &service.object.name;
    match (closed.is_empty(), is_asked) {
        (true, _) => None,
        (false, false) => Some(format!("nothing in the input asks for Service {name}, so that nobody is let into it")),
        (false, true) => {
            let ports = phrase::list(closed).replace('`', "");
            Some(format!("nothing in the input asks for port {ports} of Service {name}, so that it is closed"))
        }
    }
}
