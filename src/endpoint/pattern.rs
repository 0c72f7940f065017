//! The text of an endpoint, before it is looked up in a cluster.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use super::EndpointError;
use crate::net::Protocol;
use crate::net::address::AddressSet;
use crate::objects::Labels;

/// What an endpoint's text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// `*`
    Everything,
    /// `ingress-controller`
    IngressController,
    /// `[NS/]any-pod`
    AnyPod(Option<String>),
    /// `internet`, `external`, an address or a block
    Addresses(AddressSet),
    /// `[NS/]app=web,tier=db`
    Labels { namespace: Option<String>, labels: Labels },
    /// `[NS/][KIND/]NAME`
    Name(Name),
}

/// A name and what it is qualified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// `NAME`
    Plain(String),
    /// `NS/NAME` or `KIND/NAME`: only the cluster tells which
    Scoped(String, String),
    /// `NS/KIND/NAME`
    Full { namespace: String, kind: String, name: String },
}

impl Name {
    /// The last part.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Plain(name) | Self::Scoped(_, name) | Self::Full { name, .. } => name,
        }
    }
}

/// The port of a destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AskedPort {
    pub(super) port: PortName,
    /// TCP is meant where none is written, as in Kubernetes.
    pub(super) protocol: Option<Protocol>,
}

/// A port by number or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PortName {
    Number(u16),
    Name(String),
}

/// Reads `ENDPOINT[:PORT[/PROTO]]`.
pub(super) fn parse(text: &str) -> Result<(Pattern, Option<AskedPort>), EndpointError> {
    let (endpoint, port) = split_port(text.trim())?;
    Ok((parse_endpoint(endpoint)?, port.map(parse_port).transpose()?))
}

/// Cuts the port off. Colons of an IPv6 address are not its beginning.
fn split_port(text: &str) -> Result<(&str, Option<&str>), EndpointError> {
    if parse_address(text).is_some() {
        return Ok((text, None));
    }
    if let Some(rest) = text.strip_prefix('[') {
        let unclosed = || EndpointError::new(format!("`{text}` has no closing bracket"), "write `[2001:db8::1]:443`");
        let (address, rest) = rest.split_once(']').ok_or_else(unclosed)?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((address, Some(port))),
            None if rest.is_empty() => Ok((address, None)),
            None => Err(unclosed()),
        };
    }
    match text.rsplit_once(':') {
        Some((endpoint, _)) if endpoint.contains(':') => Err(EndpointError::new(
            format!("`{text}` has more than one colon"),
            "write an IPv6 address with a port in brackets: `[2001:db8::1]:443`",
        )),
        Some((endpoint, port)) => Ok((endpoint, Some(port))),
        None => Ok((text, None)),
    }
}

fn parse_endpoint(text: &str) -> Result<Pattern, EndpointError> {
    match text {
        "" => {
            Err(EndpointError::new("an endpoint is empty", "write `NAMESPACE/NAME`, `NAMESPACE/app=web` or an address"))
        }
        "*" => Ok(Pattern::Everything),
        "internet" | "external" => Ok(Pattern::Addresses(AddressSet::all())),
        "ingress-controller" => Ok(Pattern::IngressController),
        "any-pod" | "*/any-pod" => Ok(Pattern::AnyPod(None)),
        _ if text.contains('=') => parse_labels(text),
        _ => match parse_address(text) {
            Some(addresses) => Ok(Pattern::Addresses(addresses)),
            None => match parse_name(text)? {
                Name::Scoped(namespace, name) if name == "any-pod" => Ok(Pattern::AnyPod(Some(namespace))),
                name => Ok(Pattern::Name(name)),
            },
        },
    }
}

fn parse_address(text: &str) -> Option<AddressSet> {
    let block = IpAddr::from_str(text).map(IpNet::from).or_else(|_| IpNet::from_str(text)).ok()?;
    Some(AddressSet::block(&block))
}

/// The slash between namespace and labels is not the one in a label's key: a namespace has no dot.
fn parse_labels(text: &str) -> Result<Pattern, EndpointError> {
    let key = text.split('=').next().unwrap_or_default();
    let (namespace, selector) = match text.split_once('/') {
        Some((first, rest)) if key.contains('/') && (!first.contains('.') || key.matches('/').count() > 1) => {
            (Some(first.to_owned()).filter(|first| first != "*"), rest)
        }
        _ => (None, text),
    };
    let mut labels = Labels::default();
    for requirement in selector.split(',') {
        let Some((key, value)) = requirement.split_once('=').filter(|(key, _)| is_key(key.trim())) else {
            return Err(EndpointError::new(
                format!("`{requirement}` of `{text}` is not a valid label"),
                "write labels as `app=web,tier=db`",
            ));
        };
        let value = value.strip_prefix('=').unwrap_or(value);
        labels.insert(key.trim().into(), value.trim().into());
    }
    Ok(Pattern::Labels { namespace, labels })
}

/// `!=` is not an equality.
fn is_key(key: &str) -> bool {
    !key.is_empty() && !key.ends_with('!')
}

fn parse_name(text: &str) -> Result<Name, EndpointError> {
    let parts: Vec<&str> = text.split('/').collect();
    let owned = |part: &str| part.to_owned();
    match parts.as_slice() {
        parts if parts.contains(&"") => None,
        [name] => Some(Name::Plain(owned(name))),
        [scope, name] => Some(Name::Scoped(owned(scope), owned(name))),
        [namespace, kind, name] => {
            Some(Name::Full { namespace: owned(namespace), kind: owned(kind), name: owned(name) })
        }
        _ => None,
    }
    .ok_or_else(|| EndpointError::new(format!("`{text}` is not a valid name"), "write `NAMESPACE/KIND/NAME`"))
}

fn parse_port(text: &str) -> Result<AskedPort, EndpointError> {
    let (port, protocol) = text.split_once('/').map_or((text, None), |(port, protocol)| (port, Some(protocol)));
    let protocol = protocol.map(|name| {
        Protocol::parse(&name.to_uppercase()).ok_or_else(|| {
            EndpointError::new(format!("`{name}` is not a valid protocol"), "protocols are TCP, UDP and SCTP")
        })
    });
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port = if is_number {
        port.parse().ok().filter(|&number| number > 0).map(PortName::Number)
    } else {
        Some(port.to_owned()).filter(|name| !name.is_empty()).map(PortName::Name)
    };
    let port = port.ok_or_else(|| {
        EndpointError::new(format!("`{text}` is not a valid port"), "write a number from 1 to 65535: `:80`, `:53/UDP`")
    })?;
    Ok(AskedPort { port, protocol: protocol.transpose()? })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{AskedPort, Name, Pattern, PortName, parse};
    use crate::net::Protocol::{self, Udp};
    use crate::net::address::AddressSet;

    fn pattern(text: &str) -> Pattern {
        let (pattern, port) = parse(text).unwrap();
        assert_eq!(port, None, "{text}");
        pattern
    }

    fn labels(namespace: Option<&str>, labels: &[(&str, &str)]) -> Pattern {
        let labels = labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        Pattern::Labels { namespace: namespace.map(str::to_owned), labels }
    }

    fn block(text: &str) -> Pattern {
        Pattern::Addresses(AddressSet::block(&text.parse().unwrap()))
    }

    #[test]
    fn names_have_one_to_three_parts() {
        assert_eq!(pattern("web"), Pattern::Name(Name::Plain("web".into())));
        assert_eq!(pattern("shop/web"), Pattern::Name(Name::Scoped("shop".into(), "web".into())));
        let full = Name::Full { namespace: "shop".into(), kind: "Deployment".into(), name: "web".into() };
        assert_eq!(pattern("shop/Deployment/web"), Pattern::Name(full));
    }

    #[test]
    fn labels_may_have_a_namespace_and_keys_a_prefix() {
        let name = "app.kubernetes.io/name";
        for (text, expected) in [
            ("app=web", labels(None, &[("app", "web")])),
            ("shop/app=web,tier=db", labels(Some("shop"), &[("app", "web"), ("tier", "db")])),
            ("app.kubernetes.io/name=web", labels(None, &[(name, "web")])),
            ("shop/app.kubernetes.io/name=web", labels(Some("shop"), &[(name, "web")])),
            ("shop/app=web,app.kubernetes.io/name=web", labels(Some("shop"), &[("app", "web"), (name, "web")])),
            ("*/app==web", labels(None, &[("app", "web")])),
            ("app=", labels(None, &[("app", "")])),
        ] {
            assert_eq!(pattern(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_and_words() {
        assert_eq!(pattern("203.0.113.7"), block("203.0.113.7/32"));
        assert_eq!(pattern("10.0.0.0/8"), block("10.0.0.0/8"));
        assert_eq!(pattern("2001:db8::1"), block("2001:db8::1/128"));
        assert_eq!(pattern("[2001:db8::/32]"), block("2001:db8::/32"));
        assert_eq!(pattern("internet"), Pattern::Addresses(AddressSet::all()));
        assert_eq!(pattern("external"), pattern("internet"));
        assert_eq!(pattern("*"), Pattern::Everything);
        assert_eq!(pattern("ingress-controller"), Pattern::IngressController);
        assert_eq!(pattern("any-pod"), Pattern::AnyPod(None));
        assert_eq!(pattern("shop/any-pod"), Pattern::AnyPod(Some("shop".into())));
    }

    #[test]
    fn ports_follow_the_last_colon() {
        let number = |port, protocol| Some(AskedPort { port: PortName::Number(port), protocol });
        for (text, endpoint, port) in [
            ("web:80", pattern("web"), number(80, None)),
            ("shop/web:53/udp", pattern("shop/web"), number(53, Some(Udp))),
            ("shop/app=web:8080/TCP", pattern("shop/app=web"), number(8080, Some(Protocol::Tcp))),
            ("[2001:db8::1]:443", pattern("2001:db8::1"), number(443, None)),
            ("10.0.0.0/8:443", pattern("10.0.0.0/8"), number(443, None)),
            ("*:65535", Pattern::Everything, number(65535, None)),
            ("web:http", pattern("web"), Some(AskedPort { port: PortName::Name("http".into()), protocol: None })),
        ] {
            assert_eq!(parse(text).unwrap(), (endpoint, port), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_write() {
        for text in [
            "",
            ":80",
            "web:",
            "web:0",
            "web:65536",
            "web:99999999999",
            "web:80/ICMP",
            "a/b/c/d",
            "a//b",
            "/web",
            "[::1",
            "[::1]80",
            "2001:db8::1:443/TCP",
            "a=b,c",
            "a!=b",
            "=b",
        ] {
            assert!(!parse(text).unwrap_err().help.is_empty(), "{text}");
        }
    }
}
