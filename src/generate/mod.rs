//! `netlint generate`: the least that the input's evidence needs, as NetworkPolicies.
//!
//! What is asked for (`facts::evidence`) becomes a plan, the plan becomes text, and the engine proves the text: all that
//! is asked for connects, nothing else does, and the strictest check has nothing to say about it, except where a comment
//! says that somebody has to look. A proof that fails is a bug of netlint, and nothing is written then.

mod base;
mod closed;
mod dns;
mod names;
mod plan;
mod policy;
mod proof;
mod servers;
mod services;
mod subjects;
mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use rayon::prelude::*;
use thiserror::Error;

use crate::analysis::Analysis;
use crate::diagnostic::labels;
use crate::facts::evidence::{AllEvidence, Client, Depth, Requests, Target, requests};
use crate::objects::{NamespaceId, WorkloadId};
use crate::schema::syntax::is_dns_label;
use crate::source::{Place, Sources};
use crate::text::phrase;
use crate::text::scalar::comment;
use base::Base;
use closed::is_governed;
use plan::{Plan, plan};
use policy::Policy;
use proof::Claim;
use subjects::Subjects;
use text::Comments;
use words::Words;

/// What is done with the NetworkPolicies of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They stay, and what they lack is added.
    OnlyMissing,
    /// They go, and what they allow is evidence.
    Replace,
}

/// Policies as files.
#[derive(Clone, Debug, Default)]
pub struct Generated {
    /// A file for each namespace, in their order.
    pub files: Vec<GeneratedFile>,
    /// What somebody has to look at that no rule is about, one line each.
    pub review: Vec<String>,
    /// The NetworkPolicies of the input that the generated ones replace: namespace, name and file.
    pub replaced: Vec<String>,
    /// What the reader must know, one line each.
    pub notes: Vec<String>,
    /// How many policies there are.
    pub policies: usize,
    /// How many connections are asked for.
    pub connections: usize,
    /// How many places in the files have to be looked at.
    pub marked: usize,
}

/// A file of policies.
#[derive(Clone, Debug)]
pub struct GeneratedFile {
    /// The namespace that its policies are for.
    pub namespace: String,
    /// Its text.
    pub text: String,
}

/// That generated policies are not what they were meant to be.
#[derive(Clone, Debug, Error)]
#[error("the generated policies do not pass their own proof: {}", .failures.join("; "))]
pub struct NotProved {
    /// What fails, one line each.
    pub failures: Vec<String>,
}

/// Writes the policies of a cluster.
///
/// # Errors
/// Where the policies fail their proof, which is a bug.
pub fn generate(analysis: &Analysis, mode: Mode) -> Result<Generated, NotProved> {
    let evidence = AllEvidence::new(analysis, Depth::All);
    let mut requests = requests(analysis, &evidence);
    let subjects = Subjects::new(analysis);
    subjects.keep_named(&mut requests);
    let base = (mode == Mode::OnlyMissing && !analysis.policies().is_empty()).then(|| Base::new(analysis));
    let Plan { policies } = plan(analysis, &subjects, &requests, base.as_ref(), &Words::new(analysis));
    let comments = comments(analysis, &policies, &requests);
    let review = review(analysis, &requests, &subjects, &comments);
    let files = files(analysis, &policies, &comments, &review);
    let texts: Vec<(String, String)> =
        files.iter().map(|(namespace, text, _)| (format!("{namespace}.yaml"), text.clone())).collect();
    let reviewed: Vec<Vec<(usize, usize)>> = files.iter().map(|(.., reviewed)| reviewed.clone()).collect();
    let failures = proof::failures(&Claim {
        analysis,
        subjects: &subjects,
        connections: &requests.connections,
        base: base.as_ref(),
        texts: &texts,
        reviewed: &reviewed,
        may_be_denied: analysis.policies().iter().any(|policy| policy.network_policy().is_none()),
    });
    if !failures.is_empty() {
        return Err(NotProved { failures });
    }
    Ok(Generated {
        review: review.into_iter().map(|it| it.line).collect(),
        replaced: if mode == Mode::Replace { replaced(analysis) } else { Vec::new() },
        notes: notes(analysis),
        policies: policies.len(),
        connections: requests.connections.len(),
        marked: reviewed.iter().map(Vec::len).sum(),
        files: files.into_iter().map(|(namespace, text, _)| GeneratedFile { namespace, text }).collect(),
    })
}

/// What comments say, with the lines of all places.
fn comments<'m>(analysis: &'m Analysis, policies: &[Policy<'_, '_>], requests: &Requests<'_, '_>) -> Comments<'m> {
    let of_rules = policies.iter().flat_map(|policy| &policy.rules).flat_map(|rule| &rule.evidence);
    let mut places: Vec<&Place> = of_rules.map(|it| &it.place).collect();
    places.extend(requests.unopened.iter().map(|it| &it.evidence.place));
    places.sort_unstable();
    places.dedup();
    Comments { words: Some(Words::new(analysis)), positions: positions(&places, analysis.sources()) }
}

/// File and line of places, which are in order: the documents of each file are parsed once.
fn positions(places: &[&Place], sources: &Sources) -> HashMap<Place, String> {
    let of_files: Vec<&[&Place]> = places.chunk_by(|one, other| one.origin.file == other.origin.file).collect();
    let located = of_files.par_iter().flat_map_iter(|places| {
        let locations = places.iter().map(|place| ((*place).clone().into(), String::new())).collect();
        let labels = labels(locations, sources);
        places.iter().zip(labels).map(|(place, label)| {
            let line = sources.position(label.file, label.span.start).line;
            ((*place).clone(), format!("{}:{line}", sources.name(label.file)))
        })
    });
    located.collect()
}

/// A namespace's name, the text of its file, and the lines of it that somebody has to look at.
type File = (String, String, Vec<(usize, usize)>);

/// A file for each namespace.
fn files(analysis: &Analysis, policies: &[Policy<'_, '_>], comments: &Comments<'_>, review: &[Review]) -> Vec<File> {
    let mut of_namespace: BTreeMap<NamespaceId, Vec<&Policy<'_, '_>>> = BTreeMap::new();
    for policy in policies {
        of_namespace.entry(policy.namespace).or_default().push(policy);
    }
    let of_namespace: Vec<_> = of_namespace.into_iter().collect();
    let file = |(namespace, policies): &(NamespaceId, Vec<&Policy<'_, '_>>)| {
        let name = analysis.cluster().namespace_name(*namespace).to_owned();
        let mut text =
            comment(0, &format!("The NetworkPolicies of namespace {name}, as `netlint generate` wrote them."));
        let own = review.iter().filter(|it| it.namespace == Some(*namespace));
        let own: String = own.map(|it| comment(0, &format!("- {}", it.line))).collect();
        if !own.is_empty() {
            text.push_str(&format!("#\n# To review, because nothing is opened for it:\n{own}"));
        }
        text.push('\n');
        let mut reviewed = Vec::new();
        for (place, policy) in policies.iter().enumerate() {
            if place > 0 {
                text.push_str("---\n");
            }
            let before = text.lines().count();
            let written = text::policy(analysis, policy, comments);
            reviewed.extend(written.reviewed.into_iter().map(|(first, last)| (first + before, last + before)));
            text.push_str(&written.text);
        }
        (name, text, reviewed)
    };
    of_namespace.par_iter().map(file).collect()
}

/// Something that people have to look at.
struct Review {
    /// The namespace that it is about, where it is about one.
    namespace: Option<NamespaceId>,
    line: String,
}

/// What is left for people, each thing once, in the order of the evidence.
fn review(
    analysis: &Analysis,
    requests: &Requests<'_, '_>,
    subjects: &Subjects,
    comments: &Comments<'_>,
) -> Vec<Review> {
    let Some(words) = &comments.words else { return Vec::new() };
    let home = |id: WorkloadId| analysis.workload(id).map(|workload| workload.object.namespace);
    let unlabelled = subjects.unlabelled.iter().map(|id| {
        let line = format!("{} has no labels, so that no policy can name it", words.name(*id));
        Review { namespace: home(*id), line }
    });
    let unopened = requests.unopened.iter().map(|it| {
        let place = comments.positions.get(&it.evidence.place).map(|it| format!(" ({it})")).unwrap_or_default();
        let namespace = match (&it.evidence.client, &it.evidence.server) {
            // Said at the policy that keeps it out.
            (Client::Workload(_), Target::Service(..)) => None,
            (Client::Workload(id), _) | (_, Target::Workload(id, _)) => home(*id),
            (_, Target::Service(service, _)) => Some(service.object.namespace),
            _ => None,
        };
        Review { namespace, line: format!("{}{place}", words.unopened(it)) }
    });
    let mut seen = BTreeSet::new();
    unlabelled.chain(unopened).filter(|it| seen.insert(it.line.clone())).collect()
}

/// The policies that are replaced.
fn replaced(analysis: &Analysis) -> Vec<String> {
    let policies = analysis.policies().iter().filter(|policy| policy.network_policy().is_some());
    let named = policies.map(|policy| {
        let namespace = analysis.cluster().namespace_name(policy.object.namespace);
        let origin = analysis.sources().written(&policy.object.origin);
        format!("{namespace}/{} ({})", policy.object.name, analysis.sources().name(origin.file))
    });
    named.collect()
}

/// What the reader must know of what is not written.
fn notes(analysis: &Analysis) -> Vec<String> {
    let mut kinds: Vec<&str> = analysis
        .policies()
        .iter()
        .filter(|policy| policy.network_policy().is_none())
        .map(|policy| policy.object.kind.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut notes = Vec::new();
    if analysis.has_broken_documents() {
        notes.push("some documents do not parse, and nothing is written for what they hold".to_owned());
    }
    if !analysis.cluster().unread.is_empty() {
        notes.push("nothing is written for what is not known of the input, and the policies close it".to_owned());
    }
    let open = analysis.namespaces().into_iter().filter(|(id, _)| !is_governed(analysis, *id));
    let (valid, invalid): (Vec<&str>, Vec<&str>) =
        open.map(|(id, _)| analysis.cluster().namespace_name(id)).partition(|name| is_dns_label(name));
    if !valid.is_empty() {
        notes.push(format!("nothing is written for namespaces that come with the cluster: {}", phrase::list(valid)));
    }
    if !invalid.is_empty() {
        notes.push(format!("nothing is written for namespaces without a valid name: {}", phrase::list(invalid)));
    }
    if !kinds.is_empty() {
        notes.push(format!(
            "only NetworkPolicies are written; policies of other kinds stay as they are: {}",
            phrase::list(kinds)
        ));
    }
    notes
}
