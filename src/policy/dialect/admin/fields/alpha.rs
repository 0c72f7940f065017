//! AdminNetworkPolicy and BaselineAdminNetworkPolicy `v1alpha1`.

use super::selector::SELECTOR;
use super::{dropped, named_ports, values};
use crate::diagnostic::Severity;
use crate::net::Protocol;
use crate::schema::constraint::Constraint::{Distinct, Items, OneField, Required};
use crate::schema::field::Field;
use crate::schema::metadata::kind;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{is_placeholder, quote};
use crate::schema::table::{PORT, STR, Schema, Type};
use crate::yaml::Part;

pub(crate) static ADMIN_NETWORK_POLICY: Schema = kind!("policy.networking.k8s.io.AdminNetworkPolicy", ADMIN_SPEC)
    .called("AdminNetworkPolicy")
    .holding(&[Required("spec", "write `spec` with `priority`, `subject` and rules")]);

pub(crate) static BASELINE_ADMIN_NETWORK_POLICY: Schema =
    kind!("policy.networking.k8s.io.BaselineAdminNetworkPolicy", BASELINE_SPEC)
        .called("BaselineAdminNetworkPolicy")
        .holding(&[Required("spec", "write `spec` with `subject` and rules")])
        .checked_by(only_one);

/// "Only one baseline admin network policy with metadata.name="default" can be created in the cluster."
fn only_one(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(metadata) = field.get("metadata") else { return };
    let help = "write `name: default`: a cluster has one such policy at most; ClusterNetworkPolicy has no such limit";
    if let Some((name, text)) = metadata.string("name") {
        if text != "default" && !is_placeholder(text) {
            let message = format!("a BaselineAdminNetworkPolicy cannot be called {}", quote(text));
            report.invalid(&name, Flaw::new(message, help));
        }
    } else if let Some(prefix) = metadata.get("generateName") {
        report.invalid_key(&prefix, Flaw::new("the name of a BaselineAdminNetworkPolicy is `default`", help));
    }
}

static ADMIN_SPEC: Schema = Schema::new(
    "policy.networking.k8s.io.AdminNetworkPolicySpec",
    &[
        ("egress", Type::List(&Type::Map(&ADMIN_EGRESS_RULE))),
        ("ingress", Type::List(&Type::Map(&ADMIN_INGRESS_RULE))),
        ("priority", Type::Int(values::priority)),
        ("subject", Type::Map(&SUBJECT)),
    ],
)
.called("policy")
.holding(&[Required("priority", "write `priority`, from 0 (asked first) to 1000"), NEEDS_SUBJECT, INGRESS, EGRESS])
.explained_by(dropped::from_spec);

static BASELINE_SPEC: Schema = Schema::new(
    "policy.networking.k8s.io.BaselineAdminNetworkPolicySpec",
    &[
        ("egress", Type::List(&Type::Map(&BASELINE_EGRESS_RULE))),
        ("ingress", Type::List(&Type::Map(&BASELINE_INGRESS_RULE))),
        ("subject", Type::Map(&SUBJECT)),
    ],
)
.called("policy")
.holding(&[NEEDS_SUBJECT, INGRESS, EGRESS])
.explained_by(dropped::from_spec);

const NEEDS_SUBJECT: crate::schema::constraint::Constraint =
    Required("subject", "write the pods that it is for; for those of every namespace, `subject: {namespaces: {}}`");
const INGRESS: crate::schema::constraint::Constraint = Items("ingress", 0, 100, "");
const EGRESS: crate::schema::constraint::Constraint = Items("egress", 0, 100, "");

static SUBJECT: Schema =
    Schema::new("policy.networking.k8s.io.AdminNetworkPolicySubject", &[("namespaces", SELECTOR), ("pods", PODS)])
        .called("subject")
        .holding(&[OneField("write `namespaces` or `pods`; `namespaces: {}` selects all pods of the cluster")])
        .explained_by(dropped::from_peer);

const PODS: Type = Type::Map(&NAMESPACED_POD);

static NAMESPACED_POD: Schema = Schema::new(
    "policy.networking.k8s.io.NamespacedPod",
    &[("namespaceSelector", SELECTOR), ("podSelector", SELECTOR)],
)
.called("`pods`")
.holding(&[
    Required("namespaceSelector", "write `namespaceSelector`; `namespaceSelector: {}` matches all namespaces"),
    Required("podSelector", "write `podSelector`; `podSelector: {}` matches all pods"),
])
.explained_by(dropped::from_pods);

/// A table of rules: a name, the key of the peers, their type, the actions, and a check.
macro_rules! rule {
    ($name:literal, $peers:literal, $peer:expr, $action:expr, $actions:expr) => {
        Schema::new(
            $name,
            &[
                ("action", Type::Str($action)),
                ($peers, Type::List(&Type::Map(&$peer))),
                ("name", Type::Str(values::rule_name)),
                ("ports", PORTS),
            ],
        )
        .called("rule")
        .holding(&[
            Required("action", $actions),
            Required(
                $peers,
                concat!("write the peers; for all pods of the cluster, `", $peers, ": [{namespaces: {}}]`"),
            ),
            Items(
                $peers,
                1,
                100,
                concat!("write the peers; for all pods of the cluster, `", $peers, ": [{namespaces: {}}]`"),
            ),
            Items("ports", 1, 100, "remove `ports` to match every port"),
        ])
        .explained_by(dropped::from_alpha_rule)
    };
}

static ADMIN_INGRESS_RULE: Schema = rule!(
    "policy.networking.k8s.io.AdminNetworkPolicyIngressRule",
    "from",
    INGRESS_PEER,
    values::admin_action,
    values::ADMIN_ACTIONS
);

static ADMIN_EGRESS_RULE: Schema = rule!(
    "policy.networking.k8s.io.AdminNetworkPolicyEgressRule",
    "to",
    ADMIN_EGRESS_PEER,
    values::admin_action,
    values::ADMIN_ACTIONS
)
.checked_by(|field, report| named_ports(field, ("ports", "namedPort"), report));

static BASELINE_INGRESS_RULE: Schema = rule!(
    "policy.networking.k8s.io.BaselineAdminNetworkPolicyIngressRule",
    "from",
    INGRESS_PEER,
    values::baseline_action,
    values::BASELINE_ACTIONS
);

static BASELINE_EGRESS_RULE: Schema = rule!(
    "policy.networking.k8s.io.BaselineAdminNetworkPolicyEgressRule",
    "to",
    BASELINE_EGRESS_PEER,
    values::baseline_action,
    values::BASELINE_ACTIONS
)
.checked_by(|field, report| named_ports(field, ("ports", "namedPort"), report));

static INGRESS_PEER: Schema =
    Schema::new("policy.networking.k8s.io.AdminNetworkPolicyIngressPeer", &[("namespaces", SELECTOR), ("pods", PODS)])
        .called("peer")
        .holding(&[OneField("write `namespaces` or `pods`; `namespaces: {}` matches all pods of the cluster")])
        .explained_by(dropped::from_peer);

static ADMIN_EGRESS_PEER: Schema = Schema::new(
    "policy.networking.k8s.io.AdminNetworkPolicyEgressPeer",
    &[
        ("domainNames", Type::List(&Type::Str(values::alpha_domain_name))),
        ("namespaces", SELECTOR),
        ("networks", NETWORKS),
        ("nodes", SELECTOR),
        ("pods", PODS),
    ],
)
.called("peer")
.holding(&[
    OneField("write `namespaces`, `pods`, `networks`, `nodes` or `domainNames`"),
    ITEMS_OF_NETWORKS,
    Distinct("networks"),
    Items("domainNames", 1, 25, "write a name: `domainNames: [example.com]`"),
    Distinct("domainNames"),
])
.checked_by(values::host_bits)
.explained_by(dropped::from_peer);

static BASELINE_EGRESS_PEER: Schema = Schema::new(
    "policy.networking.k8s.io.BaselineAdminNetworkPolicyEgressPeer",
    &[("namespaces", SELECTOR), ("networks", NETWORKS), ("nodes", SELECTOR), ("pods", PODS)],
)
.called("peer")
.holding(&[OneField("write `namespaces`, `pods`, `networks` or `nodes`"), ITEMS_OF_NETWORKS, Distinct("networks")])
.checked_by(values::host_bits)
.explained_by(dropped::from_peer);

const NETWORKS: Type = Type::List(&Type::Str(values::network));
const ITEMS_OF_NETWORKS: crate::schema::constraint::Constraint =
    Items("networks", 1, 25, "write a block: `networks: [10.0.0.0/8]`");

const PORTS: Type = Type::List(&Type::Map(&POLICY_PORT));

static POLICY_PORT: Schema = Schema::new(
    "policy.networking.k8s.io.AdminNetworkPolicyPort",
    &[("namedPort", STR), ("portNumber", Type::Map(&PORT_NUMBER)), ("portRange", Type::Map(&PORT_RANGE))],
)
.called("port")
.holding(&[OneField("write `portNumber`, `portRange` or `namedPort`")])
.explained_by(dropped::from_alpha_port);

// The definition asks for `protocol`, after it has filled in `TCP`.
static PORT_NUMBER: Schema = Schema::new("policy.networking.k8s.io.Port", &[("port", PORT), ("protocol", STR)])
    .called("port")
    .holding(&[Required("port", "write the number: `port: 80`")])
    .checked_by(protocol);

static PORT_RANGE: Schema =
    Schema::new("policy.networking.k8s.io.PortRange", &[("end", PORT), ("protocol", STR), ("start", PORT)])
        .called("range")
        .holding(&[
            Required("start", "write the first port: `start: 8000`"),
            Required("end", "write the last port: `end: 8999`"),
        ])
        .checked_by(range);

/// The definition takes any string as a protocol; implementations know three.
fn protocol(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(protocol) = field.get("protocol") else { return };
    let Some(text) = protocol.node.as_str() else { return };
    if Protocol::parse(text).is_some() || is_placeholder(text) {
        return;
    }
    let upper = text.to_uppercase();
    let help = match Protocol::parse(&upper) {
        Some(meant) => format!("write `{meant}`"),
        None => "write `TCP`, `UDP` or `SCTP`; without `ports`, a rule is for every protocol".to_owned(),
    };
    let message = format!("{} is not a protocol", quote(text));
    report.unchecked(&protocol, Part::Value, Severity::Error, Flaw::new(message, help));
}

/// The definition does not compare the ends of a range.
fn range(field: &Field<'_, '_>, report: &mut Report<'_>) {
    protocol(field, report);
    let (Some(start), Some(last), Some(end)) = (field.number("start"), field.number("end"), field.get("end")) else {
        return;
    };
    if start > last {
        let message = format!("`end` {last} is below `start` {start}");
        let help = format!("write `start: {last}` and `end: {start}`");
        report.unchecked(&end, Part::Value, Severity::Error, Flaw::new(message, help));
    }
}
