//! Address blocks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::edit::Change;
use crate::schema::flaw::Flaw;
use crate::schema::syntax::quote;

/// Reads a block. Host bits may be set, as older API servers let them.
///
/// Leading zeros and IPv4-mapped IPv6 addresses are refused: readers disagree on what they mean. The built-in API is
/// less strict: [`parse_sloppy`].
pub(crate) fn parse(text: &str) -> Result<IpNet, Flaw> {
    read(text).map_err(|help| {
        let flaw = Flaw::new(format!("{} is not a valid CIDR block", quote(text)), help);
        match text.parse::<IpAddr>() {
            // The agent and the API server know no other meaning of an address by itself.
            Ok(address) => flaw.meant(Change::Set(IpNet::from(address).to_string().into())),
            Err(_) => flaw,
        }
    })
}

/// Reads a block as the API server does in its own API while the feature gate `StrictIPCIDRValidation` is off, which is
/// the default: as `ParseCIDRSloppy` of `k8s.io/utils/net` does, which is Go's parser before 1.17. Numbers are decimal
/// whatever zeros they begin with, and an IPv4 address in IPv6 form is that IPv4 address.
pub(crate) fn parse_sloppy(text: &str) -> Result<IpNet, Flaw> {
    parse(text).or_else(|flaw| sloppy(text).ok_or(flaw))
}

/// The check of a field that holds a block of the built-in API.
pub(crate) fn cidr(text: &str) -> Result<(), Flaw> {
    parse_sloppy(text).map(|_| ())
}

/// What is doubtful about a block that `StrictIPCIDRValidation` refuses and the API server accepts without it.
pub(crate) fn doubt(text: &str) -> Option<Flaw> {
    let block = sloppy(text).filter(|_| parse(text).is_err())?;
    let address = text.split_once('/').and_then(|(address, _)| address.parse::<Ipv6Addr>().ok());
    let what = match address.and_then(|address| address.to_ipv4_mapped()) {
        Some(_) => "is an IPv4 address in IPv6 form",
        None => "has numbers with leading zeros",
    };
    let plain = block.trunc().to_string();
    let flaw = Flaw::new(format!("{} {what}", quote(text)), format!("write `{plain}`"));
    Some(flaw.same_as(Change::Set(plain.into())))
}

fn sloppy(text: &str) -> Option<IpNet> {
    let (address, length) = text.split_once('/')?;
    let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    let length = length.parse::<u8>().ok().filter(|_| is_number)?;
    if let Some(plain) = without_leading_zeros(address) {
        return IpNet::new(IpAddr::V4(plain.parse::<Ipv4Addr>().ok()?), length).ok();
    }
    let groups = address.split(':').map(|group| match group.trim_start_matches('0') {
        _ if group.contains('.') => without_leading_zeros(group),
        _ if group.len() <= 4 => Some(group.to_owned()),
        "" => Some("0".to_owned()),
        plain => Some(plain.to_owned()),
    });
    let plain: Ipv6Addr = groups.collect::<Option<Vec<String>>>()?.join(":").parse().ok()?;
    let mapped = plain.to_ipv4_mapped().zip(length.checked_sub(96));
    match mapped {
        Some((mapped, length)) => IpNet::new(IpAddr::V4(mapped), length).ok(),
        None => IpNet::new(IpAddr::V6(plain), length).ok(),
    }
}

fn read(text: &str) -> Result<IpNet, String> {
    const FORM: &str = "write an address and a prefix length, such as `10.0.0.0/8` or `fd00::/8`";
    let Some((address, length)) = text.split_once('/') else {
        return Err(match text.parse::<IpAddr>() {
            Ok(address) => format!("write `{}`", IpNet::from(address)),
            Err(_) => FORM.to_owned(),
        });
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return Err(match without_leading_zeros(address) {
            Some(plain) => format!("write the numbers without leading zeros: `{plain}/{length}`"),
            None => FORM.to_owned(),
        });
    };
    if let IpAddr::V6(address) = address
        && let Some(mapped) = address.to_ipv4_mapped()
    {
        return Err(format!("write the IPv4 address: `{mapped}`"));
    }
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let digits = length.bytes().all(|byte| byte.is_ascii_digit()) && (length == "0" || !length.starts_with('0'));
    let length = length.parse::<u8>().ok().filter(|_| digits);
    let block = length.and_then(|length| IpNet::new(address, length).ok());
    block.ok_or_else(|| format!("write a prefix length from 0 to {longest} after the `/`"))
}

/// An IPv4 address with its numbers written plainly.
pub(crate) fn without_leading_zeros(address: &str) -> Option<String> {
    let number = |part: &str| part.parse::<u8>().ok().filter(|_| !part.starts_with('+'));
    let parts = address.split('.').map(|part| number(part).map(|number| number.to_string()));
    let parts: Vec<String> = parts.collect::<Option<_>>()?;
    (parts.len() == 4).then(|| parts.join("."))
}
