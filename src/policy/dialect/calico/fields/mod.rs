//! What Calico refuses: the tables of its kinds, and what its validator (`libcalico-go/lib/validator/v3`) and the schemas
//! of its resources ask for.
//!
//! Both groups are held to the same: `calicoctl` and Calico's API server validate `projectcalico.org/v3`, and the
//! schemas of `crd.projectcalico.org/v1` do so from Calico 3.32.

mod dropped;
mod entity;
mod policy;
mod rule;
mod sets;
mod staged;
mod syntax;
#[cfg(test)]
mod tests;
mod tier;

use crate::schema::field::Field;
use crate::schema::metadata::NameSyntax;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::is_dns_label;
use crate::schema::table::Schema;
pub(crate) use syntax::block;

/// The table of a Calico kind and how its names are spelled; `None` of a kind that netlint does not read.
pub(crate) fn table(kind: &str) -> Option<(&'static Schema, NameSyntax)> {
    let policy_name = NameSyntax::Custom(syntax::is_policy_name, 253);
    let global_name = NameSyntax::Custom(syntax::is_global_policy_name, 253);
    Some(match kind {
        "NetworkPolicy" => (&policy::NETWORK_POLICY, policy_name),
        "GlobalNetworkPolicy" => (&policy::GLOBAL_NETWORK_POLICY, global_name),
        "StagedNetworkPolicy" => (&staged::NETWORK_POLICY, policy_name),
        "StagedGlobalNetworkPolicy" => (&staged::GLOBAL_NETWORK_POLICY, global_name),
        "StagedKubernetesNetworkPolicy" => (&staged::KUBERNETES_NETWORK_POLICY, NameSyntax::Subdomain),
        "Tier" => (&tier::TIER, NameSyntax::Custom(is_dns_label, 63)),
        "NetworkSet" => (&sets::NETWORK_SET, NameSyntax::Subdomain),
        "GlobalNetworkSet" => (&sets::GLOBAL_NETWORK_SET, NameSyntax::Subdomain),
        "HostEndpoint" => (&sets::HOST_ENDPOINT, NameSyntax::Subdomain),
        _ => return None,
    })
}

/// "`spec` is required".
fn has_spec(object: &Field<'_, '_>, report: &mut Report<'_>) {
    if !object.has("spec") {
        let flaw = Flaw::new("this object has no `spec`", "write `spec`, with the fields of the object");
        report.missing(object, "spec", flaw);
    }
}

/// Reports a list that is longer than the schemas allow.
fn limit(field: &Field<'_, '_>, key: &str, most: usize, report: &mut Report<'_>) {
    let Some(list) = field.list(key) else { return };
    let count = list.node.items().count();
    if count > most {
        let message = format!("`{key}` has {count} entries; Calico takes at most {most}");
        report.invalid_key(&list, Flaw::new(message, "split it among several rules or policies"));
    }
}

/// Reports a selector of blanks: put together with the namespace of its policy, it is one that Calico's agent cannot read.
fn not_blank(selector: &Field<'_, '_>, report: &mut Report<'_>) {
    let is_blank = |text: &str| !text.is_empty() && text.trim_matches([' ', '\t']).is_empty();
    if selector.node.as_str().is_some_and(is_blank) {
        let help = "write `all()`, or remove the selector";
        report.dropped_by_calico(selector, Flaw::new("this selector is blank", help));
    }
}

/// Whether a field is of a policy without a namespace.
fn is_global(field: &Field<'_, '_>) -> bool {
    let object = field.around().last();
    object.and_then(|object| object.text("kind")).is_some_and(|kind| kind.contains("Global"))
}
