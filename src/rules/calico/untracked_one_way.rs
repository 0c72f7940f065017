//! A policy without connection tracking that lets one direction pass and not the replies.

use crate::net::Direction;
use crate::policy::dialect::calico::{CalicoPolicy, RuleAction};
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for (id, object) in context.analysis().policies_in_force() {
        let Some(written) = object.calico_policy().filter(|it| it.do_not_track) else { continue };
        let [ingress, egress] = [Direction::Ingress, Direction::Egress].map(|direction| allows(written, direction));
        let missing = match (ingress, egress) {
            (true, false) => Direction::Egress,
            (false, true) => Direction::Ingress,
            _ => continue,
        };
        let place = object.object.origin.keys(["spec", "doNotTrack"]);
        let message = format!("`{}` allows {} and drops the replies", object.object.name, missing.opposite().field());
        let about = context.cluster().subject(&object.object);
        let allowed = object.object.origin.keys(["spec", missing.opposite().field()]).key_only();
        let draft = context.report_because(Cause::Policy(id), place.entry(), about, message);
        draft.because(allowed, "the replies are not known to belong to these connections");
        draft.help(format!(
            "add rules for {}, with the ports of the other direction as ports of the source",
            missing.field()
        ));
    }
}

fn allows(written: &CalicoPolicy, direction: Direction) -> bool {
    written.rules(direction).iter().any(|rule| rule.action == RuleAction::Allow)
}
