//! The connections that the evidence asks for, one by one: what of it may be opened, and what is for people to review.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::ends::Block;
use super::forbidden::Rules;
use super::parties::{Meant, controllers, scrapers};
use super::{AllEvidence, Client, Evidence, Forbidden, Party, Reason, Target, ports};
use crate::analysis::Analysis;
use crate::facts::mesh::{Mesh, tunnel};
use crate::net::Protocol;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;

/// Where API servers listen: behind their Service, and as kubeadm and OpenShift run them.
const API_SERVER: [u16; 2] = [443, 6443];

/// A connection that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Request<'e, 'm> {
    /// Who is to connect.
    pub(crate) from: Party,
    /// To what.
    pub(crate) to: Party,
    /// On which ports of it.
    pub(crate) ports: PortSet,
    /// Whether the evidence says the ports, so that they are not those that the server is likely to use.
    pub(crate) says_ports: bool,
    /// What asks for it.
    pub(crate) evidence: &'e Evidence<'m>,
    /// What is not known of it, so that somebody has to look.
    pub(crate) doubt: Option<Doubt>,
}

/// What is not known of a connection that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doubt {
    /// On which port.
    Port,
    /// Where the ingress controller is: in this namespace, as a rule.
    Controller(&'static str),
    /// Where the scraper is: in this namespace, as a rule.
    Scraper(&'static str),
    /// The addresses of the API server.
    ApiServer,
    /// Which of the workloads that take a ConfigMap whole is meant by it.
    SharedConfigMap,
}

/// Evidence of which no connection is made.
#[derive(Clone, Debug)]
pub(crate) struct Unopened<'e, 'm> {
    /// The evidence.
    pub(crate) evidence: &'e Evidence<'m>,
    /// Why not.
    pub(crate) why: Why,
}

/// Why no connection is made of a piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// What it says is not in the input.
    Unread,
    /// It names a host, and policies know addresses alone.
    Name(SmolStr, Option<u16>),
    /// Something else rules it out.
    Forbidden(Party, WorkloadId, Forbidden),
    /// This end is on the network of its node, which no selector reaches.
    HostNetwork(WorkloadId),
    /// This end has no label by which a policy could name it.
    Unlabelled(WorkloadId),
    /// No pod of the input is behind the Service.
    NoPods,
    /// The pods do not declare the port that the Service leads to.
    NoPort(WorkloadId),
}

/// What the evidence asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests<'e, 'm> {
    /// The connections, in the order of the evidence.
    pub(crate) connections: Vec<Request<'e, 'm>>,
    /// What is left, in the order of the evidence.
    pub(crate) unopened: Vec<Unopened<'e, 'm>>,
}

/// Works out what the evidence asks for.
pub(crate) fn requests<'e, 'm>(analysis: &'m Analysis, evidence: &'e AllEvidence<'m>) -> Requests<'e, 'm> {
    let resolve = Resolve {
        analysis,
        scrapers: scrapers(analysis),
        rules: Rules::new(analysis),
        mesh: Mesh::of(analysis),
        shared: shared_config_maps(evidence),
    };
    let mut requests = Requests::default();
    evidence.iter().for_each(|evidence| resolve.add(evidence, &mut requests));
    agree(&mut requests.connections);
    requests
}

/// Where evidence does not say a port, other evidence for the same ends may.
fn agree(connections: &mut [Request<'_, '_>]) {
    let mut said: BTreeMap<(Party, Party), PortSet> = BTreeMap::new();
    let is_open = |request: &&Request<'_, '_>| !request.says_ports;
    let open: BTreeSet<(Party, Party)> =
        connections.iter().filter(is_open).map(|it| (it.from.clone(), it.to.clone())).collect();
    for request in connections.iter().filter(|request| request.says_ports) {
        let ends = (request.from.clone(), request.to.clone());
        if open.contains(&ends) {
            let ports = said.entry(ends).or_default();
            *ports = ports.union(&request.ports);
        }
    }
    for request in connections.iter_mut().filter(|request| !request.says_ports) {
        if let Some(ports) = said.get(&(request.from.clone(), request.to.clone())) {
            request.ports = ports.clone();
            request.doubt = request.doubt.filter(|doubt| *doubt != Doubt::Port);
        }
    }
}

/// The ConfigMaps that several workloads take whole, by the workloads' evidence.
fn shared_config_maps<'e>(evidence: &'e AllEvidence<'_>) -> Vec<(&'e str, &'e crate::source::Place)> {
    let mut taken: Vec<(&str, &crate::source::Place, WorkloadId)> = Vec::new();
    for it in evidence.iter() {
        if let (Client::Workload(client), Reason::ConfigMap { name, whole: true, .. }) = (&it.client, &it.reason) {
            taken.push((name, &it.place, *client));
        }
    }
    taken.sort_unstable();
    taken.dedup();
    let runs = taken.chunk_by(|one, other| one.1 == other.1);
    runs.filter(|run| run.len() > 1).filter_map(|run| run.first().map(|first| (first.0, first.1))).collect()
}

struct Resolve<'e, 'm> {
    analysis: &'m Analysis,
    scrapers: Meant,
    rules: Rules<'m>,
    mesh: Mesh,
    shared: Vec<(&'e str, &'e crate::source::Place)>,
}

impl<'e, 'm> Resolve<'e, 'm> {
    fn add(&self, evidence: &'e Evidence<'m>, requests: &mut Requests<'e, 'm>) {
        let mut unopened = Vec::new();
        let (clients, mut doubt) = self.clients(evidence);
        if let Reason::ConfigMap { whole: true, .. } = &evidence.reason
            && self.shared.iter().any(|(_, place)| **place == evidence.place)
        {
            doubt = Some(Doubt::SharedConfigMap);
        }
        for (to, ports) in self.servers(evidence, &mut unopened) {
            for from in &clients {
                if self.is_itself(evidence, from, &to) {
                    continue;
                }
                let on_node = [from, &to].into_iter().find_map(|party| self.on_node(party));
                if let Some(id) = on_node {
                    unopened.push(Why::HostNetwork(id));
                    continue;
                }
                let says_ports = ports.is_some();
                let (ports, unknown) = self.ports(&to, ports.as_ref());
                let doubt = if unknown { Some(Doubt::Port) } else { doubt };
                let doubt = if to == Party::Anyone { Some(Doubt::ApiServer) } else { doubt };
                let forbidden = match to {
                    Party::Workload(to) => self.rules.forbid(from, to, &ports).map(|by| (to, by)),
                    _ => None,
                };
                if let Some((to, by)) = forbidden {
                    unopened.push(Why::Forbidden(from.clone(), to, by));
                    continue;
                }
                let ports = if self.is_in_mesh(from, &to) { ports.union(&tunnel()) } else { ports.into_owned() };
                let (from, to) = (from.clone(), to.clone());
                requests.connections.push(Request { from, to, ports, says_ports, evidence, doubt });
            }
        }
        unopened.dedup();
        requests.unopened.extend(unopened.into_iter().map(|why| Unopened { evidence, why }));
    }

    fn clients(&self, evidence: &Evidence<'m>) -> (Vec<Party>, Option<Doubt>) {
        match &evidence.client {
            Client::Workload(id) => (vec![Party::Workload(*id)], None),
            Client::IngressController => {
                let backend = match evidence.reason {
                    Reason::Backend(backend) => Some(backend),
                    _ => None,
                };
                let (controllers, presumed) = controllers(self.analysis, backend);
                (controllers, presumed.map(Doubt::Controller))
            }
            Client::Scraper => {
                let (scrapers, presumed) = self.scrapers.clone();
                (scrapers, presumed.map(Doubt::Scraper))
            }
            Client::ApiServer => (vec![Party::Anyone], None),
            Client::AnyPod(namespace) => (vec![Party::AnyPod(*namespace)], None),
            Client::Pods(set) => (vec![Party::Pods(set.clone())], None),
            Client::Addresses(block) => (vec![Party::Addresses(block.clone())], None),
        }
    }

    /// What is meant, each with its ports where they are said.
    fn servers(&self, evidence: &Evidence<'m>, unopened: &mut Vec<Why>) -> Vec<(Party, Option<PortSet>)> {
        match &evidence.server {
            Target::Service(service, asked) => {
                let mut found = Vec::new();
                for (id, workload) in self.analysis.selected_by(service) {
                    let ports = asked.on(service, workload);
                    if ports.is_empty() {
                        unopened.push(Why::NoPort(id));
                    } else {
                        found.push((Party::Workload(id), Some(ports)));
                    }
                }
                if found.is_empty() && unopened.is_empty() {
                    unopened.push(Why::NoPods);
                }
                found
            }
            Target::Workload(id, ports) => vec![(Party::Workload(*id), ports.clone())],
            Target::ApiServer => {
                let ports = API_SERVER.map(|port| PortSet::single(Protocol::Tcp, port));
                let ports = ports.iter().fold(PortSet::default(), |set, port| set.union(port));
                let known = &self.analysis.config().api_server;
                let blocks = known.iter().map(|cidr| Party::Addresses(Block::whole(*cidr)));
                let parties: Vec<Party> = if known.is_empty() { vec![Party::Anyone] } else { blocks.collect() };
                parties.into_iter().map(|party| (party, Some(ports.clone()))).collect()
            }
            Target::Pods(set, ports) => vec![(Party::Pods(set.clone()), ports.clone())],
            Target::Addresses(block, ports) => vec![(Party::Addresses(block.clone()), ports.clone())],
            Target::Name(host, port) => {
                unopened.push(Why::Name(host.clone(), *port));
                Vec::new()
            }
            Target::Unknown => {
                unopened.push(Why::Unread);
                Vec::new()
            }
        }
    }

    /// The ports, and whether nothing says which.
    fn ports<'p>(&self, to: &Party, said: Option<&'p PortSet>) -> (Cow<'p, PortSet>, bool) {
        if let Some(said) = said {
            return (Cow::Borrowed(said), said.is_all());
        }
        let likely = match to {
            Party::Workload(id) => ports::likely(self.analysis, *id),
            _ => None,
        };
        let is_unknown = likely.is_none();
        (Cow::Owned(likely.unwrap_or_else(PortSet::all)), is_unknown)
    }

    /// A pod may always connect to itself, and a workload is not its own client unless its pods are members of a cluster.
    fn is_itself(&self, evidence: &Evidence<'m>, from: &Party, to: &Party) -> bool {
        from == to && !matches!(evidence.reason, Reason::Members { .. })
    }

    fn on_node(&self, party: &Party) -> Option<WorkloadId> {
        let Party::Workload(id) = party else { return None };
        self.analysis.workload(*id).filter(|workload| workload.host_network).map(|_| *id)
    }

    fn is_in_mesh(&self, from: &Party, to: &Party) -> bool {
        match (from, to) {
            (Party::Workload(from), Party::Workload(to)) => self.mesh.holds(*from) && self.mesh.holds(*to),
            _ => false,
        }
    }
}
