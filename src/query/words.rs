//! The sentences and places that explain one side of a connection.

use smol_str::SmolStr;

use super::{Pair, endpoint, endpoints};
use crate::analysis::Analysis;
use crate::endpoint::End;
use crate::net::Direction;
use crate::objects::PolicyId;
use crate::policy::{Peer, Peers, PolicyObject, Rule, RuleRef};
use crate::reach::{Admission, Outcome, Reachability, SideExplanation, StageExplanation};
use crate::source::{Location, Place};
use crate::text::phrase;

/// How many policies or rules of a kind are shown; the words name them all.
const SHOWN: usize = 3;

/// What a stage makes of a connection, whatever the input does not show.
#[derive(Clone, Debug)]
pub struct StageVerdict {
    /// The network plugin that has it, where nothing tells which of two the cluster has.
    pub plugin: Option<&'static str>,
    /// The name of the stage.
    pub name: SmolStr,
    /// What it does.
    pub outcome: Outcome,
    /// The rule that does it, and where it is.
    pub rule: Option<(RuleRef, Place)>,
}

/// What the sentences about a side are made of.
pub(super) struct Words<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) pair: &'a Pair,
    /// The end that this side's policies select.
    pub(super) subject: &'a End,
    /// The other one.
    pub(super) remote: &'a End,
    /// What the two are called.
    pub(super) subject_name: &'a str,
    pub(super) remote_name: &'a str,
    pub(super) side: &'a SideExplanation,
}

impl<'a> Words<'a> {
    fn policy(&self, id: PolicyId) -> Option<&'a PolicyObject> {
        self.analysis.any_policy(id)
    }

    /// Where a policy says that it isolates the subject.
    pub(super) fn isolation_place(&self, id: PolicyId) -> Option<Place> {
        let (object, direction) = (self.policy(id)?, self.side.direction);
        Some(object.isolation_place(direction))
    }

    /// What the stages make of the connection; one address speaks for all of a part.
    pub(super) fn stages(&self, least: &Reachability) -> Vec<StageVerdict> {
        let (subject, remote) = (endpoint(self.subject), endpoint(self.remote));
        let (from, to) = match self.side.direction {
            Direction::Egress => (subject, remote),
            Direction::Ingress => (remote, subject),
        };
        let stages = least.stages(from, to, self.side.direction, &self.pair.asked);
        let verdict = |stage: StageExplanation| StageVerdict {
            plugin: None,
            name: stage.name,
            outcome: stage.outcome,
            rule: stage.rule.and_then(|rule| Some((rule, self.rule_place(rule)?))),
        };
        stages.into_iter().map(verdict).collect()
    }

    /// The names of policies, and the verb in the number that they ask for.
    fn policies(&self, ids: impl Iterator<Item = PolicyId>, [singular, plural]: [&'static str; 2]) -> String {
        let mut names: Vec<&str> =
            ids.filter_map(|id| self.policy(id)).map(|policy| policy.object.name.as_str()).collect();
        names.dedup();
        format!("{} {}", phrase::list(&names), if names.len() == 1 { singular } else { plural })
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

    pub(super) fn reason(&self) -> String {
        let (subject, remote, direction) = (self.subject_name, self.remote_name, self.side.direction);
        let by = |rules: &[RuleRef]| self.policies(rules.iter().map(|rule| rule.policy), self.verbs());
        match self.side.admission {
            Admission::NotSubject if *self.subject == End::IngressController => {
                "the ingress controller is not in the input; its egress is taken as allowed".to_owned()
            }
            Admission::NotSubject => format!("{subject} is outside the cluster, where no policy applies"),
            Admission::HostNetwork => format!("{subject} is on the network of its node, where no policy applies"),
            Admission::NotIsolated => format!("{} {subject} for {direction}", self.nothing_isolates()),
            Admission::Admitted => {
                let restricted = if self.is_restricted() { ", for some requests only (layer 7)" } else { "" };
                format!("{} {remote} on {}{restricted}", by(&self.side.admitting), self.side.ports)
            }
            Admission::Denied if self.side.isolating.is_empty() && self.side.denying.is_empty() => {
                format!(
                    "every pod is isolated for {direction}, and no rule {} {remote}{}",
                    self.verb(),
                    self.on_ports()
                )
            }
            Admission::Denied if self.is_denied_by_rules() => {
                let denying = self.side.denying.iter().map(|rule| rule.policy);
                format!("{} {remote}{}", self.policies(denying, ["denies", "deny"]), self.on_ports())
            }
            Admission::Denied => {
                let isolate = self.policies(self.side.isolating.iter().copied(), ["isolates", "isolate"]);
                let mut reason = format!("{isolate} {subject} for {direction}, and no rule ");
                reason.push_str(&format!("{} {remote}{}", self.verb(), self.on_ports()));
                if !self.side.other_ports.is_empty() {
                    reason.push_str(&format!(" ({} it on other ports)", by(&self.side.other_ports)));
                } else if self.is_on_node_network(self.remote) {
                    let is_node = self.analysis.cluster().arrangement.host_network_is_some_node;
                    reason.push_str(match is_node {
                        true => ", which counts as its node",
                        false => ", which counts as a node's address: only a rule for everyone matches that",
                    });
                }
                if !self.side.denying.is_empty() {
                    let denying = self.side.denying.iter().map(|rule| rule.policy);
                    let deny = self.policies(denying, ["denies", "deny"]);
                    reason.push_str(&format!("; {deny} {remote} on {}", self.side.denied));
                }
                reason
            }
        }
    }

    /// Whether all rules that admit it let through only some requests.
    fn is_restricted(&self) -> bool {
        let rule = |at: &RuleRef| self.policy(at.policy).and_then(|it| it.policy.rules(at.direction).get(at.index));
        let mut admitting = self.side.admitting.iter().map(rule).peekable();
        admitting.peek().is_some() && admitting.all(|rule| rule.is_some_and(|rule| rule.layer7))
    }

    /// Whether rules deny all ports that are asked for, so that isolation does not matter.
    fn is_denied_by_rules(&self) -> bool {
        !self.side.denying.is_empty() && self.side.denied == self.pair.asked
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
    pub(super) fn rule_place(&self, rule: RuleRef) -> Option<Place> {
        let object = self.policy(rule.policy)?;
        let origin = object.rule_origin(rule.direction, rule.index);
        let lowered = object.policy.rules(rule.direction).get(rule.index)?;
        let Peers::Of(peers) = &lowered.peers else { return Some(origin.entry()) };
        let reach = self.analysis.reach();
        let admits = |peer: &Peer| endpoints(self.remote).any(|remote| reach.peer_admits(peer, remote));
        let peer = peers.iter().position(admits);
        Some(match peer {
            Some(peer) => object.peer_origin(rule.direction, rule.index, peer).entry(),
            None => origin.entry(),
        })
    }

    /// Where the rules of a policy are that isolates the subject, if any of them allows something.
    fn rules_place(&self, id: PolicyId) -> Option<Place> {
        let object = self.policy(id).filter(|it| it.is_unordered())?;
        let rules = object.policy.rules(self.side.direction);
        (!rules.iter().all(Rule::matches_nothing)).then(|| object.restriction_place(self.side.direction))
    }

    /// Where the ports of a rule are.
    fn ports_place(&self, rule: RuleRef) -> Option<Place> {
        Some(self.policy(rule.policy)?.ports_origin(rule.direction, rule.index).entry())
    }

    pub(super) fn shown(&self) -> Vec<(Location, String)> {
        let direction = self.side.direction;
        let (subject, remote) = (self.subject_name, self.remote_name);
        let mut shown: Vec<(Place, String)> = Vec::new();
        match self.side.admission {
            Admission::NotSubject => {}
            Admission::HostNetwork => shown.extend(self.workload_place("hostNetwork")),
            Admission::NotIsolated => {
                if let End::Workload(id) = self.subject
                    && let Some(workload) = self.analysis.cluster().workloads.get(id.0 as usize)
                {
                    let words = format!("{} it for {direction}", self.nothing_isolates());
                    shown.push((workload.object.name_place(), words));
                }
            }
            Admission::Admitted => {
                let places = self.side.admitting.iter().filter_map(|&rule| self.rule_place(rule));
                shown.extend(places.map(|place| (place, format!("{} {remote}", self.verb()))).take(SHOWN));
                let others = self.side.isolating.iter().filter(|id| !self.is_admitting(**id));
                let others = others.filter_map(|&id| self.isolation_place(id)).take(SHOWN);
                shown.extend(others.map(|place| (place, format!("isolates {subject} for {direction}"))));
                shown.extend(self.passing());
            }
            Admission::Denied if self.is_denied_by_rules() => {
                shown.extend(self.denying());
                shown.extend(self.passing());
            }
            Admission::Denied => {
                let near = self.side.other_ports.iter().filter_map(|&rule| self.ports_place(rule)).take(SHOWN);
                shown.extend(near.map(|place| (place, format!("{} {remote} on these ports only", self.verb()))));
                for &id in self.side.isolating.iter().take(SHOWN) {
                    let isolates = format!("isolates {subject} for {direction}");
                    let isolation = self.isolation_place(id);
                    let none = format!("none of these rules {} {remote}{}", self.verb(), self.on_ports());
                    let rules = self.rules_place(id);
                    // Where the rules are what isolates, one place says both.
                    shown.extend(isolation.filter(|it| rules.as_ref() != Some(it)).map(|place| (place, isolates)));
                    shown.extend(rules.map(|place| (place, none)));
                }
                shown.extend(self.denying());
                shown.extend(self.passing());
            }
        }
        shown.into_iter().map(|(place, message)| (Location::from(place), message)).collect()
    }

    fn denying(&self) -> impl Iterator<Item = (Place, String)> {
        let places = self.side.denying.iter().filter_map(|&rule| self.rule_place(rule));
        places.map(|place| (place, format!("denies {}", self.remote_name))).take(SHOWN)
    }

    fn passing(&self) -> impl Iterator<Item = (Place, String)> {
        let places = self.side.passing.iter().filter_map(|&rule| self.rule_place(rule));
        places.map(|place| (place, format!("passes {} on to the next tier", self.remote_name))).take(SHOWN)
    }

    fn workload_place(&self, field: &'static str) -> Option<(Place, String)> {
        let End::Workload(id) = self.subject else { return None };
        let workload = self.analysis.cluster().workloads.get(id.0 as usize)?;
        Some((workload.spec_origin.key(field).entry(), "no policy applies to it".to_owned()))
    }

    fn is_admitting(&self, policy: PolicyId) -> bool {
        self.side.admitting.iter().any(|rule| rule.policy == policy)
    }
}
