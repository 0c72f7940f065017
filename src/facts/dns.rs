//! Peers that are meant for the cluster's DNS.

use crate::analysis::Analysis;
use crate::cluster::{PresumedAs, PresumedPod};
use crate::objects::Match;
use crate::policy::{NamespaceSet, PodSet};

/// Whether a peer asks for the labels of the cluster's DNS, but of pods in the policy's own namespace, which has none.
pub(crate) fn looks_at_home(analysis: &Analysis, set: &PodSet) -> bool {
    let NamespaceSet::One(own) = set.namespaces else { return false };
    let is_dns = |pod: &PresumedPod| {
        matches!(pod.presumed_as, PresumedAs::Dns { .. }) && pod.namespace != own && set.pods.matches(&pod.labels)
    };
    !set.pods.is_empty() && analysis.cluster().presumed.iter().any(is_dns) && analysis.finds(set) == Match::No
}
