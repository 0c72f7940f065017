//! Rules that no packet ever meets, because `policyTypes` leaves their direction out.

use crate::edit::{Change, Fix, Safety};
use crate::net::Direction;
use crate::policy::{Arrangement, RuleRef};
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    // Cilium enforces them all the same.
    if context.cluster().arrangements().any(Arrangement::enforces_ignored) {
        return;
    }
    for (policy, written, lowered) in context.policies() {
        for direction in Direction::BOTH {
            if lowered.isolates(direction) || lowered.rules(direction).is_empty() {
                continue;
            }
            let (name, kind) = (&written.object.name, direction.policy_type());
            let message = format!("`{direction}` rules of `{name}` are never enforced");
            let about = context.cluster().subject(&written.object);
            let types = written.object.origin.keys(["spec", "policyTypes"]).entry();
            let add = Change::Append(kind.into());
            let types_origin = types.origin.clone();
            let fix = Fix::new(Safety::Unsafe, format!("add `{kind}` to `policyTypes`"), types_origin, add);
            let rules = (0..lowered.rules(direction).len()).map(|index| RuleRef { policy, direction, index });
            context.claim(rules.map(Cause::Rule).collect(), move |context, _| {
                context
                    .report(written.rules_origin(direction).key_only(), about, message)
                    .because(types, format!("`policyTypes` does not list `{kind}`"))
                    .fix(fix)
                    .help(format!("add `{kind}` to `policyTypes`, or delete the rules"));
            });
        }
    }
}
