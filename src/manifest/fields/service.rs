//! Services. The checks are those of `ValidateService` in Kubernetes.

use super::field::Field;
use super::metadata::LABELS;
use super::report::{Flaw, Report};
use super::schema::{INT, PORT, PROTOCOL, STR, STRINGS, Schema, Type, kind};
use super::syntax::{is_dns_subdomain, is_placeholder, optional_dns_label, optional_port_name, optional_port_number};
use super::syntax::{name_help, quote};

pub(super) static SERVICE: Schema = kind!("io.k8s.api.core.v1.Service", SPEC);

static SPEC: Schema = Schema::new(
    "io.k8s.api.core.v1.ServiceSpec",
    &[
        ("allocateLoadBalancerNodePorts", Type::Bool),
        ("clusterIP", STR),
        ("clusterIPs", STRINGS),
        ("externalIPs", STRINGS),
        ("externalName", STR),
        ("externalTrafficPolicy", Type::OneOf(&["", "Cluster", "Local"])),
        ("healthCheckNodePort", INT),
        ("internalTrafficPolicy", Type::OneOf(&["Cluster", "Local"])),
        ("ipFamilies", Type::List(&Type::OneOf(&["IPv4", "IPv6"]))),
        ("ipFamilyPolicy", Type::OneOf(&["SingleStack", "PreferDualStack", "RequireDualStack"])),
        ("loadBalancerClass", STR),
        ("loadBalancerIP", STR),
        ("loadBalancerSourceRanges", STRINGS),
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

fn spec(field: &Field<'_, '_>, report: &mut Report) {
    if field.text("type") == Some("ExternalName") {
        external_name(field, report);
    }
    let Some(ports) = field.list("ports") else { return };
    let ports: Vec<Field<'_, '_>> = ports.items().collect();
    let (mut names, mut numbers) = (Vec::new(), Vec::new());
    for port in &ports {
        match port.get("name").zip(port.text("name")) {
            Some((name, text)) if names.contains(&text) => {
                let message = format!("two ports of this Service are named {}", quote(text));
                report.invalid(&name, Flaw::new(message, "give each port its own name"));
            }
            Some((_, text)) => names.push(text),
            None if ports.len() > 1 && port.lacks("name") => {
                let help = "write `name`: every port needs one where there are several";
                report.missing(port, "name", Flaw::new("this port of several has no name", help));
            }
            None => {}
        }
        let Some(number) = port.number("port") else { continue };
        let key = (number, port.text("protocol").unwrap_or("TCP"));
        if numbers.contains(&key) {
            let message = format!("port {number}/{} is listed twice", key.1);
            report.invalid(port, Flaw::new(message, "remove one of the two, or change its number or protocol"));
        }
        numbers.push(key);
    }
}

fn external_name(field: &Field<'_, '_>, report: &mut Report) {
    match field.get("externalName").zip(field.text("externalName")) {
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

fn port(field: &Field<'_, '_>, report: &mut Report) {
    if !field.has("port") {
        let help = "write the number that clients use: `port: 80`";
        report.missing(field, "port", Flaw::new("this Service port has no `port`", help));
    }
}
