//! The syntax of names, labels and ports, as `k8s.io/apimachinery/pkg/util/validation` has it.

use std::net::IpAddr;

use crate::edit::{Change, Value};
use crate::schema::flaw::Flaw;

/// The longest text that a message shows.
const SHOWN: usize = 40;

/// A text as messages show it: in backticks, cut where it is long.
pub(crate) fn quote(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

/// Whether a tool or a reader has yet to fill in the value: `${NAME}`, `$(NAME)`, `$NAME`, `{{ name }}` or `<name>`.
pub(crate) fn is_placeholder(text: &str) -> bool {
    // Most texts have none of the characters.
    if memchr::memchr3(b'$', b'{', b'<', text.as_bytes()).is_none() {
        return false;
    }
    let is_variable = |name: &str| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    ["${", "$(", "{{"].iter().any(|open| text.contains(open))
        || text.strip_prefix('$').is_some_and(|name| !name.is_empty() && is_variable(name))
        || text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).is_some_and(|(name, _)| is_word(name))
}

/// Whether it is what documentation writes between angle brackets: `node-hostname`, `YOUR_DOMAIN`.
fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_. ".contains(&byte))
}

pub(crate) fn any_text(_: &str) -> Result<(), Flaw> {
    Ok(())
}

pub(crate) fn any_number(_: i64) -> Result<(), Flaw> {
    Ok(())
}

/// Lower-case letters, digits and `-`, at most 63, a letter or digit at either end (RFC 1123).
pub(crate) fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && is_label_shaped(text)
}

/// The same, with a letter at the start (RFC 1035).
pub(crate) fn is_dns_1035_label(text: &str) -> bool {
    is_dns_label(text) && text.starts_with(|first: char| first.is_ascii_lowercase())
}

/// Parts with the shape of DNS labels, joined by dots, at most 253 characters. A part may be of any length.
pub(crate) fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label_shaped)
}

fn is_label_shaped(text: &str) -> bool {
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes.iter().all(|byte| alphanumeric(byte) || *byte == b'-')
}

/// Letters, digits, `-`, `_` and `.`, with a letter or digit at either end.
fn is_label_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.len() <= 63
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// A label's key: a name of at most 63 characters, with a DNS subdomain and `/` before it where wanted.
pub(crate) fn label_key(text: &str) -> Result<(), Flaw> {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    if is_label_text(name) && prefix.is_none_or(is_dns_subdomain) {
        return Ok(());
    }
    let help = if name.len() > 63 {
        "shorten the name to at most 63 characters"
    } else if prefix.is_some_and(|prefix| !is_dns_subdomain(prefix)) || name.contains('/') {
        "write `prefix/name`, with a lower-case DNS name as the prefix, or the name alone"
    } else {
        "use letters, digits, `-`, `_` and `.`, with a letter or digit at either end"
    };
    Err(Flaw::new(format!("{} is not a valid label key", quote(text)), help))
}

/// An annotation's key: that of a label, in any case.
pub(crate) fn annotation_key(text: &str) -> Result<(), Flaw> {
    label_key(&text.to_lowercase())
        .map_err(|flaw| Flaw { message: format!("{} is not a valid annotation key", quote(text)), ..flaw })
}

/// A label's value: at most 63 characters, or empty.
pub(crate) fn label_value(text: &str) -> Result<(), Flaw> {
    if text.is_empty() || is_label_text(text) {
        return Ok(());
    }
    let help = if text.len() > 63 {
        "shorten it to at most 63 characters, or make it an annotation"
    } else {
        "use letters, digits, `-`, `_` and `.`, with a letter or digit at either end"
    };
    Err(Flaw::new(format!("{} is not a valid label value", quote(text)), help))
}

pub(crate) fn port_number(number: i64) -> Result<(), Flaw> {
    if (1..=65535).contains(&number) {
        return Ok(());
    }
    Err(Flaw::new(format!("`{number}` is not a port number"), "write a number from 1 to 65535"))
}

/// A port that may be left to the API server, as 0.
pub(crate) fn optional_port_number(number: i64) -> Result<(), Flaw> {
    if number == 0 { Ok(()) } else { port_number(number) }
}

/// A port's name (RFC 6335): at most 15 lower-case letters, digits and `-`, with a letter among them.
pub(crate) fn port_name(text: &str) -> Result<(), Flaw> {
    let is_name = text.len() <= 15
        && is_label_shaped(text)
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && !text.as_bytes().windows(2).any(|pair| pair == b"--");
    if is_name {
        return Ok(());
    }
    let number = text.parse().ok().filter(|number| port_number(*number).is_ok());
    let is_number = number.is_some();
    let help = if is_number {
        format!("write the number without quotes: `{text}`")
    } else {
        "use at most 15 lower-case letters, digits and single `-`, with a letter among them".to_owned()
    };
    let what = if is_number { " (a string)" } else { "" };
    let flaw = Flaw::new(format!("{}{what} is not a valid port name", quote(text)), help);
    Err(match number {
        Some(number) => flaw.meant(Change::Set(Value::Number(number))),
        None => flaw,
    })
}

/// A port's name where an empty one stands for none.
pub(crate) fn optional_port_name(text: &str) -> Result<(), Flaw> {
    if text.is_empty() { Ok(()) } else { port_name(text) }
}

/// A DNS label as the name of something.
pub(crate) fn dns_label(text: &str) -> Result<(), Flaw> {
    if is_dns_label(text) {
        return Ok(());
    }
    Err(Flaw::new(format!("{} is not a valid name", quote(text)), name_help(text, is_dns_label, 63)))
}

/// A DNS label where an empty one stands for none.
pub(crate) fn optional_dns_label(text: &str) -> Result<(), Flaw> {
    if text.is_empty() { Ok(()) } else { dns_label(text) }
}

/// How to write a name: the nearest valid one, where it is easy to see.
pub(crate) fn name_help(text: &str, is_valid: fn(&str) -> bool, longest: usize) -> String {
    if text.len() > longest {
        return format!("shorten it to at most {longest} characters");
    }
    let nearest = text.to_lowercase().replace(['_', ' '], "-");
    if is_valid(&nearest) {
        return format!("write `{nearest}`");
    }
    "use lower-case letters, digits and `-`, with a letter or digit at either end".to_owned()
}

/// The name of an environment variable: printable ASCII without `=`. (Older API servers ask for more.)
pub(crate) fn env_name(text: &str) -> Result<(), Flaw> {
    if !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=') {
        return Ok(());
    }
    Err(Flaw::new(
        format!("{} is not a valid name of an environment variable", quote(text)),
        "use letters, digits and `_`",
    ))
}

/// The host of an Ingress: a DNS name, with `*.` before it where wanted; never an address.
pub(crate) fn ingress_host(text: &str) -> Result<(), Flaw> {
    if text.is_empty() {
        return Ok(());
    }
    let is_address = text.parse::<IpAddr>().is_ok();
    if !is_address && is_dns_subdomain(text.strip_prefix("*.").unwrap_or(text)) {
        return Ok(());
    }
    let lower = text.to_lowercase();
    let help = if lower != text && ingress_host(&lower).is_ok() {
        format!("write `{lower}`")
    } else {
        "write a DNS name such as `shop.example.com` or `*.example.com`".to_owned()
    };
    Err(Flaw::new(format!("{} is not a valid host", quote(text)), help))
}
