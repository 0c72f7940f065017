//! A policy of the tiers Admin or Baseline without rules: unlike a NetworkPolicy, it denies nothing.

use super::policies;
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let empty = policies(context).filter(|(_, _, written)| written.ingress.is_empty() && written.egress.is_empty());
    for (id, object, _) in empty.collect::<Vec<_>>() {
        let message = format!("`{}` has no rules and no effect", object.object.name);
        let about = context.cluster().subject(&object.object);
        context
            .report_because(Cause::Policy(id), object.object.origin.key("spec").key_only(), about, message)
            .help("to deny by default, add a rule with `action: Deny`: selecting pods does not isolate them here");
    }
}
