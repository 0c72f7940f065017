//! Policies for the overlays of kustomizations: what all overlays of a base need goes to the base, the rest to each
//! overlay, and the proof is made of what kustomize builds of it.

mod bases;
mod common;
mod placed;
mod view;

use std::path::Path;

use rayon::prelude::*;
use thiserror::Error;

use super::names::Affixes;
use super::proof::{self, Claim};
use super::wanted::Wanted;
use super::{Generated, NotProved, notes};
use crate::analysis::Analysis;
use crate::edit::ChangedFile;
use crate::facts::evidence::{AllEvidence, Depth, Reason};
use crate::file_tree::SharedTree;
use crate::source::FileId;
use bases::{BaseAt, adds_labels, bases, values_of};
use placed::Placed;

/// How a tree is read: the clusters of the input, or the one that a kustomization builds by itself.
pub type Load<'l> = &'l (dyn Fn(SharedTree, Option<&Path>) -> Vec<Analysis> + Sync);

/// Policies in the directories of kustomizations.
#[derive(Clone, Debug, Default)]
pub struct Kustomized {
    /// The policies. Each file has a path.
    pub generated: Generated,
    /// The kustomizations that list them.
    pub changed: Vec<ChangedFile>,
}

/// Why policies are not written for kustomizations.
#[derive(Clone, Debug, Error)]
pub enum NotWritten {
    /// They are not what they are meant to be.
    #[error(transparent)]
    NotProved(#[from] NotProved),
    /// A file of theirs is there already.
    #[error("`{0}` is there already")]
    Exists(String),
    /// A kustomization cannot list them.
    #[error("`{name}` cannot be changed: {reason}")]
    Kustomization {
        /// The kustomization.
        name: String,
        /// Why not, as a sentence without a full stop.
        reason: String,
    },
    /// No cluster is built from one kustomization.
    #[error("no cluster of the input is built from one kustomization")]
    NoKustomization,
}

/// Writes what the overlays lack. Files of earlier runs are written anew where that is wanted (`force`).
///
/// # Errors
/// Where a file or a kustomization is in the way, or the policies fail their proof, which is a bug.
pub fn kustomized(tree: &SharedTree, load: Load<'_>, force: bool) -> Result<Kustomized, NotWritten> {
    let mut placed = Placed::over(tree);
    let mut models = load(placed.tree(), None);
    if force && placed.leave_out_former(&models) {
        models = load(placed.tree(), None);
    }
    let (overlays, others): (Vec<Analysis>, Vec<Analysis>) =
        models.into_iter().partition(|analysis| analysis.kustomization().is_some());
    if overlays.is_empty() {
        return Err(NotWritten::NoKustomization);
    }
    let evidence: Vec<AllEvidence<'_>> =
        overlays.par_iter().map(|analysis| AllEvidence::new(analysis, Depth::All)).collect();
    let wanted = overlays.iter().zip(&evidence).map(|(analysis, evidence)| Wanted::new(analysis, evidence, true));
    let writer = Writer { load, wanted: wanted.collect() };
    let mut bases = bases(&overlays, &placed, load);
    let mut told: Vec<String> = others.iter().filter_map(left_out).collect();
    loop {
        match writer.write(placed.clone(), &bases) {
            Ok(mut written) => {
                let notes = overlays.iter().flat_map(notes).chain(told);
                notes.for_each(|note| push_new(&mut written.generated.notes, note));
                return Ok(written);
            }
            Err(NotWritten::NotProved(failed)) => {
                let Some(base) = bases.pop() else { return Err(failed.into()) };
                let name = base.name;
                told.push(format!("`{name}` gets no policies: they would not fit what every overlay makes of them"));
            }
            Err(error) => return Err(error),
        }
    }
}

/// That nothing is written for a cluster with workloads that no kustomization holds.
fn left_out(analysis: &Analysis) -> Option<String> {
    analysis.workloads().next()?;
    let name = analysis.name().unwrap_or_default();
    Some(format!(
        "nothing is written for cluster `{name}`, which is not built from one kustomization: `--cluster {name}` chooses it"
    ))
}

fn push_new(lines: &mut Vec<String>, line: String) {
    if !lines.contains(&line) {
        lines.push(line);
    }
}

struct Writer<'w, 'e, 'm> {
    load: Load<'w>,
    /// What each overlay asks for, without any generated policy.
    wanted: Vec<Wanted<'e, 'm>>,
}

impl Writer<'_, '_, '_> {
    /// Writes the policies, those of these bases first.
    fn write(&self, mut placed: Placed, bases: &[BaseAt]) -> Result<Kustomized, NotWritten> {
        for base in bases {
            let models = self.overlays(&placed);
            let users: Vec<&Analysis> = base.users.iter().filter_map(|user| models.get(*user)).collect();
            let own = (self.load)(placed.tree(), Some(&base.directory));
            if let Some((own, root)) = own.first().and_then(|own| Some((own, own.kustomization()?))) {
                let evidence: Vec<AllEvidence<'_>> = users.par_iter().map(|user| evidence(user, &placed)).collect();
                let wanted = users.iter().zip(&evidence).map(|(user, evidence)| Wanted::new(user, evidence, true));
                let adds_labels = users.iter().any(|user| adds_labels(user));
                let files = common::files(own, &wanted.collect::<Vec<_>>(), adds_labels);
                placed.add(own.sources(), root, files)?;
            }
        }
        let mut generated = Generated::default();
        let models = self.overlays(&placed);
        let mut reviews: Vec<Vec<String>> = Vec::new();
        let mut files = Vec::new();
        for analysis in &models {
            let evidence = evidence(analysis, &placed);
            let root = analysis.kustomization();
            let text = root.map(|root| analysis.sources().text(root)).unwrap_or_default();
            let [prefix, suffix] = values_of(text, ["namePrefix", "nameSuffix"]);
            let written =
                Wanted::new(analysis, &evidence, true).write(Affixes { prefix, suffix }, adds_labels(analysis));
            files.push((root, written.files));
            reviews.push(written.review);
        }
        for (analysis, (root, files)) in models.iter().zip(files) {
            if let Some(root) = root {
                placed.add(analysis.sources(), root, files)?;
            }
        }
        let failures = self.failures(&placed);
        if !failures.is_empty() {
            return Err(NotProved { failures }.into());
        }
        generated.connections = self.wanted.iter().map(|it| it.requests.connections.len()).sum();
        generated.review = together(&models, &reviews);
        Ok(placed.into_written(generated))
    }

    /// The clusters of the tree with what is placed so far, in the order of the overlays.
    fn overlays(&self, placed: &Placed) -> Vec<Analysis> {
        let mut models = (self.load)(placed.tree(), None);
        models.retain(|analysis| self.wanted.iter().any(|it| it.analysis.name() == analysis.name()));
        models
    }

    /// What the proof of all overlays finds wrong.
    fn failures(&self, placed: &Placed) -> Vec<String> {
        let models = self.overlays(placed);
        let of_overlay = |wanted: &Wanted<'_, '_>| {
            let name = wanted.analysis.name().unwrap_or_default();
            let Some(built) = models.iter().find(|it| it.name() == Some(name)) else {
                return vec![format!("`{name}` is not built anymore")];
            };
            if let Some(refusal) = built.refusals().next() {
                return vec![format!("kustomize refuses to build `{name}`: {}", refusal.message)];
            }
            let proved = proof::judged(built, &[], false);
            let reviewed = |file: FileId| placed.reviewed(proved.sources().name(file));
            let failures = proof::failures(&Claim { wanted, proved: &proved, reviewed: &reviewed });
            failures.into_iter().map(|failure| format!("`{name}`: {failure}")).collect()
        };
        self.wanted.iter().flat_map(of_overlay).collect()
    }
}

/// The evidence of a cluster, without what generated policies say.
fn evidence<'m>(analysis: &'m Analysis, placed: &Placed) -> AllEvidence<'m> {
    AllEvidence::new(analysis, Depth::All).without(|evidence| match evidence.reason {
        Reason::Rule { policy, .. } => {
            let written = analysis.sources().written(&policy.origin);
            placed.reviewed(analysis.sources().name(written.file)).is_some()
        }
        _ => false,
    })
}

/// What is left for people in several clusters: each thing once, with the clusters where it is not all of them.
fn together(models: &[Analysis], reviews: &[Vec<String>]) -> Vec<String> {
    let mut lines = Vec::new();
    for line in reviews.iter().flatten() {
        let of = models.iter().zip(reviews).filter(|(_, lines)| lines.contains(line));
        let of: Vec<&str> = of.filter_map(|(analysis, _)| analysis.name()).collect();
        let whole = if of.len() == models.len() { line.clone() } else { format!("{}: {line}", of.join(", ")) };
        push_new(&mut lines, whole);
    }
    lines
}
