//! Network sets and host endpoints.

use super::has_spec;
use super::rule::has_ports;
use super::syntax::{address, interface, name, network_or_address, optional_name, protocol, protocol_number};
use crate::schema::field::Field;
use crate::schema::metadata::kind;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{port_name, port_number};
use crate::schema::table::{STR, Schema, Type};

pub(super) static NETWORK_SET: Schema = kind!("org.projectcalico.v3.NetworkSet", SET).checked_by(set);

pub(super) static GLOBAL_NETWORK_SET: Schema = kind!("org.projectcalico.v3.GlobalNetworkSet", SET).checked_by(set);

pub(super) static HOST_ENDPOINT: Schema =
    kind!("org.projectcalico.v3.HostEndpoint", HOST_ENDPOINT_SPEC).checked_by(has_spec);

static SET: Schema =
    Schema::new("org.projectcalico.v3.NetworkSetSpec", &[("nets", Type::List(&Type::Str(network_or_address)))]);

static HOST_ENDPOINT_SPEC: Schema = Schema::new(
    "org.projectcalico.v3.HostEndpointSpec",
    &[
        ("expectedIPs", Type::List(&Type::Str(address))),
        ("interfaceName", Type::Str(interface)),
        ("node", Type::Str(optional_name)),
        ("ports", Type::List(&Type::Map(&ENDPOINT_PORT))),
        ("profiles", Type::List(&Type::Str(name))),
    ],
)
.checked_by(host_endpoint);

static ENDPOINT_PORT: Schema = Schema::new(
    "org.projectcalico.v3.EndpointPort",
    &[
        ("name", Type::Str(port_name)),
        ("port", Type::Int(port_number)),
        ("protocol", Type::IntOrStr(protocol_number, protocol)),
    ],
)
.checked_by(endpoint_port);

/// "projectcalico.org/namespace is not a valid label name".
fn set(object: &Field<'_, '_>, report: &mut Report<'_>) {
    has_spec(object, report);
    let Some(metadata) = object.get("metadata") else { return };
    let Some(labels) = metadata.get("labels") else { return };
    if let Some(label) = labels.node.get("projectcalico.org/namespace") {
        let flaw = Flaw::new("the label `projectcalico.org/namespace` is Calico's own", "remove it");
        report.invalid_key(&labels.child("projectcalico.org/namespace", label), flaw);
    }
}

/// "no interface or expected IPs have been specified", and "no node has been specified".
fn host_endpoint(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if field.lacks("node") {
        report.missing(field, "node", Flaw::new("this host endpoint names no node", "write `node: NAME`"));
    }
    let has_addresses = field.list("expectedIPs").is_some_and(|list| list.items().next().is_some());
    if field.lacks("interfaceName") && !has_addresses {
        let flaw = Flaw::new("this host endpoint has neither an interface nor addresses", "write `interfaceName: '*'`");
        report.missing(field, "interfaceName", flaw);
    }
}

/// "EndpointPort protocol does not support ports."
fn endpoint_port(field: &Field<'_, '_>, report: &mut Report<'_>) {
    for key in ["name", "port", "protocol"] {
        if !field.has(key) {
            let flaw = Flaw::new(format!("this port has no `{key}`"), "write `{name: http, port: 80, protocol: TCP}`");
            report.missing(field, key, flaw);
        }
    }
    let Some(written) = field.get("protocol") else { return };
    let text = written.node.scalar_text().unwrap_or_default();
    if !has_ports(text) && protocol(text).is_ok() {
        report.invalid(&written, Flaw::new("this protocol has no ports", "write `TCP`, `UDP` or `SCTP`"));
    }
}
