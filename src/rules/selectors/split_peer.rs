//! Two peers where one was meant: a dash before `podSelector` turns "these pods of those namespaces" into "all pods
//! of those namespaces, and these pods here".

use super::{labels_in_words, namespaces_in_words};
use crate::diagnostic::Confidence;
use crate::edit::{Change, Fix, Safety};
use crate::facts::peers::PeerAt;
use crate::facts::split_peers::{Pair, Split};
use crate::rules::key::of_selector;
use crate::rules::{Cause, Context, repairs};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for (pair, split) in context.facts().split_peers.iter() {
        let of_peer = |peer: &PeerAt<'_>| Cause::Peer(peer.rule_ref(), peer.index);
        let causes = match split {
            Split::NoneHere => vec![of_peer(&pair.first), of_peer(&pair.second)],
            // The pods of the own namespace may be those of no workload for another reason.
            Split::Redundant => vec![of_peer(pair.of_namespaces())],
            // Both may be meant as they stand.
            Split::Perhaps => Vec::new(),
        };
        context.claim(causes, move |context, _| report(context, pair, *split));
    }
}

fn report(context: &mut Context<'_>, pair: &Pair<'_>, split: Split) {
    let written = pair.first.written;
    let (who, pods) = (namespaces_in_words(pair.namespaces), labels_in_words(&pair.pods.pods));
    let message = format!("`{}` admits all of {who}, not only {pods}", written.object.name);
    let own = context.cluster().namespace_name(written.object.namespace).to_owned();
    let remark = match split {
        Split::NoneHere => format!("the dash makes this a second peer: pods of `{own}`, which has none"),
        Split::Redundant => "the dash makes this a second peer, which adds nothing".to_owned(),
        Split::Perhaps => format!("the dash makes this a second peer: pods of `{own}`"),
    };
    let about = context.cluster().subject(&written.object);
    let namespaces = pair.of_namespaces();
    let cause = Cause::Peer(namespaces.rule_ref(), namespaces.index);
    let fix = repairs::selector(&pair.pods.pods).map(|pods| {
        let (kept, dropped) = (namespaces.origin(), pair.of_pods().origin());
        let add = Change::Insert { key: "podSelector".to_owned(), value: pods, after: Some("namespaceSelector") };
        let title = "write both selectors into one item";
        Fix::new(Safety::Unsafe, title, kept, add).and(dropped, Change::Remove)
    });
    let draft = context.report_because(cause, pair.second.origin().entry(), about, message);
    draft.fix(fix);
    draft.key(of_selector(&pair.pods.pods));
    draft.remark(remark);
    draft.because(pair.first.origin().entry(), "a peer of its own");
    draft.help("if both selectors are to hold at once, write them into one item, with one dash");
    if split == Split::Perhaps {
        draft.confidence(Confidence::Guess);
    }
}
