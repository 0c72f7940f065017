//! What a cluster asks for, and the policies that are written for it.

use super::base::Base;
use super::comments::Comments;
use super::files::{File, files};
use super::names::{Affixes, PolicyNames};
use super::plan::plan;
use super::policy::Policy;
use super::review::review;
use super::subjects::Subjects;
use super::words::Words;
use super::{dns, marks};
use crate::analysis::Analysis;
use crate::facts::evidence::{AllEvidence, Requests, requests};

/// What a cluster asks for.
pub(super) struct Wanted<'e, 'm> {
    pub(super) analysis: &'m Analysis,
    /// Of workloads that policies can name.
    pub(super) requests: Requests<'e, 'm>,
    pub(super) subjects: Subjects,
    /// What is permitted already, where policies are kept.
    pub(super) base: Option<Base>,
}

/// What is written for a cluster.
pub(super) struct Written {
    /// A file for each namespace, in their order.
    pub(super) files: Vec<File>,
    /// What somebody has to look at that no rule is about, one line each.
    pub(super) review: Vec<String>,
    /// How many policies there are.
    pub(super) policies: usize,
}

impl<'e, 'm> Wanted<'e, 'm> {
    /// Of a cluster with this evidence, whose policies are kept or not.
    pub(super) fn new(analysis: &'m Analysis, evidence: &'e AllEvidence<'m>, keeps: bool) -> Self {
        let mut requests = requests(analysis, evidence);
        let subjects = Subjects::new(analysis);
        subjects.keep_named(&mut requests);
        let base = (keeps && !analysis.policies().is_empty()).then(|| Base::new(analysis));
        Self { analysis, requests, subjects, base }
    }

    /// Writes what is missing. Names are put between the affixes later on, and labels added to selectors.
    pub(super) fn write(&self, affixes: Affixes, adds_labels: bool) -> Written {
        let Self { analysis, requests, subjects, base } = self;
        let words = Words::new(analysis);
        let mut names = PolicyNames::new(analysis, base.is_some(), affixes);
        let mut plan = plan(analysis, subjects, &requests.connections, base.as_ref(), &mut names, adds_labels);
        let mut found = marks::closed(analysis, subjects, &requests.connections);
        found.extend(marks::unopened(analysis, subjects, requests, &words, Some));
        marks::add(found, subjects, &mut plan);
        for policy in dns::ingress(analysis, base.as_ref(), &mut names) {
            plan.entry(policy.namespace).or_default().push(policy);
        }
        let policies: Vec<Policy<'_, '_>> = plan.into_values().flatten().collect();
        let comments = Comments::new(words, analysis, policies.iter(), requests);
        let review = review(analysis, requests, subjects, &comments);
        Written {
            files: files(analysis, &policies, &comments, &review),
            review: review.into_iter().map(|it| it.line).collect(),
            policies: policies.len(),
        }
    }
}
