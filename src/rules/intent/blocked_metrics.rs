//! Metrics that somebody set up to be scraped, on a port that no scraper can reach.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{SHOWN, admits_addresses, opens, restriction, to_blame};
use crate::cluster::Tier;
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::{Labels, Monitor, PolicyId, ScrapePort, Workload, WorkloadId};
use crate::policy::Peer;
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::source::{Origin, Place};
use crate::text::phrase;

/// A port that is to be scraped, and where that is said.
struct Scraped {
    workload: WorkloadId,
    port: u16,
    place: Place,
    said_by: String,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    if context.cluster().policies.is_empty() {
        return;
    }
    let mut closed: BTreeMap<PolicyId, Vec<Scraped>> = BTreeMap::new();
    for scraped in scraped(context) {
        let Some(workload) = context.workload(scraped.workload).filter(|it| !it.host_network) else { continue };
        if let Some((policy, _)) = to_blame(context, scraped.workload, Direction::Ingress)
            && !may_be_scraped(context, &scraped, workload)
        {
            closed.entry(policy).or_default().push(scraped);
        }
    }
    for (policy, scraped) in closed {
        report(context, policy, &scraped);
    }
}

/// The ports of workloads that are to be scraped.
pub(in crate::rules) fn scraped_ports(context: &Context<'_>) -> BTreeSet<(WorkloadId, u16)> {
    scraped(context).into_iter().map(|scraped| (scraped.workload, scraped.port)).collect()
}

/// Everything that is to be scraped: by annotations of pods and Services, and by monitors.
fn scraped(context: &Context<'_>) -> Vec<Scraped> {
    let cluster = context.cluster();
    let mut scraped: Vec<Scraped> = Vec::new();
    for (id, workload) in context.workloads() {
        let origin = || workload.labels_origin.parent().key("annotations");
        scraped.extend(annotated(id, &workload.pod_annotations, origin));
    }
    for service in cluster.services.iter().filter(|it| !it.object.annotations.is_empty()) {
        let origin = || service.object.origin.keys(["metadata", "annotations"]);
        for (id, _) in context.analysis().selected_by(service) {
            scraped.extend(annotated(id, &service.object.annotations, origin));
        }
    }
    for monitor in &cluster.intents.monitors {
        monitored(context, monitor, &mut scraped);
    }
    scraped
}

/// What the annotations `prometheus.io/scrape` and `prometheus.io/port` ask for.
fn annotated(workload: WorkloadId, annotations: &Labels, origin: impl Fn() -> Origin) -> Option<Scraped> {
    annotations.get("prometheus.io/scrape").filter(|scrape| *scrape == "true")?;
    let port = annotations.get("prometheus.io/port")?.parse().ok().filter(|&port| port > 0)?;
    Some(Scraped {
        workload,
        port,
        place: origin().key("prometheus.io/port").entry(),
        said_by: "an annotation".to_owned(),
    })
}

/// What a ServiceMonitor or PodMonitor asks for.
fn monitored(context: &Context<'_>, monitor: &Monitor, scraped: &mut Vec<Scraped>) {
    let (cluster, selector) = (context.cluster(), &monitor.selector);
    let mut add = |workload: WorkloadId, port: Option<u16>, place: &Origin| {
        let said_by = format!("{} `{}`", monitor.object.kind, monitor.object.name);
        scraped.extend(port.map(|port| Scraped { workload, port, place: place.clone().entry(), said_by }));
    };
    for namespace in cluster.scraped_by(monitor) {
        if monitor.object.kind == "PodMonitor" {
            for (id, workload) in cluster.workloads_in(namespace).filter(|(_, it)| selector.matches(&it.pod_labels)) {
                for endpoint in &monitor.endpoints {
                    add(id, port_on(workload, &endpoint.port), &endpoint.origin);
                }
            }
            continue;
        }
        for service in cluster.services_in(namespace).iter().filter(|it| selector.matches(&it.object.labels)) {
            for (id, workload) in context.analysis().selected_by(service) {
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

/// Whether anybody is admitted on the port who may be a scraper: all but known workloads that do other work.
fn may_be_scraped(context: &Context<'_>, scraped: &Scraped, workload: &Workload) -> bool {
    let (reach, target) = (context.at_most(), Endpoint::Workload(scraped.workload));
    let anybody = [Endpoint::UnknownNamespace, Endpoint::OtherPod(workload.object.namespace)];
    if anybody.into_iter().any(|source| reach.ingress(source, target).contains(Protocol::Tcp, scraped.port))
        || admits_addresses(context, scraped.workload, Direction::Ingress, scraped.port)
    {
        return true;
    }
    let policies = reach.isolating(target, Direction::Ingress).filter_map(|id| context.lowered(id));
    let rules = policies.flat_map(|policy| &policy.ingress);
    let mut peers = rules
        .filter(|rule| opens(&rule.ports, workload, Protocol::Tcp, scraped.port))
        .flat_map(|rule| rule.peers.listed());
    peers.any(|peer| match peer {
        Peer::Pods(set) if set.pods.is_empty() => true,
        Peer::Pods(_) => {
            let known = reach.peer_workloads(peer);
            let monitors = |id: &WorkloadId| context.analysis().tier(*id).is_some_and(|it| it.tier == Tier::Monitoring);
            known.is_empty() || known.iter().any(monitors)
        }
        _ => false,
    })
}

fn report(context: &mut Context<'_>, policy: PolicyId, scraped: &[Scraped]) {
    let Some(written) = context.policy(policy) else { return };
    let workloads: BTreeSet<WorkloadId> = scraped.iter().map(|it| it.workload).collect();
    let ports = scraped.iter().map(|it| PortSet::single(Protocol::Tcp, it.port));
    let ports = ports.fold(PortSet::default(), |set, port| set.union(&port));
    let who = phrase::list(context.names(&workloads));
    let message = format!("`{}` keeps scrapers from the metrics of {who} on {ports}", written.object.name);
    let about = context.cluster().subject(&written.object);
    let (place, words) = restriction(written, Direction::Ingress);
    let draft = context.report(place, about, message);
    draft.remark(words);
    for it in scraped.iter().take(SHOWN) {
        draft.because(it.place.clone(), format!("{} has it scraped on TCP {}", it.said_by, it.port));
    }
    draft.help(format!("admit {ports} `from` the scraper's pods, with a `namespaceSelector` for their namespace"));
}
