//! Blocks of addresses that hold more than they seem to: the cloud's metadata service, which hands out credentials.

use ipnet::IpNet;

use crate::diagnostic::Severity;
use crate::edit::{Change, Edit, Safety};
use crate::facts::metadata_service::{METADATA, MetadataService};
use crate::policy::Peer;
use crate::rules::{Cause, Context, repairs};
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for service in &context.facts().metadata_services {
        report(context, service);
    }
}

fn report(context: &mut Context<'_>, MetadataService { peer, addresses, undoes }: &MetadataService<'_>) {
    let Peer::Block { cidr, except } = peer.peer else { return };
    let [first, others @ ..] = addresses.as_slice() else { return };
    let name = &peer.written.object.name;
    let is_metadata = METADATA.contains(first);
    let what = if is_metadata { "metadata" } else { "credentials" };
    let message = format!("`{name}` permits egress to the cloud's {what} service, `{first}`");
    let block = peer.origin().key("ipBlock");
    let place = if except.is_empty() { block.key("cidr").value() } else { block.key("except").entry() };
    let about = context.cluster().subject(&peer.written.object);
    // What another block leaves out is open because the two disagree.
    let own = Cause::Peer(peer.rule_ref(), peer.index);
    let cause = undoes.map_or(own, |(rule, index)| Cause::Exception(rule, index));
    let draft = context.report_because(cause, place, about, message);
    draft.key(cidr.to_string());
    draft.remark(match others {
        [] => format!("`{cidr}` holds it"),
        others => format!("`{cidr}` holds it, and {}", phrase::list(others)),
    });
    if !is_metadata {
        draft.severity(Severity::Note);
    }
    let left_out: Vec<String> = addresses.iter().map(|&address| IpNet::from(address).to_string()).collect();
    let help = format!("add to `except`: [{}]", left_out.join(", "));
    let leave_out = |range: String| Edit { at: block.key("except"), change: Change::Append(range.into()) };
    // Where the two blocks are of one pod, the other one may have been meant.
    let edits = left_out.into_iter().filter(|_| undoes.is_none()).map(leave_out).collect();
    draft.fix(repairs::fix(Safety::Unsafe, help.clone(), edits)).help(help);
}
