//! The names that pods may ask for: DNS rules, which also tell Cilium's proxy to watch the answers.

use std::collections::{BTreeMap, BTreeSet};

use super::rules;
use crate::net::{Direction, Protocol};
use crate::objects::WorkloadId;
use crate::policy::dialect::cilium::dns::Pattern;
use crate::policy::dialect::cilium::{Action, Entry, Layer7, PortProtocol, Traffic};
use crate::rules::Context;
use crate::source::Origin;

/// The port of DNS.
const PORT: u16 = 53;

/// What the DNS rules of all policies let workloads ask for.
pub(super) struct DnsRules<'m> {
    of_workload: BTreeMap<WorkloadId, Vec<&'m Pattern>>,
    /// Those that may ask for anything, because a rule allows DNS without names.
    free: BTreeSet<WorkloadId>,
    /// Where the DNS rules are, by workload.
    places: BTreeMap<WorkloadId, Origin>,
}

impl<'m> DnsRules<'m> {
    pub(super) fn new(context: &Context<'m>) -> Self {
        let mut dns = Self { of_workload: BTreeMap::new(), free: BTreeSet::new(), places: BTreeMap::new() };
        for subject in rules(context) {
            let entries = subject.rule.entries.iter();
            let entries = entries.filter(|it| it.direction == Direction::Egress && it.action == Action::Allow);
            let (mut patterns, mut is_free, mut place) = (Vec::new(), false, None);
            for entry in entries {
                let mut found = names(entry).peekable();
                if found.peek().is_some() {
                    place = place.or_else(|| Some(subject.rule.origin_of(entry).key("toPorts")));
                }
                patterns.extend(found);
                is_free |= allows_plain_dns(entry);
            }
            if patterns.is_empty() && !is_free {
                continue;
            }
            for workload in subject.workloads(context) {
                dns.of_workload.entry(workload).or_default().extend(&patterns);
                if let Some(place) = &place {
                    dns.places.entry(workload).or_insert_with(|| place.clone());
                }
                if is_free {
                    dns.free.insert(workload);
                }
            }
        }
        dns
    }

    /// The names that the DNS rules of a workload let it ask for; none where it has no DNS rule.
    pub(super) fn names(&self, workload: WorkloadId) -> &[&'m Pattern] {
        self.of_workload.get(&workload).map_or(&[], Vec::as_slice)
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

/// Whether an entry allows DNS without a DNS rule, which lifts the restriction of others to the same servers.
fn allows_plain_dns(entry: &Entry) -> bool {
    let Traffic::Of { ports, .. } = &entry.traffic else { return !entry.matches_nothing() };
    let plain = ports.iter().filter(|item| item.layer7 == Layer7::Unrestricted).flat_map(|item| &item.ports);
    let mut plain = plain.filter(|port| matches!(port.protocol, PortProtocol::Any | PortProtocol::One(Protocol::Udp)));
    plain.any(|port| port.range().is_none_or(|(first, last)| first <= PORT && PORT <= last))
}
