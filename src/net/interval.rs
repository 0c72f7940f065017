//! Sets of numbers as sorted, disjoint intervals.

use smallvec::{SmallVec, smallvec};

/// A number type that intervals are made of.
pub trait Point: Copy + Ord {
    /// The smallest value.
    const MIN: Self;
    /// The largest value.
    const MAX: Self;
    /// The next larger value; `None` after [`Self::MAX`].
    fn next(self) -> Option<Self>;
    /// The next smaller value; `None` before [`Self::MIN`].
    fn previous(self) -> Option<Self>;
}

macro_rules! points {
    ($($number:ty),*) => {$(
        impl Point for $number {
            const MIN: Self = <$number>::MIN;
            const MAX: Self = <$number>::MAX;
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn previous(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )*};
}
points!(u16, u32, u128);

/// Most sets are one interval or two, which then take no memory of their own.
pub(crate) type Intervals<T> = SmallVec<[(T, T); 2]>;

/// A set of numbers: sorted closed intervals that neither overlap nor touch, so that equal sets compare equal.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IntervalSet<T> {
    intervals: Intervals<T>,
}

impl<T: Copy> Clone for IntervalSet<T> {
    fn clone(&self) -> Self {
        // Copies all of them at once, where the clone of a `SmallVec` copies one by one.
        Self { intervals: SmallVec::from_slice(&self.intervals) }
    }
}

impl<T> Default for IntervalSet<T> {
    fn default() -> Self {
        Self { intervals: Intervals::new() }
    }
}

impl<T: Point> IntervalSet<T> {
    /// The set of every number from `first` to `last`; empty where `last` is smaller.
    pub fn range(first: T, last: T) -> Self {
        Self { intervals: if first <= last { smallvec![(first, last)] } else { Intervals::new() } }
    }

    /// The union of intervals in any order.
    pub fn from_intervals(intervals: impl IntoIterator<Item = (T, T)>) -> Self {
        Self::merged(intervals.into_iter().filter(|(first, last)| first <= last).collect())
    }

    /// The union of intervals none of which is empty.
    pub(crate) fn merged(mut intervals: Intervals<T>) -> Self {
        if intervals.len() < 2 {
            return Self { intervals };
        }
        intervals.sort_unstable();
        intervals.dedup_by(|(first, last), previous| {
            let touches = previous.1.next().is_none_or(|next| *first <= next);
            if touches {
                previous.1 = previous.1.max(*last);
            }
            touches
        });
        Self { intervals }
    }

    /// The set of these numbers.
    pub fn from_points(points: impl IntoIterator<Item = T>) -> Self {
        Self::from_intervals(points.into_iter().map(|point| (point, point)))
    }

    /// Its intervals, first and last included, in order.
    pub fn intervals(&self) -> &[(T, T)] {
        &self.intervals
    }

    /// The same, without the set.
    pub(crate) fn into_intervals(self) -> impl Iterator<Item = (T, T)> {
        self.intervals.into_iter()
    }

    /// Whether it has no element.
    pub fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// Whether it has this element.
    pub fn contains(&self, point: T) -> bool {
        let after = self.intervals.partition_point(|&(first, _)| first <= point);
        after.checked_sub(1).and_then(|index| self.intervals.get(index)).is_some_and(|&(_, last)| point <= last)
    }

    /// Whether every element of `other` is in it.
    pub fn is_superset(&self, other: &Self) -> bool {
        other.intervals.iter().all(|&(first, last)| {
            let after = self.intervals.partition_point(|interval| interval.0 <= first);
            after.checked_sub(1).and_then(|index| self.intervals.get(index)).is_some_and(|own| last <= own.1)
        })
    }

    /// Whether any element is in both.
    pub fn meets(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.intervals.iter().peekable(), other.intervals.iter().peekable());
        while let (Some(&&(first, last)), Some(&&(other_first, other_last))) = (left.peek(), right.peek()) {
            if first <= other_last && other_first <= last {
                return true;
            }
            if last < other_last {
                left.next()
            } else {
                right.next()
            };
        }
        false
    }

    /// What is in either.
    pub fn union(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        if self.is_empty() {
            return other.clone();
        }
        Self::from_intervals(self.intervals.iter().chain(&other.intervals).copied())
    }

    /// What is in both.
    pub fn intersection(&self, other: &Self) -> Self {
        let mut intervals = Intervals::new();
        let (mut left, mut right) = (self.intervals.iter().peekable(), other.intervals.iter().peekable());
        while let (Some(&&(first, last)), Some(&&(other_first, other_last))) = (left.peek(), right.peek()) {
            let (start, end) = (first.max(other_first), last.min(other_last));
            if start <= end {
                intervals.push((start, end));
            }
            if last < other_last {
                left.next()
            } else {
                right.next()
            };
        }
        Self { intervals }
    }

    /// What is in it and not in `other`.
    pub fn difference(&self, other: &Self) -> Self {
        let mut gaps = Intervals::with_capacity(other.intervals.len() + 1);
        let mut start = Some(T::MIN);
        for &(first, last) in &other.intervals {
            if let (Some(start), Some(end)) = (start, first.previous())
                && start <= end
            {
                gaps.push((start, end));
            }
            start = last.next();
        }
        if let Some(start) = start {
            gaps.push((start, T::MAX));
        }
        self.intersection(&Self { intervals: gaps })
    }
}

#[cfg(test)]
mod tests {
    use super::IntervalSet;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set(intervals: &[(u16, u16)]) -> IntervalSet<u16> {
        IntervalSet::from_intervals(intervals.iter().copied())
    }

    #[test]
    fn touching_intervals_merge_at_both_ends_of_the_range() {
        assert_eq!(set(&[(5, 9), (10, 12), (0, 4)]).intervals(), &[(0, 12)]);
        assert_eq!(set(&[(u16::MAX, u16::MAX), (0, u16::MAX - 1)]), IntervalSet::range(0, u16::MAX));
        assert!(IntervalSet::range(0, u16::MAX).difference(&IntervalSet::range(0, u16::MAX)).is_empty());
    }

    /// Numbers of a small universe, beside the ends of the type.
    fn members(set: &IntervalSet<u16>) -> BTreeSet<u16> {
        (0..=40).chain(u16::MAX - 5..=u16::MAX).filter(|&point| set.contains(point)).collect()
    }

    fn any_set() -> impl Strategy<Value = IntervalSet<u16>> {
        let point = prop_oneof![0u16..40, u16::MAX - 5..=u16::MAX];
        proptest::collection::vec((point.clone(), point), 0..8).prop_map(IntervalSet::from_intervals)
    }

    proptest! {
        #[test]
        fn operations_agree_with_sets_of_numbers(left in any_set(), right in any_set()) {
            let (a, b) = (members(&left), members(&right));
            prop_assert_eq!(members(&left.union(&right)), a.union(&b).copied().collect::<BTreeSet<_>>());
            prop_assert_eq!(members(&left.intersection(&right)), a.intersection(&b).copied().collect::<BTreeSet<_>>());
            prop_assert_eq!(members(&left.difference(&right)), a.difference(&b).copied().collect::<BTreeSet<_>>());
            prop_assert_eq!(left.meets(&right), !left.intersection(&right).is_empty());
            prop_assert_eq!(left.is_superset(&right), right.difference(&left).is_empty());
            let union = left.union(&right);
            let pairs = union.intervals().iter().zip(union.intervals().iter().skip(1));
            prop_assert!(pairs.into_iter().all(|(left, right)| left.1.checked_add(1).is_some_and(|next| next < right.0)));
        }
    }
}
