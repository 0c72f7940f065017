//! A peer that means to let other namespaces in, and lets in every pod of the cluster.

use super::opening::{self, Opening};
use crate::diagnostic::Severity;
use crate::facts::in_force::{RulePeer, allowing_rules};
use crate::facts::openers::Openers;
use crate::facts::openings::Use;
use crate::facts::world::OUTSIDE;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::policy::dialect::Dialect;
use crate::policy::{Peer, PolicyObject};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};
use crate::text::phrase;

pub(in crate::rules) fn check<'m>(context: &mut Context<'m>) {
    let ingress = allowing_rules(context.analysis()).filter(|rule| rule.at.direction == Direction::Ingress);
    let peers = ingress.flat_map(|rule| rule.peers());
    let open: Vec<RulePeer<'m>> = peers.filter(|peer| is_open(context, peer.peer)).collect();
    if open.is_empty() {
        return;
    }
    let openings = &context.facts().openings;
    let mut openers = Openers::new(context.analysis(), PortSet::all());
    for peer in open {
        let severity = |used| match used {
            Use::Meant | Use::Metrics => None,
            Use::Webhook | Use::Shared => Some(Severity::Note),
            Use::Other => Some(Severity::Warning),
        };
        let (at, policy) = (peer.rule.at, (peer.rule.at.policy, peer.rule.lowered));
        let workloads = openings.of_rule(context.analysis(), policy, peer.rule.rule, severity);
        let any_pod = Endpoint::UnknownNamespace;
        let opened = |workloads| opening::opened(context, &mut openers, &peer.rule, workloads, any_pod);
        if let Some(workloads) = workloads.and_then(opened) {
            opening::claim(context, (at, Some(peer.index)), workloads, move |context, cause, opening| {
                report(context, &peer, cause, &opening);
            });
        }
    }
}

/// Whether a peer admits pods, whichever they are, and no address outside.
fn is_open(context: &Context<'_>, peer: &Peer) -> bool {
    let reach = context.at_least();
    let mut names_pods = false;
    peer.visit(&mut |leaf| names_pods |= matches!(leaf, Peer::Pods(_)));
    let admits_outside = || OUTSIDE.iter().any(|&it| reach.peer_admits(peer, Endpoint::External(it)));
    names_pods
        && reach.peer_admits(peer, Endpoint::UnknownNamespace)
        && (matches!(peer, Peer::Pods(_)) || !admits_outside())
}

fn report(context: &mut Context<'_>, peer: &RulePeer<'_>, cause: &Cause, opening: &Opening) {
    let object = peer.rule.object;
    let which = match opening.workloads.as_slice() {
        [] => "the pods that it selects".to_owned(),
        workloads => phrase::list(context.names(workloads)),
    };
    let message = format!("`{}` admits every pod of the cluster to {which}", object.object.name);
    let about = context.cluster().subject(&object.object);
    let isolated = opening::isolated_in_vain(context, object, opening);
    let draft = context.report_because(cause.clone(), peer.place(), about, message);
    draft.severity(opening.severity);
    draft.because_of(isolated);
    draft.help(help(object));
}

fn help(object: &PolicyObject) -> &'static str {
    match &object.dialect {
        Dialect::Cilium(_) => "name the sources by `fromEndpoints`, each with its `k8s:io.kubernetes.pod.namespace`",
        Dialect::Calico(_) => {
            "name the namespaces, for example by `namespaceSelector: projectcalico.org/name == 'payments'`"
        }
        _ => "name the namespaces by their labels, for example `kubernetes.io/metadata.name`",
    }
}
