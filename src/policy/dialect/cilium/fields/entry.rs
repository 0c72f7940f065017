//! The items of `ingress`, `ingressDeny`, `egress` and `egressDeny`.

use super::ports::{DENY_PORT_RULE, FQDN, ICMP_RULE, PORT_RULE};
use super::{SELECTOR, block, dropped, require, require_one};
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{any_text, is_dns_subdomain, quote};
use crate::schema::table::{STR, STRINGS, Schema, Type};

/// The words for groups of peers.
pub(crate) const ENTITIES: &[&str] = &[
    "all",
    "world",
    "cluster",
    "cluster-mesh",
    "host",
    "init",
    "ingress",
    "unmanaged",
    "remote-node",
    "health",
    "none",
    "kube-apiserver",
];

const BLOCKS: Type = Type::List(&Type::Str(block));
const BLOCK_SETS: Type = Type::List(&Type::Map(&BLOCK_SET));
const SELECTORS: Type = Type::List(&Type::Map(&SELECTOR));
const ENTITY: Type = Type::List(&Type::OneOf(ENTITIES));
const CLOUD_GROUPS: Type = Type::List(&Type::Map(&CLOUD_GROUP));
const ICMPS: Type = Type::List(&Type::Map(&ICMP_RULE));

pub(super) static INGRESS: Schema = Schema::new(
    "cilium.io.v2.IngressRule",
    &[
        ("authentication", Type::Map(&AUTHENTICATION)),
        ("fromCIDR", BLOCKS),
        ("fromCIDRSet", BLOCK_SETS),
        ("fromEndpoints", SELECTORS),
        ("fromEntities", ENTITY),
        ("fromGroups", CLOUD_GROUPS),
        ("fromNodes", SELECTORS),
        ("fromRequires", STRINGS),
        ("icmps", ICMPS),
        ("toPorts", Type::List(&Type::Map(&PORT_RULE))),
    ],
)
.checked_by(requirements)
.explained_by(dropped::from_entry);

pub(super) static INGRESS_DENY: Schema = Schema::new(
    "cilium.io.v2.IngressDenyRule",
    &[
        ("fromCIDR", BLOCKS),
        ("fromCIDRSet", BLOCK_SETS),
        ("fromEndpoints", SELECTORS),
        ("fromEntities", ENTITY),
        ("fromGroups", CLOUD_GROUPS),
        ("fromNodes", SELECTORS),
        ("fromRequires", STRINGS),
        ("icmps", ICMPS),
        ("toPorts", Type::List(&Type::Map(&DENY_PORT_RULE))),
    ],
)
.checked_by(requirements)
.explained_by(dropped::from_entry);

pub(super) static EGRESS: Schema = Schema::new(
    "cilium.io.v2.EgressRule",
    &[
        ("authentication", Type::Map(&AUTHENTICATION)),
        ("icmps", ICMPS),
        ("toCIDR", BLOCKS),
        ("toCIDRSet", BLOCK_SETS),
        ("toEndpoints", SELECTORS),
        ("toEntities", ENTITY),
        ("toFQDNs", Type::List(&Type::Map(&FQDN))),
        ("toGroups", CLOUD_GROUPS),
        ("toNodes", SELECTORS),
        ("toPorts", Type::List(&Type::Map(&PORT_RULE))),
        ("toRequires", STRINGS),
        ("toServices", Type::List(&Type::Map(&SERVICE))),
    ],
)
.checked_by(requirements)
.explained_by(dropped::from_entry);

pub(super) static EGRESS_DENY: Schema = Schema::new(
    "cilium.io.v2.EgressDenyRule",
    &[
        ("icmps", ICMPS),
        ("toCIDR", BLOCKS),
        ("toCIDRSet", BLOCK_SETS),
        ("toEndpoints", SELECTORS),
        ("toEntities", ENTITY),
        ("toGroups", CLOUD_GROUPS),
        ("toNodes", SELECTORS),
        ("toPorts", Type::List(&Type::Map(&DENY_PORT_RULE))),
        ("toRequires", STRINGS),
        ("toServices", Type::List(&Type::Map(&SERVICE))),
    ],
)
.checked_by(requirements)
.explained_by(dropped::from_entry);

static AUTHENTICATION: Schema =
    Schema::new("cilium.io.v2.Authentication", &[("mode", Type::OneOf(&["disabled", "required", "test-always-fail"]))])
        .checked_by(|field, report| require(field, &["mode"], report));

static BLOCK_SET: Schema = Schema::new(
    "cilium.io.v2.CIDRRule",
    &[
        ("cidr", Type::Str(block)),
        ("cidrGroupRef", Type::Str(group_name)),
        ("cidrGroupSelector", Type::Map(&SELECTOR)),
        ("except", BLOCKS),
    ],
)
.checked_by(|field, report| require_one(field, &["cidr", "cidrGroupRef", "cidrGroupSelector"], report));

static CLOUD_GROUP: Schema = Schema::new("cilium.io.v2.Groups", &[("aws", Type::Map(&AWS_GROUP))]);

static AWS_GROUP: Schema = Schema::new(
    "cilium.io.v2.AWSGroup",
    &[
        ("labels", Type::Strings(any_text, any_text)),
        ("region", STR),
        ("securityGroupsIds", STRINGS),
        ("securityGroupsNames", STRINGS),
    ],
);

static SERVICE: Schema = Schema::new(
    "cilium.io.v2.Service",
    &[("k8sService", Type::Map(&SERVICE_NAME)), ("k8sServiceSelector", Type::Map(&SERVICE_SELECTOR))],
);

static SERVICE_NAME: Schema =
    Schema::new("cilium.io.v2.K8sServiceNamespace", &[("namespace", STR), ("serviceName", STR)]);

static SERVICE_SELECTOR: Schema =
    Schema::new("cilium.io.v2.K8sServiceSelectorNamespace", &[("namespace", STR), ("selector", Type::Map(&SELECTOR))])
        .checked_by(|field, report| require(field, &["selector"], report));

/// `fromRequires` and `toRequires` may only be empty since they were removed (1.19).
fn requirements(field: &Field<'_, '_>, report: &mut Report<'_>) {
    for key in ["fromRequires", "toRequires"] {
        let Some(list) = field.list(key).filter(|list| list.items().next().is_some()) else { continue };
        let help = "remove it, and write the labels into each selector of the peers";
        report.invalid_key(&list, Flaw::new(format!("Cilium 1.19 removed `{key}`"), help));
    }
}

fn group_name(text: &str) -> Result<(), Flaw> {
    if is_dns_subdomain(text) {
        return Ok(());
    }
    let help = "write the name of a CiliumCIDRGroup: lower-case letters, digits, `-` and `.`";
    Err(Flaw::new(format!("{} is not a valid name", quote(text)), help))
}
