//! The two kinds of policies.

/// Which of the two kinds a policy is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// CiliumNetworkPolicy: for pods of its namespace.
    Namespaced,
    /// CiliumClusterwideNetworkPolicy.
    Clusterwide,
}

impl Kind {
    /// The kind of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "CiliumNetworkPolicy" => Some(Self::Namespaced),
            "CiliumClusterwideNetworkPolicy" => Some(Self::Clusterwide),
            _ => None,
        }
    }
}
