//! Metrics that somebody set up to be scraped, on a port that no scraper can reach.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{SHOWN, restriction, sides};
use crate::cluster::Tier;
use crate::diagnostic::Confidence;
use crate::facts::admission::{admits_addresses, opens, responsible_policy};
use crate::facts::evidence::{Meant, Scraped, scrapers};
use crate::net::ports::PortSet;
use crate::net::{Direction, Protocol};
use crate::objects::{PolicyId, Workload, WorkloadId};
use crate::policy::{Peer, PolicyObject};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::rules::repairs::{self, Admitted};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    if context.cluster().policies.is_empty() {
        return;
    }
    let mut closed: BTreeMap<PolicyId, Vec<Scraped<'_>>> = BTreeMap::new();
    for scraped in context.facts().evidence.scraped() {
        let Some(workload) = context.workload(scraped.workload).filter(|it| !it.host_network) else { continue };
        if let Some((policy, _)) = responsible_policy(context.analysis(), scraped.workload, Direction::Ingress)
            && !may_be_scraped(context, &scraped, workload)
        {
            closed.entry(policy).or_default().push(scraped);
        }
    }
    if closed.is_empty() {
        return;
    }
    let scrapers = Arc::new(scrapers(context.analysis()));
    for (policy, scraped) in closed {
        let causes = sides(context, scraped.iter().map(|it| it.workload), Direction::Ingress);
        let scrapers = Arc::clone(&scrapers);
        context.claim(causes, move |context, _| report(context, policy, &scraped, &scrapers));
    }
}

/// Whether anyone is admitted on the port who may be a scraper: all but known workloads that do other work.
fn may_be_scraped(context: &Context<'_>, scraped: &Scraped<'_>, workload: &Workload) -> bool {
    let (reach, target) = (context.at_most(), Endpoint::Workload(scraped.workload));
    let anyone = [Endpoint::UnknownNamespace, Endpoint::OtherPod(workload.object.namespace)];
    if anyone.into_iter().any(|source| reach.ingress(source, target).contains(Protocol::Tcp, scraped.port))
        || admits_addresses(context.analysis(), scraped.workload, Direction::Ingress, Protocol::Tcp, scraped.port)
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

fn report(context: &mut Context<'_>, policy: PolicyId, scraped: &[Scraped<'_>], scrapers: &Meant) {
    let Some(written) = context.policy(policy) else { return };
    let workloads: BTreeSet<WorkloadId> = scraped.iter().map(|it| it.workload).collect();
    let ports = scraped.iter().map(|it| PortSet::single(Protocol::Tcp, it.port));
    let ports = ports.fold(PortSet::default(), |set, port| set.union(&port));
    let who = phrase::list(context.names(&workloads));
    let message = format!("`{}` keeps scrapers from the metrics of {who} on {ports}", written.object.name);
    let about = context.cluster().subject(&written.object);
    let (place, words) = restriction(written, Direction::Ingress);
    let scraped_workloads: Vec<WorkloadId> = workloads.into_iter().collect();
    let refused = context.refused(Direction::Ingress, &scraped_workloads);
    let help = help(context, written, scraped, (scrapers, &ports));
    let draft = context.report(place, about, message);
    // Which pods may scrape is told by their names, labels and images.
    draft.confidence(Confidence::Likely).because_of(refused).remark(words);
    for it in scraped.iter().take(SHOWN) {
        draft.because(it.place.clone(), format!("{} has it scraped on TCP {}", it.said_by, it.port));
    }
    draft.help(help);
}

/// What to write: a policy for each workload, where they are few.
fn help(
    context: &Context<'_>,
    like: &PolicyObject,
    scraped: &[Scraped<'_>],
    (scrapers, ports): (&Meant, &PortSet),
) -> String {
    let mut of_workloads: BTreeMap<WorkloadId, PortSet> = BTreeMap::new();
    for it in scraped {
        let ports = of_workloads.entry(it.workload).or_default();
        *ports = ports.union(&PortSet::single(Protocol::Tcp, it.port));
    }
    let admitted = Admitted { who: "scraper", meant: scrapers, suffix: "metrics" };
    repairs::admit(context, like, &admitted, of_workloads).unwrap_or_else(|| {
        format!("admit {ports} `from` the scraper's pods, with a `namespaceSelector` for their namespace")
    })
}
