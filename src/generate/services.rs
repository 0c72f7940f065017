//! Services that nobody is let into, because nothing in the input asks for them.

use std::collections::BTreeMap;

use super::policy::Policy;
use super::subjects::Subjects;
use crate::analysis::Analysis;
use crate::facts::evidence::{Party, Request};
use crate::facts::port_names::is_for_metrics;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::{Labels, NamespaceId, Service, WorkloadId};
use crate::text::phrase;

/// Says in the policies which Services, or which of their ports, nothing asks for: in the one that admits others to their
/// pods, else in the default deny of the namespace.
pub(super) fn mark_closed(
    analysis: &Analysis,
    subjects: &Subjects,
    requests: &[Request<'_, '_>],
    policies: &mut BTreeMap<NamespaceId, Vec<Policy<'_, '_>>>,
) {
    let mut asked: BTreeMap<WorkloadId, PortSet> = BTreeMap::new();
    for request in requests {
        if let Party::Workload(to) = request.to
            && request.from != request.to
        {
            let ports = asked.entry(to).or_default();
            *ports = ports.union(&request.ports);
        }
    }
    for service in &analysis.cluster().services {
        let Some(policies) = policies.get_mut(&service.object.namespace) else { continue };
        let Some(line) = line(analysis, service, &asked) else { continue };
        let numbers = analysis.selected_by(service).filter_map(|(id, _)| subjects.of(id));
        let labels: Vec<&Labels> = numbers.filter_map(|number| subjects.get(number)).map(|it| &it.labels).collect();
        let is_theirs = |policy: &&mut Policy<'_, '_>| {
            policy.directions == [Direction::Ingress] && labels.contains(&&policy.labels)
        };
        let mut marked = false;
        for policy in policies.iter_mut().filter(is_theirs) {
            policy.review.push(line.clone());
            marked = true;
        }
        if let Some(deny) = policies.iter_mut().find(|policy| policy.labels.is_empty()).filter(|_| !marked) {
            deny.review.push(line);
        }
    }
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
