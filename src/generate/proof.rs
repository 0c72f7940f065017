//! The proof: the engine reads the input with the generated policies in it, and everything that is asked for connects,
//! and nothing else does.

use std::sync::Arc;

use foldhash::HashMap;
use rayon::prelude::*;
use smol_str::SmolStr;

use super::closed::is_governed;
use super::subjects::Subjects;
use super::text::Reviewed;
use super::wanted::Wanted;
use crate::analysis::{Analysis, Variant};
use crate::catalogue::Profile;
use crate::config::Choice;
use crate::diagnostic::Severity;
use crate::endpoint::Names;
use crate::facts::evidence::{Block, Explained, Party, Request, Side};
use crate::findings::judge;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, WorkloadId};
use crate::policy::{NamespaceSet, PodSet};
use crate::reach::{Endpoint, External};
use crate::source::FileId;

/// How many failures are told.
const SHOWN: usize = 5;

/// What is proved.
pub(super) struct Claim<'p, 'e, 'm> {
    /// What is asked for.
    pub(super) wanted: &'p Wanted<'e, 'm>,
    /// The cluster with the generated policies, judged by the strictest profile.
    pub(super) proved: &'p Analysis,
    /// For each generated file what somebody has to look at; `None` for files that are not generated.
    pub(super) reviewed: &'p dyn Fn(FileId) -> Option<&'p Reviewed>,
}

/// A cluster with generated files in it, judged by the strictest profile.
pub(super) fn judged(analysis: &Analysis, texts: &[(String, String)], replaces: bool) -> Analysis {
    let mut config = analysis.config().clone();
    config.choose(Choice { profile: Some(Profile::Strict), ..Choice::default() });
    analysis.variant(Variant { texts, replaces, config: Arc::new(config) })
}

/// Proves it. What fails is returned, one line each; nothing, where the proof holds.
pub(super) fn failures(claim: &Claim<'_, '_, '_>) -> Vec<String> {
    let Wanted { analysis, subjects, requests, .. } = claim.wanted;
    let translation = Translation::new(analysis, claim.proved);
    let widened = requests.connections.iter().flat_map(|request| widen(subjects, request));
    let asked: Vec<Request<'_, '_>> = widened.filter_map(|request| translation.request(request)).collect();
    let mut failures = Vec::new();
    let may_be_denied = analysis.policies().iter().any(|policy| policy.network_policy().is_none());
    if !may_be_denied {
        failures.extend(unconnected(claim.proved, &asked));
    }
    failures.extend(excess(claim, &asked));
    failures.extend(findings(claim));
    failures.truncate(SHOWN);
    failures
}

/// The connection, and those of workloads that no label distinguishes from its ends.
fn widen<'e, 'm>(subjects: &Subjects, request: &Request<'e, 'm>) -> Vec<Request<'e, 'm>> {
    let ends = |party: &Party| match party {
        Party::Workload(id) => match subjects.members(*id) {
            // Without labels of its own it is in no policy.
            [] => Vec::new(),
            members => members.iter().copied().map(Party::Workload).collect(),
        },
        other => vec![other.clone()],
    };
    let servers = ends(&request.to);
    let pairs =
        ends(&request.from).into_iter().flat_map(|from| servers.iter().map(move |to| (from.clone(), to.clone())));
    pairs.map(|(from, to)| Request { from, to, ..request.clone() }).collect()
}

/// From the ids of one analysis to those of another one with the same workloads.
struct Translation<'m> {
    analysis: &'m Analysis,
    proved: &'m Analysis,
    workloads: HashMap<(NamespaceId, &'m SmolStr, &'m SmolStr), WorkloadId>,
}

impl<'m> Translation<'m> {
    fn new(analysis: &'m Analysis, proved: &'m Analysis) -> Self {
        let workloads = proved
            .workloads()
            .map(|(id, workload)| ((workload.object.namespace, &workload.object.kind, &workload.object.name), id));
        Self { analysis, proved, workloads: workloads.collect() }
    }

    fn request<'e, 'a>(&self, request: Request<'e, 'a>) -> Option<Request<'e, 'a>> {
        Some(Request { from: self.party(&request.from)?, to: self.party(&request.to)?, ..request })
    }

    fn party(&self, party: &Party) -> Option<Party> {
        Some(match party {
            Party::Workload(id) => Party::Workload(self.workload(*id)?),
            Party::AnyPod(namespace) => Party::AnyPod(match namespace {
                Some(namespace) => Some(self.namespace(*namespace)?),
                None => None,
            }),
            Party::Pods(set) => match set.namespaces {
                NamespaceSet::One(id) => {
                    Party::Pods(PodSet { namespaces: NamespaceSet::One(self.namespace(id)?), ..set.clone() })
                }
                NamespaceSet::Matching(_) => party.clone(),
            },
            Party::Addresses(_) | Party::Anyone => party.clone(),
        })
    }

    fn namespace(&self, id: NamespaceId) -> Option<NamespaceId> {
        self.proved.cluster().namespace_named(self.analysis.cluster().namespace_name(id))
    }

    /// The workload of the same name; of a replica that selectors no longer distinguish, the whole workload.
    fn workload(&self, id: WorkloadId) -> Option<WorkloadId> {
        let workload = self.analysis.workload(id)?;
        let namespace = self.namespace(workload.object.namespace)?;
        let found = |name| self.workloads.get(&(namespace, &workload.object.kind, name)).copied();
        found(&workload.object.name).or_else(|| found(workload.owner_name()))
    }
}

/// What is asked for and does not connect.
fn unconnected(proved: &Analysis, asked: &[Request<'_, '_>]) -> Vec<String> {
    let reach = proved.reach();
    let names = Names::new(proved.cluster());
    let missing = asked.par_iter().filter_map(|request| {
        let missing = match (&request.from, &request.to) {
            (Party::Workload(from), Party::Workload(to)) if from != to => {
                let permitted = reach.ports(Endpoint::Workload(*from), Endpoint::Workload(*to));
                request.ports.difference(&permitted)
            }
            (Party::Workload(id), Party::Addresses(block)) => {
                missing_outside(proved, *id, Direction::Egress, block, &request.ports)
            }
            (Party::Addresses(block), Party::Workload(id)) => {
                missing_outside(proved, *id, Direction::Ingress, block, &request.ports)
            }
            (Party::Anyone, Party::Workload(id)) => {
                request.ports.difference(&reach.ports(Endpoint::UnknownNamespace, Endpoint::Workload(*id)))
            }
            (Party::AnyPod(None), Party::Workload(id)) => {
                request.ports.difference(&reach.ports(Endpoint::UnknownNamespace, Endpoint::Workload(*id)))
            }
            _ => PortSet::default(),
        };
        let (from, to) = (end(&names, &request.from), end(&names, &request.to));
        (!missing.is_empty()).then(|| format!("{from} -> {to} is asked for, and not permitted on {missing}"))
    });
    missing.collect()
}

fn missing_outside(proved: &Analysis, id: WorkloadId, side: Direction, block: &Block, ports: &PortSet) -> PortSet {
    let asked = AddressSet::block(&block.cidr).difference(&AddressSet::from_blocks(&block.except));
    let entries = proved.reach().external(Endpoint::Workload(id), side);
    let open = entries.into_iter().filter(|entry| entry.ports.is_superset(ports));
    let open = open.fold(AddressSet::default(), |set, entry| set.union(&entry.addresses));
    if open.is_superset(&asked) { PortSet::default() } else { ports.clone() }
}

/// What is permitted, and neither asked for nor permitted by policies that are kept.
fn excess(claim: &Claim<'_, '_, '_>, asked: &[Request<'_, '_>]) -> Vec<String> {
    let proved = claim.proved;
    let explained = Explained::new(proved, asked);
    let names = Names::new(proved.cluster());
    let reach = proved.reach();
    let rows = reach.rows();
    let kept = claim.wanted.base.as_ref().map(|base| base.closed.reach());
    let workloads: Vec<_> = proved.workloads().filter(|(_, workload)| !workload.host_network).collect();
    let found = workloads.par_iter().flat_map_iter(|(from, workload)| {
        let is_closed = is_governed(proved, workload.object.namespace);
        let source = Endpoint::Workload(*from);
        let mut lines = Vec::new();
        for (to, ports) in rows.targets(source) {
            let target = proved.workload(to);
            let is_other_closed = target.is_some_and(|it| !it.host_network && is_governed(proved, it.object.namespace));
            let mut extra = ports.difference(&explained.between(*from, to));
            if let Some(kept) = kept.filter(|_| !extra.is_empty()) {
                extra = extra.difference(&kept.ports(source, Endpoint::Workload(to)));
            }
            if (is_closed || is_other_closed) && !extra.is_empty() {
                let (source, target) = (names.workload(*from), names.workload(to));
                lines.push(format!("{source} -> {target} is permitted on {extra}, and not asked for"));
            }
        }
        for direction in Direction::BOTH.into_iter().filter(|_| is_closed) {
            let side = match direction {
                Direction::Ingress => explained.to(*from),
                Direction::Egress => explained.from(*from),
            };
            let kept = kept.map(|kept| kept.external(source, direction)).unwrap_or_default();
            let none = Side::default();
            let entries = reach.external(source, direction).into_iter();
            let extra = entries.flat_map(|entry| side.unwrap_or(&none).excess(entry));
            let extra: Vec<External> = extra.filter(|entry| !is_kept(&kept, entry)).collect();
            lines.extend(extra.iter().map(|entry| {
                let (name, External { addresses, ports }) = (names.workload(*from), entry);
                format!("{direction} of {name} is open to {addresses} on {ports}, and not asked for")
            }));
        }
        lines
    });
    found.collect()
}

/// Whether addresses are open already by policies that are kept.
fn is_kept(kept: &[External], entry: &External) -> bool {
    let open = kept.iter().filter(|it| it.ports.is_superset(&entry.ports));
    open.fold(AddressSet::default(), |set, it| set.union(&it.addresses)).is_superset(&entry.addresses)
}

/// What the strictest check says of the generated files, where nobody is told to look.
fn findings(claim: &Claim<'_, '_, '_>) -> Vec<String> {
    let report = judge(std::slice::from_ref(claim.proved), false);
    let sources = claim.proved.sources();
    let told = report.findings.iter().filter(|finding| finding.severity >= Severity::Note).filter_map(|finding| {
        let reviewed = (claim.reviewed)(finding.primary.file)?;
        let position = sources.position(finding.primary.file, finding.primary.span.start);
        let is_reviewed = reviewed.iter().any(|(first, last)| (*first..=*last).contains(&position.line));
        let at = format!("{}:{}", sources.name(finding.primary.file), position.line);
        (!is_reviewed).then(|| format!("{at}: {}: {}", finding.rule, finding.message))
    });
    told.collect()
}

fn end(names: &Names<'_>, party: &Party) -> String {
    match party {
        Party::Workload(id) => names.workload(*id),
        Party::AnyPod(_) | Party::Pods(_) => "other pods".to_owned(),
        Party::Addresses(block) => block.cidr.to_string(),
        Party::Anyone => "anyone".to_owned(),
    }
}
