//! Selectors on labels that change with every release, so that the next one leaves the policy behind.

use std::collections::BTreeMap;

use crate::facts::volatile::{is_why_none_matches, volatile};
use crate::objects::{PolicyId, Requirement};
use crate::rules::{Cause, Context};
use crate::source::Place;
use crate::text::phrase;

/// How many other places are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut found: BTreeMap<PolicyId, Vec<(Place, &Requirement)>> = BTreeMap::new();
    // What matches nothing for this reason alone.
    let mut broken: BTreeMap<PolicyId, Vec<Cause>> = BTreeMap::new();
    for (id, written, lowered) in context.policies() {
        let places = volatile(&lowered.subject.pods);
        let places: Vec<_> = places.map(|it| (written.subject_selector().requirement(&it.key).entry(), it)).collect();
        if !places.is_empty() {
            if is_why_none_matches(context.analysis(), &lowered.subject) {
                broken.entry(id).or_default().push(Cause::Subject(id));
            }
            found.entry(id).or_default().extend(places);
        }
    }
    for peer in context.peers() {
        if let Some(set) = peer.pods() {
            let place = |key| peer.selector("podSelector").requirement(key).entry();
            let mut places = volatile(&set.pods).map(|it| (place(&it.key), it)).peekable();
            if places.peek().is_some() {
                found.entry(peer.policy).or_default().extend(places);
                if is_why_none_matches(context.analysis(), set) {
                    broken.entry(peer.policy).or_default().push(Cause::Peer(peer.rule_ref(), peer.index));
                }
            }
        }
    }
    for (policy, places) in found {
        let broken = broken.remove(&policy).unwrap_or_default();
        let selects_none = broken.contains(&Cause::Subject(policy));
        context.claim(broken, move |context, _| report(context, policy, &places, selects_none));
    }
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
