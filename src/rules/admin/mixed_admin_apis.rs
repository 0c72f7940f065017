//! Both generations of the API in one cluster: most network plugins enforce only one of them.

use super::policies;
use crate::policy::dialect::admin::AdminKind;
use crate::rules::{Cause, Context};

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    let first = |of_cluster: bool| {
        let is_it = |kind: AdminKind| (kind == AdminKind::ClusterNetworkPolicy) == of_cluster;
        policies(context).find(|(_, _, written)| is_it(written.kind))
    };
    let (Some((_, new, _)), Some((id, old, _))) = (first(true), first(false)) else { return };
    let message = format!("{} `{}` is mixed with ClusterNetworkPolicies", old.object.kind, old.object.name);
    let about = context.cluster().subject(&old.object);
    context
        .report_because(Cause::Policy(id), old.object.origin.key("kind").value(), about, message)
        .because(new.object.origin.key("kind").value(), "most network plugins enforce only one of the two")
        .help(
            "rewrite it as a ClusterNetworkPolicy: their order is not defined, and one kind may not be enforced at all",
        );
}
