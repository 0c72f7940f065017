//! NetworkPolicies. The checks are those of `pkg/apis/networking/validation` in Kubernetes.

use crate::schema::cidr::{self, cidr};
use crate::schema::field::Field;
use crate::schema::metadata::kind;
use crate::schema::report::{Flaw, Report};
use crate::schema::selector::LABEL_SELECTOR;
use crate::schema::syntax::port_number;
use crate::schema::table::{INT, PORT_OR_NAME, STR, Schema, Type};

// `status` existed up to Kubernetes 1.27; dumps of such clusters carry it.
pub(crate) static NETWORK_POLICY: Schema = kind!("io.k8s.api.networking.v1.NetworkPolicy", SPEC);

static SPEC: Schema = Schema::new(
    "io.k8s.api.networking.v1.NetworkPolicySpec",
    &[
        ("egress", Type::List(&Type::Map(&EGRESS_RULE))),
        ("ingress", Type::List(&Type::Map(&INGRESS_RULE))),
        ("podSelector", Type::Map(&LABEL_SELECTOR)),
        ("policyTypes", Type::List(&Type::OneOf(&["Ingress", "Egress"]))),
    ],
)
.checked_by(spec);

pub(crate) static INGRESS_RULE: Schema = Schema::new(
    "io.k8s.api.networking.v1.NetworkPolicyIngressRule",
    &[("from", Type::List(&Type::Map(&PEER))), ("ports", Type::List(&Type::Map(&POLICY_PORT)))],
);

pub(crate) static EGRESS_RULE: Schema = Schema::new(
    "io.k8s.api.networking.v1.NetworkPolicyEgressRule",
    &[("ports", Type::List(&Type::Map(&POLICY_PORT))), ("to", Type::List(&Type::Map(&PEER)))],
);

static PEER: Schema = Schema::new(
    "io.k8s.api.networking.v1.NetworkPolicyPeer",
    &[
        ("ipBlock", Type::Map(&IP_BLOCK)),
        ("namespaceSelector", Type::Map(&LABEL_SELECTOR)),
        ("podSelector", Type::Map(&LABEL_SELECTOR)),
    ],
)
.checked_by(peer);

static IP_BLOCK: Schema = Schema::new(
    "io.k8s.api.networking.v1.IPBlock",
    &[("cidr", Type::Str(cidr)), ("except", Type::List(&Type::Str(cidr)))],
)
.checked_by(ip_block);

static POLICY_PORT: Schema = Schema::new(
    "io.k8s.api.networking.v1.NetworkPolicyPort",
    &[("endPort", INT), ("port", PORT_OR_NAME), ("protocol", Type::OneOf(&["TCP", "UDP", "SCTP"]))],
)
.checked_by(port);

/// "may not specify more than two policyTypes".
fn spec(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(types) = field.list("policyTypes") else { return };
    let count = types.node.items().count();
    if count > 2 {
        let message = format!("`policyTypes` has {count} entries; the API takes at most two");
        report.invalid(&types, Flaw::new(message, "write each of `Ingress` and `Egress` once at most"));
    }
}

/// "must specify a peer", and "may not specify both ipBlock and another peer".
fn peer(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let selector = ["podSelector", "namespaceSelector"].into_iter().find(|key| field.has(key));
    match (field.get("ipBlock"), selector) {
        (None, None) => {
            let key = ["podSelector", "namespaceSelector"].into_iter().find(|key| field.node.get(key).is_some());
            let help = match (key, field.key()) {
                // `podSelector:` with nothing behind it is null, and null is no selector.
                (Some(key), _) => format!("write `{key}: {{}}` to match all"),
                (None, list) => format!("write a selector or an `ipBlock`; to match everyone, leave out `{list}`"),
            };
            report.missing(field, key.unwrap_or("podSelector"), Flaw::new("this peer is empty", help));
        }
        (Some(block), Some(selector)) => {
            let help = "make them two peers: start `ipBlock` with a dash of its own";
            let message = format!("`ipBlock` and `{selector}` are in one peer");
            report.invalid_key(&block, Flaw::new(message, help));
        }
        _ => {}
    }
}

/// "must be a strict subset of `cidr`".
fn ip_block(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(cidr) = field.get("cidr") else {
        let flaw = Flaw::new("this `ipBlock` has no `cidr`", "write the block: `cidr: 10.0.0.0/8`");
        return report.missing(field, "cidr", flaw);
    };
    let read = |field: &Field<'_, '_>| field.node.as_str().and_then(|text| cidr::parse_sloppy(text).ok());
    let block = read(&cidr);
    if let Some(block) = block {
        doubts(&cidr, block, report);
    }
    let Some(except) = field.list("except") else { return };
    for item in except.items() {
        let Some(exception) = read(&item) else { continue };
        doubts(&item, exception, report);
        let Some(block) = block else { continue };
        if exception.trunc() == block.trunc() {
            let help = "remove the whole `ipBlock`, or write a smaller block here";
            report.invalid(&item, Flaw::new(format!("`{exception}` excepts the whole of its `cidr`"), help));
        } else if !block.trunc().contains(&exception.trunc()) {
            let message = format!("`{exception}` is not a part of `{block}`");
            report.invalid(&item, Flaw::new(message, "write a block inside `cidr`, or remove it"));
        }
    }
}

/// What API servers refuse where the feature gate `StrictIPCIDRValidation` is on: leading zeros, IPv4 in IPv6 form, and
/// set host bits ("must not have bits set beyond the prefix length"). Since the policy is in force on most clusters,
/// that is a warning.
fn doubts(field: &Field<'_, '_>, block: ipnet::IpNet, report: &mut Report<'_>) {
    if let Some(flaw) = field.node.as_str().and_then(cidr::doubt) {
        return report.doubtful(field, "newer API servers refuse this", flaw);
    }
    let network = block.trunc();
    if network != block {
        let single = ipnet::IpNet::from(block.addr());
        let message = format!("`{block}` has address bits after its prefix");
        let help = format!("write `{network}`, or `{single}` for the one address");
        report.doubtful(field, "newer API servers refuse this", Flaw::new(message, help));
    }
}

/// "`endPort` may not be specified when `port` is not specified", nor "when `port` is non-numeric", and "must be
/// greater than or equal to `port`".
fn port(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(end) = field.get("endPort") else { return };
    let Some(port) = field.get("port") else {
        let help = "write the first port of the range as `port`";
        return report.invalid(&end, Flaw::new("`endPort` stands without `port`", help));
    };
    let last = end.node.as_i64();
    if let Some(Err(flaw)) = last.map(port_number) {
        return report.invalid(&end, flaw);
    }
    match (port.node.as_i64(), last) {
        (Some(first), Some(last)) if last < first => {
            let message = format!("`endPort` {last} is below `port` {first}");
            report.invalid(&end, Flaw::new(message, format!("write a number from {first} to 65535")));
        }
        // A number in quotes is reported as the invalid name that it is.
        (None, _) if port.node.as_str().is_some_and(|name| name.parse::<u16>().is_err()) => {
            let help = "write the first port of the range as a number";
            report.invalid(&end, Flaw::new("`endPort` is with a named `port`", help));
        }
        _ => {}
    }
}
