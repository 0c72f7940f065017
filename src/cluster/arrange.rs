//! Which stages a cluster has.

use super::Cluster;
use crate::policy::Arrangement;

/// The arrangement that the kinds of policy in a cluster ask for: that of the plugin whose own kinds are there, else
/// that of the API's text. A front end whose plugin has its own adds it here.
pub(super) fn arrangement(cluster: &Cluster) -> Arrangement {
    let arrangement = Arrangement::of_the_api();
    if cluster.unevaluated().next().is_some() { arrangement.with_unread() } else { arrangement }
}
