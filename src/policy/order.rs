//! When a policy is asked.

use std::cmp::Ordering;

/// When a policy is asked among those of its `Combine::FirstMatch` stage: lower first.
/// Policies that compare equal are tied, and the stage says what that means (`Ties`).
#[derive(Clone, Copy, Debug, Default)]
pub struct Order {
    /// Ranks come before keys: what is of rank 0 is asked before anything of rank 1 (ClusterNetworkPolicies before
    /// AdminNetworkPolicies).
    pub rank: u8,
    /// The priority or order as written. Not a number is last, as infinity is.
    pub key: f64,
}

impl Order {
    /// After everything that has a number.
    pub const LAST: Self = Self { rank: 0, key: f64::INFINITY };

    /// At a number.
    #[must_use]
    pub fn at(key: f64) -> Self {
        Self { rank: 0, key }
    }
}

impl Ord for Order {
    fn cmp(&self, other: &Self) -> Ordering {
        // Whatever is written, -0 is 0, and not a number is last.
        let key = |order: &Self| if order.key.is_nan() { f64::INFINITY } else { order.key + 0.0 };
        self.rank.cmp(&other.rank).then(key(self).total_cmp(&key(other)))
    }
}

impl PartialOrd for Order {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Order {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Order {}
