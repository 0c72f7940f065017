//! Domain names in a rule that does not accept: nobody can enforce what is not resolved yet.

use super::policies;
use crate::diagnostic::Severity;
use crate::net::Direction;
use crate::policy::dialect::admin::{AdminPeer, AdminTier};
use crate::policy::{Action, RuleRef};
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let direction = Direction::Egress;
    for (policy, object, written) in policies(context).collect::<Vec<_>>() {
        for (index, rule) in written.egress.iter().enumerate() {
            let is_fine = rule.action == Action::Allow && written.tier == AdminTier::Admin;
            let named = rule.peers.iter().position(|peer| matches!(peer, AdminPeer::DomainNames(_)));
            let Some(place) = named.filter(|_| !is_fine) else { continue };
            let origin = object.rule_origin(direction, index).key(direction.peers_field()).index(place);
            let at = RuleRef { policy, direction, index };
            let about = context.cluster().subject(&object.object);
            let name = &object.object.name;
            if rule.action == Action::Allow {
                let message =
                    format!("`{name}` accepts domain names in the Baseline tier, which not every version permits");
                let place = origin.key("domainNames").key_only();
                let draft = context.report_because(Cause::Rule(at), place, about, message);
                draft.severity(Severity::Warning).help("accept them in the Admin tier");
            } else {
                let message = format!("`{name}` names domains in a rule that does not accept them");
                let place = origin.key("domainNames").key_only();
                let draft = context.report_because(Cause::Rule(at), place, about, message);
                draft.because(object.rule_origin(direction, index).key("action").value(), "domain names need `Accept`");
                draft.help(
                    "accept the names that are needed, then deny `networks: [0.0.0.0/0, \"::/0\"]` in a rule after it",
                );
            }
        }
    }
}
