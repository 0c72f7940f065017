//! Policies as the texts of files.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::comments::Comments;
use super::policy::Policy;
use super::review::Review;
use super::text::{self, Reviewed};
use crate::analysis::Analysis;
use crate::objects::NamespaceId;
use crate::text::comment::comment;

/// A file of policies.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// The namespace that they are for.
    pub(super) namespace: String,
    pub(super) text: String,
    /// How many policies it holds.
    pub(super) policies: usize,
    /// The lines of it that somebody has to look at.
    pub(super) reviewed: Reviewed,
}

/// A file for each namespace.
pub(super) fn files(
    analysis: &Analysis,
    policies: &[Policy<'_, '_>],
    comments: &Comments<'_>,
    review: &[Review],
) -> Vec<File> {
    let mut of_namespace: BTreeMap<NamespaceId, Vec<&Policy<'_, '_>>> = BTreeMap::new();
    for policy in policies {
        of_namespace.entry(policy.namespace).or_default().push(policy);
    }
    let of_namespace: Vec<_> = of_namespace.into_iter().collect();
    let file = |(namespace, policies): &(NamespaceId, Vec<&Policy<'_, '_>>)| {
        let own = review.iter().filter(|it| it.namespace == Some(*namespace)).map(|it| it.line.as_str());
        let name = analysis.cluster().namespace_name(*namespace).to_owned();
        let title = format!("The NetworkPolicies of namespace {name}, as `netlint generate` wrote them.");
        let (text, reviewed) = written(analysis, policies, comments, (&title, own));
        File { namespace: name, text, policies: policies.len(), reviewed }
    };
    of_namespace.par_iter().map(file).collect()
}

/// The text of policies under a title and what is left for people.
pub(super) fn written<'r>(
    analysis: &Analysis,
    policies: &[&Policy<'_, '_>],
    comments: &Comments<'_>,
    (title, review): (&str, impl Iterator<Item = &'r str>),
) -> (String, Reviewed) {
    let mut text = comment(0, title);
    let own: String = review.map(|line| comment(0, &format!("- {line}"))).collect();
    if !own.is_empty() {
        text.push_str(&format!("#\n# To review, because nothing is opened for it:\n{own}"));
    }
    text.push('\n');
    let mut lines = text.lines().count();
    let mut reviewed = Vec::new();
    for (place, policy) in policies.iter().enumerate() {
        if place > 0 {
            text.push_str("---\n");
            lines += 1;
        }
        let written = text::policy(analysis, policy, Some(comments));
        reviewed.extend(written.reviewed.into_iter().map(|(first, last)| (first + lines, last + lines)));
        text.push_str(&written.text);
        lines += written.lines;
    }
    (text, reviewed)
}
