//! What enforces the policies of a cluster.

use super::dialect::{calico, cilium};

/// What enforces policies, with those of its options that change what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enforcer {
    /// A plugin that does as the API's text says.
    Api,
    /// Cilium.
    Cilium(cilium::Options),
    /// Calico.
    Calico(calico::Options),
}
