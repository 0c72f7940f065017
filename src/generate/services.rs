//! Services that nobody is let into, because nothing in the input asks for them.

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::facts::evidence::{Party, Request};
use crate::facts::port_names::is_for_metrics;
use crate::net::ports::PortSet;
use crate::objects::{Service, WorkloadId};
use crate::text::phrase;

/// The Services, or those of which some ports are closed, that nothing asks for, with what to say of each.
pub(super) fn closed<'m>(analysis: &'m Analysis, connections: &[Request<'_, '_>]) -> Vec<(&'m Service, String)> {
    let mut asked: BTreeMap<WorkloadId, PortSet> = BTreeMap::new();
    for request in connections {
        if let Party::Workload(to) = request.to
            && request.from != request.to
        {
            let ports = asked.entry(to).or_default();
            *ports = ports.union(&request.ports);
        }
    }
    let services = analysis.cluster().services.iter().map(AsRef::as_ref);
    services.filter_map(|service| Some((service, line(analysis, service, &asked)?))).collect()
}

fn line(analysis: &Analysis, service: &Service, asked: &BTreeMap<WorkloadId, PortSet>) -> Option<String> {
    let pods: Vec<_> = analysis.selected_by(service).filter(|(_, workload)| !workload.host_network).collect();
    let ports = service.ports.iter().filter(|port| !is_for_metrics(port));
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
