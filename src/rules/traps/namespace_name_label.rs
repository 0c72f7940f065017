//! Namespaces sought by a label `name` that they do not have: the label which every namespace has is
//! `kubernetes.io/metadata.name`.

use smol_str::SmolStr;
use std::collections::BTreeMap;

use crate::diagnostic::Severity;
use crate::objects::{NAME_LABEL, Namespace, Operator, Requirement, Selector};
use crate::policy::NamespaceSet;
use crate::rules::Context;
use crate::rules::nearest::slip;
use crate::rules::peers::PeerAt;
use crate::text::phrase;

/// How many other places with the same mistake are shown.
const SHOWN: usize = 3;

/// Keys that people take for the label of a namespace's name.
const MISTAKEN: [&str; 8] = [
    "name",
    "namespace",
    "ns",
    "metadata.name",
    "namespace-name",
    "kubernetes.io/name",
    "kubernetes.io/namespace",
    "metadata.kubernetes.io/name",
];

/// A requirement that asks for names of namespaces under the wrong label.
struct Mistake<'m> {
    requirement: &'m Requirement,
    names: &'m [SmolStr],
    /// The manifest of the namespace that was meant, which does not have the label.
    declared: Option<&'m Namespace>,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut selectors: BTreeMap<&Selector, Vec<PeerAt<'_>>> = BTreeMap::new();
    for peer in context.peers() {
        if let Some(NamespaceSet::Matching(selector)) = peer.pods().map(|set| &set.namespaces) {
            selectors.entry(selector).or_default().push(peer);
        }
    }
    for (selector, peers) in selectors {
        if let Some(mistake) = mistake(context, selector) {
            report(context, &mistake, &peers);
        }
    }
}

/// Whether this rule has something to say of a selector of namespaces, so that others need not.
pub(in crate::rules) fn speaks_of<'m>(context: &Context<'m>, selector: &'m Selector) -> bool {
    mistake(context, selector).is_some()
}

fn mistake<'m>(context: &Context<'m>, selector: &'m Selector) -> Option<Mistake<'m>> {
    let namespaces = &context.cluster().namespaces;
    selector.requirements().iter().find_map(|requirement| {
        let Operator::In(names) = &requirement.operator else { return None };
        let key = requirement.key.as_str();
        let mut manifests = namespaces.iter().filter(|namespace| namespace.manifest.is_some());
        if key == NAME_LABEL || manifests.clone().any(|it| requirement.holds(it.labels.get(key))) {
            return None;
        }
        let mistaken = MISTAKEN.contains(&key) || slip(key, NAME_LABEL).is_some_and(|distance| distance < 5);
        let in_use = manifests.clone().any(|it| it.labels.contains_key(key));
        let declared = manifests.find(|namespace| names.iter().any(|name| *name == namespace.name));
        (mistaken || declared.is_some() && !in_use).then_some(Mistake { requirement, names, declared })
    })
}

fn report(context: &mut Context<'_>, mistake: &Mistake<'_>, peers: &[PeerAt<'_>]) {
    let Some((first, others)) = peers.split_first() else { return };
    let key = &mistake.requirement.key;
    let names = phrase::list(mistake.names);
    let policy = &first.written.object.name;
    let message = match mistake.declared {
        Some(_) => format!("`{policy}` seeks namespace {names} by its label `{key}`, which it does not have"),
        None => format!("`{policy}` seeks namespace {names} by its label `{key}`, which it may not have"),
    };
    let about = context.cluster().subject(&first.written.object);
    let selector = first.selector("namespaceSelector");
    let draft = context.report(selector.requirement(key).entry(), about, message);
    draft.help(match mistake.names {
        [name] => format!("write `{NAME_LABEL}: {name}`, which is always there"),
        _ => format!("write `{NAME_LABEL}`, which is always there"),
    });
    match mistake.declared.and_then(|namespace| Some((namespace, namespace.manifest.clone()?))) {
        Some((namespace, manifest)) => {
            let words = format!("namespace `{}` has no label `{key}`", namespace.name);
            draft.because(manifest.keys(["metadata", "name"]).value(), words);
        }
        None => {
            draft.severity(Severity::Note);
        }
    }
    for other in others.iter().take(SHOWN) {
        let place = other.selector("namespaceSelector").requirement(key).entry();
        draft.because(place, format!("`{}` asks for it too", other.written.object.name));
    }
}
