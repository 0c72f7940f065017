//! Pods that their controller numbers: the replicas of a StatefulSet, the indexes of an Indexed Job.

use super::Match;

/// How the pods of a workload are numbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// The number of the first pod.
    pub start: u64,
    /// How many pods there are, where that is written. The API server's default is one, which something else may
    /// change.
    pub count: Option<u64>,
    /// Whether an autoscaler of the input changes the number of pods.
    pub autoscaled: bool,
    /// The numbers of pods that are workloads of their own in the cluster, sorted.
    pub apart: Vec<u64>,
}

impl Numbered {
    /// Pods that are numbered from `start`.
    #[must_use]
    pub fn new(start: u64, count: Option<u64>) -> Self {
        Self { start, count, autoscaled: false, apart: Vec::new() }
    }

    /// Whether there is a pod of this number. Unknown beyond a count that is not written or that an autoscaler changes.
    #[must_use]
    pub fn exists(&self, number: u64) -> Match {
        match number.checked_sub(self.start) {
            None => Match::No,
            Some(place) if place < self.count.unwrap_or(1) => Match::Yes,
            Some(_) if self.count.is_none() || self.autoscaled => Match::Unknown,
            Some(_) => Match::No,
        }
    }

    /// Whether there may be a pod of this number that is no workload of its own.
    #[must_use]
    pub fn may_hold(&self, number: u64) -> bool {
        self.exists(number) != Match::No && self.apart.binary_search(&number).is_err()
    }

    /// Whether all its pods are workloads of their own.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let apart = u64::try_from(self.apart.len()).unwrap_or(u64::MAX);
        !self.autoscaled && !self.apart.is_empty() && self.count.is_some_and(|count| count <= apart)
    }
}

/// The number that a text is, as a controller writes it: without a sign or leading zeros.
pub(crate) fn pod_number(text: &str) -> Option<u64> {
    let is_canonical = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|_| is_canonical)
}

#[cfg(test)]
mod tests {
    use super::{Numbered, pod_number};
    use crate::objects::Match::{No, Unknown, Yes};

    #[test]
    fn numbers_beyond_the_count_are_unknown_only_where_it_may_change() {
        let written = Numbered::new(2, Some(3));
        assert_eq!([1, 2, 4, 5].map(|it| written.exists(it)), [No, Yes, Yes, No]);
        let absent = Numbered::new(0, None);
        assert_eq!([0, 1].map(|it| absent.exists(it)), [Yes, Unknown]);
        let autoscaled = Numbered { autoscaled: true, ..written };
        assert_eq!([1, 4, 5].map(|it| autoscaled.exists(it)), [No, Yes, Unknown]);
    }

    #[test]
    fn numbers_are_as_a_controller_writes_them() {
        assert_eq!(["0", "12"].map(pod_number), [Some(0), Some(12)]);
        for text in ["", "00", "01", "+1", "-1", "1a", "99999999999999999999"] {
            assert_eq!(pod_number(text), None, "{text}");
        }
    }
}
