//! A small cluster with policies of any stage, as the judge reads it: it shares no code with the engine.

use std::net::Ipv4Addr;

/// A cluster.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) stages: Vec<Stage>,
    /// The label `team` of each namespace; `None` where no manifest shows its labels.
    pub(super) teams: [Option<Option<char>>; 2],
    pub(super) pods: [Pod; 3],
    pub(super) policies: Vec<Policy>,
}

#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) combine: Combine,
    /// Whether it denies what none of its rules matches, of pods that it engages.
    pub(super) denies_silence: bool,
    /// For ingress and egress, whether it engages every pod.
    pub(super) engages_all: [bool; 2],
    /// Whether policies of one order are known to be asked by name.
    pub(super) ties_are_certain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Combine {
    FirstMatch,
    DenyWins,
}

/// A pod with its namespace and its label `app`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pod {
    pub(super) namespace: usize,
    pub(super) app: Option<char>,
}

#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// Unlike that of any other policy.
    pub(super) name: char,
    pub(super) stage: usize,
    /// `None` is last.
    pub(super) order: Option<u8>,
    pub(super) subject: Pods,
    /// For ingress and egress.
    pub(super) engages: [Engages; 2],
    pub(super) rules: [Vec<Rule>; 2],
}

#[derive(Clone, Debug)]
pub(super) enum Engages {
    Ignored,
    No,
    Yes,
    Some(Pods),
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) action: Action,
    /// Which of the policy's pods it is for; `None` is all.
    pub(super) subject: Option<Who>,
    /// `None` is everyone.
    pub(super) peers: Option<Vec<Who>>,
    /// `None` is all traffic.
    pub(super) ports: Option<Vec<Port>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Allow,
    Deny,
    Pass,
    None,
}

impl Action {
    pub(super) const ALL: [Self; 4] = [Self::Allow, Self::Deny, Self::Pass, Self::None];
}

/// An expression over an end.
#[derive(Clone, Debug)]
pub(super) enum Who {
    Pods(Pods),
    /// `192.0.2.0/24`, which is of no pod.
    Block,
    Everyone,
    /// Some of these.
    Perhaps(Box<Who>),
    Not(Box<Who>),
    All(Box<[Who; 2]>),
}

/// Pods by label.
#[derive(Clone, Debug)]
pub(super) struct Pods {
    pub(super) namespaces: Namespaces,
    /// `app` has this value; `None` is all.
    pub(super) app: Option<char>,
}

#[derive(Clone, Debug)]
pub(super) enum Namespaces {
    One(usize),
    Every,
    /// Those whose label `team` has this value.
    Team(char),
    /// Those that have no label `team`.
    NoTeam,
}

/// A port of TCP.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    pub(super) number: u16,
    pub(super) is_maybe: bool,
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum End {
    Pod(usize),
    /// A pod of a namespace that is not in the input.
    Unknown,
    Address(Ipv4Addr),
}

/// An address of the block, and one that no policy is about.
pub(super) const ADDRESSES: [Ipv4Addr; 2] = [Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(203, 0, 113, 1)];
pub(super) const PORTS: [u16; 2] = [80, 81];

/// Every end.
pub(super) fn ends() -> impl Iterator<Item = End> {
    (0..3).map(End::Pod).chain([End::Unknown]).chain(ADDRESSES.map(End::Address))
}

/// Every pair of different ends of which one is a pod.
pub(super) fn pairs() -> impl Iterator<Item = (End, End)> {
    let is_pod = |end: End| !matches!(end, End::Address(_));
    ends().flat_map(|from| ends().map(move |to| (from, to))).filter(move |&(from, to)| {
        from != to
            && (is_pod(from) || is_pod(to))
            && (is_pod(from) || to != End::Unknown)
            && (is_pod(to) || from != End::Unknown)
    })
}
