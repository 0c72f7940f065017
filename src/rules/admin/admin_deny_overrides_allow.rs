//! A rule of a NetworkPolicy that never takes effect, because an Admin policy denies all that it allows.

use crate::analysis::LOOKED_AT;
use crate::facts::admin::{AdminRule, End, Overridden, remotes};
use crate::facts::in_force::RuleAt;
use crate::net::Direction;
use crate::objects::WorkloadId;
use crate::policy::dialect::admin::AdminTier;
use crate::policy::{Action, Peer};
use crate::reach::Endpoint;
use crate::rules::{Cause, Context};

/// How many pairs of ends are looked at for one rule, at most.
const PAIRS: usize = 20_000;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for direction in Direction::BOTH {
        let rules = context.facts().admin.tiers.rules(direction);
        if !rules.iter().any(|it| it.rule.action == Action::Deny && it.written.tier == AdminTier::Admin) {
            continue;
        }
        let remotes = remotes(context.analysis(), direction);
        let of_networks: Vec<RuleAt<'_>> = context.rules().filter(|rule| rule.at.direction == direction).collect();
        for rule in of_networks {
            if let Some(denier) = denier(context, &rule, &remotes) {
                report(context, &rule, denier);
            }
        }
    }
}

/// The first of the rules that deny together all that a rule allows, if they do.
fn denier<'m>(context: &Context<'m>, rule: &RuleAt<'_>, remotes: &[End]) -> Option<&'m AdminRule<'m>> {
    let tiers = &context.facts().admin.tiers;
    let subjects: Vec<WorkloadId> = context.at_most().selected(rule.at.policy).take(LOOKED_AT).collect();
    if subjects.len().saturating_mul(remotes.len()) > PAIRS {
        return None;
    }
    let (mut first, mut names_known) = (None, false);
    for &subject in &subjects {
        for remote in remotes {
            match tiers.overridden(rule.at, rule.rule, Endpoint::Workload(subject), remote.endpoint) {
                Overridden::Nothing => {}
                Overridden::Not => return None,
                Overridden::By(denier) => {
                    names_known |= matches!(remote.endpoint, Endpoint::Workload(_) | Endpoint::External(_));
                    first = first.or(Some(denier));
                }
            }
        }
    }
    first.filter(|_| names_known)
}

fn report(context: &mut Context<'_>, rule: &RuleAt<'_>, denier: &AdminRule<'_>) {
    let message =
        format!("this rule of `{}` never takes effect: {} denies it", rule.object.object.name, denier.title());
    let place = match rule.rule.peers.listed() {
        [_] => rule.object.peer_origin(rule.at.direction, rule.at.index, 0).entry(),
        _ => rule.origin().entry(),
    };
    let subject = context.subject(rule);
    let all_addresses = |peer: &Peer| matches!(peer, Peer::Block { cidr, .. } if cidr.prefix_len() <= 1);
    let by_networks = denier.rule.peers.listed().iter().any(all_addresses);
    let draft = context.report_because(Cause::Rule(rule.at), place, subject, message);
    draft.because(denier.action_place(), "denies it first: a NetworkPolicy cannot override that");
    let owner = &denier.object.object.name;
    draft.help(if by_networks {
        format!(
            "if pods were not meant, add a Pass for `namespaces: {{}}` to `{owner}` before it: networks match pods too"
        )
    } else {
        format!("add a Pass to `{owner}` before it, or delete this rule")
    });
}
