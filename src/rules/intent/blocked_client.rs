//! A workload that names a Service in its settings, and may not connect to it.

use std::collections::{BTreeMap, BTreeSet};

use super::{SHOWN, restriction};
use crate::diagnostic::Confidence;
use crate::edit::Value;
use crate::facts::admission::{opens, responsible_policy};
use crate::facts::evidence::Mention;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::kinds::is_controller_label;
use crate::objects::{Match, Operator, PolicyId, Requirement, Workload, WorkloadId};
use crate::policy::dialect::PolicyObject;
use crate::policy::{Peer, RuleRef};
use crate::reach::Endpoint;
use crate::rules::explanations::wrong_ports_at;
use crate::rules::{Cause, Context, Left, repairs};
use crate::source::{Origin, Place};
use crate::text::phrase;

/// A Service that is named and cannot be reached.
struct Blocked<'m> {
    mention: Mention<'m>,
    target: WorkloadId,
    ports: PortSet,
    /// The side that blocks; egress, where both do.
    side: Direction,
    both: bool,
    /// What it may be a consequence of.
    explanations: Vec<Cause>,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    if context.cluster().policies.is_empty() {
        return;
    }
    let mut blocked: BTreeMap<(PolicyId, Direction), Vec<Blocked<'_>>> = BTreeMap::new();
    let mut denied: BTreeMap<(RuleRef, Direction), Vec<Blocked<'_>>> = BTreeMap::new();
    let mut unlabelled: BTreeMap<WorkloadId, Vec<(Blocked<'_>, Lack<'_>)>> = BTreeMap::new();
    for mut found in all_blocked(context) {
        if let Some(rule) = denier(context, &found) {
            denied.entry((rule, found.side)).or_default().push(found);
            continue;
        }
        found.explanations = explanations(context, &found);
        let client = found.mention.client;
        if let Some(lack) = missing_label(context, &found) {
            unlabelled.entry(client).or_default().push((found, lack));
            continue;
        }
        let isolated = if found.side == Direction::Egress { client } else { found.target };
        if let Some((policy, _)) = responsible_policy(context.analysis(), isolated, found.side) {
            blocked.entry((policy, found.side)).or_default().push(found);
        }
    }
    for ((rule, side), found) in denied {
        report_denied(context, rule, side, &found);
    }
    for found in unlabelled.into_values() {
        let (causes, explanations) = causes(found.iter().map(|(it, _)| it));
        context.claim_explained(causes, explanations, move |context, left| {
            if let Some((found, lack)) = found.iter().find(|(it, _)| it.is_left(left)) {
                report_label(context, found, lack);
            }
        });
    }
    for ((policy, side), mut found) in blocked {
        let (causes, explanations) = causes(&found);
        context.claim_explained(causes, explanations, move |context, left| {
            found.retain(|it| it.is_left(left));
            if !found.is_empty() {
                report(context, policy, side, &found);
            }
        });
    }
}

impl Blocked<'_> {
    fn is_left(&self, left: &Left) -> bool {
        self.explanations.iter().all(|cause| left.contains(cause))
    }
}

/// What blocked connections are about, and what they may be consequences of.
fn causes<'b, 'm: 'b>(blocked: impl IntoIterator<Item = &'b Blocked<'m>>) -> (Vec<Cause>, Vec<Cause>) {
    let (mut causes, mut explanations) = (Vec::new(), Vec::new());
    for it in blocked {
        causes.push(Cause::Connection(it.mention.client, it.target));
        explanations.extend_from_slice(&it.explanations);
    }
    (causes, explanations)
}

/// What a blocked connection may be a consequence of: a Service that is closed to everyone, a peer at one end whose
/// other end disagrees, a wrong port at either end.
fn explanations(context: &Context<'_>, found: &Blocked<'_>) -> Vec<Cause> {
    let (facts, client, target) = (context.facts(), found.mention.client, found.target);
    let service = &found.mention.service.object;
    let is_closed = found.side == Direction::Ingress
        && facts.unreachable.is_closed_by_its_policies(service.namespace, &service.name);
    let mut explanations: Vec<Cause> = is_closed.then(|| Cause::Field(service.origin.clone())).into_iter().collect();
    let one_sided = facts.one_sided.naming(context.analysis(), client, target);
    explanations.extend(one_sided.map(|it| Cause::Peer(it.rule, it.peer)));
    explanations.extend(wrong_ports_at(context, client, Direction::Egress, &[target]));
    explanations.extend(wrong_ports_at(context, target, Direction::Ingress, &[client]));
    explanations
}

/// Every mention whose Service the client cannot reach, in the order of the workloads.
fn all_blocked<'m>(context: &Context<'m>) -> Vec<Blocked<'m>> {
    // A ConfigMap that several workloads take whole is meant for some of them, and nobody knows for which.
    let mut served: BTreeSet<(&str, &Origin)> = BTreeSet::new();
    let mut blocked = Vec::new();
    for mention in context.facts().evidence.mentions() {
        match blocked_by(context, mention) {
            Some(found) => blocked.push(found),
            None => drop(mention.config_map().map(|name| served.insert((name, &mention.service.object.origin)))),
        }
    }
    blocked.retain(|it| {
        it.mention.config_map().is_none_or(|name| !served.contains(&(name, &it.mention.service.object.origin)))
    });
    blocked
}

/// What blocks a mention, where no workload behind the Service can be reached.
fn blocked_by<'m>(context: &Context<'m>, mention: Mention<'m>) -> Option<Blocked<'m>> {
    let (reach, client) = (context.at_most(), Endpoint::Workload(mention.client));
    let (mut first, mut leaves, mut enters) = (None, false, false);
    for (id, workload) in context.analysis().selected_by(mention.service) {
        let ports = mention.ports_on(workload);
        let egress = reach.egress(client, Endpoint::Workload(id)).intersection(&ports);
        let ingress = reach.ingress(client, Endpoint::Workload(id)).intersection(&ports);
        if ports.is_empty() || egress.meets(&ingress) {
            return None;
        }
        leaves |= !egress.is_empty();
        enters |= !ingress.is_empty();
        first = first.or(Some((id, ports)));
    }
    let (target, ports) = first?;
    let side = if leaves { Direction::Ingress } else { Direction::Egress };
    Some(Blocked { mention, target, ports, side, both: !leaves && !enters, explanations: Vec::new() })
}

/// A rule that would admit the pods of a Job if they had the labels that it asks for.
struct Lack<'m> {
    policy: &'m PolicyObject,
    peer: Origin,
    labels: Vec<&'m Requirement>,
}

/// The labels that the pods of a Job or CronJob lack to be admitted like other clients, if that is what is wrong.
fn missing_label<'m>(context: &Context<'m>, found: &Blocked<'_>) -> Option<Lack<'m>> {
    let client = context.workload(found.mention.client)?;
    if !client.runs_to_completion() {
        return None;
    }
    let target = context.workload(found.target)?;
    let policies = context.at_most().isolating(Endpoint::Workload(found.target), Direction::Ingress);
    let peers =
        policies.filter_map(|id| Some((context.policy(id)?, context.lowered(id)?))).flat_map(|(policy, lowered)| {
            let rules = lowered.ingress.iter().enumerate();
            let open = rules
                .filter(|(_, rule)| found.ports.ranges().any(|it| opens(&rule.ports, target, it.protocol, it.first)));
            open.flat_map(move |(rule, lowered)| {
                let peers = lowered.peers.listed().iter().enumerate();
                peers.map(move |(index, peer)| (policy, policy.peer_origin(Direction::Ingress, rule, index), peer))
            })
        });
    let lacks = peers.filter_map(|(policy, peer, of)| {
        let Peer::Pods(set) = of else { return None };
        let here =
            || context.analysis().namespaces_of(&set.namespaces).contains(&(client.object.namespace, Match::Yes));
        let labels: Vec<&Requirement> = client.failing(&set.pods).collect();
        // What a controller sets, nobody can add.
        let is_free = |key: &str| !client.pod_labels.contains_key(key) && !is_controller_label(key);
        let lacking = |it: &&Requirement| matches!(it.operator, Operator::In(_)) && is_free(&it.key);
        let admits_others = || !context.at_most().peer_workloads(of).is_empty();
        (!labels.is_empty() && labels.iter().all(lacking) && here() && admits_others()).then_some(Lack {
            policy,
            peer,
            labels,
        })
    });
    lacks.min_by_key(|lack| lack.labels.len())
}

fn report_label(context: &mut Context<'_>, found: &Blocked<'_>, lack: &Lack<'_>) {
    let Some(client) = context.workload(found.mention.client) else { return };
    let label = |it: &&Requirement| match &it.operator {
        Operator::In(values) => format!("{}: {}", it.key, values.first().map_or("", |value| value)),
        _ => it.key.to_string(),
    };
    let labels = phrase::list(lack.labels.iter().map(label));
    let (kind, name) = (&client.object.kind, &client.object.name);
    let service = service_name(context, found);
    let message = format!("{kind} `{name}` names Service `{service}`, but its pods lack {labels} to be admitted");
    let captured = capturing(context, client, lack);
    let on_object = lack.labels.iter().all(|it| it.holds(client.object.labels.get(&it.key)));
    let about = context.cluster().workload_subject(client);
    let draft = context.report(client.labels_origin.clone().key_only(), about, message);
    draft.confidence(Confidence::Likely);
    if on_object {
        draft.remark(format!("the label is on the {kind}, and not on its pods"));
    }
    draft.because(lack.peer.clone().entry(), format!("`{}` admits pods with {labels}", lack.policy.object.name));
    draft.because(found.mention.place.clone(), format!("{} names it", found.mention.by));
    draft.help(match captured {
        None => format!("add {labels} to `labels` of the pod template"),
        Some(service) => {
            format!("admit the labels of these pods too: with {labels}, Service `{service}` would send them requests")
        }
    });
}

/// A Service that would select the pods, had they these labels as well.
fn capturing<'m>(context: &Context<'m>, client: &Workload, lack: &Lack<'_>) -> Option<&'m str> {
    let mut labels = client.pod_labels.clone();
    for requirement in &lack.labels {
        if let Operator::In(values) = &requirement.operator {
            labels.extend(values.first().map(|value| (requirement.key.clone(), value.clone())));
        }
    }
    let services = context.cluster().services_in(client.object.namespace).iter();
    let selecting = services.filter(|service| {
        let selector = service.selector.as_ref();
        selector.is_some_and(|wanted| wanted.iter().all(|(key, value)| labels.get(key) == Some(value)))
            && !service.selects(client)
    });
    selecting.map(|service| service.object.name.as_str()).next()
}

/// The rule of an Admin or Baseline policy that denies the connection, if one does.
fn denier(context: &Context<'_>, found: &Blocked<'_>) -> Option<RuleRef> {
    let (client, target) = (Endpoint::Workload(found.mention.client), Endpoint::Workload(found.target));
    let (subject, remote) = match found.side {
        Direction::Egress => (client, target),
        Direction::Ingress => (target, client),
    };
    context.facts().admin.tiers.denier(found.side, subject, remote, &found.ports).map(|rule| rule.at)
}

fn report_denied(context: &mut Context<'_>, at: RuleRef, side: Direction, found: &[Blocked<'_>]) {
    let rules = context.facts().admin.tiers.rules(side);
    let Some(rule) = rules.iter().find(|rule| rule.at == at) else { return };
    let clients: BTreeSet<WorkloadId> = found.iter().map(|it| it.mention.client).collect();
    let services: BTreeSet<String> = found.iter().map(|it| service_name(context, it)).collect();
    let ports = found.iter().fold(PortSet::default(), |set, it| set.union(&it.ports));
    let (who, targets) = (phrase::list(context.names(&clients)), phrase::list(&services));
    let (name, noun) =
        (if clients.len() == 1 { "names" } else { "name" }, if services.len() == 1 { "Service" } else { "Services" });
    let message = format!("{who} {name} {noun} {targets}, which {} denies on {ports}", rule.title());
    let about = context.cluster().subject(&rule.object.object);
    let mentions: BTreeMap<&Place, String> = found
        .iter()
        .map(|it| (it.mention.place, format!("{} names `{}`", it.mention.by, service_name(context, it))))
        .collect();
    let draft = context.report(rule.action_place(), about, message);
    for (place, words) in mentions.into_iter().take(SHOWN) {
        draft.because(place.clone(), words);
    }
    draft.help("accept or pass the connection in a rule before it: a NetworkPolicy cannot override it");
}

fn report(context: &mut Context<'_>, policy: PolicyId, side: Direction, found: &[Blocked<'_>]) {
    let Some(written) = context.policy(policy) else { return };
    let clients: BTreeSet<WorkloadId> = found.iter().map(|it| it.mention.client).collect();
    let services: BTreeSet<String> = found.iter().map(|it| service_name(context, it)).collect();
    let ports = found.iter().fold(PortSet::default(), |set, it| set.union(&it.ports));
    let who = phrase::list(context.names(&clients));
    let (name, them, their) = if clients.len() == 1 { ("names", "it", "its") } else { ("name", "them", "their") };
    let noun = if services.len() == 1 { "Service" } else { "Services" };
    let targets = phrase::list(&services);
    let message = match side {
        Direction::Egress => format!("{who} {name} {noun} {targets}, which {their} egress does not permit on {ports}"),
        Direction::Ingress => format!("{who} {name} {noun} {targets}, whose ingress does not admit {them} on {ports}"),
    };
    let mentions: BTreeMap<&Place, String> = found
        .iter()
        .map(|it| (it.mention.place, format!("{} names `{}`", it.mention.by, service_name(context, it))))
        .collect();
    let about = context.cluster().subject(&written.object);
    let (place, words) = restriction(written, side);
    let ids: Vec<WorkloadId> = match side {
        Direction::Egress => clients.into_iter().collect(),
        Direction::Ingress => found.iter().map(|it| it.target).collect(),
    };
    let refused = context.refused(side, &ids);
    let policies = policies(context, written, side, found);
    let yaml = policies.as_ref().map(|policies| repairs::with_policies("permit the connection", policies));
    let title = "add policies that permit the connection";
    let fix = policies.and_then(|policies| repairs::add_policies(title, &written.object.origin, policies));
    let draft = context.report(place, about, message);
    draft.fix(fix);
    // That it names the Service does not prove that it connects to it.
    draft.confidence(Confidence::Likely).key(side.field()).because_of(refused);
    draft.remark(words);
    for (place, words) in mentions.into_iter().take(SHOWN) {
        draft.because(place.clone(), words);
    }
    draft.help(yaml.unwrap_or_else(|| match side {
        Direction::Egress if found.iter().any(|it| it.both) => {
            format!("permit {ports} `to` the pods of {targets}, and let these admit {who}")
        }
        Direction::Egress => format!("permit {ports} `to` the pods of {targets}, by their labels"),
        Direction::Ingress => format!("admit {who} on {ports}, by a `podSelector` for {their} labels"),
    }));
}

/// The policies that permit the connection which a workload asks for: at the side that blocks, or at both. `None` where
/// several are blocked, or the pods have no labels to name them by.
fn policies(context: &Context<'_>, like: &PolicyObject, side: Direction, found: &[Blocked<'_>]) -> Option<Vec<Value>> {
    let [Blocked { mention, target, ports, both, .. }] = found else { return None };
    let (client, target) = (context.workload(mention.client)?, context.workload(*target)?);
    let at = |direction: Direction| {
        let ends = if direction == Direction::Egress { (client, target) } else { (target, client) };
        repairs::policy_between(context, like, ends, &[direction], ports)
    };
    let sides = if *both { vec![side, side.opposite()] } else { vec![side] };
    sides.into_iter().map(at).collect()
}

/// The Service as the client calls it: with its namespace, where that is another.
fn service_name(context: &Context<'_>, found: &Blocked<'_>) -> String {
    let object = &found.mention.service.object;
    let own = context.workload(found.mention.client).map(|it| it.object.namespace);
    match own == Some(object.namespace) {
        true => object.name.to_string(),
        false => format!("{}/{}", context.cluster().namespace_name(object.namespace), object.name),
    }
}
