//! The schemas of Cilium's kinds, as its custom resource definitions publish them (`cilium.io/v2`, release 1.20).
//!
//! The API server checks nothing else: what Cilium's agent refuses beyond it is in [`super::check`].

mod dropped;
mod entry;
mod group;
mod ports;

use std::str::FromStr;

use ipnet::IpNet;

use crate::schema::field::Field;
use crate::schema::metadata::OBJECT_META;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{any_text, label_value, quote};
use crate::schema::table::{STR, STRINGS, Schema, Type};
use crate::text::escape;

#[cfg(test)]
pub(super) use entry::ENTITIES;
use entry::{EGRESS, EGRESS_DENY, INGRESS, INGRESS_DENY};
pub(crate) use group::{CIDR_GROUP, LOCAL_REDIRECT_POLICY};

/// Both kinds of policy: they have the same schema.
pub(crate) static POLICY: Schema = Schema::new(
    "cilium.io.v2.CiliumNetworkPolicy",
    &[
        ("apiVersion", STR),
        ("kind", STR),
        ("metadata", Type::Map(&OBJECT_META)),
        ("spec", Type::Map(&RULE)),
        ("specs", Type::List(&Type::Map(&RULE))),
    ],
)
.others(&["status"])
.checked_by(policy);

static RULE: Schema = Schema::new(
    "cilium.io.v2.Rule",
    &[
        ("description", STR),
        ("egress", Type::List(&Type::Map(&EGRESS))),
        ("egressDeny", Type::List(&Type::Map(&EGRESS_DENY))),
        ("enableDefaultDeny", Type::Map(&DEFAULT_DENY)),
        ("endpointSelector", Type::Map(&SELECTOR)),
        ("ingress", Type::List(&Type::Map(&INGRESS))),
        ("ingressDeny", Type::List(&Type::Map(&INGRESS_DENY))),
        ("labels", Type::List(&Type::Map(&LABEL))),
        ("log", Type::Map(&LOG)),
        ("nodeSelector", Type::Map(&SELECTOR)),
    ],
)
.checked_by(rule);

static DEFAULT_DENY: Schema =
    Schema::new("cilium.io.v2.DefaultDenyConfig", &[("egress", Type::Bool), ("ingress", Type::Bool)]);

static LABEL: Schema =
    Schema::new("cilium.io.v2.Label", &[("key", STR), ("source", STR), ("value", STR)]).checked_by(label);

static LOG: Schema = Schema::new("cilium.io.v2.LogConfig", &[("value", Type::Str(log_value))]);

/// A label selector. Its keys may name the source of the label (`k8s:app`), which the agent checks.
pub(super) static SELECTOR: Schema = Schema::new(
    "cilium.io.v2.LabelSelector",
    &[
        ("matchExpressions", Type::List(&Type::Map(&REQUIREMENT))),
        ("matchLabels", Type::Strings(any_text, label_value)),
    ],
);

static REQUIREMENT: Schema = Schema::new(
    "cilium.io.v2.LabelSelectorRequirement",
    &[("key", STR), ("operator", Type::OneOf(&["In", "NotIn", "Exists", "DoesNotExist"])), ("values", STRINGS)],
)
.checked_by(requirement);

/// "spec or specs must be provided".
fn policy(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if !field.has("spec") && !field.has("specs") {
        let help = "write `spec`, with an `endpointSelector` and rules";
        report.missing(field, "spec", Flaw::new("this policy has neither `spec` nor `specs`", help));
    }
}

/// One selector, and at least one of the four lists; they may be empty as far as the schema goes.
fn rule(field: &Field<'_, '_>, report: &mut Report<'_>) {
    match (field.has("endpointSelector"), field.get("nodeSelector")) {
        (false, None) => {
            let help = "write `endpointSelector: {}` to select all pods";
            report.missing(field, "endpointSelector", Flaw::new("this rule has no `endpointSelector`", help));
        }
        (true, Some(nodes)) => {
            let message = "`endpointSelector` and `nodeSelector` exclude each other";
            report.invalid_key(&nodes, Flaw::new(message, "keep one, or make them two items of `specs`"));
        }
        _ => {}
    }
    if !["ingress", "ingressDeny", "egress", "egressDeny"].iter().any(|list| field.has(list)) {
        let message = "this rule has none of `ingress`, `ingressDeny`, `egress` and `egressDeny`";
        let help = "to deny all ingress, write `ingress: [{}]`";
        report.missing(field, "ingress", Flaw::new(message, help));
    }
}

fn label(field: &Field<'_, '_>, report: &mut Report<'_>) {
    require(field, &["key"], report);
}

fn requirement(field: &Field<'_, '_>, report: &mut Report<'_>) {
    require(field, &["key", "operator"], report);
}

/// Reports those of the fields that a mapping lacks.
fn require(field: &Field<'_, '_>, keys: &[&'static str], report: &mut Report<'_>) {
    for key in keys {
        if !field.has(key) {
            report.missing(field, key, Flaw::new(format!("`{key}` is missing"), format!("write `{key}`")));
        }
    }
}

/// Reports a mapping in which not exactly one of the fields is written.
fn require_one(field: &Field<'_, '_>, keys: &[&'static str], report: &mut Report<'_>) {
    let names = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let mut written = keys.iter().filter(|key| field.has(key));
    let Some(first) = written.next() else {
        let key = keys.first().copied().unwrap_or_default();
        return report.missing(field, key, Flaw::new("this item is empty", format!("write one of {names}")));
    };
    if let Some(second) = written.next().and_then(|key| field.get(key)) {
        let message = format!("`{first}` and `{}` exclude each other", second.key());
        report.invalid_key(&second, Flaw::new(message, format!("write one of {names} in each item")));
    }
}

/// A block with its prefix length. The schema (`format: cidr`) lets numbers have leading zeros, which the agent does
/// not.
fn block(text: &str) -> Result<(), Flaw> {
    if has_block_shape(text) {
        return Ok(());
    }
    let help = match text.parse::<std::net::IpAddr>() {
        Ok(address) => format!("write `{}`", IpNet::from(address)),
        Err(_) => "write an address and a prefix length, such as `10.0.0.0/8` or `fd00::/8`".to_owned(),
    };
    Err(Flaw::new(format!("{} is not a valid CIDR block", quote(text)), help))
}

fn has_block_shape(text: &str) -> bool {
    IpNet::from_str(text).is_ok()
        || text.split_once('/').is_some_and(|(address, length)| {
            let address = without_zeros(address, '.');
            IpNet::from_str(&format!("{address}/{}", without_zeros(length, '/'))).is_ok()
        })
}

fn without_zeros(text: &str, separator: char) -> String {
    let part = |part: &str| match part.trim_start_matches('0') {
        "" if !part.is_empty() => "0".to_owned(),
        rest => rest.to_owned(),
    };
    let parts: Vec<String> = text.split(separator).map(part).collect();
    parts.join(&separator.to_string())
}

/// "`^\PC*$`", at most 32 characters.
fn log_value(text: &str) -> Result<(), Flaw> {
    if text.chars().count() <= 32 && !text.chars().any(|it| it.is_control() || escape::is_unsafe(it)) {
        return Ok(());
    }
    Err(Flaw::new(format!("{} is not a valid log value", quote(text)), "write at most 32 printable characters"))
}
