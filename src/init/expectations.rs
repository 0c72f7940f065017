//! Connections that the manifests lead to expect: workloads name the Services they use, and databases are for few.

use std::collections::{BTreeMap, BTreeSet};

use super::{tiers, unknown};
use crate::analysis::Analysis;
use crate::cluster::Tier;
use crate::config::{Claim, Expectation};
use crate::edit::scalar;
use crate::endpoint::{End, Resolver};
use crate::expect;
use crate::facts::evidence::{AllEvidence, Depth, Doubt, Party, Requests, Why, requests};
use crate::net::Protocol;
use crate::objects::{NamespaceId, Service, WorkloadId};
use crate::source::{FileId, Origin, Place};
use crate::text::comment::comment;
use crate::yaml::FieldPath;

/// Expectations beyond these are left out.
const WRITTEN: usize = 60;

/// Workloads of a tier in the same namespace beyond these are left out.
const NEIGHBOURS: usize = 3;

/// A proposed expectation.
pub(super) struct Proposed {
    expectation: Expectation,
    /// Why it is expected.
    because: String,
    /// What is otherwise today.
    pub(super) failure: Option<String>,
}

/// The expectations of all clusters, each once, and what is not known of the connections that are meant.
pub(super) fn derive(models: &[Analysis]) -> (Vec<Proposed>, Vec<String>) {
    let mut seen = BTreeSet::new();
    let mut proposed = Vec::new();
    let mut unknown = Vec::new();
    for analysis in models {
        let evidence = AllEvidence::new(analysis, Depth::Intent);
        let requests = requests(analysis, &evidence);
        for it in of_cluster(analysis, &evidence, &requests) {
            if proposed.len() < WRITTEN && seen.insert(it.expectation.statement()) {
                proposed.push(it);
            }
        }
        for line in unknown::lines(analysis, &requests) {
            if !unknown.contains(&line) {
                unknown.push(line);
            }
        }
    }
    (proposed, unknown)
}

fn of_cluster<'m>(analysis: &'m Analysis, evidence: &AllEvidence<'m>, requests: &Requests<'_, 'm>) -> Vec<Proposed> {
    let resolver = analysis.resolver();
    let workloads = || analysis.cluster().workloads.iter().zip((0..).map(WorkloadId));
    let mut claims: Vec<(String, Claim, String)> = Vec::new();
    let mut clients: BTreeMap<WorkloadId, BTreeSet<String>> = BTreeMap::new();
    let mut naming: BTreeSet<WorkloadId> = BTreeSet::new();
    let shared = shared(requests);
    let ruled_out = ruled_out(requests);
    for mention in evidence.mentions() {
        let Some(from) = name(analysis, &resolver, mention.client) else { continue };
        let targets: Vec<WorkloadId> = analysis.selected_by(mention.service).map(|(id, _)| id).collect();
        if targets.iter().any(|target| ruled_out.contains(&(mention.client, *target))) {
            continue;
        }
        let service = service_name(analysis, mention.service);
        let to = mention.port().map_or(service.clone(), |port| format!("{service}:{port}"));
        let unclear = if shared.contains(mention.place) { ", which others take as well: is it meant?" } else { "" };
        claims.push((to, allowed(&from, true), format!("{} of {from} names it{unclear}", mention.by)));
        naming.insert(mention.client);
        for target in targets {
            clients.entry(target).or_default().insert(from.clone());
        }
    }
    let mut of_tier: BTreeMap<(NamespaceId, Tier), Vec<WorkloadId>> = BTreeMap::new();
    for (workload, id) in workloads() {
        if let Some(tier) = tiers::of(analysis, id) {
            of_tier.entry((workload.object.namespace, tier)).or_default().push(id);
        }
    }
    // Where no setting names what a workload uses, its tier tells.
    for (workload, id) in workloads() {
        let Some(own) = name(analysis, &resolver, id) else { continue };
        let beside = |tier| {
            let all = of_tier.get(&(workload.object.namespace, tier)).into_iter().flatten();
            all.copied().take(NEIGHBOURS)
        };
        let to = usual_port(analysis, id).map_or(own.clone(), |port| format!("{own}:{port}"));
        match tiers::of(analysis, id) {
            Some(Tier::Database) => match clients.get(&id) {
                Some(sources) => {
                    let sources = sources.iter().cloned().collect();
                    claims.push((to, Claim::Only(sources), "a database, and all that name it".to_owned()));
                }
                None => {
                    let names = |tier| beside(tier).filter_map(|id| name(analysis, &resolver, id));
                    let because = "by their tiers".to_owned();
                    claims.extend(names(Tier::Backend).map(|it| (to.clone(), allowed(&it, true), because.clone())));
                    claims.extend(names(Tier::Frontend).map(|it| (to.clone(), allowed(&it, false), because.clone())));
                    claims.push((own, allowed("internet", false), "a database".to_owned()));
                }
            },
            Some(Tier::Backend) if !clients.contains_key(&id) => {
                for frontend in beside(Tier::Frontend).filter(|frontend| !naming.contains(frontend)) {
                    let from = name(analysis, &resolver, frontend);
                    claims.extend(from.map(|it| (to.clone(), allowed(&it, true), "by their tiers".to_owned())));
                }
            }
            _ => {}
        }
    }
    claims.into_iter().filter_map(|(to, claim, because)| proposed(analysis, to, claim, because)).collect()
}

/// Where ConfigMaps that several workloads take whole name something.
fn shared<'e>(requests: &Requests<'e, '_>) -> BTreeSet<&'e Place> {
    let shared = requests.connections.iter().filter(|it| it.doubt == Some(Doubt::SharedConfigMap));
    shared.map(|it| &it.evidence.place).collect()
}

/// The clients and servers between which no connection may be expected, whatever settings say.
fn ruled_out(requests: &Requests<'_, '_>) -> BTreeSet<(WorkloadId, WorkloadId)> {
    let pairs = requests.unopened.iter().filter_map(|it| match &it.why {
        Why::Forbidden(Party::Workload(client), server, _) => Some((*client, *server)),
        _ => None,
    });
    pairs.collect()
}

fn allowed(from: &str, allow: bool) -> Claim {
    Claim::Allowed { from: from.to_owned(), allow }
}

/// The port that clients use: one that the workload declares and its product is known for, else either.
fn usual_port(analysis: &Analysis, id: WorkloadId) -> Option<u16> {
    let workload = analysis.cluster().workloads.get(id.0 as usize)?;
    let known = analysis.tier(id).and_then(|looks| looks.family).map_or(&[][..], |family| family.ports);
    let declared = || workload.containers.iter().flat_map(|it| &it.ports).filter(|it| it.protocol == Protocol::Tcp);
    let both = declared().map(|port| port.port).find(|port| known.contains(port));
    both.or(known.first().copied()).or_else(|| declared().map(|port| port.port).next())
}

/// The expectation with its outcome today; `None` where what it names is not clear.
fn proposed(analysis: &Analysis, to: String, claim: Claim, because: String) -> Option<Proposed> {
    let origin = Origin { file: FileId::CONFIGURATION, document: 0, path: FieldPath::root() };
    let expectation = Expectation { to, claim, origin };
    let checked = expect::check_this(analysis, &expectation);
    let failure = checked.failure();
    let is_clear = !checked.is_unclear();
    is_clear.then_some(Proposed { expectation, because, failure })
}

/// `NS/NAME`, or with the kind where that is not enough.
fn name(analysis: &Analysis, resolver: &Resolver<'_>, id: WorkloadId) -> Option<String> {
    let object = &analysis.cluster().workloads.get(id.0 as usize)?.object;
    let namespace = analysis.cluster().namespace_name(object.namespace);
    let short = format!("{namespace}/{}", object.name);
    let means_it = |text: &String| resolver.source(text).is_ok_and(|found| found.ends == [End::Workload(id)]);
    [short, resolver.names().full(object)].into_iter().find(means_it)
}

fn service_name(analysis: &Analysis, service: &Service) -> String {
    format!("{}/svc/{}", analysis.cluster().namespace_name(service.object.namespace), service.object.name)
}

/// The section of the file.
pub(super) fn section(proposed: &[Proposed]) -> String {
    let mut text = String::from("\n# Connections that must be permitted or denied; `netlint test` checks them.\n");
    if proposed.is_empty() {
        text.push_str(
            "# Nothing told of any; write for example:\n\
             # expect:\n\
             #   - {from: shop/web, to: \"shop/api:8080\", allow: true}\n\
             #   - {to: \"shop/db:5432\", only: [shop/api]}\n",
        );
        return text;
    }
    text.push_str("expect:\n");
    for Proposed { expectation, because, failure } in proposed {
        text.push_str(&comment(2, &format!("Review: {because}")));
        if let Some(failure) = failure {
            text.push_str(&comment(2, &format!("Fails today: {failure}")));
        }
        let to = scalar(&expectation.to);
        let entry = match &expectation.claim {
            Claim::Allowed { from, allow } => format!("{{from: {}, to: {to}, allow: {allow}}}", scalar(from)),
            Claim::Only(sources) => {
                let sources: Vec<String> = sources.iter().map(|source| scalar(source)).collect();
                format!("{{to: {to}, only: [{}]}}", sources.join(", "))
            }
        };
        text.push_str(&format!("  - {entry}\n"));
    }
    text
}
