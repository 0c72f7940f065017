//! Which of many sets each point is in, for certain or perhaps.

use std::collections::BTreeMap;
use std::ptr;

use foldhash::HashMap;

use super::number::number;
use crate::net::interval::{IntervalSet, Point};
use crate::reach::bounds::Bounds;

/// Classes or addresses, cut where any of some sets begins or ends.
#[derive(Debug)]
pub(in crate::reach) struct Segments<T> {
    /// Where a segment begins.
    starts: Vec<T>,
    /// For each segment, the number of its list.
    lists: Vec<u32>,
    /// The sets that the points of a segment are in: each list once.
    distinct: Vec<Vec<Member>>,
    /// For each list, the first point that has it.
    first: Vec<T>,
}

/// One of the sets that a point is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::reach) struct Member {
    /// The place of the set among all.
    pub(in crate::reach) set: u32,
    pub(in crate::reach) is_certain: bool,
}

/// What happens at the beginning of a segment, in the order in which it has to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Leave,
    Enter,
    BecomeCertain,
    BecomeUncertain,
}

impl<T> Default for Segments<T> {
    fn default() -> Self {
        Self { starts: Vec::new(), lists: Vec::new(), distinct: Vec::new(), first: Vec::new() }
    }
}

impl<T: Point> Segments<T> {
    pub(in crate::reach) fn new<'s>(sets: impl Iterator<Item = Bounds<&'s IntervalSet<T>>>) -> Self
    where
        T: 's,
    {
        // Many rules name the same pods: what they share is looked at once.
        let mut places: HashMap<(usize, usize), usize> = HashMap::default();
        let (mut shared, mut holders): (Vec<Bounds<&IntervalSet<T>>>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
        for (set, place) in sets.zip(0..) {
            let key = (ptr::from_ref(set.least).addr(), ptr::from_ref(set.most).addr());
            let of_set = *places.entry(key).or_insert_with(|| {
                shared.push(set);
                holders.push(Vec::new());
                shared.len() - 1
            });
            holders.get_mut(of_set).into_iter().for_each(|holders| holders.push(place));
        }
        let (mut segments, mut active) = (Self::default(), BTreeMap::new());
        let mut numbers: HashMap<Vec<(usize, bool)>, u32> = HashMap::default();
        let changes = changes(&shared);
        if changes.first().is_none_or(|change| change.0 > T::MIN) {
            segments.push(T::MIN, &active, &mut numbers, &holders);
        }
        for at_once in changes.chunk_by(|one, other| one.0 == other.0) {
            let Some(&(start, ..)) = at_once.first() else { continue };
            for &(_, change, set) in at_once {
                match change {
                    Change::Enter => drop(active.insert(set, false)),
                    Change::Leave => drop(active.remove(&set)),
                    Change::BecomeCertain | Change::BecomeUncertain => {
                        active.entry(set).and_modify(|is_certain| *is_certain = change == Change::BecomeCertain);
                    }
                }
            }
            segments.push(start, &active, &mut numbers, &holders);
        }
        segments
    }

    fn push(
        &mut self,
        start: T,
        active: &BTreeMap<usize, bool>,
        numbers: &mut HashMap<Vec<(usize, bool)>, u32>,
        holders: &[Vec<u32>],
    ) {
        let active: Vec<(usize, bool)> = active.iter().map(|(&set, &is_certain)| (set, is_certain)).collect();
        let next = number(self.distinct.len());
        let list = *numbers.entry(active).or_insert_with_key(|active| {
            let of_set = |&(set, is_certain): &(usize, bool)| {
                let holders = holders.get(set).map_or(&[][..], Vec::as_slice);
                holders.iter().map(move |&set| Member { set, is_certain })
            };
            let mut members: Vec<Member> = active.iter().flat_map(of_set).collect();
            members.sort_unstable();
            self.distinct.push(members);
            self.first.push(start);
            next
        });
        self.starts.push(start);
        self.lists.push(list);
    }

    /// The number of the list of sets that a point is in.
    pub(in crate::reach) fn list_of(&self, point: T) -> u32 {
        let after = self.starts.partition_point(|&start| start <= point);
        after.checked_sub(1).and_then(|place| self.lists.get(place)).copied().unwrap_or(u32::MAX)
    }

    /// The sets of a list, in order.
    pub(in crate::reach) fn list(&self, number: u32) -> &[Member] {
        self.distinct.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// Each list, with the first point that has it.
    pub(in crate::reach) fn lists(&self) -> impl ExactSizeIterator<Item = (T, &[Member])> {
        self.first.iter().copied().zip(self.distinct.iter().map(Vec::as_slice))
    }

    /// The segments between two points, both included, each with its first and last point and the number of its list.
    pub(in crate::reach) fn between(&self, first: T, last: T) -> impl Iterator<Item = (T, T, u32)> {
        let from = self.starts.partition_point(|&start| start <= first).saturating_sub(1);
        let segments = self.starts.iter().zip(&self.lists).enumerate().skip(from);
        segments.take_while(move |(_, (start, _))| **start <= last).map(move |(place, (start, list))| {
            let end = self.starts.get(place + 1).and_then(|next| next.previous()).unwrap_or(T::MAX);
            (first.max(*start), last.min(end), *list)
        })
    }
}

/// Where each set begins and ends, and where it is certain, in order.
fn changes<T: Point>(sets: &[Bounds<&IntervalSet<T>>]) -> Vec<(T, Change, usize)> {
    let mut changes = Vec::new();
    for (set, Bounds { least, most }) in sets.iter().enumerate() {
        for (of, begins, ends) in
            [(most, Change::Enter, Change::Leave), (least, Change::BecomeCertain, Change::BecomeUncertain)]
        {
            for &(first, last) in of.intervals() {
                changes.push((first, begins, set));
                changes.extend(last.next().map(|after| (after, ends, set)));
            }
        }
    }
    changes.sort_unstable();
    changes
}
