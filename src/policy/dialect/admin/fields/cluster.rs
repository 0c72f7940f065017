//! ClusterNetworkPolicy `v1beta1` and `v1alpha2`, which have one schema.

use super::selector::SELECTOR;
use super::{dropped, named_ports, values};
use crate::schema::constraint::Constraint::{Distinct, Items, OneField, Required};
use crate::schema::field::Field;
use crate::schema::metadata::kind;
use crate::schema::report::{Flaw, Report};
use crate::schema::table::{PORT, STR, Schema, Type};

pub(crate) static CLUSTER_NETWORK_POLICY: Schema = kind!("policy.networking.k8s.io.ClusterNetworkPolicy", SPEC)
    .called("ClusterNetworkPolicy")
    .holding(&[Required("spec", "write `spec` with `tier`, `priority`, `subject` and rules")]);

static SPEC: Schema = Schema::new(
    "policy.networking.k8s.io.ClusterNetworkPolicySpec",
    &[
        ("egress", Type::List(&Type::Map(&EGRESS_RULE))),
        ("ingress", Type::List(&Type::Map(&INGRESS_RULE))),
        ("priority", Type::Int(values::priority)),
        ("subject", Type::Map(&SUBJECT)),
        ("tier", Type::OneOf(&["Admin", "Baseline"])),
    ],
)
.called("policy")
.holding(&[
    Required("tier", "write `tier: Admin`, or `tier: Baseline` for rules that NetworkPolicies come before"),
    Required("priority", "write `priority`, from 0 (asked first) to 1000"),
    Required("subject", "write the pods that it is for; for those of every namespace, `subject: {namespaces: {}}`"),
    Items("ingress", 0, 25, ""),
    Items("egress", 0, 25, ""),
])
.explained_by(dropped::from_spec);

static SUBJECT: Schema =
    Schema::new("policy.networking.k8s.io.ClusterNetworkPolicySubject", &[("namespaces", SELECTOR), ("pods", PODS)])
        .called("subject")
        .holding(&[OneField("write `namespaces` or `pods`; `namespaces: {}` selects all pods of the cluster")])
        .explained_by(dropped::from_peer);

const PODS: Type = Type::Map(&NAMESPACED_POD);

static NAMESPACED_POD: Schema = Schema::new(
    "policy.networking.k8s.io.NamespacedPod",
    &[("namespaceSelector", SELECTOR), ("podSelector", SELECTOR)],
)
.called("`pods`")
.holding(&[Required("podSelector", "write `podSelector`; `podSelector: {}` matches all pods")])
.explained_by(dropped::from_pods);

static INGRESS_RULE: Schema = Schema::new(
    "policy.networking.k8s.io.ClusterNetworkPolicyIngressRule",
    &[
        ("action", ACTION),
        ("from", Type::List(&Type::Map(&INGRESS_PEER))),
        ("name", Type::Str(values::rule_name)),
        ("protocols", PROTOCOLS),
    ],
)
.called("rule")
.holding(&[
    Required("action", values::CLUSTER_ACTIONS),
    Required("from", "write the sources; for all pods of the cluster, `from: [{namespaces: {}}]`"),
    Items("from", 1, 25, "write the sources; for all pods of the cluster, `from: [{namespaces: {}}]`"),
    Items("protocols", 1, 25, "remove `protocols` to match every port"),
])
.explained_by(dropped::from_cluster_rule);

static EGRESS_RULE: Schema = Schema::new(
    "policy.networking.k8s.io.ClusterNetworkPolicyEgressRule",
    &[
        ("action", ACTION),
        ("name", Type::Str(values::rule_name)),
        ("protocols", PROTOCOLS),
        ("to", Type::List(&Type::Map(&EGRESS_PEER))),
    ],
)
.called("rule")
.holding(&[
    Required("action", values::CLUSTER_ACTIONS),
    Required("to", "write the destinations; for all pods of the cluster, `to: [{namespaces: {}}]`"),
    Items("to", 1, 25, "write the destinations; for all pods of the cluster, `to: [{namespaces: {}}]`"),
    Items("protocols", 1, 25, "remove `protocols` to match every port"),
])
.checked_by(|field, report| named_ports(field, ("protocols", "destinationNamedPort"), report))
.explained_by(dropped::from_cluster_rule);

const ACTION: Type = Type::Str(values::cluster_action);

static INGRESS_PEER: Schema = Schema::new(
    "policy.networking.k8s.io.ClusterNetworkPolicyIngressPeer",
    &[("namespaces", SELECTOR), ("pods", PODS)],
)
.called("peer")
.holding(&[OneField("write `namespaces` or `pods`; `namespaces: {}` matches all pods of the cluster")])
.explained_by(dropped::from_peer);

static EGRESS_PEER: Schema = Schema::new(
    "policy.networking.k8s.io.ClusterNetworkPolicyEgressPeer",
    &[
        ("domainNames", Type::List(&Type::Str(values::domain_name))),
        ("namespaces", SELECTOR),
        ("networks", Type::List(&Type::Str(values::exact_network))),
        ("nodes", SELECTOR),
        ("pods", PODS),
    ],
)
.called("peer")
.holding(&[
    OneField("write `namespaces`, `pods`, `networks`, `nodes` or `domainNames`"),
    Items("networks", 1, 25, "write a block: `networks: [10.0.0.0/8]`"),
    Distinct("networks"),
    Items("domainNames", 1, 25, "write a name: `domainNames: [example.com]`"),
    Distinct("domainNames"),
])
.explained_by(dropped::from_peer);

const PROTOCOLS: Type = Type::List(&Type::Map(&PROTOCOL));

static PROTOCOL: Schema = Schema::new(
    "policy.networking.k8s.io.ClusterNetworkPolicyProtocol",
    &[
        ("destinationNamedPort", STR),
        ("sctp", Type::Map(&TRANSPORT)),
        ("tcp", Type::Map(&TRANSPORT)),
        ("udp", Type::Map(&TRANSPORT)),
    ],
)
.called("protocol")
.holding(&[OneField("write `tcp`, `udp`, `sctp` or `destinationNamedPort`")])
.explained_by(dropped::from_protocol);

static TRANSPORT: Schema = Schema::new(
    "policy.networking.k8s.io.ClusterNetworkPolicyProtocolTCP",
    &[("destinationPort", Type::Map(&DESTINATION_PORT))],
)
.called("protocol")
.holding(&[Required(
    "destinationPort",
    "write `destinationPort: {number: 80}`; for every port, `destinationPort: {range: {start: 1, end: 65535}}`",
)])
.explained_by(dropped::from_protocol);

static DESTINATION_PORT: Schema =
    Schema::new("policy.networking.k8s.io.Port", &[("number", PORT), ("range", Type::Map(&RANGE))])
        .called("port")
        .holding(&[OneField("write `number: 80`, or `range: {start: 8000, end: 8999}`")])
        .explained_by(dropped::from_protocol);

static RANGE: Schema = Schema::new("policy.networking.k8s.io.PortRange", &[("end", PORT), ("start", PORT)])
    .called("range")
    .holding(&[
        Required("start", "write the first port: `start: 8000`"),
        Required("end", "write the last port: `end: 8999`"),
    ])
    .checked_by(range);

/// "Start port must be less than End port."
fn range(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let (Some(start), Some(last), Some(end)) = (field.number("start"), field.number("end"), field.get("end")) else {
        return;
    };
    if start >= last {
        let message = format!("`end` {last} is not above `start` {start}");
        let help = match start == last {
            true => format!("write `number: {start}` instead of the range"),
            false => format!("write `start: {last}` and `end: {start}`"),
        };
        report.invalid(&end, Flaw::new(message, help));
    }
}
