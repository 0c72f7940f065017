//! Pods in Istio's ambient mode that admit the port of the mesh from more sources than any other port: through it, those
//! reach every port.

use std::collections::BTreeMap;

use crate::facts::in_force::{RuleAt, rules_of};
use crate::facts::mesh::{Mesh, TUNNEL, ends, leaves_out_tunnel, tunnel, tunnel_of};
use crate::net::Direction;
use crate::objects::{PolicyId, WorkloadId};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::text::phrase;

/// A rule, the place of the port of the mesh in it, and the pairs that it opens, each with the target first.
struct Opening<'m> {
    rule: RuleAt<'m>,
    port: usize,
    pairs: Vec<(WorkloadId, WorkloadId)>,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let mesh = Mesh::of(context.analysis());
    if mesh.is_empty() {
        return;
    }
    let mut open: BTreeMap<PolicyId, Opening<'_>> = BTreeMap::new();
    for rule in context.rules().filter(|rule| rule.at.direction == Direction::Ingress) {
        let Some(port) = tunnel_of(&rule.rule.ports) else { continue };
        let pairs = mesh.pairs(context.analysis(), &rule);
        let pairs: Vec<_> = pairs.into_iter().filter(|pair| is_opened_wider(context, &rule, *pair)).collect();
        if !pairs.is_empty() {
            open.entry(rule.at.policy).or_insert(Opening { rule, port, pairs });
        }
    }
    for opening in open.values() {
        report(context, opening);
    }
}

/// Whether the source may use no other port, while rules beside this one limit who may use which.
fn is_opened_wider(context: &Context<'_>, rule: &RuleAt<'_>, pair: (WorkloadId, WorkloadId)) -> bool {
    let (from, to) = ends(rule, pair);
    let reach = context.at_least();
    let ports = reach.ingress(from, to);
    ports.meets(&tunnel())
        && ports.difference(&tunnel()).is_empty()
        && !is_authorized(context, pair.0)
        && limiting(context, to).next().is_some()
}

/// The rules for ingress to a workload that name ports other than that of the mesh.
fn limiting<'m>(context: &Context<'m>, workload: Endpoint) -> impl Iterator<Item = RuleAt<'m>> {
    let isolating = context
        .at_least()
        .isolating(workload, Direction::Ingress)
        .filter_map(|id| Some(rules_of(id, context.policy(id)?)));
    let rules = isolating.flatten().filter(|rule| rule.at.direction == Direction::Ingress);
    rules.filter(|rule| leaves_out_tunnel(&rule.rule.ports)).collect::<Vec<_>>().into_iter()
}

/// Whether an AuthorizationPolicy of the namespace may limit what comes through the mesh.
fn is_authorized(context: &Context<'_>, workload: WorkloadId) -> bool {
    let Some(workload) = context.workload(workload) else { return false };
    let resources = context.cluster().custom_resources_in(workload.object.namespace);
    resources.iter().any(|resource| resource.kind == "AuthorizationPolicy")
}

fn report(context: &mut Context<'_>, Opening { rule, port, pairs }: &Opening<'_>) {
    let mut sources: Vec<WorkloadId> = pairs.iter().map(|(_, source)| *source).collect();
    let mut targets: Vec<WorkloadId> = pairs.iter().map(|(target, _)| *target).collect();
    for ids in [&mut sources, &mut targets] {
        ids.sort_unstable();
        ids.dedup();
    }
    let (from, to) = (phrase::list(context.names(&sources)), phrase::list(context.names(&targets)));
    let message = format!("TCP {TUNNEL} lets {from} reach every port of {to} through the mesh");
    let beside = targets.first().and_then(|target| limiting(context, Endpoint::Workload(*target)).next());
    let draft = context.report(
        rule.object.port_origin(rule.at.direction, rule.at.index, *port).entry(),
        context.subject(rule),
        message,
    );
    draft.remark("ports behind it are not limited");
    draft.help("admit this port from the sources of the other rules only, or write an AuthorizationPolicy");
    if let Some(beside) = beside {
        draft.because(
            beside.object.ports_origin(beside.at.direction, beside.at.index).key_only(),
            "limits ports, and not through the mesh",
        );
    }
}
