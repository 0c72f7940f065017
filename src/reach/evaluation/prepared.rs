//! What all answers are given from, worked out before the first is asked for.

use std::sync::Arc;

use ipnet::IpNet;

use crate::cluster::Cluster;
use crate::net::Direction;
use crate::reach::reachability::Reachability;
use crate::reach::reading::Reading;
use crate::reach::resolution::{Basis, Resolved};

impl Reachability {
    /// Resolves the policies of the cluster against its pods. `pod_blocks` are the addresses of pods, where an ipBlock that
    /// meets them admits pods as well.
    #[must_use]
    pub fn new(cluster: &Cluster, reading: Reading, pod_blocks: &[IpNet]) -> Self {
        Self::on(Arc::new(Basis::new(cluster, pod_blocks)), cluster, reading)
    }

    /// Resolves the rest of the policies, which depends on the reading.
    #[must_use]
    pub fn on(basis: Arc<Basis>, cluster: &Cluster, reading: Reading) -> Self {
        let resolved = Arc::new(Resolved::new(&basis, cluster, reading));
        let other = basis.alternative.clone();
        let alternative = other.map(|other| Box::new(Self::on(other, cluster, reading)));
        Self { alternative, ..Self::of(basis, resolved, reading) }
    }

    /// All that may be permitted, from what is permitted for certain: policies are resolved for both at once.
    #[must_use]
    pub fn at_most(&self) -> Self {
        let alternative = self.alternative.as_ref().map(|other| Box::new(other.at_most()));
        Self { alternative, ..Self::of(Arc::clone(&self.basis), Arc::clone(&self.resolved), Reading::Most) }
    }

    /// Under one arrangement.
    fn of(basis: Arc<Basis>, resolved: Arc<Resolved>, reading: Reading) -> Self {
        let mut reach = Self { basis, resolved, outcomes: Default::default(), reading, alternative: None };
        if !reach.resolved.is_plain {
            reach.outcomes = Arc::new(Direction::BOTH.map(|direction| reach.worked_out(direction)));
        }
        reach
    }
}
