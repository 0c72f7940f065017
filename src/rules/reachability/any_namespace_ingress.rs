//! A peer that means to let other namespaces in, and lets in every pod of the cluster.

use super::opening::{self, Opening};
use crate::diagnostic::Severity;
use crate::facts::openings::Use;
use crate::facts::peers::PeerAt;
use crate::net::Direction;
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check<'m>(context: &mut Context<'m>) {
    let is_open = |peer: &PeerAt<'m>| {
        let any_pod = Endpoint::UnknownNamespace;
        peer.direction == Direction::Ingress
            && peer.pods().is_some()
            && context.at_least().peer_admits(peer.peer, any_pod)
    };
    let open: Vec<PeerAt<'m>> = context.peers().filter(is_open).collect();
    if open.is_empty() {
        return;
    }
    let openings = &context.facts().openings;
    for peer in open {
        if is_closed(context, &peer) {
            continue;
        }
        let Some(lowered) = context.lowered(peer.policy) else { continue };
        let severity = |used| match used {
            Use::Meant | Use::Metrics => None,
            Use::Webhook | Use::Shared => Some(Severity::Note),
            Use::Other => Some(Severity::Warning),
        };
        if let Some(workloads) = openings.of_rule(context.analysis(), (peer.policy, lowered), peer.of, severity) {
            let at = (peer.rule_ref(), Some(peer.index));
            opening::claim(context, at, workloads, move |context, cause, opening| {
                report(context, &peer, cause, &opening);
            });
        }
    }
}

/// Whether other policies keep any pod of the cluster out all the same: an Admin policy that denies it.
fn is_closed(context: &Context<'_>, peer: &PeerAt<'_>) -> bool {
    let mut workloads = context.at_most().selected(peer.policy).map(Endpoint::Workload).peekable();
    let admits = |workload| !context.at_most().ingress(Endpoint::UnknownNamespace, workload).is_empty();
    !context.facts().admin.is_empty() && workloads.peek().is_some() && !workloads.any(admits)
}

fn report(context: &mut Context<'_>, peer: &PeerAt<'_>, cause: &Cause, opening: &Opening) {
    let name = &peer.written.object.name;
    let which = match opening.workloads.as_slice() {
        [] => "the pods that it selects".to_owned(),
        workloads => phrase::list(context.names(workloads)),
    };
    let message = format!("`{name}` admits every pod of the cluster to {which}");
    let about = context.cluster().subject(&peer.written.object);
    let place = peer.origin().key("namespaceSelector").entry();
    let draft = context.report_because(cause.clone(), place, about, message);
    draft.severity(opening.severity);
    draft.help("name the namespaces by their labels, for example `kubernetes.io/metadata.name`");
}
