//! What to say of fields that these kinds do not have. The API server drops such a field. Where a peer or a port is
//! empty without it, the object is refused; in three places it is not, and the rule is silently for more than what
//! was written: beside the peers of a rule, in a selector, and in the `pods` of a ClusterNetworkPolicy.

use crate::net::Protocol;
use crate::schema::field::Field;
use crate::schema::table::Dropped;
use crate::yaml::{Kind, Node, Segment};

/// A field of `spec`.
pub(super) fn from_spec(field: &Field<'_, '_>, name: &str, _: Node<'_>) -> Option<Dropped> {
    let kind = field.around().next().and_then(|object| object.schema).map_or("", |schema| schema.noun);
    Some(Dropped::written_as(match name {
        "policyTypes" => "remove it: the policy acts in each direction that it has rules for".to_owned(),
        "namespaceSelector" => "write it as `spec.subject.namespaces`".to_owned(),
        "tier" => format!("remove it: the kind {kind} is the tier"),
        "priority" => "remove it: a cluster has one such policy at most".to_owned(),
        _ => return None,
    }))
}

/// A field of a subject or a peer.
pub(super) fn from_peer(field: &Field<'_, '_>, name: &str, node: Node<'_>) -> Option<Dropped> {
    let takes = |key: &str| field.schema.is_some_and(|schema| schema.find(key).is_some());
    let noun = field.schema.map_or("peer", |schema| schema.noun);
    Some(Dropped::written_as(match name {
        "namespace" | "namespaceName" => {
            let name = node.as_str().unwrap_or("NAME");
            format!("write `namespaces: {{matchLabels: {{kubernetes.io/metadata.name: {name}}}}}`")
        }
        "namespaceSelector" if field.node.get("podSelector").is_some() => {
            "write `pods: {namespaceSelector: …, podSelector: …}`".to_owned()
        }
        "namespaceSelector" => "write `namespaces`".to_owned(),
        "podSelector" => "write `pods: {namespaceSelector: {}, podSelector: …}`".to_owned(),
        "ipBlock" | "cidr" | "network" | "cidrs" if takes("networks") => {
            let cidr = node.get("cidr").unwrap_or(node).as_str().unwrap_or("10.0.0.0/8");
            let exceptions = node.get("except").map_or("", |_| ", and a rule for the excepted blocks before this one");
            format!("write `networks: [{cidr}]`{exceptions}")
        }
        "domainName" | "domains" | "fqdns" if takes("domainNames") => "write `domainNames`".to_owned(),
        "domainNames" if takes("networks") => {
            "remove it: a BaselineAdminNetworkPolicy has no domain names; an AdminNetworkPolicy has".to_owned()
        }
        "networks" | "nodes" | "domainNames" | "ipBlock" if noun == "peer" => {
            "remove the peer: an ingress rule is for pods only, whatever else connects is left to NetworkPolicies"
                .to_owned()
        }
        "networks" | "nodes" | "domainNames" => "write `namespaces` or `pods`: only pods can be selected".to_owned(),
        _ => return None,
    }))
}

/// A field of `pods`.
pub(super) fn from_pods(field: &Field<'_, '_>, name: &str, node: Node<'_>) -> Option<Dropped> {
    let help = match name {
        "namespaces" if node.get("namespaceSelector").is_some() => "write its `namespaceSelector` one level up",
        "namespaces" => "write `namespaceSelector`",
        _ => "",
    };
    let help = Some(help).filter(|help| !help.is_empty()).map(str::to_owned);
    let meant = help.as_ref().map(|_| "namespaceSelector");
    if field.has("namespaceSelector") {
        return help.map(Dropped::written_as);
    }
    let remark = Some("dropped, so that the pods of every namespace match".to_owned());
    Some(Dropped { remark, help, meant, because: widened(field, "pods of every namespace") })
}

/// A field of a selector. Without fields, a selector matches everything.
pub(super) fn from_selector(field: &Field<'_, '_>, name: &str, _: Node<'_>) -> Option<Dropped> {
    let key = field.key();
    let help = match name {
        "namespaceSelector" if key == "namespaces" => Some("write its fields directly under `namespaces`".to_owned()),
        "podSelector" if key == "namespaces" => {
            Some("write `pods: {namespaceSelector: …, podSelector: …}` instead of `namespaces`".to_owned())
        }
        "sameLabels" | "notSameLabels" => {
            Some(format!("name the labels with `matchLabels`: the API no longer has `{name}`"))
        }
        "labels" => Some("write `matchLabels`".to_owned()),
        _ => None,
    };
    if field.has("matchLabels") || field.has("matchExpressions") {
        return help.map(Dropped::written_as);
    }
    let matched = match key {
        "podSelector" => "pod",
        "nodes" => "node",
        _ => "namespace",
    };
    let remark = Some(format!("dropped, which leaves the selector empty: it matches every {matched}"));
    Some(Dropped { remark, help, meant: None, because: widened(field, &format!("every {matched}")) })
}

/// A field of a rule of a ClusterNetworkPolicy.
pub(super) fn from_cluster_rule(field: &Field<'_, '_>, name: &str, node: Node<'_>) -> Option<Dropped> {
    let help = || {
        let (protocol, port) = port(node);
        let help =
            format!("write `protocols: [{{{}: {{destinationPort: {{number: {port}}}}}}}]`", protocol.to_lowercase());
        match name {
            "ports" => format!("{help}; of the implementations, only Kube-OVN still reads `ports` here"),
            _ => help,
        }
    };
    from_rule(field, name, ("ports", "protocols"), help)
}

/// A field of a rule of an AdminNetworkPolicy or BaselineAdminNetworkPolicy.
pub(super) fn from_alpha_rule(field: &Field<'_, '_>, name: &str, node: Node<'_>) -> Option<Dropped> {
    let help = || {
        let (protocol, port) = port(node);
        format!("write `ports: [{{portNumber: {{protocol: {protocol}, port: {port}}}}}]`")
    };
    from_rule(field, name, ("protocols", "ports"), help)
}

/// A field of a rule whose ports are under the second of two keys; the first is that of the other kinds.
fn from_rule(
    field: &Field<'_, '_>,
    name: &str,
    (other, own): (&str, &str),
    help: impl Fn() -> String,
) -> Option<Dropped> {
    let (peers, opposite) = if field.schema?.find("from").is_some() { ("from", "to") } else { ("to", "from") };
    if name == opposite {
        return Some(Dropped { meant: Some(peers), ..Dropped::written_as(format!("write `{peers}`")) });
    }
    if name != other && !["port", "protocol"].contains(&name) {
        return None;
    }
    if field.has(own) {
        return Some(Dropped::written_as(format!("merge it into `{own}`")));
    }
    let remark = Some("dropped, so that the rule is for every port".to_owned());
    Some(Dropped { remark, help: Some(help()), meant: None, because: widened(field, "every port") })
}

/// A field of a protocol of a ClusterNetworkPolicy.
pub(super) fn from_protocol(field: &Field<'_, '_>, name: &str, node: Node<'_>) -> Option<Dropped> {
    let (protocol, port) = port(field.node);
    let protocol = protocol.to_lowercase();
    let within = |key: &str| field.schema.is_some_and(|schema| schema.find(key).is_some());
    Some(Dropped::written_as(match name {
        "namedPort" | "name" if within("tcp") => "write `destinationNamedPort`".to_owned(),
        "portRange" | "range" if within("tcp") => {
            format!("write `{protocol}: {{destinationPort: {{range: {{start: …, end: …}}}}}}`")
        }
        "port" | "protocol" | "portNumber" | "endPort" | "number" | "destinationPort" if within("tcp") => {
            format!("write `{protocol}: {{destinationPort: {{number: {port}}}}}`")
        }
        "number" | "port" if within("destinationPort") => match node.as_i64() {
            Some(port) => format!("write `destinationPort: {{number: {port}}}`"),
            None => "write `destinationPort: {number: …}`".to_owned(),
        },
        "range" if within("destinationPort") => "write `destinationPort: {range: {start: …, end: …}}`".to_owned(),
        "port" if within("number") => "write `number`".to_owned(),
        "start" | "end" if within("number") => "write `range: {start: …, end: …}`".to_owned(),
        _ => return None,
    }))
}

/// A field of a port of an AdminNetworkPolicy or BaselineAdminNetworkPolicy.
pub(super) fn from_alpha_port(field: &Field<'_, '_>, name: &str, _: Node<'_>) -> Option<Dropped> {
    let (protocol, port) = port(field.node);
    Some(Dropped::written_as(match name {
        "destinationNamedPort" | "name" => "write `namedPort`".to_owned(),
        "range" | "endPort" => "write `portRange: {protocol: TCP, start: …, end: …}`".to_owned(),
        "port" | "protocol" | "tcp" | "udp" | "sctp" | "number" => {
            format!("write `portNumber: {{protocol: {protocol}, port: {port}}}`")
        }
        _ => return None,
    }))
}

/// What the rule around a field does now that its peers or ports are more: the place of its action, and the words.
fn widened(field: &Field<'_, '_>, matched: &str) -> Option<(Vec<Segment>, String)> {
    let is_rule = |field: &&Field<'_, '_>| field.has("action");
    let rule = Some(field).filter(is_rule).or_else(|| field.around().find(is_rule))?;
    let (action, text) = rule.string("action")?;
    let does = match text {
        "Deny" => "denies",
        "Pass" => "passes",
        _ => "admits",
    };
    Some((action.segments(), format!("this rule then {does} {matched}")))
}

/// Protocol and number of the one port that a value is about, in the form of whatever kind of policy; TCP 80 where it
/// is about none or many.
fn port(node: Node<'_>) -> (&'static str, i64) {
    const EXAMPLE: (&str, i64) = ("TCP", 80);
    let mut items = node.items();
    let node = match (node.kind(), items.next(), items.next()) {
        (Kind::Seq, Some(only), None) => only,
        (Kind::Seq, _, _) => return EXAMPLE,
        _ => node,
    };
    let transport = Protocol::ALL.into_iter().find_map(|protocol| Some((protocol, node.get(word(protocol))?)));
    if let Some((protocol, node)) = transport {
        let number = node.get("destinationPort").and_then(|port| port.get("number"));
        return (protocol.name(), number.and_then(|number| number.as_i64()).unwrap_or(EXAMPLE.1));
    }
    let node = node.get("portNumber").unwrap_or(node);
    let protocol = node.get("protocol").and_then(|protocol| Protocol::parse(protocol.as_str()?));
    let number = node.get("port").unwrap_or(node).as_i64();
    (protocol.map_or(EXAMPLE.0, Protocol::name), number.unwrap_or(EXAMPLE.1))
}

/// The key of a protocol in a ClusterNetworkPolicy.
fn word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Sctp => "sctp",
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
    }
}
