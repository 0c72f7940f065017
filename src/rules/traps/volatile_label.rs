//! Selectors on labels that change with every release, so that the next one leaves the policy behind.

use std::collections::BTreeMap;

use crate::edit::{Change, Edit, Fix, Safety};
use crate::facts::volatile::{is_why_none_matches, volatile};
use crate::objects::{PolicyId, Requirement, Selector};
use crate::rules::{Cause, Context, repairs};
use crate::source::Place;
use crate::text::phrase;
use crate::yaml::Segment;

/// How many other places are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut found: BTreeMap<PolicyId, Vec<Found<'_>>> = BTreeMap::new();
    // What matches nothing for this reason alone.
    let mut broken: BTreeMap<PolicyId, Vec<Cause>> = BTreeMap::new();
    for (id, written, lowered) in context.policies() {
        let places = volatile(&lowered.subject.pods);
        let selector = &lowered.subject.pods;
        let places: Vec<_> = places
            .map(|it| Found::new(written.subject_selector().requirement(&it.key).entry(), it, selector))
            .collect();
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
            let mut places = volatile(&set.pods).map(|it| Found::new(place(&it.key), it, &set.pods)).peekable();
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

/// A label that changes, where a selector asks for it.
struct Found<'m> {
    place: Place,
    requirement: &'m Requirement,
    /// Whether the selector asks for others as well, so that it still means some pods without this one.
    is_one_of_several: bool,
}

impl<'m> Found<'m> {
    fn new(place: Place, requirement: &'m Requirement, selector: &Selector) -> Self {
        let is_one_of_several = volatile(selector).count() < selector.requirements().len();
        Self { place, requirement, is_one_of_several }
    }

    /// Whether it can be taken out by itself: an expression that goes away changes the places of those after it.
    fn is_removable(&self) -> bool {
        self.is_one_of_several && matches!(self.place.origin.path.last(), Some(Segment::Key(_)))
    }
}

/// The selectors without these labels: that changes no connection where the others select the same pods.
fn without(places: &[Found<'_>]) -> Option<Fix> {
    let remove = |found: &Found<'_>| Edit { at: found.place.origin.clone(), change: Change::Remove };
    let edits = places.iter().all(Found::is_removable).then(|| places.iter().map(remove).collect())?;
    repairs::fix(Safety::Neutral, if places.len() == 1 { "remove the label" } else { "remove the labels" }, edits)
}

fn report(context: &mut Context<'_>, policy: PolicyId, places: &[Found<'_>], broken: bool) {
    let (Some(written), Some((Found { place, .. }, others))) = (context.policy(policy), places.split_first()) else {
        return;
    };
    let mut keys: Vec<&str> = places.iter().map(|found| found.requirement.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    let message = format!("`{}` selects by {}, which changes with releases", written.object.name, phrase::list(keys));
    let about = context.cluster().subject(&written.object);
    let fix = without(places).filter(|_| written.network_policy().is_some());
    let draft = context.report(place.clone(), about, message);
    draft.fix(fix);
    draft.help("select by labels that stay, such as `app.kubernetes.io/name` and `app.kubernetes.io/instance`");
    if broken {
        draft.remark("matches no pod already");
    }
    for Found { place, .. } in others.iter().take(SHOWN) {
        draft.because(place.clone(), "here too");
    }
}
