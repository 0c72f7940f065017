//! DNS rules that leave out the very names which the policies allow: the DNS proxy refuses to resolve them.

use std::collections::BTreeMap;

use super::dns::DnsRules;
use super::rules;
use crate::objects::{PolicyId, WorkloadId};
use crate::policy::RuleRef;
use crate::policy::dialect::cilium::dns::{Coverage, Pattern, Steps, coverage};
use crate::policy::dialect::cilium::{Peer, Peers};
use crate::rules::{Cause, Context};
use crate::source::Origin;
use crate::text::phrase;

/// The most steps of patterns, for all names together: a second or so.
const MOST: usize = 10_000_000;

/// A name that is allowed and cannot be resolved.
struct Refused<'m> {
    policy: PolicyId,
    rule: Option<RuleRef>,
    peer: usize,
    name: &'m Pattern,
    /// Where the DNS rules are that leave it out.
    limit: Origin,
    workloads: Vec<WorkloadId>,
}

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    if !rules(context).any(|subject| subject.rule.entries.iter().any(|it| matches!(it.peers, Peers::Of("toFQDNs", _))))
    {
        return;
    }
    let dns = DnsRules::new(context);
    let mut steps = Steps::new(MOST);
    let mut found: BTreeMap<Origin, Refused<'_>> = BTreeMap::new();
    for subject in rules(context) {
        for (place, entry) in subject.rule.entries.iter().enumerate() {
            let Peers::Of(list @ "toFQDNs", names) = &entry.peers else { continue };
            // Many workloads have the same DNS rules.
            let mut known: BTreeMap<(&[usize], usize), bool> = BTreeMap::new();
            for workload in subject.workloads(context) {
                let Some(limit) = dns.limit(workload) else { continue };
                for (peer, name) in names.iter().enumerate() {
                    let Peer::Name(name) = name else { continue };
                    let mut is_refused = || coverage(name, dns.names(workload), &mut steps) == Coverage::Partial;
                    if !*known.entry((dns.rules_of(workload), peer)).or_insert_with(&mut is_refused) {
                        continue;
                    }
                    let refused = found.entry(subject.rule.origin_of(entry).key(*list).index(peer));
                    let refused = refused.or_insert_with(|| Refused {
                        policy: subject.policy,
                        rule: subject.rule_of(entry.direction, place),
                        peer,
                        name,
                        limit: limit.clone(),
                        workloads: Vec::new(),
                    });
                    refused.workloads.push(workload);
                }
            }
        }
    }
    for (place, refused) in found {
        report(context, place, &refused);
    }
}

fn report(context: &mut Context<'_>, place: Origin, refused: &Refused<'_>) {
    let (Some(object), Some(rule)) = (context.any_policy(refused.policy), refused.rule) else { return };
    let (name, who) = (refused.name, phrase::list(context.names(&refused.workloads)));
    let part = if name.is_name() { "" } else { "some names of " };
    let message = format!("the DNS rules of {who} refuse {part}`{name}`, which `{}` allows", object.object.name);
    let about = context.cluster().subject(&object.object);
    let draft = context.report_because(Cause::Peer(rule, refused.peer), place.entry(), about, message);
    let field = if name.is_name() { "matchName" } else { "matchPattern" };
    draft.help(format!("add `{field}: \"{name}\"` to the DNS rules; a `*` of a pattern stands for one label at most"));
    draft.because(refused.limit.clone().entry(), "these are the names that may be resolved");
}
