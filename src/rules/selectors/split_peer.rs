//! Two peers where one was meant: a dash before `podSelector` turns "these pods of those namespaces" into "all pods
//! of those namespaces, and these pods here".

use super::{labels_in_words, namespaces_in_words};
use crate::diagnostic::Severity;
use crate::facts::split_peers::{Pair, Split};
use crate::rules::Context;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for (pair, split) in context.facts().split_peers.iter() {
        report(context, pair, *split);
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
    let draft = context.report(pair.second.origin().entry(), about, message);
    draft.remark(remark);
    draft.because(pair.first.origin().entry(), "a peer of its own");
    draft.help("if both selectors are to hold at once, write them into one item, with one dash");
    if split == Split::Perhaps {
        draft.severity(Severity::Note);
    }
}
