//! What the sides of pods permit, for all ends at once, where many rules apply to a pod: to ask each of them about each
//! other pod would take their product.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashMap;
use rayon::prelude::*;

use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::reach::classes::{ClassSet, number};
use crate::reach::reachability::Reachability;

/// How many policies select a pod whose side is worked out: fewer are asked as quickly one by one.
const MANY: usize = 16;

/// How much work all sides of one direction may be, in runs of classes and in sets of ports that are united. Where it
/// would be more, the rules are asked one by one.
const MOST: usize = 32_000_000;

/// The sides that are worked out: those of policies that are all as NetworkPolicies are.
#[derive(Debug, Default)]
pub(super) struct Sides {
    ingress: HashMap<u32, Pieces>,
    egress: HashMap<u32, Pieces>,
}

/// Runs of classes at the other end that are permitted the same ports: the first class of each, in order.
#[derive(Debug)]
pub(super) struct Pieces(Vec<(u32, Arc<PortSet>)>);

impl Sides {
    pub(super) fn new(reach: &Reachability) -> Self {
        // Where the cluster may have two arrangements, both are asked.
        let is_one = reach.alternative.is_none();
        if !is_one || !reach.resolved.is_plain || reach.basis.arrangement.host_network_is_some_node {
            return Self::default();
        }
        let of = |direction| {
            let classes = (0..number(reach.classes().len())).filter(|&class| reach.classes().is_pod(class));
            let classes: Vec<u32> = classes.filter(|&class| reach.selecting(class, direction).len() >= MANY).collect();
            let most = MOST / classes.len().max(1);
            let pieces = |&class: &u32| Some((class, Pieces::new(reach, class, direction, most)?));
            classes.par_iter().filter_map(pieces).collect::<Vec<_>>().into_iter().collect()
        };
        Self { ingress: of(Direction::Ingress), egress: of(Direction::Egress) }
    }

    /// What the side of a class permits, where it is worked out.
    pub(super) fn get(&self, class: u32, direction: Direction) -> Option<&Pieces> {
        match direction {
            Direction::Ingress => self.ingress.get(&class),
            Direction::Egress => self.egress.get(&class),
        }
    }
}

impl Pieces {
    /// `None` where no policy isolates the class, where ports depend on the other end, or where it is too much work.
    fn new(reach: &Reachability, class: u32, direction: Direction, most: usize) -> Option<Self> {
        let mut groups: HashMap<Cow<'_, PortSet>, Vec<(u32, u32)>> = HashMap::default();
        let (mut work, mut is_isolated) = (0, false);
        for policy in reach.policies_on(class, direction) {
            is_isolated |= policy.isolates(direction);
            for rule in policy.rules(direction) {
                if direction == Direction::Egress && rule.traffic.has_names() {
                    return None;
                }
                let runs = rule.ends.of(reach.reading).classes.intervals();
                work += 1 + runs.len();
                if work > most {
                    return None;
                }
                let destination = (direction == Direction::Ingress).then_some(class);
                groups.entry(rule.traffic.ports_on(destination, reach.classes())).or_default().extend(runs);
            }
        }
        if !is_isolated {
            return None;
        }
        let groups: Vec<(Arc<PortSet>, ClassSet)> = (groups.into_iter())
            .map(|(ports, runs)| (Arc::new(ports.into_owned()), ClassSet::from_intervals(runs)))
            .collect();
        Self::of_groups(&groups, most)
    }

    /// Cuts the classes where any group begins or ends.
    fn of_groups(groups: &[(Arc<PortSet>, ClassSet)], most: usize) -> Option<Self> {
        let mut changes: Vec<(u32, usize, bool)> = Vec::new();
        for (group, (_, classes)) in groups.iter().enumerate() {
            for &(first, last) in classes.intervals() {
                changes.push((first, group, true));
                changes.push((last.saturating_add(1), group, false));
            }
        }
        changes.sort_unstable();
        let none: Arc<PortSet> = Arc::default();
        let mut pieces = vec![(0, Arc::clone(&none))];
        let (mut active, mut work) = (BTreeSet::new(), 0);
        for at in changes.chunk_by(|(one, ..), (other, ..)| one == other) {
            for &(_, group, begins) in at {
                let _ = if begins { active.insert(group) } else { active.remove(&group) };
            }
            work += active.len();
            if work > most {
                return None;
            }
            let sets: Vec<&Arc<PortSet>> = active.iter().filter_map(|&it| groups.get(it)).map(|(it, _)| it).collect();
            let ports = match sets.as_slice() {
                [] => Arc::clone(&none),
                [one] => Arc::clone(one),
                several => Arc::new(PortSet::union_of(several.iter().map(|it| Cow::Borrowed(&***it)))),
            };
            pieces.extend(at.first().map(|(first, ..)| (*first, ports)));
        }
        Some(Self(pieces))
    }

    /// The ports that are permitted to or from a class.
    pub(super) fn at(&self, class: u32) -> Option<&Arc<PortSet>> {
        let after = self.0.partition_point(|(first, _)| *first <= class);
        self.0.get(after.checked_sub(1)?).map(|(_, ports)| ports)
    }
}
