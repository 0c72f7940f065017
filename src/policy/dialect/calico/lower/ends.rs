//! The ends of rules.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::super::scope::Selected;
use super::super::written::{Entity, ServiceName};
use super::labels::{Of, all_of, condition, is_never, negated, pods_with};
use crate::objects::{NAME_LABEL, NamespaceId, Operator, Requirement, Selector};
use crate::policy::{AddressGroups, Condition, NamespaceSet, Peer, Peers, Services, WhichServices};

/// The far end of a rule. Where a rule is for one IP version, so are its ends.
pub(super) fn peers(entity: &Entity, selected: &Selected, ip_version: Option<u8>, has_sets: bool) -> Peers {
    if let Some(service) = &entity.service {
        return Peers::Of(behind(service).map(|services| Peer::Services(Box::new(services))).into_iter().collect());
    }
    let mut parts = parts(entity, selected, has_sets);
    if let Some(version) = ip_version.filter(|_| entity.nets.is_empty()) {
        parts.push(vec![Peer::Block { cidr: every_address(version), except: Vec::new() }]);
    }
    match parts.len() {
        0 => Peers::Everyone,
        1 => Peers::Of(parts.pop().unwrap_or_default()),
        _ => Peers::Of(vec![Peer::All(parts.into_iter().map(any).collect())]),
    }
}

/// The pods that a policy selects for which a rule is; `None` where that is all of them.
pub(super) fn subject(entity: &Entity, selected: &Selected, has_sets: bool) -> Option<Box<Peer>> {
    let mut parts = parts(entity, selected, has_sets);
    Some(Box::new(match parts.len() {
        0 => return None,
        1 => any(parts.pop().unwrap_or_default()),
        _ => Peer::All(parts.into_iter().map(any).collect()),
    }))
}

/// The endpoints of a Service; `None` where it names no namespace, so that nothing matches.
pub(super) fn behind(service: &ServiceName) -> Option<Services> {
    if service.namespace.is_empty() {
        return None;
    }
    let own = Requirement { key: NAME_LABEL.into(), operator: Operator::In(vec![service.namespace.clone()]) };
    Some(Services {
        namespaces: NamespaceSet::Matching(Selector::new(vec![own])),
        which: WhichServices::Named(service.name.clone()),
        // Where the input does not have it, it may be anywhere.
        missing: Box::new(Peer::Perhaps(Box::new(Peer::Everyone))),
    })
}

/// What an end asks for, each of which must hold; each is a union.
fn parts(entity: &Entity, selected: &Selected, has_sets: bool) -> Vec<Vec<Peer>> {
    let mut parts = Vec::new();
    let excluded = selected.except.as_ref();
    if selected.by.is_some() || selected.own_namespace {
        let of = |of| {
            let by = selected.by.as_ref().map(|by| condition(by, of));
            let except = excluded.map(|except| negated(condition(except, of)));
            all_of(by.into_iter().chain(except).collect())
        };
        parts.push(endpoints(of, selected.own_namespace, has_sets));
    } else if let Some(except) = excluded {
        parts.push(vec![Peer::Not(Box::new(any(endpoints(|of| condition(except, of), false, has_sets))))]);
    }
    if !entity.nets.is_empty() {
        let block = |&cidr| Peer::Block { cidr, except: entity.not_nets.clone() };
        parts.push(entity.nets.iter().map(block).collect());
    } else if !entity.not_nets.is_empty() {
        let blocks = entity.not_nets.iter().map(|&cidr| Peer::Block { cidr, except: Vec::new() });
        parts.push(vec![Peer::Not(Box::new(Peer::Any(blocks.collect())))]);
    }
    parts
}

/// The pods and the network sets that meet a condition.
fn endpoints(condition: impl Fn(Of) -> Condition, own: bool, has_sets: bool) -> Vec<Peer> {
    let mut endpoints = vec![Peer::Pods(pods_with(condition(Of::Pods), own))];
    if has_sets {
        let of_sets = condition(Of::Sets);
        if !is_never(&of_sets) {
            endpoints.push(Peer::AddressGroups(Box::new(match own {
                true => AddressGroups::OfNamespace(NamespaceId::default(), of_sets),
                false => AddressGroups::Matching(of_sets),
            })));
        }
    }
    endpoints
}

fn any(mut several: Vec<Peer>) -> Peer {
    match several.len() {
        1 => several.pop().unwrap_or(Peer::Invalid),
        _ => Peer::Any(several),
    }
}

fn every_address(version: u8) -> IpNet {
    if version == 6 { IpNet::V6(Ipv6Net::default()) } else { IpNet::V4(Ipv4Net::default()) }
}
