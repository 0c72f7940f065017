//! A peer that names nobody: what it was written to admit stays blocked, or what it was written for has moved.

use std::collections::BTreeMap;

use super::{is_dead, is_of_the_cluster, is_standard, labels_in_words, misspelt_values, namespaces_in_words};
use crate::diagnostic::{Draft, Severity};
use crate::edit::Safety;
use crate::facts::nearest::{Hint, nearest, nearest_namespace, slip_place};
use crate::facts::peers::PeerAt;
use crate::objects::{Match, NamespaceId, Operator, Requirement, Selector};
use crate::policy::{NamespaceSet, PodSet};
use crate::rules::{Cause, Context, repairs};

/// How many other places with the same mistake are shown.
const SHOWN: usize = 3;

/// What is wrong with a peer. It is `assumed` where pods or labels that the input does not show may match after all.
enum Fault<'m> {
    /// No pod of its namespaces has these labels.
    NoPod { hint: Option<Hint<'m>>, assumed: bool },
    /// Its namespaces are none of the input, but one of them is nearly of that name or label.
    NoNamespace { requirement: &'m Requirement, label: (&'m str, &'m str), namespace: NamespaceId, assumed: bool },
    /// Its namespaces are none of the input.
    Outside,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    super::admin::check_peers(context);
    // Most name somebody, which is quickly seen.
    let finds =
        |set: &PodSet| matches!(set.namespaces, NamespaceSet::One(_)) && context.at_most().any_workload(set).is_some();
    let mut peers: BTreeMap<&PodSet, Vec<PeerAt<'_>>> = BTreeMap::new();
    for peer in context.peers() {
        if let Some(set) = peer.pods().filter(|set| !finds(set)) {
            peers.entry(set).or_default().push(peer);
        }
    }
    let mut outside: Vec<(String, Vec<PeerAt<'_>>)> = Vec::new();
    for (set, mut peers) in peers {
        let Some(fault) = fault(context, set) else { continue };
        if let (Fault::Outside, NamespaceSet::Matching(selector)) = (&fault, &set.namespaces) {
            outside.push((namespaces_in_words(selector), peers));
            continue;
        }
        context.claim(peers.iter().map(cause).collect(), move |context, left| {
            peers.retain(|peer| left.contains(&cause(peer)));
            if let Some((first, others)) = peers.split_first() {
                report(context, set, &fault, first, others);
            }
        });
    }
    let causes = outside.iter().flat_map(|(_, peers)| peers).map(cause).collect::<Vec<_>>();
    if !causes.is_empty() {
        context.claim(causes, move |context, left| {
            let is_left = |peer: &&PeerAt<'_>| left.contains(&cause(peer));
            let left = outside.iter().filter_map(|(words, peers)| {
                let first = peers.iter().find(is_left)?;
                Some((words.as_str(), *first))
            });
            report_outside(context, left.collect());
        });
    }
    super::unusable_blocks::check(context);
    for peer in context.peers() {
        if let Some(set) = peer.pods() {
            let about = context.cluster().subject(&peer.written.object);
            misspelt_values::check(context, set, &peer.selector("podSelector"), &about);
        }
    }
}

fn cause(peer: &PeerAt<'_>) -> Cause {
    Cause::Peer(peer.rule_ref(), peer.index)
}

/// What is wrong with a peer, if anything is for certain.
fn fault<'m>(context: &Context<'m>, set: &'m PodSet) -> Option<Fault<'m>> {
    let selector = match &set.namespaces {
        NamespaceSet::One(namespace) => {
            let verdict = is_dead(context, set);
            if verdict == Match::No {
                return None;
            }
            let (hint, assumed) = (nearest(context.analysis(), &[*namespace], &set.pods), verdict == Match::Unknown);
            let opted_in = lets_opt_in(&set.pods);
            let hint = hint.filter(|_| !opted_in);
            return (!assumed || hint.is_some_and(|hint| hint.is_near()))
                .then_some(Fault::NoPod { hint, assumed: assumed || opted_in });
        }
        NamespaceSet::Matching(selector) => selector,
    };
    let mut namespaces = context.analysis().namespaces_of(&set.namespaces);
    namespaces.retain(|(id, verdict)| *verdict == Match::Yes || context.analysis().is_in_input(*id));
    if !namespaces.iter().any(|(_, verdict)| *verdict == Match::Yes) {
        let assumed = !namespaces.is_empty();
        return match nearest_namespace(context.analysis(), selector) {
            Some((requirement, label, namespace)) => {
                Some(Fault::NoNamespace { requirement, label, namespace, assumed })
            }
            None => (!assumed && !is_standard(selector)).then_some(Fault::Outside),
        };
    }
    if context.analysis().finds(set) != Match::No {
        return None;
    }
    let shown = |(id, verdict): &(NamespaceId, Match)| *verdict == Match::Yes && context.analysis().has_workloads(*id);
    let all_shown = !selector.is_empty() && !is_of_the_cluster(selector) && namespaces.iter().all(shown);
    let ids: Vec<NamespaceId> = namespaces.iter().filter(|it| shown(it)).map(|(id, _)| *id).collect();
    let hint = nearest(context.analysis(), &ids, &set.pods);
    (all_shown || hint.is_some_and(|hint| hint.is_near())).then_some(Fault::NoPod { hint, assumed: !all_shown })
}

/// Whether a selector asks for a label by which clients let themselves in, as charts have them
/// (`rabbitmq-client: "true"`): clients may be anywhere, and need not be in the input.
fn lets_opt_in(selector: &Selector) -> bool {
    selector.requirements().iter().any(|requirement| {
        let is_true = match &requirement.operator {
            Operator::In(values) => {
                values.iter().all(|value| ["true", "yes", "enabled", "allowed"].contains(&value.as_str()))
            }
            Operator::Exists => true,
            _ => false,
        };
        let name = requirement.key.rsplit('/').next().unwrap_or_default();
        let mut words = name.split(['-', '_', '.']);
        is_true && words.any(|word| ["client", "clients", "access", "allow", "allowed"].contains(&word))
    })
}

fn report(context: &mut Context<'_>, set: &PodSet, fault: &Fault<'_>, first: &PeerAt<'_>, others: &[PeerAt<'_>]) {
    let policy = &first.written.object.name;
    let pods = first.selector("podSelector");
    let scope = match &set.namespaces {
        NamespaceSet::One(id) => format!("namespace `{}`", context.cluster().namespace_name(*id)),
        NamespaceSet::Matching(selector) => namespaces_in_words(selector),
    };
    let about = context.cluster().subject(&first.written.object);
    match fault {
        Fault::NoPod { hint, assumed } => {
            let place = hint.map_or_else(|| pods.origin.clone().entry(), |hint| hint.place(&pods));
            let mut message = format!("a peer of `{policy}` matches no pod of {scope}");
            if *assumed {
                message.push_str(" that the input shows");
            }
            let elsewhere = |there: &str| match &set.namespaces {
                NamespaceSet::One(_) => {
                    format!("add `namespaceSelector` for namespace `{there}` to the same item, without a dash")
                }
                NamespaceSet::Matching(_) => format!("let `namespaceSelector` match namespace `{there}`"),
            };
            let advice = hint.map(|hint| hint.advice(context.analysis(), elsewhere));
            let namespaces: Vec<NamespaceId> =
                context.analysis().namespaces_of(&set.namespaces).into_iter().map(|(id, _)| id).collect();
            let selectors: Vec<_> =
                std::iter::once(first).chain(others).map(|peer| peer.selector("podSelector")).collect();
            let fix =
                hint.and_then(|hint| repairs::of_hint(context, (&namespaces, &set.pods, &hint), *assumed, &selectors));
            let draft = context.report_because(cause(first), place, about, message);
            draft.fix(fix);
            match advice {
                Some(advice) => advice.give(draft),
                None => {
                    draft.help("name labels that a pod template there has, or delete the peer");
                }
            }
            if *assumed {
                draft.severity(Severity::Note);
            }
            mention(draft, others, &format!("asks for {} too", labels_in_words(&set.pods)));
        }
        Fault::NoNamespace { requirement, label: (key, value), namespace, assumed } => {
            let asked = first.selector("namespaceSelector").requirement(&requirement.key);
            let there = context.cluster().namespace_name(*namespace).to_owned();
            let message = format!("a peer of `{policy}` matches no namespace that the input shows");
            let draft = context.report_because(cause(first), slip_place(asked, requirement, key), about, message);
            let asking = std::iter::once(first).chain(others).map(|peer| peer.selector("namespaceSelector"));
            let edits = asking.map(|it| repairs::relabel(it.requirement(&requirement.key), requirement, (key, value)));
            let safety = if *assumed { Safety::Unsafe } else { Safety::Reference };
            let edits = edits.collect::<Option<Vec<_>>>().unwrap_or_default();
            draft.fix(repairs::fix(safety, format!("write `{key}: {value}`"), edits));
            if *assumed {
                draft.severity(Severity::Note);
            }
            draft.remark(format!("did you mean `{key}: {value}`?"));
            draft.help(format!("write `{key}: {value}`, which namespace `{there}` has"));
            mention(draft, others, "asks for it too");
        }
        Fault::Outside => {}
    }
}

fn mention(draft: &mut Draft, others: &[PeerAt<'_>], words: &str) {
    for other in others.iter().take(SHOWN) {
        draft.because(other.origin().entry(), format!("`{}` {words}", other.written.object.name));
    }
}

/// Says once which namespaces are named and not shown.
fn report_outside(context: &mut Context<'_>, mut outside: Vec<(&str, PeerAt<'_>)>) {
    outside.sort_by_key(|(_, peer)| (peer.policy, peer.direction, peer.rule, peer.index));
    let Some((_, first)) = outside.first() else { return };
    let place = first.selector("namespaceSelector").origin.entry();
    let about = context.cluster().subject(&first.written.object);
    let mut named: Vec<&str> = Vec::new();
    for (words, _) in &outside {
        if !named.contains(words) {
            named.push(words);
        }
    }
    let who = match named.as_slice() {
        [one] => (*one).to_owned(),
        [first, second] => format!("{first} and {second}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
        [] => return,
    };
    let elsewhere = outside.iter().find_map(|(_, peer)| match &peer.pods()?.namespaces {
        NamespaceSet::Matching(selector) => context.analysis().elsewhere(selector),
        NamespaceSet::One(_) => None,
    });
    let (why, help) = match elsewhere {
        Some(file) => (
            format!("not in this cluster; `{file}` has it"),
            "add that path to this cluster, under `clusters` in netlint.yaml, if both are applied together",
        ),
        None => {
            ("not in the input".to_owned(), "give netlint the manifests of that namespace as well, if there are any")
        }
    };
    let draft = context.report_because(cause(first), place, about, format!("peers of {who} are not checked: {why}"));
    draft.severity(Severity::Note);
    draft.help(help);
}
