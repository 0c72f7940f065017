//! Address blocks.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::schema::flaw::Flaw;
use crate::schema::syntax::quote;

/// Reads a block. Host bits may be set, as older API servers let them.
///
/// Leading zeros and IPv4-mapped IPv6 addresses are refused: readers disagree on what they mean, and the API server
/// now refuses them too.
pub(crate) fn parse(text: &str) -> Result<IpNet, Flaw> {
    read(text).map_err(|help| Flaw::new(format!("{} is not a valid CIDR block", quote(text)), help))
}

/// The check of a field that holds a block.
pub(crate) fn cidr(text: &str) -> Result<(), Flaw> {
    parse(text).map(|_| ())
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
    let parts = address.split('.').map(|part| part.parse::<u8>().map(|number| number.to_string()));
    let parts: Vec<String> = parts.collect::<Result<_, _>>().ok()?;
    (parts.len() == 4).then(|| parts.join("."))
}
