//! Rules of policies.

use super::entity::ENTITY;
use super::syntax::{self, block, icmp_code, icmp_type, ip_version, protocol, protocol_number};
use super::{dropped, is_global};
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{annotation_key, any_text, is_placeholder, quote};
use crate::schema::table::{STR, STRINGS, Schema, Type};

pub(super) static RULE: Schema = Schema::new(
    "org.projectcalico.v3.Rule",
    &[
        ("action", Type::OneOf(&["Allow", "Deny", "Log", "Pass"])),
        ("destination", Type::Map(&ENTITY)),
        ("http", Type::Map(&HTTP)),
        ("icmp", Type::Map(&ICMP)),
        ("ipVersion", Type::Int(ip_version)),
        ("metadata", Type::Map(&METADATA)),
        ("notICMP", Type::Map(&ICMP)),
        ("notProtocol", PROTOCOL),
        ("protocol", PROTOCOL),
        ("source", Type::Map(&ENTITY)),
    ],
)
.checked_by(rule)
.explained_by(dropped::from_rule);

const PROTOCOL: Type = Type::IntOrStr(protocol_number, protocol);

static ICMP: Schema =
    Schema::new("org.projectcalico.v3.ICMPFields", &[("code", Type::Int(icmp_code)), ("type", Type::Int(icmp_type))])
        .checked_by(icmp);

static HTTP: Schema = Schema::new(
    "org.projectcalico.v3.HTTPMatch",
    &[("methods", STRINGS), ("paths", Type::List(&Type::Map(&HTTP_PATH)))],
)
.checked_by(methods);

static HTTP_PATH: Schema =
    Schema::new("org.projectcalico.v3.HTTPPath", &[("exact", STR), ("prefix", STR)]).checked_by(path);

static METADATA: Schema =
    Schema::new("org.projectcalico.v3.RuleMetadata", &[("annotations", Type::Strings(annotation_key, any_text))]);

/// `source` and `destination`.
const SIDES: [&str; 2] = ["source", "destination"];

fn rule(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if !field.has("action") {
        let help = "write `action: Allow`, `Deny`, `Log` or `Pass`";
        report.missing(field, "action", Flaw::new("this rule has no `action`", help));
    }
    ports_need_a_protocol(field, report);
    icmp_needs_its_protocol(field, report);
    http_is_for_allowed_ingress(field, report);
    one_family(field, report);
    services_are_at_the_other_end(field, report);
}

/// The protocol under a key as a text: a number in digits.
fn protocol_of(field: &Field<'_, '_>, key: &str) -> Option<String> {
    let value = field.get(key)?.node;
    match (value.as_str(), value.as_i64()) {
        (Some(text), _) => Some(text.parse::<u8>().map_or_else(|_| text.to_owned(), |number| number.to_string())),
        (None, Some(number)) => Some(number.to_string()),
        (None, None) => None,
    }
}

/// "rules that specify ports must set protocol to TCP or UDP or SCTP". Names of ports may do without a protocol.
fn ports_need_a_protocol(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let protocol = protocol_of(field, "protocol");
    // What is no protocol at all is reported as such.
    if protocol.as_deref().is_some_and(|name| has_ports(name) || syntax::protocol(name).is_err()) {
        return;
    }
    for side in SIDES {
        let Some(entity) = field.get(side) else { continue };
        for key in ["ports", "notPorts"] {
            let Some(ports) = entity.list(key) else { continue };
            let Some(port) = ports.items().find(|port| protocol.is_some() || is_number(port)) else { continue };
            let flaw = match &protocol {
                None => {
                    let shown = quote(port.node.scalar_text().unwrap_or_default());
                    Flaw::new(format!("port {shown} has no protocol"), "add `protocol: TCP` to the rule")
                }
                Some(protocol) => {
                    let message = format!("protocol {} has no ports", quote(protocol));
                    Flaw::new(message, format!("remove `{key}`, or write `protocol: TCP`"))
                }
            };
            report.invalid(&port, flaw);
            return;
        }
    }
}

/// Whether a protocol has ports, by its name or number.
pub(super) fn has_ports(name: &str) -> bool {
    ["TCP", "UDP", "SCTP", "6", "17", "132"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a port is a number or a range of numbers.
fn is_number(port: &Field<'_, '_>) -> bool {
    let is_part = |byte: u8| byte.is_ascii_digit() || byte == b':';
    port.node.scalar_text().is_some_and(|text| !text.is_empty() && text.bytes().all(is_part))
}

/// "rules that specify ICMP fields must set protocol to ICMP", of the version that the rule is for.
fn icmp_needs_its_protocol(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let (protocol, excluded) = (protocol_of(field, "protocol"), protocol_of(field, "notProtocol"));
    let protocol = protocol.as_deref();
    if let Some(icmp) = field.get("icmp")
        && !matches!(protocol, Some("ICMP" | "ICMPv6"))
        && !protocol.is_some_and(is_placeholder)
    {
        let help = "write `protocol: ICMP` or `protocol: ICMPv6` in the rule";
        report.invalid_key(&icmp, Flaw::new("`icmp` needs the protocol `ICMP` or `ICMPv6`", help));
    }
    if let Some(icmp) = field.get("notICMP")
        && field.get("protocol").is_none()
    {
        let flaw = Flaw::new("`notICMP` stands without a protocol", "write `protocol: ICMP` or `protocol: ICMPv6`");
        report.doubtful(&icmp, "Calico accepts this, but iptables refuses the rule", flaw);
    }
    let Some(version) = field.get("ipVersion") else { return };
    for (name, number) in [("ICMP", 4), ("ICMPv6", 6)] {
        let is_about = protocol == Some(name) || excluded.as_deref() == Some(name);
        if is_about && version.node.as_i64().is_some_and(|version| version != number) {
            let message = format!("the protocol `{name}` needs `ipVersion: {number}`");
            report.invalid(&version, Flaw::new(message, format!("write `ipVersion: {number}`, or remove it")));
        }
    }
}

/// "ICMP code specified without an ICMP type".
fn icmp(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if field.has("code") && !field.has("type") {
        report.missing(
            field,
            "type",
            Flaw::new("an ICMP `code` needs a `type`", "write the `type` that the code is of"),
        );
    }
}

/// "rules that specify HTTP fields must set protocol to TCP or empty", "only valid for Allow rules" and "not allowed in
/// egress rule".
fn http_is_for_allowed_ingress(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(http) = field.get("http") else { return };
    let is_tcp = |protocol: Field<'_, '_>| protocol.node.as_str().is_some_and(|it| it == "TCP" || is_placeholder(it));
    let (message, help) = if field.key() == "egress" {
        ("`http` is not allowed in an egress rule", "remove `http`, or write it in an ingress rule of the server")
    } else if field.text("action").is_some_and(|action| action != "Allow") {
        ("`http` is only allowed where `action` is `Allow`", "remove `http`, or write `action: Allow`")
    } else if !field.get("protocol").is_none_or(is_tcp) {
        ("`http` needs the protocol `TCP`", "write `protocol: TCP`")
    } else {
        return;
    };
    report.invalid_key(&http, Flaw::new(message, help));
}

/// "Invalid methods (duplicates)".
fn methods(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(methods) = field.list("methods") else { return };
    let mut seen = Vec::new();
    for method in methods.items() {
        let name = method.node.as_str().unwrap_or_default();
        if seen.contains(&name) {
            report.invalid(&method, Flaw::new(format!("the method {} is listed twice", quote(name)), "remove it"));
        }
        seen.push(name);
    }
}

/// "Either 'exact' or 'prefix' must be set", and the path "must start with `/` and not contain `?` or `#`".
fn path(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let (path, text) = match (field.string("exact"), field.string("prefix")) {
        (Some(_), Some((prefix, _))) => {
            let flaw = Flaw::new("this path has both `exact` and `prefix`", "write one of them");
            return report.invalid_key(&prefix, flaw);
        }
        (Some(found), None) | (None, Some(found)) => found,
        (None, None) => {
            let flaw =
                Flaw::new("this path has neither `exact` nor `prefix`", "write `exact: /path` or `prefix: /path`");
            return report.missing(field, "exact", flaw);
        }
    };
    if !text.starts_with('/') || text.contains(['?', ' ', '#']) {
        let help = "start the path with `/`, and leave out spaces, `?` and `#`";
        report.invalid(&path, Flaw::new(format!("{} is not a valid path", quote(text)), help));
    }
}

/// "rule contains both IPv4 and IPv6 CIDRs", and "rule IP version doesn't match CIDR version".
fn one_family(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let is_v4 = |text: &str| block(text).ok().map(|block| block.addr().to_canonical().is_ipv4());
    let version = field.number("ipVersion").filter(|version| matches!(version, 4 | 6)).map(|version| version == 4);
    let mut family = version;
    for side in SIDES {
        let Some(entity) = field.get(side) else { continue };
        for key in ["nets", "notNets"] {
            let Some(list) = entity.list(key) else { continue };
            for item in list.items() {
                let Some(found) = item.node.as_str().and_then(is_v4) else { continue };
                if *family.get_or_insert(found) == found {
                    continue;
                }
                let (message, help) = match version {
                    Some(v4) => {
                        let number = if v4 { 4 } else { 6 };
                        (
                            format!("a rule with `ipVersion: {number}` has a block of the other version"),
                            "remove one of them",
                        )
                    }
                    None => ("this rule has IPv4 and IPv6 blocks".to_owned(), "write one rule for each IP version"),
                };
                return report.invalid(&item, Flaw::new(message, help));
            }
        }
    }
}

/// "not allowed in egress rule source", "not allowed in ingress rule destination", "cannot specify ports with a service
/// selector", and of global policies "must specify a namespace".
fn services_are_at_the_other_end(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let own = if field.key() == "egress" { "source" } else { "destination" };
    for side in SIDES {
        let Some(entity) = field.get(side) else { continue };
        let Some(services) = entity.get("services") else { continue };
        if side == own {
            let message = format!("`services` is not allowed in the `{side}` of an {} rule", field.key());
            let help = "name the Service at the other end of the rule";
            report.invalid_key(&services, Flaw::new(message, help));
        } else if is_global(field) && services.lacks("namespace") {
            let help = "write the Service's namespace: `namespace: shop`";
            report.missing(
                &services,
                "namespace",
                Flaw::new("a global policy does not know the Service's namespace", help),
            );
        }
        for key in ["ports", "notPorts"] {
            let Some(ports) = entity.list(key).filter(|list| side == "destination" && list.items().next().is_some())
            else {
                continue;
            };
            let message = format!("`{key}` cannot be combined with `services`");
            report.invalid_key(&ports, Flaw::new(message, "remove it: the Service's own ports count"));
        }
    }
}
