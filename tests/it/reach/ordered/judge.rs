//! What stages mean, one connection at a time.
//!
//! "For each end of a connection and each direction the stages are asked in order. FirstMatch: the first rule that
//! matches decides, policies by their order. DenyWins: a deny decides, else an allow, else a pass. Pass leaves the stage.
//! None decides nothing. Silence counts only for an end and a direction that the stage engages; otherwise it is next.
//! After the last stage: allow." Policy by policy, the documentation says the same: of ClusterNetworkPolicy ("rules are
//! evaluated in order, [Pass] skips any further admin policies"), of Cilium ("deny policies take precedence over allow
//! policies"), of Calico's tiers ("if no rule in the tier matches, the end of tier applies its default action").

use super::world::{Action, Combine, End, Engages, Namespaces, Pods, Policy, Rule, Who, World};
use crate::support::random::Random;

/// Whether something matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    No,
    Maybe,
    Yes,
}

/// How what the input does not show is read.
pub(super) struct View<'w> {
    pub(super) world: &'w World,
    /// The labels of each namespace, and of the unknown one.
    teams: [Option<char>; 3],
    /// The label of the unknown pod.
    unknown_app: Option<char>,
    /// What maybes turn out to be; `None` where they are shown, as no match.
    coins: Option<u64>,
    /// When each policy is asked among those of its stage.
    ranks: Vec<(u16, u64)>,
}

/// What a stage does, and the policy and the rule by which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Allow(usize, usize),
    Deny(usize, usize),
    Pass(usize, usize),
    SilenceDenies,
    Silent,
    NotEngaged,
}

/// How often rules were met.
#[derive(Clone, Debug, Default)]
pub(super) struct Hits {
    met: [usize; 16],
    /// How many rules never decide anything, as the engine says.
    pub(super) shadowed: usize,
}

impl Hits {
    fn place(combine: Combine, action: Action, is_certain: bool) -> usize {
        combine as usize * 8 + action as usize * 2 + usize::from(is_certain)
    }

    fn add(&mut self, combine: Combine, action: Action, is_certain: bool) {
        self.met[Self::place(combine, action, is_certain)] += 1;
    }

    /// Whether any rule of this action was met in a stage of this kind, for certain or perhaps.
    pub(super) fn has(&self, combine: Combine, action: Action, is_certain: bool) -> bool {
        self.met[Self::place(combine, action, is_certain)] > 0
    }
}

/// A connection, and the direction in which policies are asked.
#[derive(Clone, Copy)]
struct Asked {
    direction: usize,
    subject: End,
    remote: End,
    port: u16,
}

impl<'w> View<'w> {
    /// As it is shown: labels that are not shown are absent, and ties are decided by name.
    pub(super) fn shown(world: &'w World) -> Self {
        let [one, other] = world.teams.map(Option::flatten);
        let ranks = world.policies.iter().map(|policy| (order(policy), policy.name.into())).collect();
        Self { world, teams: [one, other, None], unknown_app: None, coins: None, ranks }
    }

    /// As it may be.
    pub(super) fn completed(world: &'w World, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut label = |values: [char; 2]| [None, Some(values[0]), Some(values[1])][random.below(3)];
        let [one, other] = world.teams.map(|team| team.unwrap_or_else(|| label(['a', 'b'])));
        let (unknown, unknown_app) = (label(['a', 'b']), label(['x', 'y']));
        let rank = |policy: &Policy| {
            let is_certain = world.stages[policy.stage].ties_are_certain;
            (order(policy), if is_certain { policy.name.into() } else { random.next() })
        };
        let ranks = world.policies.iter().map(rank).collect();
        Self { world, teams: [one, other, unknown], unknown_app, coins: Some(seed), ranks }
    }

    /// Whether `from` may connect to a port of `to`.
    pub(super) fn allows(&self, from: End, to: End, port: u16, hits: &mut Hits) -> bool {
        [0, 1].into_iter().all(|direction| {
            let steps = self.steps(direction, from, to, port, hits);
            !matches!(steps.last(), Some(Step::Deny(..) | Step::SilenceDenies))
        })
    }

    /// What the stages do, one after the other, for ingress (0) or egress (1).
    pub(super) fn steps(&self, direction: usize, from: End, to: End, port: u16, hits: &mut Hits) -> Vec<Step> {
        let (subject, remote) = if direction == 0 { (to, from) } else { (from, to) };
        let mut steps = Vec::new();
        if matches!(subject, End::Address(_)) {
            return steps;
        }
        for stage in 0..self.world.stages.len() {
            steps.push(self.step(stage, Asked { direction, subject, remote, port }, hits));
            if matches!(steps.last(), Some(Step::Allow(..) | Step::Deny(..) | Step::SilenceDenies)) {
                break;
            }
        }
        steps
    }

    fn step(&self, number: usize, asked: Asked, hits: &mut Hits) -> Step {
        let stage = &self.world.stages[number];
        let mut policies: Vec<usize> = (0..self.world.policies.len())
            .filter(|&place| {
                let policy = &self.world.policies[place];
                policy.stage == number
                    && !matches!(policy.engages[asked.direction], Engages::Ignored)
                    && self.is_in(&policy.subject, asked.subject)
            })
            .collect();
        if stage.combine == Combine::FirstMatch {
            policies.sort_by_key(|&place| self.ranks[place]);
        }
        let mut matching: Vec<(Action, usize, usize)> = Vec::new();
        for &place in &policies {
            for (index, rule) in self.world.policies[place].rules[asked.direction].iter().enumerate() {
                let is_met = self.meets(rule, (place, index), asked);
                if is_met != Match::No {
                    hits.add(stage.combine, rule.action, is_met == Match::Yes);
                }
                if is_met == Match::Yes && rule.action != Action::None {
                    matching.push((rule.action, place, index));
                }
            }
        }
        let decides = match stage.combine {
            Combine::FirstMatch => matching.first(),
            Combine::DenyWins => [Action::Deny, Action::Allow, Action::Pass]
                .into_iter()
                .find_map(|action| matching.iter().find(|rule| rule.0 == action)),
        };
        match decides {
            Some(&(Action::Allow, policy, rule)) => Step::Allow(policy, rule),
            Some(&(Action::Deny, policy, rule)) => Step::Deny(policy, rule),
            Some(&(Action::Pass | Action::None, policy, rule)) => Step::Pass(policy, rule),
            None => self.silence(number, &policies, asked),
        }
    }

    fn silence(&self, number: usize, policies: &[usize], asked: Asked) -> Step {
        let stage = &self.world.stages[number];
        let engages_all = stage.engages_all[asked.direction];
        let engages = |&place: &usize| match &self.world.policies[place].engages[asked.direction] {
            Engages::Yes => true,
            Engages::Some(pods) => self.is_in(pods, asked.subject),
            Engages::No | Engages::Ignored => false,
        };
        if stage.denies_silence && (engages_all || policies.iter().any(engages)) {
            return Step::SilenceDenies;
        }
        let says_something = |&place: &usize| {
            let policy = &self.world.policies[place];
            !policy.rules[asked.direction].is_empty()
                || matches!(policy.engages[asked.direction], Engages::Yes | Engages::Some(_))
        };
        if engages_all || policies.iter().any(says_something) { Step::Silent } else { Step::NotEngaged }
    }

    /// "All parts must match": the pod, the far end and the port.
    fn meets(&self, rule: &Rule, place: (usize, usize), asked: Asked) -> Match {
        let coin = |what: u64, end: End| self.coin((place, asked.direction, what, end, asked.subject));
        let of_end = |who: &Who, what: u64, end: End| self.matches(who, end, &|end| coin(what, end));
        let subject = rule.subject.as_ref().map_or(Match::Yes, |who| of_end(who, 0, asked.subject));
        let peers = match &rule.peers {
            None => Match::Yes,
            Some(peers) => any(peers.iter().zip(1..).map(|(who, what)| of_end(who, what, asked.remote))),
        };
        let ports = match &rule.ports {
            None => Match::Yes,
            Some(ports) => any(ports.iter().zip(10..).map(|(port, what)| match port.number == asked.port {
                true if port.is_maybe => coin(what, asked.remote),
                true => Match::Yes,
                false => Match::No,
            })),
        };
        all([subject, peers, ports])
    }

    fn matches(&self, who: &Who, end: End, coin: &dyn Fn(End) -> Match) -> Match {
        let known = |holds: bool| if holds { Match::Yes } else { Match::No };
        match who {
            Who::Pods(pods) => known(self.is_in(pods, end)),
            Who::Block => known(matches!(end, End::Address(address) if address.octets()[..3] == [192, 0, 2])),
            Who::Everyone => Match::Yes,
            Who::Perhaps(one) => all([self.matches(one, end, coin), coin(end)]),
            Who::Not(one) => not(self.matches(one, end, coin)),
            Who::All(both) => all(both.iter().map(|one| self.matches(one, end, coin))),
        }
    }

    /// What a maybe turns out to be: the same whenever the same is asked.
    fn coin(&self, what: impl std::hash::Hash) -> Match {
        use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
        let Some(seed) = self.coins else { return Match::Maybe };
        let is_so = BuildHasherDefault::<DefaultHasher>::default().hash_one((seed, what)) % 2 == 0;
        if is_so { Match::Yes } else { Match::No }
    }

    fn is_in(&self, pods: &Pods, end: End) -> bool {
        let (namespace, app) = match end {
            End::Pod(place) => (self.world.pods[place].namespace, self.world.pods[place].app),
            End::Unknown => (2, self.unknown_app),
            End::Address(_) => return false,
        };
        let is_here = match pods.namespaces {
            Namespaces::One(one) => one == namespace,
            Namespaces::Every => true,
            Namespaces::Team(team) => self.teams[namespace] == Some(team),
            Namespaces::NoTeam => self.teams[namespace].is_none(),
        };
        is_here && (pods.app.is_none() || pods.app == app)
    }
}

/// Lower numbers first; without one, last.
fn order(policy: &Policy) -> u16 {
    policy.order.map_or(u16::MAX, u16::from)
}

fn not(one: Match) -> Match {
    match one {
        Match::No => Match::Yes,
        Match::Maybe => Match::Maybe,
        Match::Yes => Match::No,
    }
}

fn all(several: impl IntoIterator<Item = Match>) -> Match {
    several.into_iter().min_by_key(|one| *one as u8).unwrap_or(Match::Yes)
}

fn any(several: impl IntoIterator<Item = Match>) -> Match {
    several.into_iter().max_by_key(|one| *one as u8).unwrap_or(Match::No)
}
