//! Policies in a namespace where nothing is: a misspelled or forgotten `namespace` leaves the pods without them.

use std::collections::BTreeMap;

use super::is_standard_name;
use crate::edit::{Change, Edit, Safety};
use crate::objects::{NamespaceId, PolicyId};
use crate::policy::PolicyObject;
use crate::rules::{Cause, Context, repairs};
use crate::text::phrase;
use crate::text::slip::{FAR, slip};

/// How many other policies of the namespace are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut policies: BTreeMap<NamespaceId, Vec<(PolicyId, &PolicyObject)>> = BTreeMap::new();
    for (policy, id) in context.cluster().policies.iter().zip(0..) {
        if policy.is_unordered() && policy.object.namespace != NamespaceId::CLUSTER {
            policies.entry(policy.object.namespace).or_default().push((PolicyId(id), policy));
        }
    }
    let known: Vec<&str> =
        context.analysis().namespaces().into_iter().map(|(id, _)| context.cluster().namespace_name(id)).collect();
    // Where no policy has pods, policies are kept apart from workloads, unless a name is plainly misspelled.
    let served = policies.keys().any(|&id| context.analysis().has_workloads(id));
    for (id, policies) in policies {
        let name = context.cluster().namespace_name(id);
        let unset = context.cluster().unset_namespace == Some(id);
        if context.analysis().is_in_input(id) || is_standard_name(name) && !unset {
            continue;
        }
        let near = known.iter().filter_map(|other| Some((slip(name, other)?, *other)));
        let meant = near.filter(|(distance, _)| *distance < FAR && !unset).min().map(|(_, meant)| meant);
        if served || meant.is_some() {
            let causes = policies.iter().map(|(id, _)| Cause::Policy(*id)).collect();
            let known = known.clone();
            context.claim(causes, move |context, _| report(context, (name, unset), &policies, meant, &known));
        }
    }
}

fn report(
    context: &mut Context<'_>,
    (name, unset): (&str, bool),
    policies: &[(PolicyId, &PolicyObject)],
    meant: Option<&str>,
    known: &[&str],
) {
    let Some(((_, first), others)) = policies.split_first() else { return };
    let message = if unset {
        format!("`{}` names no namespace, and the input has nothing in `{name}`", first.object.name)
    } else {
        format!("`{}` is for namespace `{name}`, where the input has nothing", first.object.name)
    };
    let about = context.cluster().subject(&first.object);
    let draft = context.report(first.object.origin.keys(["metadata", "namespace"]).value(), about, message);
    let only = if let [only] = known { Some(*only) } else { None };
    draft.help(match meant.or(only) {
        Some(meant) => format!("write `namespace: {meant}`"),
        None => format!("write the namespace of the pods: {}", phrase::list(known)),
    });
    if let Some(meant) = meant {
        let namespace = |(_, policy): &(PolicyId, &PolicyObject)| Edit {
            at: policy.object.origin.keys(["metadata", "namespace"]),
            change: Change::Set(meant.into()),
        };
        let edits = policies.iter().map(namespace).collect();
        draft.fix(repairs::fix(Safety::Reference, format!("write `namespace: {meant}`"), edits));
        draft.remark(format!("did you mean `{meant}`?"));
    }
    for (_, other) in others.iter().take(SHOWN) {
        draft.because(other.object.name_place(), format!("`{}` is in the same namespace", other.object.name));
    }
}
