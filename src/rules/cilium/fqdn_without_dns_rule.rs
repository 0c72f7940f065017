//! `toFQDNs` without a DNS rule: Cilium learns the addresses of a name from the answers that its DNS proxy sees, and
//! without a rule it sees none.

use std::collections::BTreeMap;

use super::dns::DnsRules;
use super::{Subject, rules};
use crate::net::Direction;
use crate::objects::WorkloadId;
use crate::policy::dialect::cilium::{Entry, Peers};
use crate::rules::{Cause, Context};
use crate::source::Origin;
use crate::text::phrase;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let named: Vec<Subject<'_>> = rules(context).filter(|it| it.rule.entries.iter().any(has_names)).collect();
    if named.is_empty() {
        return;
    }
    let dns = DnsRules::new(context);
    let mut found: BTreeMap<Origin, (usize, Vec<WorkloadId>)> = BTreeMap::new();
    for (index, subject) in named.iter().enumerate() {
        let blind: Vec<WorkloadId> =
            subject.workloads(context).into_iter().filter(|&it| dns.rules_of(it).is_empty()).collect();
        if let Some(entry) = subject.rule.entries.iter().find(|it| has_names(it)).filter(|_| !blind.is_empty()) {
            found.insert(subject.rule.origin_of(entry).key("toFQDNs"), (index, blind));
        }
    }
    for (place, (index, blind)) in found {
        let Some(subject) = named.get(index) else { continue };
        let object = &subject.object.object;
        let side = |context: &Context<'_>, id: WorkloadId| {
            context.workload(id).map(|it| Cause::Side(it.object.namespace, id, Direction::Egress))
        };
        let causes = blind.iter().filter_map(|&id| side(context, id)).collect();
        context.claim(causes, move |context, left| {
            let is_left = |id: &WorkloadId| side(context, *id).is_some_and(|cause| left.contains(&cause));
            let blind: Vec<WorkloadId> = blind.into_iter().filter(is_left).collect();
            let who = phrase::list(context.names(&blind));
            let message = format!("`toFQDNs` of `{}` opens nothing: no policy of {who} has a DNS rule", object.name);
            let about = context.cluster().subject(object);
            let draft = context.report(place.key_only(), about, message);
            draft.remark("Cilium knows the addresses of a name only from answers that its DNS proxy sees");
            draft.help(
                "add `rules: {dns: [{matchPattern: \"*\"}]}` to the item of `toPorts` that allows port 53 to the \
                 cluster's DNS",
            );
        });
    }
}

fn has_names(entry: &Entry) -> bool {
    matches!(&entry.peers, Peers::Of("toFQDNs", names) if !names.is_empty()) && !entry.matches_nothing()
}
