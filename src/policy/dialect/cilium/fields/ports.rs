//! `toPorts`, `icmps` and names of hosts.

use std::collections::BTreeSet;

use super::{require, require_one};
use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::quote;
use crate::schema::table::{STR, STRINGS, Schema, Type};

/// The most ports of an item of `toPorts`, and the most types of an item of `icmps`.
const MOST: usize = 40;

pub(super) static PORT_RULE: Schema = Schema::new(
    "cilium.io.v2.PortRule",
    &[
        ("listener", Type::Map(&LISTENER)),
        ("originatingTLS", Type::Map(&TLS)),
        ("ports", Type::List(&Type::Map(&PORT))),
        ("rules", Type::Map(&LAYER_7)),
        ("serverNames", Type::List(&Type::Str(name_pattern))),
        ("terminatingTLS", Type::Map(&TLS)),
    ],
)
.checked_by(port_rule);

pub(super) static DENY_PORT_RULE: Schema =
    Schema::new("cilium.io.v2.PortDenyRule", &[("ports", Type::List(&Type::Map(&PORT)))]);

static PORT: Schema = Schema::new(
    "cilium.io.v2.PortProtocol",
    &[("endPort", Type::Int(end_port)), ("port", Type::Str(port)), ("protocol", Type::OneOf(PROTOCOLS))],
);

const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP", "VRRP", "IGMP", "GRE", "IPIP", "IPV6", "ESP", "AH", "ANY"];

static LISTENER: Schema = Schema::new(
    "cilium.io.v2.Listener",
    &[("envoyConfig", Type::Map(&ENVOY_CONFIG)), ("name", Type::Str(some_text)), ("priority", Type::Int(priority))],
)
.checked_by(|field, report| require(field, &["envoyConfig", "name"], report));

static ENVOY_CONFIG: Schema = Schema::new(
    "cilium.io.v2.EnvoyConfig",
    &[("kind", Type::OneOf(&["CiliumEnvoyConfig", "CiliumClusterwideEnvoyConfig"])), ("name", Type::Str(some_text))],
)
.checked_by(|field, report| require(field, &["name"], report));

static TLS: Schema = Schema::new(
    "cilium.io.v2.TLSContext",
    &[("certificate", STR), ("privateKey", STR), ("secret", Type::Map(&SECRET)), ("trustedCA", STR)],
)
.checked_by(|field, report| require(field, &["secret"], report));

static SECRET: Schema = Schema::new("cilium.io.v2.Secret", &[("name", STR), ("namespace", STR)])
    .checked_by(|field, report| require(field, &["name"], report));

static LAYER_7: Schema = Schema::new(
    "cilium.io.v2.L7Rules",
    &[("dns", Type::List(&Type::Map(&FQDN))), ("http", Type::List(&Type::Map(&HTTP)))],
)
.checked_by(|field, report| require_one(field, &["http", "dns"], report));

static HTTP: Schema = Schema::new(
    "cilium.io.v2.PortRuleHTTP",
    &[
        ("headerMatches", Type::List(&Type::Map(&HEADER_MATCH))),
        ("headers", STRINGS),
        ("host", STR),
        ("method", STR),
        ("path", STR),
    ],
);

static HEADER_MATCH: Schema = Schema::new(
    "cilium.io.v2.HeaderMatch",
    &[
        ("mismatch", Type::OneOf(&["LOG", "ADD", "DELETE", "REPLACE"])),
        ("name", Type::Str(some_text)),
        ("secret", Type::Map(&SECRET)),
        ("value", STR),
    ],
)
.checked_by(|field, report| require(field, &["name"], report));

/// A name or a pattern of names.
pub(super) static FQDN: Schema = Schema::new(
    "cilium.io.v2.FQDNSelector",
    &[("matchName", Type::Str(name)), ("matchPattern", Type::Str(name_pattern))],
)
.checked_by(|field, report| require_one(field, &["matchName", "matchPattern"], report));

pub(super) static ICMP_RULE: Schema =
    Schema::new("cilium.io.v2.ICMPRule", &[("fields", Type::List(&Type::Map(&ICMP)))]).checked_by(icmp_rule);

static ICMP: Schema = Schema::new(
    "cilium.io.v2.ICMPField",
    &[("family", Type::OneOf(&["IPv4", "IPv6"])), ("type", Type::IntOrStr(icmp_number, icmp_type))],
)
.checked_by(|field, report| require(field, &["type"], report));

fn port_rule(field: &Field<'_, '_>, report: &mut Report<'_>) {
    at_most(MOST, field, "ports", report);
    let Some(names) = field.list("serverNames") else { return };
    if names.items().next().is_none() {
        let help = "write a name, or remove `serverNames`";
        report.invalid(&names, Flaw::new("`serverNames` is empty", help));
    }
    let mut seen = BTreeSet::new();
    for item in names.items() {
        let Some(text) = item.node.as_str() else { continue };
        if !seen.insert(text) {
            report.invalid(&item, Flaw::new(format!("{} is listed twice", quote(text)), "remove one of the two"));
        }
    }
}

fn icmp_rule(field: &Field<'_, '_>, report: &mut Report<'_>) {
    at_most(MOST, field, "fields", report);
}

fn at_most(most: usize, field: &Field<'_, '_>, key: &'static str, report: &mut Report<'_>) {
    let Some(list) = field.list(key) else { return };
    let count = list.items().count();
    if count > most {
        let help = format!("spread them over items of at most {most}");
        report.invalid(&list, Flaw::new(format!("`{key}` has {count} items; Cilium takes at most {most}"), help));
    }
}

/// A number of at most five digits, or whatever ends like a name: the schema's pattern is loose, and the agent reads
/// the text once more.
fn port(text: &str) -> Result<(), Flaw> {
    let starts_with_digit = text.starts_with(|first: char| first.is_ascii_digit());
    if starts_with_digit || ends_in_name(text) {
        return Ok(());
    }
    Err(Flaw::new(format!("{} is not a valid port", quote(text)), "write a number in quotes, or a port's name"))
}

/// Whether the text ends in letters and digits with a letter among them, with no two `-` in a row.
pub(super) fn ends_in_name(text: &str) -> bool {
    let mut letters = false;
    let mut last = '-';
    for character in text.chars().rev() {
        match character {
            '-' if last == '-' => break,
            '-' => {}
            _ if !character.is_ascii_alphanumeric() => break,
            _ => letters |= character.is_ascii_alphabetic(),
        }
        last = character;
    }
    letters
}

fn end_port(number: i64) -> Result<(), Flaw> {
    in_range(number, 0, 65535, "port number")
}

fn priority(number: i64) -> Result<(), Flaw> {
    in_range(number, 1, 100, "priority")
}

fn in_range(number: i64, first: i64, last: i64, what: &str) -> Result<(), Flaw> {
    if (first..=last).contains(&number) {
        return Ok(());
    }
    Err(Flaw::new(format!("`{number}` is not a valid {what}"), format!("write a number from {first} to {last}")))
}

fn some_text(text: &str) -> Result<(), Flaw> {
    if text.is_empty() { Err(Flaw::new("this name is empty", "write the name")) } else { Ok(()) }
}

fn name(text: &str) -> Result<(), Flaw> {
    if is_name(text, |it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_') {
        return Ok(());
    }
    let help = match text.contains('*') {
        true => format!("write `matchPattern: \"{text}\"`"),
        false => "write a DNS name, such as `api.example.com`".to_owned(),
    };
    Err(Flaw::new(format!("{} is not a valid DNS name", quote(text)), help))
}

fn name_pattern(text: &str) -> Result<(), Flaw> {
    if is_name(text, |it| it.is_ascii_alphanumeric() || b"-_*".contains(&it)) {
        return Ok(());
    }
    let help = "write a DNS name in which `*` stands for any characters of a label, such as `*.example.com`";
    Err(Flaw::new(format!("{} is not a valid pattern of DNS names", quote(text)), help))
}

/// "`^([-a-zA-Z0-9_]+[.]?)+$`" with these characters, and at most 255 of them.
fn is_name(text: &str, is_allowed: impl Fn(u8) -> bool) -> bool {
    let inner = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(&is_allowed);
    text.len() <= 255 && inner.split('.').all(is_label)
}

/// A number that fits into 32 bits: the schema asks for no more, and the agent cannot read a larger one.
fn icmp_number(number: i64) -> Result<(), Flaw> {
    if i32::try_from(number).is_ok() {
        return Ok(());
    }
    Err(Flaw::new(format!("`{number}` is not an ICMP type"), "write a number from 0 to 255"))
}

/// A number up to 255, or one of the names of either family. The schema misspells `ExtendedEchoReply`, so that the API
/// server refuses the right spelling, and the agent the wrong one.
fn icmp_type(text: &str) -> Result<(), Flaw> {
    let is_number = text.parse::<u8>().is_ok_and(|number| number.to_string() == text);
    if is_number || NAMES.contains(&text) {
        return Ok(());
    }
    Err(Flaw::new(format!("{} is not an ICMP type", quote(text)), "write a number from 0 to 255"))
}

const NAMES: &[&str] = &[
    "EchoReply",
    "DestinationUnreachable",
    "Redirect",
    "Echo",
    "RouterAdvertisement",
    "RouterSelection",
    "TimeExceeded",
    "ParameterProblem",
    "Timestamp",
    "TimestampReply",
    "Photuris",
    "ExtendedEchoRequest",
    "ExtendedEcho Reply",
    "PacketTooBig",
    "EchoRequest",
    "MulticastListenerQuery",
    "MulticastListenerReport",
    "MulticastListenerDone",
    "RouterSolicitation",
    "NeighborSolicitation",
    "NeighborAdvertisement",
    "RedirectMessage",
    "RouterRenumbering",
    "ICMPNodeInformationQuery",
    "ICMPNodeInformationResponse",
    "InverseNeighborDiscoverySolicitation",
    "InverseNeighborDiscoveryAdvertisement",
    "HomeAgentAddressDiscoveryRequest",
    "HomeAgentAddressDiscoveryReply",
    "MobilePrefixSolicitation",
    "MobilePrefixAdvertisement",
    "DuplicateAddressRequestCodeSuffix",
    "DuplicateAddressConfirmationCodeSuffix",
];
