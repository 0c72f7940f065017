//! One verdict about a connection, explained: what `netlint query` prints and what expectations are checked with.
//!
//! Texts that stand for several ends ask about each pair of them; a workload and itself are no pair unless nothing
//! else is asked. Addresses are cut where verdicts differ. The answer is *allowed* where every pair is, *denied* where
//! none is. Where no port is asked for, a pair is allowed if any port of it is.

mod side;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Analysis;
use crate::cluster::Cluster;
use crate::connections::notes;
use crate::endpoint::{Destination, End, EndpointError, Names, Resolver};
use crate::facts::refused;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::policy::PolicyObject;
use crate::reach::{Endpoint, Reachability};

pub use side::Side;
pub use words::StageVerdict;

/// The most pairs that one question may be about.
pub(crate) const MAX_PAIRS: usize = 100_000;

/// What there is to say about all pairs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every pair is allowed.
    Allowed,
    /// No pair is allowed.
    Denied,
    /// Some are.
    Mixed,
}

/// The answer to a question.
#[derive(Debug)]
pub struct Answer<'m> {
    pub(crate) analysis: &'m Analysis,
    names: Names<'m>,
    /// The question's texts, source and destination.
    pub asked: [String; 2],
    /// A verdict for each pair, in the order of the sources.
    pub pairs: Vec<Pair>,
    /// What the reader must know to judge the verdict. One line each.
    pub notes: Vec<String>,
}

/// Two ends, and whether one may connect to the other.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Where the connection comes from.
    pub from: End,
    /// Where it goes.
    pub to: End,
    /// The ports asked for, as the destination sees them.
    pub asked: PortSet,
    /// Those of them that are permitted.
    pub ports: PortSet,
    /// Whether the ends are one and the same pod, which may always connect to itself.
    pub is_itself: bool,
}

impl Pair {
    /// Whether any port that is asked for is permitted.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        !self.ports.is_empty()
    }
}

/// Asks whether what `from` stands for may connect to what `to` stands for.
///
/// # Errors
/// Where a text is not an endpoint of the model, or together they ask about too much or about nothing.
pub fn ask<'m>(analysis: &'m Analysis, from: &str, to: &str) -> Result<Answer<'m>, EndpointError> {
    ask_by(analysis, &Resolver::new(analysis.cluster()), from, to)
}

/// The same for whoever asks often, and has the names already.
pub(crate) fn ask_by<'m>(
    analysis: &'m Analysis,
    resolver: &Resolver<'m>,
    from: &str,
    to: &str,
) -> Result<Answer<'m>, EndpointError> {
    let (sources, destinations) = (resolver.source(from)?, resolver.destination(to)?);
    let is_outside = |end: &End| matches!(end, End::External(_) | End::IngressController | End::AnyPod(None));
    if sources.ends.iter().all(is_outside) && destinations.ends.iter().all(|it| is_outside(&it.end)) {
        return Err(EndpointError {
            message: format!("neither `{from}` nor `{to}` is a pod of the input, so no policy has a say"),
            help: "name a workload on one side".to_owned(),
        });
    }
    let count = sources.ends.len().saturating_mul(destinations.ends.len());
    if count > MAX_PAIRS {
        return Err(EndpointError {
            message: format!("`{from}` and `{to}` make {count} pairs"),
            help: format!("list what is permitted with `netlint connections --from '{from}' --to '{to}'`"),
        });
    }
    let mut pairs = Vec::with_capacity(count);
    for source in &sources.ends {
        for Destination { end, ports } in &destinations.ends {
            if count == 1 || source != end {
                pairs.extend(verdicts(analysis, source, end, ports));
            }
        }
    }
    let mut notes = sources.notes;
    notes.extend(destinations.notes);
    Ok(Answer::new(analysis, [from, to], pairs, notes))
}

impl<'m> Answer<'m> {
    /// An answer about these pairs, with the notes that they ask for.
    pub(crate) fn new(analysis: &'m Analysis, asked: [&str; 2], pairs: Vec<Pair>, mut notes: Vec<String>) -> Self {
        notes.extend(notes_on(analysis, &pairs));
        Self { analysis, names: Names::new(analysis.cluster()), asked: asked.map(str::to_owned), pairs, notes }
    }

    /// The answer about some of its pairs.
    pub(crate) fn only_pairs(mut self, is_meant: impl Fn(&Pair) -> bool) -> Self {
        self.pairs.retain(is_meant);
        self
    }

    /// What the ends of its pairs are called.
    #[must_use]
    pub fn names(&self) -> &Names<'m> {
        &self.names
    }

    /// Whether the verdict on a pair does not depend on what the input does not show.
    #[must_use]
    pub fn is_certain(&self, pair: &Pair) -> bool {
        let (from, to) = (endpoint(&pair.from), endpoint(&pair.to));
        let reach = if pair.is_allowed() { self.analysis.at_least() } else { self.analysis.at_most() };
        let ports = reach.ports_between(from, to).intersection(&pair.asked);
        pair.is_itself || ports.is_empty() != pair.is_allowed()
    }

    /// The verdict on all pairs.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.pairs.iter().filter(|pair| pair.is_allowed()).count() {
            0 => Verdict::Denied,
            allowed if allowed == self.pairs.len() => Verdict::Allowed,
            _ => Verdict::Mixed,
        }
    }

    /// Why a pair is allowed or not: egress of the source, ingress of the destination.
    #[must_use]
    pub fn explain(&self, pair: &Pair) -> [Side; 2] {
        let names = [&pair.from, &pair.to].map(|end| format!("`{}`", self.names.end(end)));
        explain(self.analysis, &names, pair)
    }
}

/// Why a connection on these ports is allowed or not, in words that fit every pair that policies treat alike: egress of
/// the source, ingress of the destination.
#[must_use]
pub fn explain_alike(analysis: &Analysis, from: &End, to: &End, ports: &PortSet) -> [Side; 2] {
    let names = ["the source", "the destination"].map(str::to_owned);
    let (asked, ports) = (ports.clone(), ports.clone());
    explain(analysis, &names, &Pair { from: from.clone(), to: to.clone(), asked, ports, is_itself: false })
}

fn explain(analysis: &Analysis, names: &[String; 2], pair: &Pair) -> [Side; 2] {
    Direction::BOTH.map(|direction| side::explain(analysis, names, pair, direction.opposite()))
}

/// The verdict on two ends; several where addresses differ in it.
pub(crate) fn verdicts(analysis: &Analysis, from: &End, to: &End, asked: &PortSet) -> Vec<Pair> {
    let reach = analysis.reach();
    let pair = |from: &End, to: &End, ports: PortSet| Pair {
        from: from.clone(),
        to: to.clone(),
        asked: asked.clone(),
        ports: ports.intersection(asked),
        is_itself: false,
    };
    if from == to && is_one_pod(analysis.cluster(), from) {
        return vec![Pair { is_itself: true, ..pair(from, to, PortSet::all()) }];
    }
    match (from, to) {
        (End::External(addresses), _) => by_address(reach, addresses, to, Direction::Ingress, asked)
            .map(|(part, ports)| pair(&End::External(part), to, ports))
            .collect(),
        (_, End::External(addresses)) => by_address(reach, addresses, from, Direction::Egress, asked)
            .map(|(part, ports)| pair(from, &End::External(part), ports))
            .collect(),
        _ => {
            let (source, target) = (endpoint(from), endpoint(to));
            vec![pair(from, to, reach.ports_between(source, target))]
        }
    }
}

/// Whether a workload is a single pod: whatever has a template may have several.
fn is_one_pod(cluster: &Cluster, end: &End) -> bool {
    let End::Workload(id) = end else { return false };
    cluster.workloads.get(id.0 as usize).is_some_and(|workload| workload.is_one_pod())
}

/// Cuts addresses into parts that the policies of a pod treat alike, with the ports that they may use.
fn by_address(
    reach: &Reachability,
    addresses: &AddressSet,
    pod: &End,
    direction: Direction,
    asked: &PortSet,
) -> impl Iterator<Item = (AddressSet, PortSet)> {
    let mut parts: BTreeMap<PortSet, AddressSet> = BTreeMap::new();
    let mut rest = addresses.clone();
    for entry in reach.external(endpoint(pod), direction) {
        let part = entry.addresses.intersection(addresses);
        let ports = entry.ports.intersection(asked);
        if !part.is_empty() && !ports.is_empty() {
            rest = rest.difference(&part);
            let known = parts.entry(ports).or_default();
            *known = known.union(&part);
        }
    }
    if !rest.is_empty() {
        parts.insert(PortSet::default(), rest);
    }
    let mut parts: Vec<(AddressSet, PortSet)> = parts.into_iter().map(|(ports, part)| (part, ports)).collect();
    parts.sort_by_cached_key(|(part, _)| part.blocks());
    parts.into_iter()
}

/// The end as the engine knows it; one address speaks for all of a part.
fn endpoint(end: &End) -> Endpoint {
    endpoints(end).next().unwrap_or(Endpoint::UnknownNamespace)
}

/// Like [`endpoint`], with an address for each block of a part: rules that admit the same ports may differ.
fn endpoints(end: &End) -> impl Iterator<Item = Endpoint> {
    let (one, blocks) = match end {
        End::Workload(id) => (Some(Endpoint::Workload(*id)), Vec::new()),
        End::Presumed(index) => (Some(Endpoint::Presumed(*index)), Vec::new()),
        End::IngressController => (Some(Endpoint::IngressController), Vec::new()),
        End::AnyPod(Some(namespace)) => (Some(Endpoint::OtherPod(*namespace)), Vec::new()),
        End::AnyPod(None) => (Some(Endpoint::UnknownNamespace), Vec::new()),
        End::External(addresses) => (None, addresses.blocks()),
    };
    one.into_iter().chain(blocks.into_iter().map(|block| Endpoint::External(block.network())))
}

/// What depends on things that the input does not show, as far as the pairs meet them.
fn notes_on(analysis: &Analysis, pairs: &[Pair]) -> Vec<String> {
    let cluster = analysis.cluster();
    let mut notes = cluster.notes.clone();
    let ends = pairs.iter().flat_map(|pair| [&pair.from, &pair.to]);
    let mut workloads: Vec<WorkloadId> = ends
        .filter_map(|end| match end {
            End::Workload(id) => Some(*id),
            _ => None,
        })
        .collect();
    workloads.sort_unstable();
    workloads.dedup();
    let namespaces: Vec<_> = workloads
        .iter()
        .filter_map(|id| cluster.workloads.get(id.0 as usize))
        .map(|workload| workload.object.namespace)
        .collect();
    if pairs.iter().any(|pair| is_open(analysis, pair)) {
        let unknown = notes::unknown_namespaces(analysis).into_iter().filter(|it| namespaces.contains(it));
        let unknown: Vec<&str> = unknown.map(|namespace| cluster.namespace_name(namespace)).collect();
        if !unknown.is_empty() {
            notes.push(notes::unknown_labels(&unknown));
        }
    }
    notes.extend(notes::left_out(analysis, refused_for(analysis, pairs).into_iter()));
    let unknown = pairs.iter().flat_map(|pair| [&pair.from, &pair.to]).find(|end| matches!(end, End::AnyPod(_)));
    if let Some(end) = unknown {
        let name = Names::new(cluster).end(end);
        notes.push(format!("`{name}` stands for a pod that the input does not show, without labels"));
    }
    let own = pairs.iter().find(|pair| pair.from == pair.to && !pair.is_itself);
    if let Some(End::Workload(id)) = own.map(|pair| &pair.from) {
        let names = Names::new(cluster);
        notes.push(format!(
            "a pod may always connect to itself; the verdict is about two pods of `{}`",
            names.workload(*id)
        ));
    }
    notes
}

/// The refused policies that would have had a say in the verdicts, in the order of the input.
fn refused_for<'m>(analysis: &'m Analysis, pairs: &[Pair]) -> Vec<&'m PolicyObject> {
    let ends = |end: fn(&Pair) -> &End| -> Vec<WorkloadId> {
        let workloads = pairs.iter().filter_map(|pair| match end(pair) {
            End::Workload(id) => Some(*id),
            _ => None,
        });
        workloads.collect::<BTreeSet<_>>().into_iter().collect()
    };
    let mut refused = refused::selecting(analysis, Direction::Egress, &ends(|pair| &pair.from));
    refused.extend(refused::selecting(analysis, Direction::Ingress, &ends(|pair| &pair.to)));
    refused.into_iter().filter_map(|id| analysis.any_policy(id)).collect()
}

/// Whether the verdict depends on what the input does not show.
fn is_open(analysis: &Analysis, pair: &Pair) -> bool {
    let (from, to) = (endpoint(&pair.from), endpoint(&pair.to));
    let ports = |reach: &Reachability| reach.ports_between(from, to).intersection(&pair.asked);
    !pair.is_itself && ports(analysis.at_least()) != ports(analysis.at_most())
}
