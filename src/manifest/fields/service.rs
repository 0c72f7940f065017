//! Services. The checks are those of `ValidateService` in Kubernetes.

use std::net::IpAddr;

use crate::schema::cidr;
use crate::schema::field::Field;
use crate::schema::metadata::{LABELS, kind};
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{
    is_dns_subdomain, is_placeholder, name_help, optional_dns_label, optional_port_name, optional_port_number, quote,
};
use crate::schema::table::{INT, PORT, PROTOCOL, STR, Schema, Type};

pub(super) static SERVICE: Schema = kind!("io.k8s.api.core.v1.Service", SPEC);

static SPEC: Schema = Schema::new(
    "io.k8s.api.core.v1.ServiceSpec",
    &[
        ("allocateLoadBalancerNodePorts", Type::Bool),
        ("clusterIP", Type::Str(cluster_ip)),
        ("clusterIPs", Type::List(&Type::Str(cluster_ip))),
        ("externalIPs", Type::List(&Type::Str(address))),
        ("externalName", STR),
        ("externalTrafficPolicy", Type::OneOf(&["", "Cluster", "Local"])),
        ("healthCheckNodePort", INT),
        ("internalTrafficPolicy", Type::OneOf(&["Cluster", "Local"])),
        ("ipFamilies", Type::List(&Type::OneOf(&["IPv4", "IPv6"]))),
        ("ipFamilyPolicy", Type::OneOf(&["SingleStack", "PreferDualStack", "RequireDualStack"])),
        ("loadBalancerClass", STR),
        ("loadBalancerIP", STR),
        ("loadBalancerSourceRanges", Type::List(&Type::Str(source_range))),
        ("ports", Type::List(&Type::Map(&SERVICE_PORT))),
        ("publishNotReadyAddresses", Type::Bool),
        ("selector", LABELS),
        ("sessionAffinity", Type::OneOf(&["", "ClientIP", "None"])),
        ("sessionAffinityConfig", Type::Map(&SESSION_AFFINITY)),
        ("trafficDistribution", STR),
        ("type", Type::OneOf(&["", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"])),
    ],
)
.checked_by(spec);

static SERVICE_PORT: Schema = Schema::new(
    "io.k8s.api.core.v1.ServicePort",
    &[
        ("appProtocol", STR),
        ("name", Type::Str(optional_dns_label)),
        ("nodePort", Type::Int(optional_port_number)),
        ("port", PORT),
        ("protocol", PROTOCOL),
        // 0 and the empty string stand for the default, the number of `port`.
        ("targetPort", Type::IntOrStr(optional_port_number, optional_port_name)),
    ],
)
.checked_by(port);

static SESSION_AFFINITY: Schema =
    Schema::new("io.k8s.api.core.v1.SessionAffinityConfig", &[("clientIP", Type::Map(&CLIENT_IP))]);

static CLIENT_IP: Schema = Schema::new("io.k8s.api.core.v1.ClientIPConfig", &[("timeoutSeconds", INT)]);

fn spec(field: &Field<'_, '_>, report: &mut Report<'_>) {
    match field.text("type") {
        Some("ExternalName") => external_name(field, report),
        Some("ClusterIP") => inside_only(field, report),
        Some(kind @ ("NodePort" | "LoadBalancer")) => reached_at_an_address(field, kind, report),
        _ => {}
    }
    let Some(ports) = field.several("ports") else { return };
    let (mut names, mut numbers) = (Vec::new(), Vec::new());
    for port in ports.items() {
        match port.string("name") {
            Some((name, text)) if names.contains(&text) => {
                let message = format!("two ports of this Service are named {}", quote(text));
                report.invalid(&name, Flaw::new(message, "give each port its own name"));
            }
            Some((_, text)) => names.push(text),
            None if port.lacks("name") => {
                let help = "write `name`: every port needs one where there are several";
                report.missing(&port, "name", Flaw::new("this port of several has no name", help));
            }
            None => {}
        }
        let Some(number) = port.number("port") else { continue };
        let key = (number, port.text("protocol").unwrap_or("TCP"));
        if numbers.contains(&key) {
            let message = format!("port {number}/{} is listed twice", key.1);
            report.invalid(&port, Flaw::new(message, "remove one of the two, or change its number or protocol"));
        }
        numbers.push(key);
    }
}

/// "may not be used when `type` is 'ClusterIP'", and "may only be set for externally-accessible services".
fn inside_only(field: &Field<'_, '_>, report: &mut Report<'_>) {
    const HELP: &str = "remove it, or write `type: NodePort` or `type: LoadBalancer`";
    let ports = field.list("ports");
    for port in ports.iter().flat_map(|ports| ports.items()) {
        if let Some(node_port) = port.get("nodePort").filter(|it| it.node.as_i64().is_some_and(|it| it != 0)) {
            report.invalid_key(&node_port, Flaw::new("a ClusterIP Service has no `nodePort`", HELP));
        }
    }
    let is_inside = !field.lacks("externalTrafficPolicy") && field.lacks("externalIPs");
    if let Some(policy) = field.get("externalTrafficPolicy").filter(|_| is_inside) {
        let message = "`externalTrafficPolicy` is for Services that are reached from outside";
        report.invalid_key(&policy, Flaw::new(message, HELP));
    }
}

/// "may not be set to 'None' for NodePort services", nor for those of a load balancer.
fn reached_at_an_address(field: &Field<'_, '_>, kind: &str, report: &mut Report<'_>) {
    if let Some((ip, "None")) = field.string("clusterIP") {
        let flaw = Flaw::new(format!("a {kind} Service cannot be headless"), "remove `clusterIP`, or `type`");
        report.invalid(&ip, flaw);
    }
}

fn external_name(field: &Field<'_, '_>, report: &mut Report<'_>) {
    match field.string("externalName") {
        Some((name, text)) => {
            let host = text.strip_suffix('.').unwrap_or(text);
            if !is_dns_subdomain(host) && !is_placeholder(text) {
                let message = format!("{} is not a DNS name", quote(text));
                report.invalid(&name, Flaw::new(message, name_help(host, is_dns_subdomain, 253)));
            }
        }
        None if field.lacks("externalName") => {
            let help = "write the DNS name it stands for: `externalName: db.example.com`";
            report.missing(field, "externalName", Flaw::new("an ExternalName Service has no `externalName`", help));
        }
        None => {}
    }
}

fn port(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if !field.has("port") {
        let help = "write the number that clients use: `port: 80`";
        report.missing(field, "port", Flaw::new("this Service port has no `port`", help));
    }
}

/// An address, `None` for a headless Service, or nothing: "must be empty, 'None', or a valid IP address".
fn cluster_ip(text: &str) -> Result<(), Flaw> {
    if ["", "None"].contains(&text) { Ok(()) } else { address(text) }
}

/// An address. Leading zeros are let pass, as older API servers do.
fn address(text: &str) -> Result<(), Flaw> {
    if text.parse::<IpAddr>().is_ok() || cidr::without_leading_zeros(text).is_some() {
        return Ok(());
    }
    let help = "write an address such as `10.96.0.7`, or leave it to the cluster";
    Err(Flaw::new(format!("{} is not an IP address", quote(text)), help))
}

/// A block of clients; the API server overlooks blanks around it.
fn source_range(text: &str) -> Result<(), Flaw> {
    cidr::cidr(text.trim())
}
