//! A rule that permits what nothing in the input asks for.

use std::collections::BTreeSet;

use super::SHOWN;
use crate::facts::evidence::{Explained, Side, is_dns, requests, rule_ports};
use crate::facts::in_force::RuleAt;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::WorkloadId;
use crate::policy::{Peer, Peers};
use crate::reach::{Endpoint, External};
use crate::rules::{Cause, Context};
use crate::text::phrase;

/// How many pairs of workloads are looked at for one rule: enough for any rule that people wrote for an application, and
/// a bound for the others.
const LOOKED_AT: usize = 10_000;

/// What is asked for of a rule, and what is not.
#[derive(Default)]
struct Use {
    /// The workloads at the far end that are asked for, and the ports.
    peers: BTreeSet<WorkloadId>,
    ports: PortSet,
    /// Whether others than workloads are asked for.
    others: bool,
    /// The workloads at the far end that are not, or not on all ports, and those ports.
    idle: BTreeSet<WorkloadId>,
    idle_ports: PortSet,
    /// Whether others than workloads are not asked for.
    idle_others: bool,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let asked = requests(context.analysis(), &context.facts().evidence);
    let explained = Explained::new(context.analysis(), &asked.connections);
    let rules: Vec<RuleAt<'_>> =
        context.rules().filter(|rule| rule.network_policy().is_some() && !is_dns(context.analysis(), rule)).collect();
    for rule in rules {
        let found = use_of(context, &explained, &rule);
        if !found.idle_ports.is_empty() || found.idle_others {
            report(context, &rule, &found);
        }
    }
}

fn use_of(context: &Context<'_>, explained: &Explained<'_>, rule: &RuleAt<'_>) -> Use {
    let mut found = Use::default();
    let subjects: Vec<WorkloadId> = context.at_least().selected(rule.at.policy).collect();
    match &rule.rule.peers {
        Peers::Everyone => subjects.iter().for_each(|subject| found.add_everyone(context, explained, rule, *subject)),
        Peers::Of(peers) => {
            for peer in peers {
                found.add_peer(context, explained, rule, &subjects, peer);
            }
        }
    }
    found
}

impl Use {
    /// What one peer permits.
    fn add_peer(
        &mut self,
        context: &Context<'_>,
        explained: &Explained<'_>,
        rule: &RuleAt<'_>,
        subjects: &[WorkloadId],
        peer: &Peer,
    ) {
        let direction = rule.at.direction;
        let side = |subject| match direction {
            Direction::Ingress => explained.to(subject),
            Direction::Egress => explained.from(subject),
        };
        if let Peer::Block { cidr, except } = peer {
            let block = AddressSet::block(cidr).difference(&AddressSet::from_blocks(except));
            for subject in subjects {
                self.add_block(context, side(*subject), rule, *subject, &block);
            }
            return;
        }
        let Peer::Pods(_) = peer else { return };
        let others = context.at_least().peer_workloads(peer);
        if others.is_empty() {
            // Pods that the input does not show may be whoever is asked for and not shown.
            for subject in subjects {
                let asked = side(*subject).map(asked_of_pods).unwrap_or_default();
                let own = (direction == Direction::Ingress).then_some(*subject);
                let ports = rule_ports(context.analysis(), &rule.rule.ports, own).unwrap_or_else(PortSet::all);
                self.add_others(&ports, &asked);
            }
            return;
        }
        let pairs = subjects.iter().flat_map(|subject| others.iter().map(move |other| (*subject, *other)));
        for (subject, other) in pairs.filter(|(subject, other)| subject != other).take(LOOKED_AT) {
            let (from, to) = match direction {
                Direction::Ingress => (other, subject),
                Direction::Egress => (subject, other),
            };
            let ports = rule_ports(context.analysis(), &rule.rule.ports, Some(to)).unwrap_or_else(PortSet::all);
            let permitted = context.at_least().ports(Endpoint::Workload(from), Endpoint::Workload(to));
            let permitted = permitted.intersection(&ports);
            let asked = explained.between(from, to).intersection(&ports);
            let idle = permitted.difference(&asked);
            if !asked.is_empty() {
                self.peers.insert(other);
                self.ports = self.ports.union(&asked);
            }
            if !idle.is_empty() {
                self.idle.insert(other);
                self.idle_ports = self.idle_ports.union(&idle);
            }
        }
    }

    fn add_block(
        &mut self,
        context: &Context<'_>,
        side: Option<&Side>,
        rule: &RuleAt<'_>,
        subject: WorkloadId,
        block: &AddressSet,
    ) {
        let direction = rule.at.direction;
        let own = (direction == Direction::Ingress).then_some(subject);
        let ports = rule_ports(context.analysis(), &rule.rule.ports, own).unwrap_or_else(PortSet::all);
        let none = Side::default();
        for External { addresses, ports: open } in context.at_least().external(Endpoint::Workload(subject), direction) {
            let entry = External { addresses: addresses.intersection(block), ports: open.intersection(&ports) };
            if entry.addresses.is_empty() || entry.ports.is_empty() {
                continue;
            }
            let left = side.unwrap_or(&none).excess(entry.clone());
            let idle = left.iter().fold(PortSet::default(), |set, it| set.union(&it.ports));
            let is_asked = left.len() != 1 || left.first() != Some(&entry);
            self.others |= is_asked;
            if is_asked {
                self.ports = self.ports.union(&entry.ports.difference(&idle));
            }
            self.idle_others |= !idle.is_empty();
        }
    }

    /// A rule that is for everyone.
    fn add_everyone(
        &mut self,
        context: &Context<'_>,
        explained: &Explained<'_>,
        rule: &RuleAt<'_>,
        subject: WorkloadId,
    ) {
        let is_ingress = rule.at.direction == Direction::Ingress;
        let side = if is_ingress { explained.to(subject) } else { explained.from(subject) };
        let asked = side.map(|side| {
            let world =
                side.addresses.iter().filter(|(addresses, _)| addresses.blocks().iter().any(|it| it.prefix_len() == 0));
            world.fold(side.anyone.clone(), |set, (_, ports)| set.union(ports))
        });
        let own = is_ingress.then_some(subject);
        let ports = rule_ports(context.analysis(), &rule.rule.ports, own).unwrap_or_else(PortSet::all);
        self.add_others(&ports, &asked.unwrap_or_default());
    }

    fn add_others(&mut self, ports: &PortSet, asked: &PortSet) {
        let asked = ports.intersection(asked);
        self.others |= !asked.is_empty();
        self.idle_others |= asked != *ports;
        self.ports = self.ports.union(&asked);
    }
}

/// The ports on which pods that the input does not show are asked for.
fn asked_of_pods(side: &Side) -> PortSet {
    let pods = side.pods.iter().fold(side.anyone.union(&side.controller), |set, (_, ports)| set.union(ports));
    pods.clone()
}

fn report(context: &mut Context<'_>, rule: &RuleAt<'_>, found: &Use) {
    let name = &rule.object.object.name;
    let verb = match rule.at.direction {
        Direction::Ingress => "admits",
        Direction::Egress => "permits egress to",
    };
    let peers = |ids: &BTreeSet<WorkloadId>| {
        let shown: Vec<&str> = context.names(ids.iter().take(SHOWN));
        let more = ids.len().saturating_sub(shown.len());
        if more > 0 { format!("{} and {more} more", phrase::list(shown)) } else { phrase::list(shown) }
    };
    let idle = match (found.idle.is_empty(), found.idle_others) {
        (false, _) => format!("{} on {}", peers(&found.idle), found.idle_ports),
        (true, _) => "others".to_owned(),
    };
    let message = format!("`{name}` {verb} {idle}, which nothing in the input asks for");
    let help = match (found.peers.is_empty(), found.others) {
        (true, false) => "delete the rule, or write an expectation that says what it is for".to_owned(),
        (true, true) => format!("limit it to {} and to the peers that are needed there", found.ports),
        (false, _) => format!("limit it to {} on {}", peers(&found.peers), found.ports),
    };
    let place = rule.origin().entry();
    context.report_because(Cause::Rule(rule.at), place, context.subject(rule), message).help(help);
}
