//! Rules that are meant for the cluster's DNS, and open another port or protocol than it answers on.

use std::collections::BTreeMap;

use super::causes::isolating;
use super::{DNS_PORT, Dns, names_port, servers};
use crate::diagnostic::Severity;
use crate::edit::{Change, Edit, Safety};
use crate::net::{Direction, Protocol};
use crate::objects::WorkloadId;
use crate::policy::{PortMatch, RuleRef};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context, repairs};
use crate::text::phrase;

/// What is wrong with a port of such a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Slip {
    /// It is TCP, most often because the rule names no protocol.
    TcpOnly,
    /// It is UDP, and TCP is missing beside it.
    UdpOnly,
    /// It is the port of the DNS Service, and the pods behind it listen on this one.
    OfService(u16),
}

/// Reports the rules that miss DNS by a port, with the workloads that have no better rule.
pub(super) fn report(context: &mut Context<'_>, cut: &mut Vec<(WorkloadId, Dns)>) {
    let mut slips: BTreeMap<(RuleRef, usize, Slip), Vec<WorkloadId>> = BTreeMap::new();
    let mut of_group = BTreeMap::new();
    cut.retain(|&(id, dns)| {
        let group = (context.at_most().group(id), dns);
        match *of_group.entry(group).or_insert_with(|| slip(context, id, dns)) {
            Some(slip) => {
                slips.entry(slip).or_default().push(id);
                false
            }
            None => true,
        }
    });
    for ((rule, port, slip), workloads) in slips {
        report_one(context, rule, port, slip, &workloads);
    }
}

/// The first rule that admits a DNS server, but not on the port that the workload lacks.
fn slip(context: &Context<'_>, workload: WorkloadId, dns: Dns) -> Option<(RuleRef, usize, Slip)> {
    let lacking = if dns == Dns::UdpOnly { Protocol::Tcp } else { Protocol::Udp };
    servers(context).find_map(|(server, number)| {
        let why = context.at_most().explain(Endpoint::Workload(workload), server, lacking, number);
        why.egress.other_ports.into_iter().find_map(|rule| {
            let ports = context.lowered(rule.policy)?.egress.get(rule.index)?.ports.listed();
            let place = |protocol, number| ports.iter().position(|port| names_port(port, protocol, number));
            let is_range =
                |index: usize| matches!(ports.get(index), Some(PortMatch::Range { first, last, .. }) if first == last);
            let found = match dns {
                Dns::UdpOnly => place(Protocol::Udp, number).map(|index| (index, Slip::UdpOnly)),
                _ => place(Protocol::Tcp, number).map(|index| (index, Slip::TcpOnly)).or_else(|| {
                    let service = place(Protocol::Udp, DNS_PORT).filter(|_| number != DNS_PORT)?;
                    Some((service, Slip::OfService(number)))
                }),
            };
            found.filter(|(index, _)| is_range(*index)).map(|(index, slip)| (rule, index, slip))
        })
    })
}

fn report_one(context: &mut Context<'_>, rule: RuleRef, port: usize, slip: Slip, workloads: &[WorkloadId]) {
    let Some(policy) = context.policy(rule.policy) else { return };
    let who = phrase::list(context.names(workloads));
    let (message, help) = match slip {
        Slip::TcpOnly => (
            format!("{who} cannot reach cluster DNS: this rule opens it for TCP, not for UDP"),
            match policy.calico_policy() {
                Some(_) => "add the same rule with `protocol: UDP`".to_owned(),
                None => "add `protocol: UDP, port: 53`: a port without `protocol` is one of TCP".to_owned(),
            },
        ),
        Slip::UdpOnly => (
            format!("{who} can reach cluster DNS over UDP only: long answers need TCP port 53"),
            match policy.calico_policy() {
                Some(_) => "add the same rule with `protocol: TCP`".to_owned(),
                None => "add `protocol: TCP, port: 53` beside the UDP port".to_owned(),
            },
        ),
        Slip::OfService(number) => (
            format!("{who} cannot reach cluster DNS: its pods listen on {number}, not on {DNS_PORT}"),
            format!("add port {number} for UDP and TCP: policies see the port of the pods, not that of the Service"),
        ),
    };
    let mut isolating = workloads.iter().take(1).flat_map(|&id| isolating(context, id));
    let because = isolating.find(|&id| id != rule.policy).and_then(|id| context.policy(id));
    let because = because.map(|policy| policy.isolation_place(Direction::Egress));
    let about = context.cluster().subject(&policy.object);
    let place = policy.port_origin(Direction::Egress, rule.index, port).entry();
    let ports = policy.rule_origin(Direction::Egress, rule.index).key("ports");
    let item = |protocol, number: u16| {
        let port = PortMatch::Range { protocol, first: number, last: number };
        let change = repairs::port(&port).map(Change::Append);
        change.map(|change| Edit { at: ports.clone(), change })
    };
    let edits = match slip {
        Slip::TcpOnly => vec![item(Protocol::Udp, DNS_PORT)],
        Slip::UdpOnly => vec![item(Protocol::Tcp, DNS_PORT)],
        Slip::OfService(number) => vec![item(Protocol::Udp, number), item(Protocol::Tcp, number)],
    };
    let title = match slip {
        Slip::TcpOnly => format!("add `{{protocol: UDP, port: {DNS_PORT}}}`"),
        Slip::UdpOnly => format!("add `{{protocol: TCP, port: {DNS_PORT}}}`"),
        Slip::OfService(number) => format!("add port {number} for UDP and TCP"),
    };
    let fix = repairs::fix(Safety::Unsafe, title, edits.into_iter().flatten().collect());
    let draft = context.report_because(Cause::Port(rule, port), place, about, message);
    draft.fix(fix);
    if slip == Slip::UdpOnly {
        draft.severity(Severity::Warning);
    }
    if let Some(place) = because {
        draft.because(place, "isolates their egress");
    }
    draft.help(help);
}
