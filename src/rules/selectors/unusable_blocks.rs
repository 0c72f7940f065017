//! Blocks that hold no address which another pod or host can have.

use ipnet::IpNet;

use crate::facts::in_force::{RulePeer, deciding_rules};
use crate::net::address::AddressSet;
use crate::policy::Peer;
use crate::rules::{Cause, Context};

/// Addresses that no connection comes from or goes to, with what they are.
const UNUSABLE: [(&str, &str); 6] = [
    ("0.0.0.0/8", "stand for this host alone"),
    ("127.0.0.0/8", "never leave the pod"),
    ("224.0.0.0/4", "are for multicast, which policies do not cover"),
    ("240.0.0.0/4", "are reserved"),
    ("::/127", "never leave the pod"),
    ("ff00::/8", "are for multicast, which policies do not cover"),
];

/// Reports each such block.
pub(super) fn check(context: &mut Context<'_>) {
    for peer in deciding_rules(context.analysis()).flat_map(|rule| rule.peers()) {
        if let Peer::Block { cidr, except } = peer.peer
            && let Some(reason) = reason(cidr, except)
        {
            report(context, &peer, cidr, &reason);
        }
    }
}

/// Why nobody has an address of a block.
fn reason(cidr: &IpNet, except: &[IpNet]) -> Option<String> {
    let ranges = UNUSABLE.iter().filter_map(|(range, words)| Some((range.parse::<IpNet>().ok()?, *words)));
    if let Some((_, words)) = ranges.into_iter().find(|(range, _)| range.contains(cidr)) {
        return Some(format!("its addresses {words}"));
    }
    let left_out = AddressSet::from_blocks(except);
    (!except.is_empty() && left_out.is_superset(&AddressSet::block(cidr)))
        .then(|| "its `except` leaves out all of it".to_owned())
}

fn report(context: &mut Context<'_>, peer: &RulePeer<'_>, cidr: &IpNet, reason: &str) {
    let name = &peer.rule.object.object.name;
    let (about, place) = (context.subject(&peer.rule), peer.block_place());
    let message = format!("`{cidr}` of `{name}` matches no address: {reason}");
    let whole = match cidr {
        IpNet::V4(block) if block.addr().is_unspecified() => Some("0.0.0.0/0"),
        IpNet::V6(block) if block.addr().is_unspecified() => Some("::/0"),
        _ => None,
    };
    let draft = context.report_because(Cause::Peer(peer.rule.at, peer.index), place, about, message);
    match whole.filter(|_| cidr.prefix_len() > 0) {
        Some(whole) => {
            draft.remark(format!("did you mean `{whole}`?"));
            draft.help(format!("write the addresses that are meant, `{whole}` for every one, or delete the peer"));
        }
        None => {
            draft.help("write the addresses that are meant, or delete the peer");
        }
    }
}
