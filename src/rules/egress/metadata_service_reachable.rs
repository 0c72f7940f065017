//! Blocks of addresses that hold more than they seem to: the cloud's metadata service, which hands out credentials.

use ipnet::IpNet;

use crate::diagnostic::Severity;
use crate::edit::{Change, Edit, Safety};
use crate::facts::in_force::RulePeer;
use crate::facts::metadata_service::{METADATA, MetadataService};
use crate::policy::dialect::Dialect;
use crate::policy::dialect::cilium::CiliumPolicy;
use crate::policy::{Peer, RuleRef};
use crate::rules::{Cause, Context, repairs};
use crate::source::Place;
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for service in &context.facts().metadata_services {
        report(context, service);
    }
}

fn report(context: &mut Context<'_>, MetadataService { peer, addresses, undoes }: &MetadataService<'_>) {
    let [first, others @ ..] = addresses.as_slice() else { return };
    let (rule, name) = (peer.rule.at, &peer.rule.object.object.name);
    let is_metadata = METADATA.contains(first);
    let what = if is_metadata { "metadata" } else { "credentials" };
    let message = format!("`{name}` permits egress to the cloud's {what} service, `{first}`");
    // What another block leaves out is open because the two disagree.
    let own = Cause::Peer(rule, peer.index);
    let cause = undoes.map_or(own, |(rule, index)| Cause::Exception(rule, index));
    let draft = context.report_because(cause, place(peer), context.subject(&peer.rule), message);
    let (key, holds) = match peer.peer {
        Peer::Block { cidr, .. } => (cidr.to_string(), format!("`{cidr}` holds it")),
        _ => (String::new(), "it is not excluded".to_owned()),
    };
    draft.key(key);
    draft.remark(match others {
        [] => holds,
        others => format!("{holds}, and {}", phrase::list(others)),
    });
    if !is_metadata {
        draft.severity(Severity::Note);
    }
    let left_out: Vec<String> = addresses.iter().map(|&address| IpNet::from(address).to_string()).collect();
    let help = help(peer, &left_out);
    let except = peer.origin().key("ipBlock").key("except");
    let leave_out = |range: String| Edit { at: except.clone(), change: Change::Append(range.into()) };
    // Where the two blocks are of one pod, the other one may have been meant.
    let edits = left_out.into_iter().filter(|_| undoes.is_none()).map(leave_out).collect();
    draft.fix(repairs::fix(Safety::Unsafe, help.clone(), edits)).help(help);
}

/// Where the peer leaves some addresses out and not these, else where it names its block.
fn place(peer: &RulePeer<'_>) -> Place {
    let Peer::Block { except, .. } = peer.peer else { return peer.place() };
    match &peer.rule.object.dialect {
        Dialect::NetworkPolicy(_) if !except.is_empty() => peer.origin().keys(["ipBlock", "except"]).entry(),
        Dialect::Cilium(_) if !except.is_empty() => peer.origin().key("except").entry(),
        Dialect::Calico(_) if !except.is_empty() => peer.origin().key("notNets").entry(),
        _ => peer.block_place(),
    }
}

/// How to leave addresses out, in the words of the policy's kind.
fn help(peer: &RulePeer<'_>, left_out: &[String]) -> String {
    let list = left_out.join(", ");
    let at = peer.rule.at;
    match (&peer.rule.object.dialect, peer.peer) {
        (Dialect::Calico(_), Peer::Block { .. }) => format!("add to `notNets`: [{list}]"),
        // Calico refuses a rule with networks of both families.
        (Dialect::Calico(_), _) => {
            let (v6, v4): (Vec<&String>, Vec<&String>) = left_out.iter().partition(|it| it.contains(':'));
            let families = [v4, v6].into_iter().filter(|family| !family.is_empty());
            let nets = families.map(|family| family.into_iter().map(String::as_str).collect::<Vec<_>>().join(", "));
            let rules = nets.map(|nets| format!("{{action: Deny, destination: {{nets: [{nets}]}}}}"));
            format!("before it, add {}", phrase::list(rules))
        }
        (Dialect::Admin(_), _) => format!("before it, add a rule `{{action: Deny, to: [{{networks: [{list}]}}]}}`"),
        (Dialect::Cilium(written), Peer::Block { cidr, .. }) if is_plain(written, at) => {
            format!("write it as `toCIDRSet: [{{cidr: {cidr}, except: [{list}]}}]`")
        }
        _ => format!("add to `except`: [{list}]"),
    }
}

/// Whether a rule of Cilium lists blocks in `toCIDR`, where none can leave anything out.
fn is_plain(written: &CiliumPolicy, at: RuleRef) -> bool {
    written.entry_of(at.direction, at.index).is_some_and(|(_, entry)| entry.peers.list() == Some("toCIDR"))
}
