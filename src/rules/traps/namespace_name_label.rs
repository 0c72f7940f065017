//! Namespaces selected by a label `name` that they do not have: the label which every namespace has is
//! `kubernetes.io/metadata.name`.

use std::collections::BTreeMap;

use crate::diagnostic::Severity;
use crate::edit::Safety;
use crate::facts::namespace_labels::{Mistake, mistake};
use crate::facts::peers::PeerAt;
use crate::objects::{NAME_LABEL, Selector};
use crate::policy::NamespaceSet;
use crate::rules::{Cause, Context, repairs};
use crate::text::phrase;

/// How many other places with the same mistake are shown.
const SHOWN: usize = 3;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mut selectors: BTreeMap<&Selector, Vec<PeerAt<'_>>> = BTreeMap::new();
    for peer in context.peers() {
        if let Some(NamespaceSet::Matching(selector)) = peer.pods().map(|set| &set.namespaces) {
            selectors.entry(selector).or_default().push(peer);
        }
    }
    for (selector, peers) in selectors {
        if let Some(mistake) = mistake(context.analysis(), selector) {
            let causes = peers.iter().map(|peer| Cause::Peer(peer.rule_ref(), peer.index)).collect();
            context.claim(causes, move |context, _| report(context, &mistake, &peers));
        }
    }
}

fn report(context: &mut Context<'_>, mistake: &Mistake<'_>, peers: &[PeerAt<'_>]) {
    let Some((first, others)) = peers.split_first() else { return };
    let key = &mistake.requirement.key;
    let names = phrase::list(mistake.names);
    let policy = &first.written.object.name;
    let message = match mistake.declared {
        Some(_) => format!("`{policy}` selects namespace {names} by its label `{key}`, which it does not have"),
        None => format!("`{policy}` selects namespace {names} by its label `{key}`, which it may not have"),
    };
    let about = context.cluster().subject(&first.written.object);
    let selector = first.selector("namespaceSelector");
    let cause = Cause::Peer(first.rule_ref(), first.index);
    let draft = context.report_because(cause, selector.requirement(key).entry(), about, message);
    let title = match mistake.names {
        [name] => format!("write `{NAME_LABEL}: {name}`"),
        _ => format!("write `{NAME_LABEL}`"),
    };
    let label = (NAME_LABEL, mistake.names.first().map_or("", |name| name));
    let relabelled = peers
        .iter()
        .map(|peer| repairs::relabel(peer.selector("namespaceSelector").requirement(key), mistake.requirement, label));
    // Without the manifest of the namespace, the label may be there.
    let safety = if mistake.declared.is_some() { Safety::Reference } else { Safety::Unsafe };
    let edits = relabelled.collect::<Option<Vec<_>>>().unwrap_or_default();
    draft.help(format!("{title}, which is always there")).fix(repairs::fix(safety, title, edits));
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
