//! `netlint generate`: the least that the input's evidence needs, as NetworkPolicies.
//!
//! What is asked for (`facts::evidence`) becomes a plan, the plan becomes text, and the engine proves the text: all that
//! is asked for connects, nothing else does, and the strictest check has nothing to say about it, except where a comment
//! says that somebody has to look. A proof that fails is a bug of netlint, and nothing is written then.

mod base;
mod closed;
mod comments;
mod dns;
mod files;
mod kustomized;
mod marks;
mod names;
mod plan;
mod policy;
mod proof;
mod review;
mod servers;
mod services;
mod subjects;
mod text;
mod wanted;
mod words;

use thiserror::Error;

use crate::analysis::Analysis;
use crate::facts::evidence::{AllEvidence, Depth};
use crate::schema::syntax::is_dns_label;
use crate::source::FileId;
use crate::text::phrase;
use closed::is_governed;
use files::File;
pub use kustomized::{Kustomized, Load, NotWritten, kustomized};
use names::Affixes;
use proof::Claim;
use wanted::{Wanted, Written};

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
    /// Where it belongs, as reports print paths; `None` where whoever asks for it says so.
    pub path: Option<String>,
    /// Its text.
    pub text: String,
}

impl From<File> for GeneratedFile {
    fn from(File { namespace, text, .. }: File) -> Self {
        Self { namespace, path: None, text }
    }
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
    let wanted = Wanted::new(analysis, &evidence, mode == Mode::OnlyMissing);
    let Written { files, review, policies } = wanted.write(Affixes::default(), false);
    let texts: Vec<(String, String)> =
        files.iter().map(|file| (format!("{}.yaml", file.namespace), file.text.clone())).collect();
    let proved = proof::judged(analysis, &texts, wanted.base.is_none());
    let first = proved.sources().len() - texts.len();
    let reviewed = |file: FileId| Some(&files.get((file.0 as usize).checked_sub(first)?)?.reviewed);
    let failures = proof::failures(&Claim { wanted: &wanted, proved: &proved, reviewed: &reviewed });
    if !failures.is_empty() {
        return Err(NotProved { failures });
    }
    Ok(Generated {
        review,
        replaced: if mode == Mode::Replace { replaced(analysis) } else { Vec::new() },
        notes: notes(analysis),
        policies,
        connections: wanted.requests.connections.len(),
        marked: files.iter().map(|file| file.reviewed.len()).sum(),
        files: files.into_iter().map(GeneratedFile::from).collect(),
    })
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
