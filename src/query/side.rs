//! Why one side of a connection lets it pass or not, in words and with the lines that cause it.

use super::{Pair, endpoint, endpoints};
use crate::analysis::Analysis;
use crate::endpoint::{End, Names};
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::PolicyId;
use crate::policy::dialect::network_policy::NetworkPolicy;
use crate::policy::{Peer, Peers, RuleRef};
use crate::reach::{Admission, SideExplanation};
use crate::source::{Location, Place};
use crate::text::phrase;

/// How many policies or rules of a kind are shown; the words name them all.
const SHOWN: usize = 3;
/// How many blocks of a part are asked one by one.
const EXPLAINED: usize = 64;

/// One side of a connection: the egress of its source, or the ingress of its destination.
#[derive(Clone, Debug)]
pub struct Side {
    /// Which side.
    pub direction: Direction,
    /// How it decides.
    pub admission: Admission,
    /// Those of the asked ports that it lets pass.
    pub ports: PortSet,
    /// Why, in one line.
    pub reason: String,
    /// The policies that isolate the pod in this direction, and where they say so.
    pub isolating: Vec<(PolicyId, Place)>,
    /// The rules that admit the connection, and the peer of each that does.
    pub admitting: Vec<(RuleRef, Place)>,
    /// The places worth showing, most telling first, with what to say there.
    pub(crate) shown: Vec<(Location, String)>,
}

impl Side {
    /// Whether it lets any of the asked ports pass.
    #[must_use]
    pub fn allows(&self) -> bool {
        !self.ports.is_empty()
    }
}

pub(super) fn explain(analysis: &Analysis, names: &Names<'_>, pair: &Pair, direction: Direction) -> Side {
    let (subject, remote) = match direction {
        Direction::Egress => (&pair.from, &pair.to),
        Direction::Ingress => (&pair.to, &pair.from),
    };
    let mut sides = endpoints(remote).take(EXPLAINED).map(|remote| {
        let subject = endpoint(subject);
        match direction {
            Direction::Egress => analysis.reach().explain_ports(subject, remote, &pair.asked).egress,
            Direction::Ingress => analysis.reach().explain_ports(remote, subject, &pair.asked).ingress,
        }
    });
    let Some(mut side) = sides.next() else { return unexplained(direction, pair.asked.clone()) };
    for other in sides {
        merge(&mut side.admitting, other.admitting);
        merge(&mut side.other_ports, other.other_ports);
    }
    let words = Words { analysis, names, pair, subject, remote, side: &side };
    if pair.is_itself {
        let reason = format!("{} is the same pod, and a pod may always connect to itself", words.subject());
        return Side { reason, ..unexplained(direction, pair.asked.clone()) };
    }
    let isolating = side.isolating.iter().filter_map(|&id| Some((id, words.policy(id)?.isolation_place(direction))));
    let admitting = side.admitting.iter().filter_map(|&rule| Some((rule, words.rule_place(rule)?)));
    Side {
        direction,
        admission: side.admission,
        ports: side.ports.clone(),
        reason: words.reason(),
        isolating: isolating.collect(),
        admitting: admitting.collect(),
        shown: words.shown(),
    }
}

/// Adds the rules that are not there yet, in order.
fn merge(rules: &mut Vec<RuleRef>, others: Vec<RuleRef>) {
    rules.extend(others);
    rules.sort_unstable();
    rules.dedup();
}

/// A side on which no policy has a say.
fn unexplained(direction: Direction, ports: PortSet) -> Side {
    Side {
        direction,
        admission: Admission::NotSubject,
        ports,
        reason: String::new(),
        isolating: Vec::new(),
        admitting: Vec::new(),
        shown: Vec::new(),
    }
}

/// What the sentences about a side are made of.
struct Words<'a> {
    analysis: &'a Analysis,
    names: &'a Names<'a>,
    pair: &'a Pair,
    /// The end that this side's policies select.
    subject: &'a End,
    /// The other one.
    remote: &'a End,
    side: &'a SideExplanation,
}

impl<'a> Words<'a> {
    fn policy(&self, id: PolicyId) -> Option<&'a NetworkPolicy> {
        self.analysis.cluster().policies.get(id.0 as usize)?.network_policy()
    }

    /// The names of policies, and the verb in the number that they ask for.
    fn policies(&self, ids: impl Iterator<Item = PolicyId>, [singular, plural]: [&'static str; 2]) -> String {
        let mut names: Vec<&str> =
            ids.filter_map(|id| self.policy(id)).map(|policy| policy.object.name.as_str()).collect();
        names.dedup();
        format!("{} {}", phrase::list(&names), if names.len() == 1 { singular } else { plural })
    }

    fn subject(&self) -> String {
        format!("`{}`", self.names.end(self.subject))
    }

    fn remote(&self) -> String {
        format!("`{}`", self.names.end(self.remote))
    }

    /// ` on TCP 80`, where a port is asked for.
    fn on_ports(&self) -> String {
        if self.pair.asked.is_all() { String::new() } else { format!(" on {}", self.pair.asked) }
    }

    /// `permits` a destination, `admits` a source.
    fn verb(&self) -> &'static str {
        let [singular, _] = self.verbs();
        singular
    }

    fn verbs(&self) -> [&'static str; 2] {
        match self.side.direction {
            Direction::Egress => ["permits", "permit"],
            Direction::Ingress => ["admits", "admit"],
        }
    }

    fn reason(&self) -> String {
        let (subject, remote, direction) = (self.subject(), self.remote(), self.side.direction);
        let by = |rules: &[RuleRef]| self.policies(rules.iter().map(|rule| rule.policy), self.verbs());
        match self.side.admission {
            Admission::NotSubject if *self.subject == End::IngressController => {
                "the ingress controller is not in the input; its egress is taken as allowed".to_owned()
            }
            Admission::NotSubject => format!("{subject} is outside the cluster, where no policy applies"),
            Admission::HostNetwork => format!("{subject} is on the network of its node, where no policy applies"),
            Admission::NotIsolated => format!("{} {subject} for {direction}", self.nothing_isolates()),
            Admission::Admitted => {
                format!("{} {remote} on {}", by(&self.side.admitting), self.side.ports)
            }
            Admission::Denied => {
                let isolate = self.policies(self.side.isolating.iter().copied(), ["isolates", "isolate"]);
                let mut reason = format!("{isolate} {subject} for {direction}, and no rule ");
                reason.push_str(&format!("{} {remote}{}", self.verb(), self.on_ports()));
                if !self.side.other_ports.is_empty() {
                    reason.push_str(&format!(" ({} it on other ports)", by(&self.side.other_ports)));
                } else if self.is_on_node_network(self.remote) {
                    reason.push_str(", which counts as a node's address: only a rule for everyone has that");
                }
                reason
            }
        }
    }

    /// That no policy isolates the subject, as far as is known.
    fn nothing_isolates(&self) -> &'static str {
        let End::Workload(id) = *self.subject else { return "no policy isolates" };
        if self.analysis.may_be_selected_unread(id, self.side.direction) {
            "no policy that netlint evaluates isolates"
        } else {
            "no policy isolates"
        }
    }

    fn is_on_node_network(&self, end: &End) -> bool {
        let End::Workload(id) = end else { return false };
        self.analysis.cluster().workloads.get(id.0 as usize).is_some_and(|workload| workload.host_network)
    }

    /// The peer of a rule that means the far end; the whole rule where it is for everyone.
    fn rule_place(&self, rule: RuleRef) -> Option<Place> {
        let written = self.policy(rule.policy)?;
        let origin = written.rule_origin(rule.direction, rule.index);
        let lowered =
            self.analysis.policies().get(rule.policy.0 as usize)?.policy.rules(rule.direction).get(rule.index)?;
        let Peers::Of(peers) = &lowered.peers else { return Some(origin.entry()) };
        let reach = self.analysis.reach();
        let admits = |peer: &Peer| endpoints(self.remote).any(|remote| reach.peer_admits(peer, remote));
        let peer = peers.iter().position(admits);
        Some(match peer {
            Some(peer) => written.peer_origin(rule.direction, rule.index, peer).entry(),
            None => origin.entry(),
        })
    }

    /// Where the ports of a rule stand.
    fn ports_place(&self, rule: RuleRef) -> Option<Place> {
        Some(self.policy(rule.policy)?.rule_origin(rule.direction, rule.index).key("ports").entry())
    }

    fn shown(&self) -> Vec<(Location, String)> {
        let direction = self.side.direction;
        let (subject, remote) = (self.subject(), self.remote());
        let mut shown: Vec<(Place, String)> = Vec::new();
        match self.side.admission {
            Admission::NotSubject => {}
            Admission::HostNetwork => shown.extend(self.workload_place("hostNetwork")),
            Admission::NotIsolated => {
                if let End::Workload(id) = self.subject
                    && let Some(workload) = self.analysis.cluster().workloads.get(id.0 as usize)
                {
                    shown.push((
                        workload.object.name_place(),
                        format!("{} it for {direction}", self.nothing_isolates()),
                    ));
                }
            }
            Admission::Admitted => {
                let places = self.side.admitting.iter().filter_map(|&rule| self.rule_place(rule));
                shown.extend(places.map(|place| (place, format!("{} {remote}", self.verb()))).take(SHOWN));
                let others = self.side.isolating.iter().filter(|id| !self.is_admitting(**id));
                let others = others.filter_map(|&id| self.policy(id)).take(SHOWN);
                shown.extend(
                    others.map(|policy| {
                        (policy.isolation_place(direction), format!("isolates {subject} for {direction}"))
                    }),
                );
            }
            Admission::Denied => {
                let near = self.side.other_ports.iter().filter_map(|&rule| self.ports_place(rule)).take(SHOWN);
                shown.extend(near.map(|place| (place, format!("{} {remote} on these ports only", self.verb()))));
                for policy in self.side.isolating.iter().filter_map(|&id| self.policy(id)).take(SHOWN) {
                    let isolates = format!("isolates {subject} for {direction}");
                    shown.push((policy.isolation_place(direction), isolates));
                    if self.has_rules(policy) {
                        let none = format!("none of these rules {} {remote}{}", self.verb(), self.on_ports());
                        shown.push((policy.rules_origin(direction).key_only(), none));
                    }
                }
            }
        }
        shown.into_iter().map(|(place, message)| (Location::from(place), message)).collect()
    }

    fn workload_place(&self, field: &'static str) -> Option<(Place, String)> {
        let End::Workload(id) = self.subject else { return None };
        let workload = self.analysis.cluster().workloads.get(id.0 as usize)?;
        Some((workload.spec_origin.key(field).entry(), "no policy applies to it".to_owned()))
    }

    fn is_admitting(&self, policy: PolicyId) -> bool {
        self.side.admitting.iter().any(|rule| rule.policy == policy)
    }

    fn has_rules(&self, policy: &NetworkPolicy) -> bool {
        policy.has_rules(self.side.direction)
    }
}
