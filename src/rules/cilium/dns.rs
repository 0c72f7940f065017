//! The names that pods may ask for: DNS rules, which also tell Cilium's proxy to watch the answers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Subject, rules};
use crate::cluster::{PresumedAs, PresumedPod};
use crate::net::{Direction, Protocol};
use crate::objects::WorkloadId;
use crate::policy::dialect::cilium::dns::Pattern;
use crate::policy::dialect::cilium::{Action, Entry, Layer7, Peers, PortProtocol, Traffic};
use crate::reach::Endpoint;
use crate::rules::Context;
use crate::source::Origin;

/// The port of DNS.
const PORT: u16 = 53;

/// What the DNS rules of all policies let workloads ask for.
pub(super) struct DnsRules<'m> {
    /// The names of each rule that has any.
    rules: Vec<Vec<&'m Pattern>>,
    /// The rules of each workload, by their places.
    of_workload: BTreeMap<WorkloadId, Vec<usize>>,
    /// Those that may ask for anything, because a rule allows DNS without names.
    free: BTreeSet<WorkloadId>,
    /// Where the DNS rules are, by workload.
    places: BTreeMap<WorkloadId, Origin>,
}

impl<'m> DnsRules<'m> {
    pub(super) fn new(context: &Context<'m>) -> Self {
        let mut dns =
            Self { rules: Vec::new(), of_workload: BTreeMap::new(), free: BTreeSet::new(), places: BTreeMap::new() };
        for subject in rules(context) {
            let entries = subject.rule.entries.iter().enumerate();
            let entries = entries.filter(|(_, it)| it.direction == Direction::Egress && it.action == Action::Allow);
            let (mut patterns, mut is_free, mut place) = (Vec::new(), false, None);
            for (number, entry) in entries {
                let mut found = names(entry).peekable();
                if found.peek().is_some() {
                    place = place.or_else(|| Some(subject.rule.origin_of(entry).key("toPorts")));
                }
                patterns.extend(found);
                is_free |= allows_plain_dns(entry) && may_be_for_servers(context, &subject, number, entry);
            }
            if patterns.is_empty() && !is_free {
                continue;
            }
            for workload in subject.workloads(context) {
                if !patterns.is_empty() {
                    dns.of_workload.entry(workload).or_default().push(dns.rules.len());
                }
                if let Some(place) = &place {
                    dns.places.entry(workload).or_insert_with(|| place.clone());
                }
                if is_free {
                    dns.free.insert(workload);
                }
            }
            if !patterns.is_empty() {
                dns.rules.push(patterns);
            }
        }
        dns
    }

    /// The rules of a workload that have DNS rules, by number; workloads with the same ones may ask for the same names.
    pub(super) fn rules_of(&self, workload: WorkloadId) -> &[usize] {
        self.of_workload.get(&workload).map_or(&[], Vec::as_slice)
    }

    /// The names that the DNS rules of a workload let it ask for.
    pub(super) fn names(&self, workload: WorkloadId) -> impl Iterator<Item = &'m Pattern> {
        self.rules_of(workload).iter().filter_map(|&rule| self.rules.get(rule)).flatten().copied()
    }

    /// Where its first DNS rule is, if nothing lets it ask for any name.
    pub(super) fn limit(&self, workload: WorkloadId) -> Option<&Origin> {
        self.places.get(&workload).filter(|_| !self.free.contains(&workload))
    }
}

/// The names of the DNS rules of an entry.
fn names(entry: &Entry) -> impl Iterator<Item = &Pattern> {
    let items = match &entry.traffic {
        Traffic::Of { ports, .. } => ports.as_slice(),
        Traffic::Unwritten => &[],
    };
    items.iter().flat_map(|item| match &item.layer7 {
        Layer7::Dns(patterns) => patterns.as_slice(),
        Layer7::Unrestricted | Layer7::Restricted => &[],
    })
}

/// Whether the peers of an entry may be the cluster's DNS servers, or others that pods ask.
fn may_be_for_servers(context: &Context<'_>, subject: &Subject<'_>, number: usize, entry: &Entry) -> bool {
    match entry.peers {
        // The servers must be known before any name is.
        Peers::Of("toFQDNs", _) => false,
        Peers::Of("toEndpoints" | "toServices", _) => {
            let Some(rule) = subject.rule_of(Direction::Egress, number) else { return true };
            let is_dns = |pod: &PresumedPod| matches!(pod.presumed_as, PresumedAs::Dns { .. });
            let presumed = context.cluster().presumed.iter().enumerate().filter(|(_, pod)| is_dns(pod));
            let admits = |index| context.at_most().rule_admits(rule, Endpoint::Presumed(index));
            presumed.map(|(index, _)| index).any(admits)
        }
        _ => true,
    }
}

/// Whether an entry allows DNS without a DNS rule, which lifts the restriction of others to the same servers.
fn allows_plain_dns(entry: &Entry) -> bool {
    let Traffic::Of { ports, .. } = &entry.traffic else { return !entry.matches_nothing() };
    let plain = ports.iter().filter(|item| item.layer7 == Layer7::Unrestricted).flat_map(|item| &item.ports);
    let mut plain = plain.filter(|port| matches!(port.protocol, PortProtocol::Any | PortProtocol::One(Protocol::Udp)));
    plain.any(|port| port.range().is_none_or(|(first, last)| first <= PORT && PORT <= last))
}
