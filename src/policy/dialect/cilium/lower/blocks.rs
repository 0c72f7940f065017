//! Addresses: blocks, and groups of blocks.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use smol_str::SmolStr;

use super::Selector;
use crate::objects::{NamespaceId, Operator};
use crate::policy::dialect::cilium::group::{KIND, SOURCE};
use crate::policy::dialect::cilium::selector::LabelSource;
use crate::policy::dialect::cilium::written::{BlockSource, Blocks};
use crate::policy::{AddressGroups, Attribute, Condition, Peer};

/// The addresses that an item of `toCIDR` or `toCIDRSet` means.
pub(super) fn peer(written: &Blocks) -> Peer {
    let groups = match &written.of {
        BlockSource::Block(cidr) => return Peer::Block { cidr: *cidr, except: written.except.clone() },
        BlockSource::Group(name) => named(name.clone()),
        BlockSource::Groups(selector) => selected(selector),
    };
    match written.except.as_slice() {
        [] => groups,
        except => {
            let except = except.iter().map(|&cidr| Peer::Block { cidr, except: Vec::new() }).collect();
            Peer::All(vec![groups, Peer::Not(Box::new(Peer::Any(except)))])
        }
    }
}

/// The blocks of every address.
pub(super) fn everywhere() -> Peer {
    let all: [IpNet; 2] = [Ipv4Net::default().into(), Ipv6Net::default().into()];
    Peer::Any(all.map(|cidr| Peer::Block { cidr, except: Vec::new() }).into())
}

fn named(name: SmolStr) -> Peer {
    let kind = SmolStr::new_static(KIND);
    Peer::AddressGroups(Box::new(AddressGroups::Named { kind, namespace: NamespaceId::CLUSTER, name }))
}

/// An address has the labels of all groups that list it. So what a selector asks for may be in different groups, and
/// what it excludes leaves out the addresses of whole groups; where it only excludes, it matches the rest of the world.
fn selected(selector: &Selector) -> Peer {
    let groups = |name: &SmolStr, operator| {
        let condition = Condition::Is(Attribute::Label(name.clone()), operator);
        Peer::AddressGroups(Box::new(AddressGroups::Matching(condition)))
    };
    let mut asked = Vec::new();
    let mut is_positive = false;
    for requirement in &selector.requirements {
        let name = &requirement.key.name;
        let is_of_groups = match &requirement.key.source {
            LabelSource::Any => true,
            LabelSource::Other(source) => source == SOURCE,
            LabelSource::K8s | LabelSource::Reserved => false,
        };
        match (&requirement.operator, is_of_groups) {
            (Operator::NotIn(values), true) => {
                asked.push(Peer::Not(Box::new(groups(name, Operator::In(values.clone())))));
            }
            (Operator::DoesNotExist, true) => asked.push(Peer::Not(Box::new(groups(name, Operator::Exists)))),
            (operator, true) => {
                is_positive = true;
                asked.push(groups(name, operator.clone()));
            }
            (operator, false) if operator.holds(None) => {}
            (_, false) => return Peer::Any(Vec::new()),
        }
    }
    if !is_positive {
        asked.push(Peer::World);
    }
    Peer::All(asked)
}
