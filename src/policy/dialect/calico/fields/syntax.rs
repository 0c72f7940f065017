//! The syntax of names, addresses, ports, protocols and selectors, as Calico's validator has it.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::policy::dialect::calico::selector::Expression;
use crate::schema::cidr::without_leading_zeros;
use crate::schema::report::Flaw;
use crate::schema::syntax::{is_dns_label, is_dns_subdomain, name_help, port_name, quote};

/// The longest selector, in characters.
const LONGEST_SELECTOR: usize = 1024;

/// A selector.
pub(super) fn selector(text: &str) -> Result<(), Flaw> {
    if text.chars().count() > LONGEST_SELECTOR {
        let message = format!("this selector is longer than {LONGEST_SELECTOR} characters");
        return Err(Flaw::new(message, "shorten it, or split the policy"));
    }
    match Expression::parse(text) {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = format!("{} is not a valid selector: {}", quote(text.trim_end()), error.reason);
            Err(Flaw::new(message, error.help).inside(error.range, error.reason))
        }
    }
}

/// A selector that names endpoints: `global()` belongs into the `namespaceSelector` of a rule.
///
/// The text is searched, quoted values too.
pub(super) fn selector_of_endpoints(text: &str) -> Result<(), Flaw> {
    match text.find("global(") {
        Some(start) => {
            let message = format!("{} uses `global()` outside the `namespaceSelector` of a rule", quote(text));
            let help = "write `namespaceSelector: global()` in the `source` or `destination` of a rule";
            Err(Flaw::new(message, help).inside(start..start + "global(".len(), "not allowed here"))
        }
        None => selector(text),
    }
}

/// The `namespaceSelector` of a rule: "`global()` cannot be combined with other selectors".
///
/// As Calico does, this searches what the selector is written like, in which only `!` may come before `global()`.
pub(super) fn selector_of_namespaces(text: &str) -> Result<(), Flaw> {
    selector(text)?;
    let written = Expression::parse(text).map(|expression| expression.to_string()).unwrap_or_default();
    let is_combined = ["&&", "||"]
        .iter()
        .any(|join| written.contains(&format!("{join} global()")) || written.contains(&format!("global() {join}")));
    if !is_combined {
        return Ok(());
    }
    let help = "write `global()` alone; it selects what is in no namespace, which no other condition on namespaces can";
    Err(Flaw::new(format!("{} combines `global()` with other conditions", quote(text)), help))
}

/// A block of a rule: with its prefix length, and without address bits after it.
pub(super) fn network(text: &str) -> Result<(), Flaw> {
    let block = block(text)?;
    let network = block.trunc();
    if network == block {
        return Ok(());
    }
    let single = IpNet::from(block.addr());
    let help = format!("write `{network}`, or `{single}` for the one address");
    Err(Flaw::new(format!("{} has address bits after its prefix", quote(text)), help))
}

/// A block that a rule excludes.
pub(super) fn excluded_network(text: &str) -> Result<(), Flaw> {
    network(text)?;
    if block(text).is_ok_and(|block| block.prefix_len() == 0) {
        let message = format!("{} excludes every address", quote(text));
        return Err(Flaw::new(message, "remove the rule, or exclude a smaller block"));
    }
    Ok(())
}

/// A block or an address of a network set. Calico passes over an empty text.
pub(super) fn network_or_address(text: &str) -> Result<(), Flaw> {
    if text.is_empty() || text.parse::<IpAddr>().is_ok() { Ok(()) } else { block(text).map(|_| ()) }
}

/// An address.
pub(super) fn address(text: &str) -> Result<(), Flaw> {
    if text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    Err(Flaw::new(format!("{} is not a valid IP address", quote(text)), "write an address, such as `10.0.0.1`"))
}

/// Reads a block as Go's `net.ParseCIDR` does.
pub(crate) fn block(text: &str) -> Result<IpNet, Flaw> {
    let help = match text.split_once('/') {
        None => match text.parse::<IpAddr>() {
            Ok(address) => format!("write `{}`", IpNet::from(address)),
            Err(_) => "write an address and a prefix length, such as `10.0.0.0/8` or `fd00::/8`".to_owned(),
        },
        Some((address, length)) => match address.parse::<IpAddr>() {
            Ok(address) => {
                let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
                let parsed = length.parse::<u8>().ok().filter(|_| digits);
                if let Some(block) = parsed.and_then(|length| IpNet::new(address, length).ok()) {
                    return Ok(block);
                }
                let longest = if address.is_ipv4() { 32 } else { 128 };
                format!("write a prefix length from 0 to {longest} after the `/`")
            }
            Err(_) => match without_leading_zeros(address) {
                Some(plain) => format!("write the numbers without leading zeros: `{plain}/{length}`"),
                None => "write an address and a prefix length, such as `10.0.0.0/8` or `fd00::/8`".to_owned(),
            },
        },
    };
    Err(Flaw::new(format!("{} is not a valid CIDR block", quote(text)), help))
}

/// The text of a port: a number, a range `8000:9000`, or a name.
pub(super) fn port(text: &str) -> Result<(), Flaw> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| text.parse::<u16>().ok().filter(|number| *number > 0 && is_number(text));
    let bounds = text.split_once(':').unwrap_or((text, text));
    if is_number(bounds.0) && is_number(bounds.1) {
        return match (number(bounds.0), number(bounds.1)) {
            (Some(first), Some(last)) if first <= last => Ok(()),
            (Some(first), Some(last)) => {
                let message = format!("the port range {} ends before it starts", quote(text));
                Err(Flaw::new(message, format!("write `{last}:{first}`")))
            }
            _ => Err(Flaw::new(format!("{} is not a valid port", quote(text)), "write numbers from 1 to 65535")),
        };
    }
    if let Some((first, last)) = text.split_once('-')
        && let (Some(first), Some(last)) = (number(first), number(last))
    {
        let message = format!("{} is not a port range", quote(text));
        return Err(Flaw::new(message, format!("write the range with a colon: `{first}:{last}`")));
    }
    port_name(text)
}

/// The number of a protocol.
pub(super) fn protocol_number(number: i64) -> Result<(), Flaw> {
    if (1..=255).contains(&number) {
        return Ok(());
    }
    Err(Flaw::new(
        format!("`{number}` is not a protocol number"),
        "write a number from 1 to 255, or a name such as `TCP`",
    ))
}

/// The name of a protocol, or its number in quotes.
pub(super) fn protocol(text: &str) -> Result<(), Flaw> {
    const NAMES: [&str; 6] = ["TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "UDPLite"];
    if NAMES.contains(&text) {
        return Ok(());
    }
    // Go takes no sign here.
    if let Ok(number) = text.parse::<u8>()
        && !text.starts_with('+')
    {
        return protocol_number(i64::from(number));
    }
    let meant = NAMES.iter().find(|name| name.eq_ignore_ascii_case(text));
    let help = match meant {
        Some(name) => format!("write `{name}`"),
        None => "write `TCP`, `UDP`, `ICMP`, `ICMPv6`, `SCTP`, `UDPLite` or a number from 1 to 255".to_owned(),
    };
    Err(Flaw::new(format!("{} is not a protocol", quote(text)), help))
}

/// The version of the Internet Protocol.
pub(super) fn ip_version(number: i64) -> Result<(), Flaw> {
    if matches!(number, 4 | 6) {
        return Ok(());
    }
    Err(Flaw::new(format!("`{number}` is not an IP version"), "write `4` or `6`"))
}

/// An ICMP type.
pub(super) fn icmp_type(number: i64) -> Result<(), Flaw> {
    if (0..=254).contains(&number) {
        return Ok(());
    }
    Err(Flaw::new(format!("`{number}` is not an ICMP type that Calico takes"), "write a number from 0 to 254"))
}

/// An ICMP code.
pub(super) fn icmp_code(number: i64) -> Result<(), Flaw> {
    if (0..=255).contains(&number) {
        return Ok(());
    }
    Err(Flaw::new(format!("`{number}` is not an ICMP code"), "write a number from 0 to 255"))
}

/// The name of something, where an empty text names nothing.
pub(super) fn optional_name(text: &str) -> Result<(), Flaw> {
    if text.is_empty() { Ok(()) } else { name(text) }
}

/// The name of something: labels joined by dots, of any length.
pub(super) fn name(text: &str) -> Result<(), Flaw> {
    if text.split('.').all(is_label_shaped) {
        return Ok(());
    }
    Err(Flaw::new(format!("{} is not a valid name", quote(text)), name_help(text, is_dns_subdomain, 253)))
}

/// The name of a network interface, or `*` for all.
pub(super) fn interface(text: &str) -> Result<(), Flaw> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if matches!(text, "" | "*") || text.len() <= 15 && text.bytes().all(is_part) {
        return Ok(());
    }
    let help = "use at most 15 letters, digits, `_`, `.` and `-`, or write `*` for all interfaces";
    Err(Flaw::new(format!("{} is not a valid interface name", quote(text)), help))
}

/// The name of a policy in a namespace: a label, or two with a dot, or what Calico calls its copies of Kubernetes' and
/// OpenStack's policies.
pub(super) fn is_policy_name(text: &str) -> bool {
    let copy = ["knp.default.", "ossg.default."].iter().find_map(|prefix| text.strip_prefix(prefix));
    is_global_policy_name(text) || text.len() <= 253 && copy.is_some_and(|name| name.split('.').all(is_label_shaped))
}

/// The name of a global policy: a label, or two with a dot.
pub(super) fn is_global_policy_name(text: &str) -> bool {
    text.len() <= 253 && text.split('.').count() <= 2 && text.split('.').all(is_label_shaped)
}

/// A DNS label of any length.
fn is_label_shaped(text: &str) -> bool {
    if is_dns_label(text) {
        return true;
    }
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_part) && !text.starts_with('-') && !text.ends_with('-')
}
