//! The peers of an entry.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{is_empty, selector};
use crate::schema::cidr::without_leading_zeros;
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{is_placeholder, quote};

/// Checks the peers of an entry: the lists that it may have, and what they hold.
pub(super) fn check(entry: &Field<'_, '_>, lists: &[&'static str], report: &mut Report<'_>) {
    one_kind(entry, lists, report);
    for list in lists {
        let Some(peers) = entry.list(list).filter(|_| !is_empty(entry, list)) else { continue };
        match *list {
            "fromNodes" | "toNodes" => {
                let help = "use `remote-node` and `host` as entities; the agent takes selectors of nodes only with \
                            `enable-node-selector-labels`";
                report.key_rejected_by_agent(&peers, Flaw::new(format!("`{list}` is off by default"), help));
                peers.items().for_each(|selector| selector::check(&selector, report));
            }
            "fromEndpoints" | "toEndpoints" => peers.items().for_each(|selector| selector::check(&selector, report)),
            "fromCIDR" | "toCIDR" => {
                for block in peers.items() {
                    read(&block, report);
                }
            }
            "fromCIDRSet" | "toCIDRSet" => peers.items().for_each(|set| block_set(&set, report)),
            _ => {}
        }
    }
}

/// "combining X and Y is not supported yet".
fn one_kind(entry: &Field<'_, '_>, lists: &[&str], report: &mut Report<'_>) {
    let written = entry.node.entries().map(|(key, _, _)| key);
    let mut written = written.filter(|key| lists.contains(key) && !is_empty(entry, key));
    let Some(first) = written.next() else { return };
    for key in written {
        if let Some(second) = entry.get(key) {
            let help = format!("make them two items: start `{key}` with a dash of its own, and repeat the ports there");
            report.key_rejected_by_agent(
                &second,
                Flaw::new(format!("`{first}` and `{key}` cannot be in one item"), help),
            );
        }
    }
}

/// "allow CIDR prefix does not contain exclude CIDR prefix"; beside a group, exceptions go unchecked. A selector of
/// groups is checked; a name that is empty is as good as none.
fn block_set(set: &Field<'_, '_>, report: &mut Report<'_>) {
    if let Some(selector) = set.get("cidrGroupSelector") {
        return selector::check_of_groups(&selector, report);
    }
    let Some(cidr) = set.get("cidr") else { return };
    let Some(block) = read(&cidr, report) else { return };
    let Some(except) = set.list("except") else { return };
    for item in except.items() {
        let Some(exception) = read(&item, report) else { continue };
        if !block.contains(&exception.addr()) || exception.prefix_len() < block.prefix_len() {
            let message = format!("`{exception}` is not a part of `{block}`");
            report.rejected_by_agent(&item, Flaw::new(message, "write a block inside `cidr`, or remove it"));
        }
    }
}

/// A block as Go's `netip.ParsePrefix` reads it: numbers have no leading zeros.
fn read(field: &Field<'_, '_>, report: &mut Report<'_>) -> Option<IpNet> {
    let text = field.node.as_str()?;
    let block = text.split_once('/').and_then(|(address, length)| {
        let is_plain = length == "0" || !length.starts_with('0');
        let is_number = is_plain && length.bytes().all(|byte| byte.is_ascii_digit());
        IpNet::new(address.parse::<IpAddr>().ok()?, length.parse().ok().filter(|_| is_number)?).ok()
    });
    if block.is_none() && !is_placeholder(text) {
        let plain = text.split_once('/').and_then(|(address, length)| {
            let address = without_leading_zeros(address).unwrap_or_else(|| address.to_owned());
            Some(format!("{address}/{}", length.parse::<u8>().ok()?))
        });
        let help = plain.map_or_else(
            || "write an address and a prefix length".to_owned(),
            |plain| format!("write the numbers without leading zeros: `{plain}`"),
        );
        report.rejected_by_agent(field, Flaw::new(format!("{} is not a valid CIDR block", quote(text)), help));
    }
    block
}
