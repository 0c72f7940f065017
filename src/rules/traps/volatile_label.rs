//! Selectors on labels that change with every release, so that the next one leaves the policy behind.

use std::collections::BTreeMap;

use crate::objects::{Match, Operator, PolicyId, Requirement, Selector};
use crate::policy::PodSet;
use crate::rules::Context;
use crate::source::Place;
use crate::text::phrase;

/// Labels that hold a version or a hash: of the chart, of the application, of the pod template, of an object.
const VOLATILE: [&str; 9] = [
    "app.kubernetes.io/version",
    "batch.kubernetes.io/controller-uid",
    "chart",
    "controller-revision-hash",
    "controller-uid",
    "helm.sh/chart",
    "pod-template-generation",
    "pod-template-hash",
    "rollouts-pod-template-hash",
];

/// How many other places are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut found: BTreeMap<PolicyId, Vec<(Place, &Requirement)>> = BTreeMap::new();
    let mut broken: BTreeMap<PolicyId, bool> = BTreeMap::new();
    for (id, written, lowered) in context.policies() {
        let places = volatile(&lowered.subject.pods);
        let places: Vec<_> = places.map(|it| (written.subject_selector().requirement(&it.key).entry(), it)).collect();
        if !places.is_empty() {
            broken.insert(id, explains(context, &lowered.subject));
            found.entry(id).or_default().extend(places);
        }
    }
    for peer in context.peers() {
        if let Some(set) = peer.pods() {
            let place = |key| peer.selector("podSelector").requirement(key).entry();
            let mut places = volatile(&set.pods).map(|it| (place(&it.key), it)).peekable();
            if places.peek().is_some() {
                found.entry(peer.policy).or_default().extend(places);
            }
        }
    }
    for (policy, places) in found {
        report(context, policy, &places, broken.get(&policy).copied().unwrap_or_default());
    }
}

/// Whether a set finds no pod, and would if it did not ask for such a label.
pub(in crate::rules) fn explains(context: &Context<'_>, set: &PodSet) -> bool {
    if volatile(&set.pods).next().is_none() {
        return false;
    }
    let stable: Vec<Requirement> =
        set.pods.requirements().iter().filter(|requirement| !is_volatile(requirement)).cloned().collect();
    let rest = PodSet { pods: Selector::new(stable), ..set.clone() };
    context.finds(set) != Match::Yes && context.finds(&rest) == Match::Yes
}

fn volatile(selector: &Selector) -> impl Iterator<Item = &Requirement> {
    selector.requirements().iter().filter(|requirement| is_volatile(requirement))
}

/// Whether the requirement asks for a value that will change: that the label is there at all may be asked.
fn is_volatile(requirement: &Requirement) -> bool {
    let values = match &requirement.operator {
        Operator::In(values) | Operator::NotIn(values) => values,
        _ => return false,
    };
    VOLATILE.contains(&requirement.key.as_str())
        || requirement.key == "version" && values.iter().any(|value| is_release(value))
}

/// `1.4.2` or `v1.4.2`: a release, and not one of the versions `v1` and `v2` that are kept side by side.
fn is_release(value: &str) -> bool {
    let mut parts = value.trim_start_matches('v').split('.');
    let mut number = || parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit()));
    number() && number() && parts.next().is_some()
}

fn report(context: &mut Context<'_>, policy: PolicyId, places: &[(Place, &Requirement)], broken: bool) {
    let (Some(written), Some(((place, _), others))) = (context.policy(policy), places.split_first()) else { return };
    let mut keys: Vec<&str> = places.iter().map(|(_, requirement)| requirement.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    let message = format!("`{}` selects by {}, which changes with releases", written.object.name, phrase::list(keys));
    let about = context.cluster().subject(&written.object);
    let draft = context.report(place.clone(), about, message);
    draft.help("select by labels that stay, such as `app.kubernetes.io/name` and `app.kubernetes.io/instance`");
    if broken {
        draft.remark("matches no pod already");
    }
    for (place, _) in others.iter().take(SHOWN) {
        draft.because(place.clone(), "here too");
    }
}
