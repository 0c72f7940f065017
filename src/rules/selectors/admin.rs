//! Selectors that match nothing, of Admin and Baseline policies and of those of Calico and Cilium. Where they are for all
//! namespaces, only slips are reported: whatever else they do not match may be there tomorrow.

use super::is_dead;
use crate::diagnostic::{Severity, Subject};
use crate::facts::namespace_labels::mistake;
use crate::facts::nearest::{nearest, nearest_namespace};
use crate::facts::volatile::is_why_none_matches;
use crate::net::Direction;
use crate::objects::{AddressGroup, Match, NamespaceId, PolicyId};
use crate::policy::dialect::{Dialect, PolicyObject};
use crate::policy::{AddressGroups, NamespaceSet, Peer, PodSet, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::source::Place;

/// A selector, and what to call it.
struct Selecting<'m> {
    set: &'m PodSet,
    cause: Cause,
    place: Place,
    about: Subject,
    noun: String,
    /// The field by which it names namespaces.
    namespaces: &'static str,
}

/// Reports the subjects.
pub(super) fn check_subjects(context: &mut Context<'_>) {
    for (id, object) in policies(context) {
        let subject = Selecting {
            set: &object.policy.subject,
            cause: Cause::Policy(id),
            place: object.subject_origin().entry(),
            about: context.cluster().subject(&object.object),
            noun: match object.dialect {
                Dialect::Admin(_) => format!("`subject` of `{}`", object.object.name),
                Dialect::Cilium(_) => format!("`endpointSelector` of `{}`", object.object.name),
                _ => format!("the selector of `{}`", object.object.name),
            },
            namespaces: namespaces_field(object),
        };
        check(context, subject);
    }
}

/// Reports the peers.
pub(super) fn check_peers(context: &mut Context<'_>) {
    for (policy, object) in policies(context) {
        for direction in Direction::BOTH {
            for (index, rule) in object.policy.rules(direction).iter().enumerate() {
                let at = RuleRef { policy, direction, index };
                if let Some(set) = global_set(context, rule.peers.listed()) {
                    report_global_set(context, object, at, set);
                }
                // Beside pods, a peer may mean addresses that the selector finds.
                let has_sets = rule.peers.listed().iter().any(|peer| matches!(peer, Peer::AddressGroups(_)));
                for (place, peer) in rule.peers.listed().iter().enumerate() {
                    let Peer::Pods(set) = peer else { continue };
                    if has_sets {
                        continue;
                    }
                    let peer = Selecting {
                        set,
                        cause: Cause::Peer(at, place),
                        place: object.peer_origin(direction, index, place).entry(),
                        about: context.cluster().subject(&object.object),
                        noun: format!("a peer of `{}`", object.object.name),
                        namespaces: namespaces_field(object),
                    };
                    check(context, peer);
                }
            }
        }
    }
}

/// The network set of the whole cluster that a selector means which looks for pods and sets of its own namespace alone,
/// and finds none.
fn global_set<'m>(context: &Context<'m>, peers: &[Peer]) -> Option<&'m AddressGroup> {
    let [Peer::Pods(pods), Peer::AddressGroups(groups)] = peers else { return None };
    let AddressGroups::OfNamespace(_, condition) = &**groups else { return None };
    if context.analysis().finds(pods) != Match::No {
        return None;
    }
    let (reach, of_all) = (context.at_most(), AddressGroups::Matching(condition.clone()));
    let of_all = Peer::AddressGroups(Box::new(of_all));
    let is_meant = |group: &&AddressGroup| {
        let address = group.blocks.first().map(|block| Endpoint::External(block.network()));
        let is_found = |address| peers.iter().any(|peer| reach.peer_admits(peer, address));
        group.object.namespace == NamespaceId::CLUSTER
            && address.is_some_and(|address| reach.peer_admits(&of_all, address) && !is_found(address))
    };
    context.cluster().address_groups.iter().map(AsRef::as_ref).find(is_meant)
}

fn report_global_set(context: &mut Context<'_>, object: &PolicyObject, at: RuleRef, set: &AddressGroup) {
    let namespace = context.cluster().namespace_name(object.object.namespace);
    let message =
        format!("a peer of `{}` matches neither pods nor network sets of namespace `{namespace}`", object.object.name);
    let place = object.peer_place(at.direction, at.index, 0);
    let about = context.cluster().subject(&object.object);
    let set = &set.object;
    context
        .report_because(Cause::Peer(at, 0), place, about, message)
        .because(set.name_place(), format!("`{}` has the labels, and is of the whole cluster", set.name))
        .help("for network sets of the whole cluster, add `namespaceSelector: global()`");
}

fn policies<'m>(context: &Context<'m>) -> Vec<(PolicyId, &'m PolicyObject)> {
    let policies = context.analysis().policies().iter().zip(0..);
    let is_of_kind = |object: &PolicyObject| {
        object.admin_policy().is_some() || object.calico_policy().is_some() || is_enforced_cilium(context, object)
    };
    let others = policies.filter(|(object, _)| !object.rejected && is_of_kind(object));
    others.map(|(object, index)| (PolicyId(index), &**object)).collect()
}

fn is_enforced_cilium(context: &Context<'_>, object: &PolicyObject) -> bool {
    object.cilium_policy().is_some() && context.cluster().enforces(&object.policy.stage)
}

fn namespaces_field(object: &PolicyObject) -> &'static str {
    if object.cilium_policy().is_some() { "k8s:io.kubernetes.pod.namespace" } else { "namespaceSelector" }
}

fn check(context: &mut Context<'_>, selecting: Selecting<'_>) {
    let analysis = context.analysis();
    let Selecting { set, cause, place, about, noun, namespaces: field } = selecting;
    let selector = match &set.namespaces {
        NamespaceSet::Matching(selector) => selector,
        NamespaceSet::One(namespace) => {
            if is_dead(context, set) == Match::Yes {
                let hint = nearest(analysis, &[*namespace], &set.pods);
                let there = context.cluster().namespace_name(*namespace);
                let message = format!("{noun} matches no pod of namespace `{there}`");
                let labels = format!("select labels that a pod template of `{there}` has");
                let advice = hint.map(|hint| {
                    hint.advice(analysis, |there| format!("name the namespace: the pods are in `{there}`"))
                });
                let draft = context.report_because(cause, place, about, message);
                match advice {
                    Some(advice) => advice.give(draft),
                    None => {
                        draft.help(labels);
                    }
                }
            }
            return;
        }
    };
    let mut namespaces = analysis.namespaces_of(&set.namespaces);
    namespaces.retain(|(id, verdict)| *verdict == Match::Yes || analysis.is_in_input(*id));
    if !namespaces.iter().any(|(_, verdict)| *verdict == Match::Yes) {
        let nearest =
            if mistake(analysis, selector).is_some() { None } else { nearest_namespace(context.analysis(), selector) };
        let Some((_, (key, value), namespace)) = nearest else { return };
        let there = context.cluster().namespace_name(namespace).to_owned();
        let (key, value) = (key.to_owned(), value.to_owned());
        let message = format!("{noun} matches no namespace that the input shows");
        let draft = context.report_because(cause, place, about, message);
        if !namespaces.is_empty() {
            draft.severity(Severity::Note);
        }
        draft.remark(format!("did you mean `{key}: {value}`?"));
        draft.help(format!("write `{key}: {value}`, which namespace `{there}` has"));
        return;
    }
    if analysis.finds(set) != Match::No || is_why_none_matches(analysis, set) {
        return;
    }
    let is_shown = |(id, verdict): &&(NamespaceId, Match)| *verdict == Match::Yes && analysis.has_workloads(*id);
    let ids: Vec<NamespaceId> = namespaces.iter().filter(is_shown).map(|(id, _)| *id).collect();
    let Some(hint) = nearest(analysis, &ids, &set.pods).filter(|hint| hint.is_near()) else { return };
    let advice = hint.advice(analysis, |there| format!("let `{field}` match namespace `{there}`"));
    let message = format!("{noun} matches no pod that the input shows");
    advice.give(context.report_because(cause, place, about, message));
}
