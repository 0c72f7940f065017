//! What one side permits, worked out once for all pairs of ends that policies of the whole cluster treat alike.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use foldhash::HashMap;
use smallvec::SmallVec;

use super::asked::{Asked, AskedRules};
use super::outside::without_own;
use super::side::Side;
use crate::net::Direction;
use crate::net::interval::Point;
use crate::net::ports::PortSet;
use crate::objects::PolicyId;
use crate::policy::RuleRef;
use crate::reach::alike::{Group, Outcome, Outcomes, Own, Stages, UNKNOWN};
use crate::reach::classes::{Member, Segments, number};
use crate::reach::end::Remote;
use crate::reach::reachability::Reachability;
use crate::reach::resolution::{Place, ResolvedPolicy, SharedRules};

/// How many pairs of groups and columns are worked out at most.
const PAIRS: usize = 1 << 18;

/// Far ends that the same rules match.
struct Column<'s> {
    /// One of them.
    remote: Remote,
    rules: &'s [Member],
}

impl Reachability {
    /// Works out the outcomes of a direction.
    pub(in crate::reach) fn worked_out(&self, direction: Direction) -> Outcomes {
        let subjects = Arc::new(self.subjects(direction));
        let shared = self.shared(direction);
        let columns = columns(shared);
        let count = number(shared.matching.lists().len());
        let mut outcomes = Outcomes {
            column_of_class: (0..number(self.classes().len())).map(|it| shared.matching.list_of(it)).collect(),
            columns: columns.len(),
            first_of_v4: count,
            first_of_v6: count + number(shared.matching_v4.lists().len()),
            subjects: Arc::clone(&subjects),
            ..Outcomes::default()
        };
        if subjects.groups.len().saturating_mul(columns.len()) > PAIRS {
            return outcomes;
        }
        let mut workshop = Workshop::new(self, direction);
        outcomes.table.reserve_exact(subjects.groups.len() * columns.len());
        for group in &subjects.groups {
            let of_group = workshop.of_group(group, &columns);
            outcomes.table.extend(of_group);
        }
        outcomes.distinct = workshop.distinct;
        outcomes.outside = (0..subjects.groups.len()).map(|group| without_own(&outcomes, shared, group)).collect();
        outcomes
    }
}

fn columns(shared: &SharedRules) -> Vec<Column<'_>> {
    fn of<T: Point>(segments: &Segments<T>, remote: impl Fn(T) -> Remote) -> impl Iterator<Item = Column<'_>> {
        segments.lists().map(move |(first, rules)| Column { remote: remote(first), rules })
    }
    let classes = of(&shared.matching, Remote::Class);
    let v4 = of(&shared.matching_v4, |first| Remote::Address(Ipv4Addr::from_bits(first).into()));
    let v6 = of(&shared.matching_v6, |first| Remote::Address(Ipv6Addr::from_bits(first).into()));
    classes.chain(v4).chain(v6).collect()
}

/// Where outcomes are worked out, each once.
struct Workshop<'r> {
    reach: &'r Reachability,
    direction: Direction,
    /// A policy that allows everything.
    open: ResolvedPolicy,
    /// The number of what groups have in common beside the policies of the whole cluster.
    settings: HashMap<(Stages, Option<usize>), usize>,
    known: HashMap<Case, u32>,
    distinct: Vec<Outcome>,
}

/// All that an outcome depends on: the setting, before which of the rules the pod's own are asked, and the rules, each
/// with whether it surely applies.
type Case = (usize, usize, SmallVec<[(u32, bool); 8]>);

impl<'r> Workshop<'r> {
    fn new(reach: &'r Reachability, direction: Direction) -> Self {
        Self {
            reach,
            direction,
            open: ResolvedPolicy::allowing_everything(),
            settings: HashMap::default(),
            known: HashMap::default(),
            distinct: Vec::new(),
        }
    }

    /// The places of the outcomes of a group in all columns.
    fn of_group(&mut self, group: &Group, columns: &[Column<'_>]) -> Vec<u32> {
        let (stage, before) = match group.traits.own {
            Own::Other => return vec![UNKNOWN; columns.len()],
            Own::Nothing => (None, u32::MAX),
            Own::Allow { stage, before } => (Some(stage), before),
        };
        let next = self.settings.len();
        let setting = *self.settings.entry((group.traits.denying.clone(), stage)).or_insert(next);
        let shared = self.reach.shared(self.direction);
        let mut selects: Vec<Option<bool>> = vec![None; shared.policies.len()];
        for member in shared.selecting.list(group.traits.selecting) {
            selects.get_mut(member.set as usize).into_iter().for_each(|selects| *selects = Some(member.is_certain));
        }
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            let (mut rules, mut asked_before) = (SmallVec::new(), 0);
            for member in column.rules {
                let Some(rule) = shared.get(member.set) else { continue };
                let Some(selects) = selects.get(rule.place as usize).copied().flatten() else { continue };
                asked_before += usize::from(rule.place < before);
                rules.push((member.set, member.is_certain && selects));
            }
            let case = (setting, asked_before, rules);
            let place = self.known.get(&case).copied();
            let side = Side { direction: self.direction, subject: group.first, remote: column.remote };
            places.push(place.unwrap_or_else(|| self.add(case, side, stage)));
        }
        places
    }

    fn add(&mut self, case: Case, side: Side, stage: Option<usize>) -> u32 {
        let outcome = self.work_out(side, &case, stage);
        let place = outcome.map_or(UNKNOWN, |outcome| {
            self.distinct.push(outcome);
            number(self.distinct.len() - 1)
        });
        self.known.insert(case, place);
        place
    }

    /// Asks the rules, and once more with one among them that allows everything.
    fn work_out(&self, side: Side, (_, asked_before, rules): &Case, stage: Option<usize>) -> Option<Outcome> {
        let shared = self.reach.shared(self.direction);
        let rules = rules.iter().map(|&(rule, _)| self.reach.asked_rule(shared.get(rule)?, self.direction));
        let mut asked: AskedRules<'_> = rules.collect::<Option<_>>()?;
        if !asked.iter().all(|it| it.rule.subject.is_none() && it.rule.traffic.is_the_same_everywhere()) {
            return None;
        }
        let always = self.reach.walk(side, &asked).traffic.ports;
        let Some(stage) = stage else { return Some(Outcome { always, if_allowed: PortSet::default() }) };
        let open = Asked {
            place: Place { stage: Some(stage), rank: u32::MAX, tie: u32::MAX, adds_up: false },
            id: RuleRef { policy: PolicyId(u32::MAX), direction: self.direction, index: 0 },
            policy: &self.open,
            rule: self.open.rules(self.direction).first()?,
        };
        asked.insert(*asked_before, open);
        let if_allowed = self.reach.walk(side, &asked).traffic.ports.difference(&always);
        Some(Outcome { always, if_allowed })
    }
}
