//! What distinguishes findings about the rules, peers and ports of one policy: what the manifests say there, whatever
//! its order.

use crate::analysis::Analysis;
use crate::objects::{Operator, Selector};
use crate::policy::{NamespaceSet, Peer, PortMatch, RuleRef};
use crate::rules::Cause;

/// A rule with thousands of peers is told by those that come first.
const LONGEST: usize = 1_000;

/// The keys of causes. What a rule that several findings in a row are about says is put into words once.
#[derive(Default)]
pub(super) struct Keys {
    peers: Option<(RuleRef, String)>,
    ports: Option<(RuleRef, String)>,
}

impl Keys {
    /// What distinguishes findings about this cause from others about the same field of the same object.
    pub(super) fn of(&mut self, analysis: &Analysis, cause: &Cause) -> Vec<String> {
        let (at, peer, port) = match cause {
            Cause::Rule(at) | Cause::Opening(at, None, _) => (at, None, None),
            Cause::Peer(at, peer) | Cause::Exception(at, peer) | Cause::Opening(at, Some(peer), _) => {
                (at, Some(*peer), None)
            }
            Cause::Port(at, port) => (at, None, Some(*port)),
            _ => return Vec::new(),
        };
        let rule = analysis.lowered(at.policy).and_then(|policy| policy.rules(at.direction).get(at.index));
        let Some(rule) = rule else { return Vec::new() };
        let own_peer = peer.and_then(|peer| rule.peers.listed().get(peer)).map(of_peer);
        let own_port = port.and_then(|port| rule.ports.listed().get(port)).map(of_port);
        // A rule may have very many peers: they are only put into words where the finding is about all of them.
        let peers = || list(rule.peers.listed().iter().map(of_peer));
        let ports = || list(rule.ports.listed().iter().map(of_port));
        vec![
            own_peer.unwrap_or_else(|| of_rule(&mut self.peers, *at, peers)),
            own_port.unwrap_or_else(|| of_rule(&mut self.ports, *at, ports)),
        ]
    }
}

/// The words about a rule, which are those of the last time if it was the same one.
fn of_rule(latest: &mut Option<(RuleRef, String)>, at: RuleRef, words: impl FnOnce() -> String) -> String {
    let known = latest.take().filter(|(rule, _)| *rule == at);
    latest.insert(known.unwrap_or_else(|| (at, words()))).1.clone()
}

/// Several words in an order that does not depend on the manifest's.
fn list(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort_unstable();
    let mut text = String::new();
    for word in words {
        if text.len() > LONGEST {
            break;
        }
        text.push_str(&word);
        text.push(';');
    }
    text
}

fn of_peer(peer: &Peer) -> String {
    match peer {
        Peer::Pods(set) => {
            let namespaces = match &set.namespaces {
                NamespaceSet::One(_) => String::new(),
                NamespaceSet::Matching(selector) => format!("{}/", of_selector(selector)),
            };
            format!("{namespaces}{}", of_selector(&set.pods))
        }
        Peer::Block { cidr, except } => {
            format!("{cidr} except {}", list(except.iter().map(ToString::to_string)))
        }
        _ => String::new(),
    }
}

fn of_port(port: &PortMatch) -> String {
    match port {
        PortMatch::Protocol(protocol) => protocol.to_string(),
        PortMatch::Range { protocol, first, last } => format!("{protocol} {first}-{last}"),
        PortMatch::Named { protocol, name } => {
            format!("{} {name}", protocol.map_or(String::new(), |it| it.to_string()))
        }
        _ => String::new(),
    }
}

/// A selector, whose requirements are in order already.
pub(super) fn of_selector(selector: &Selector) -> String {
    list(selector.requirements().iter().map(|requirement| {
        let key = &requirement.key;
        match &requirement.operator {
            Operator::In(values) => format!("{key}={}", values.join(",")),
            Operator::NotIn(values) => format!("{key}!={}", values.join(",")),
            Operator::Exists => key.to_string(),
            Operator::DoesNotExist => format!("!{key}"),
            Operator::StartsWith(start) => format!("{key}={start}*"),
            Operator::EndsWith(end) => format!("{key}=*{end}"),
            Operator::Contains(part) => format!("{key}=*{part}*"),
        }
    }))
}
