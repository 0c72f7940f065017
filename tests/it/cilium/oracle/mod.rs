//! What policies mean under Cilium, as naively as its documentation says it: one pair of ends and one kind of traffic
//! at a time, from the documents as they are written. Shares no code with netlint.
//!
//! What the input does not show makes a match possible and no more: so a verdict has a lower bound, what is allowed
//! whatever is true, and an upper bound, what may be allowed.

mod peers;
mod selector;
mod traffic;

use serde_json::Value;

use super::world::{Direction, End, Traffic, World};

/// Whether something holds, where the input may not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Match {
    No,
    Maybe,
    Yes,
}

impl Match {
    pub(crate) fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Whether some of these hold.
    fn any(matches: impl IntoIterator<Item = Self>) -> Self {
        matches.into_iter().max().unwrap_or(Self::No)
    }
}

/// What one side says of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Whether it is allowed, whatever the input does not show.
    pub(crate) surely: bool,
    /// Whether it may be allowed.
    pub(crate) possibly: bool,
    /// What is shown: a match that is merely possible is none.
    pub(crate) shown: bool,
    /// Whether everything that allows it restricts it at layer 7.
    pub(crate) restricted: bool,
}

/// An entry of a policy, with what it is part of.
struct Entry<'w> {
    /// The policy's own namespace; none of a clusterwide one.
    namespace: Option<&'w str>,
    kind: &'w str,
    /// The selector of the rule's subject.
    subject: &'w Value,
    list: &'static str,
    body: &'w Value,
    /// Whether its rule isolates in this direction.
    isolates: bool,
}

/// Whether the policies of one end let traffic from or to the other one pass. "verdict = Deny if some deny entry
/// matches; Allow if some allow entry matches; Deny if isolated; else Allow".
pub(crate) fn side(world: &World, direction: Direction, subject: usize, peer: End, traffic: Traffic) -> Verdict {
    // A pod on the network of a node is the own node or another one; what is shown takes another one.
    if let End::Pod(pod) = peer
        && world.pods[pod].host_network
    {
        let [own, other] = [End::OwnNode, End::OtherNode].map(|node| side(world, direction, subject, node, traffic));
        return Verdict { surely: own.surely && other.surely, possibly: own.possibly || other.possibly, ..other };
    }
    let entries = entries_for(world, direction, subject);
    let free = |restricted| Verdict { surely: true, possibly: true, shown: true, restricted };
    // "A pod's own node may always reach it": kubelet's probes pass.
    if world.pods[subject].host_network || (direction == Direction::Ingress && peer == End::OwnNode) {
        return free(false);
    }
    let matches: Vec<(&Entry<'_>, Match)> =
        entries.iter().map(|entry| (entry, entry.matches(world, subject, peer, traffic))).collect();
    let (denying, allowing): (Vec<_>, Vec<_>) = matches.iter().partition(|(entry, _)| entry.list.ends_with("Deny"));
    let any = |of: &[(&Entry<'_>, Match)]| Match::any(of.iter().map(|(_, matches)| *matches));
    let (denied, allowed) = (any(&denying), any(&allowing));
    let isolated = world.settings.always || entries.iter().any(|entry| entry.isolates);
    let mut verdict = Verdict {
        surely: denied == Match::No && (!isolated || allowed == Match::Yes),
        possibly: denied != Match::Yes && (!isolated || allowed != Match::No),
        shown: denied != Match::Yes && (!isolated || allowed == Match::Yes),
        restricted: false,
    };
    let mut allowing = allowing.iter().filter(|(_, matches)| *matches == Match::Yes).peekable();
    verdict.restricted =
        allowing.peek().is_some() && allowing.all(|(entry, _)| entry.is_restricted(world, subject, peer, traffic));
    verdict
}

/// All entries of a direction whose rules select a pod, in any order.
fn entries_for(world: &World, direction: Direction, subject: usize) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    for policy in &world.policies {
        let namespace = policy["metadata"]["namespace"].as_str();
        let kind = policy["kind"].as_str().unwrap();
        let specs = policy["specs"].as_array().into_iter().flatten();
        for spec in Some(&policy["spec"]).filter(|spec| !spec.is_null()).into_iter().chain(specs) {
            let of_spec =
                if kind == "NetworkPolicy" { network_policy(spec, direction) } else { cilium(spec, direction) };
            let of_spec = of_spec.into_iter().map(|(list, body, isolates)| Entry {
                namespace,
                kind,
                subject: if kind == "NetworkPolicy" { &spec["podSelector"] } else { &spec["endpointSelector"] },
                list,
                body,
                isolates,
            });
            entries
                .extend(of_spec.filter(|entry| {
                    peers::selects_subject(world, entry.kind, entry.namespace, entry.subject, subject)
                }));
        }
    }
    entries
}

/// The entries of a rule in one direction. "enableDefaultDeny: default per direction: true iff that direction has at
/// least one rule"; it counts only there.
fn cilium(spec: &Value, direction: Direction) -> Vec<(&'static str, &Value, bool)> {
    let (allow, deny, key) = match direction {
        Direction::Ingress => ("ingress", "ingressDeny", "ingress"),
        Direction::Egress => ("egress", "egressDeny", "egress"),
    };
    // A host policy selects nodes.
    if spec["endpointSelector"].is_null() {
        return Vec::new();
    }
    let isolates = spec["enableDefaultDeny"][key].as_bool().unwrap_or(true);
    let items =
        |list: &'static str| spec[list].as_array().into_iter().flatten().map(move |item| (list, item, isolates));
    items(allow).chain(items(deny)).collect()
}

/// "NetworkPolicies under Cilium: rules in a direction that `policyTypes` doesn't list are enforced all the same", and
/// a direction that is listed without rules isolates.
fn network_policy(spec: &Value, direction: Direction) -> Vec<(&'static str, &Value, bool)> {
    static EMPTY: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| serde_json::json!({"nothing": true}));
    let (list, word) = match direction {
        Direction::Ingress => ("ingress", "Ingress"),
        Direction::Egress => ("egress", "Egress"),
    };
    let types: Vec<&str> = spec["policyTypes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let is_listed = types.contains(&word) || (direction == Direction::Ingress && !types.contains(&"Egress"));
    match spec[list].as_array().map(Vec::as_slice) {
        Some(rules) if !rules.is_empty() => rules.iter().map(|rule| (list, rule, true)).collect(),
        _ if is_listed => vec![(list, &*EMPTY, true)],
        _ => Vec::new(),
    }
}

impl Entry<'_> {
    fn matches(&self, world: &World, subject: usize, peer: End, traffic: Traffic) -> Match {
        let destination = if self.is_ingress() { End::Pod(subject) } else { peer };
        if self.kind == "NetworkPolicy" {
            let peers = peers::of_network_policy(world, self, peer);
            return peers.and(Match::of(traffic::of_network_policy(world, self.body, destination, traffic)));
        }
        let (peers, has_peers) = peers::of_cilium(world, self, peer);
        let traffic = traffic::of_cilium(world, self.body, self.is_ingress(), destination, traffic);
        match (has_peers, traffic) {
            // "L3 absent and L4 absent (`- {}`): matches nothing".
            (false, None) => Match::No,
            // "L3 given, L4 absent: every port and protocol, ICMP included".
            (_, None) => peers,
            (_, Some(traffic)) => peers.and(Match::of(traffic)),
        }
    }

    fn is_restricted(&self, world: &World, subject: usize, peer: End, traffic: Traffic) -> bool {
        let destination = if self.is_ingress() { End::Pod(subject) } else { peer };
        self.kind != "NetworkPolicy"
            && traffic::is_restricted(world, self.body, self.is_ingress(), destination, traffic)
    }

    fn is_ingress(&self) -> bool {
        self.list.starts_with("ingress")
    }
}
