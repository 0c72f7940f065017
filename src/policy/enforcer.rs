//! What enforces the policies of a cluster.

use super::dialect::calico;

/// What enforces the policies of a cluster, with the options that decide what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enforcer {
    /// Calico.
    Calico(calico::Options),
    /// A plugin that does as the API's text says, and knows no policies of others.
    Api,
}
