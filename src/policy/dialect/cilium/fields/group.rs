//! CiliumCIDRGroup and CiliumLocalRedirectPolicy.

use super::ports::ends_in_name;
use super::{SELECTOR, block, require, require_one};
use crate::schema::metadata::kind;
use crate::schema::report::Flaw;
use crate::schema::syntax::quote;
use crate::schema::table::{STR, Schema, Type};

pub(crate) static CIDR_GROUP: Schema =
    kind!("cilium.io.v2.CiliumCIDRGroup", GROUP_SPEC).checked_by(|field, report| require(field, &["spec"], report));

static GROUP_SPEC: Schema =
    Schema::new("cilium.io.v2.CiliumCIDRGroupSpec", &[("externalCIDRs", Type::List(&Type::Str(block)))])
        .checked_by(|field, report| require(field, &["externalCIDRs"], report));

pub(crate) static LOCAL_REDIRECT_POLICY: Schema = kind!("cilium.io.v2.CiliumLocalRedirectPolicy", REDIRECT_SPEC);

static REDIRECT_SPEC: Schema = Schema::new(
    "cilium.io.v2.CiliumLocalRedirectPolicySpec",
    &[
        ("description", STR),
        ("redirectBackend", Type::Map(&BACKEND)),
        ("redirectFrontend", Type::Map(&FRONTEND)),
        ("skipRedirectFromBackend", Type::Bool),
    ],
)
.checked_by(|field, report| require(field, &["redirectBackend", "redirectFrontend"], report));

static BACKEND: Schema = Schema::new(
    "cilium.io.v2.RedirectBackend",
    &[("localEndpointSelector", Type::Map(&SELECTOR)), ("toPorts", Type::List(&Type::Map(&PORT)))],
)
.checked_by(|field, report| require(field, &["localEndpointSelector", "toPorts"], report));

static FRONTEND: Schema = Schema::new(
    "cilium.io.v2.RedirectFrontend",
    &[("addressMatcher", Type::Map(&ADDRESS)), ("serviceMatcher", Type::Map(&SERVICE))],
)
.checked_by(|field, report| require_one(field, &["addressMatcher", "serviceMatcher"], report));

static ADDRESS: Schema =
    Schema::new("cilium.io.v2.Frontend", &[("ip", Type::Str(address)), ("toPorts", Type::List(&Type::Map(&PORT)))])
        .checked_by(|field, report| require(field, &["ip", "toPorts"], report));

static SERVICE: Schema = Schema::new(
    "cilium.io.v2.ServiceInfo",
    &[("namespace", STR), ("serviceName", STR), ("toPorts", Type::List(&Type::Map(&PORT)))],
)
.checked_by(|field, report| require(field, &["namespace", "serviceName"], report));

static PORT: Schema = Schema::new(
    "cilium.io.v2.PortInfo",
    &[("name", Type::Str(port_name)), ("port", Type::Str(port)), ("protocol", Type::OneOf(&["TCP", "UDP"]))],
)
.checked_by(|field, report| require(field, &["port", "protocol"], report));

fn address(text: &str) -> Result<(), Flaw> {
    if text.trim().parse::<std::net::IpAddr>().is_ok() {
        return Ok(());
    }
    Err(Flaw::new(format!("{} is not a valid IP address", quote(text)), "write an address such as `169.254.20.10`"))
}

/// Digits at the start, or whatever ends like a name: the pattern is loose.
fn port_name(text: &str) -> Result<(), Flaw> {
    if text.starts_with(|first: char| first.is_ascii_digit()) || ends_in_name(text) {
        return Ok(());
    }
    let help = "use letters, digits and single `-`, with a letter among them";
    Err(Flaw::new(format!("{} is not a valid port name", quote(text)), help))
}

fn port(text: &str) -> Result<(), Flaw> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && text.parse::<u16>().is_ok_and(|number| number > 0) {
        return Ok(());
    }
    Err(Flaw::new(format!("{} is not a valid port", quote(text)), "write a number from 1 to 65535 in quotes"))
}
