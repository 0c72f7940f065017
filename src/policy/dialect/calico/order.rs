//! The order in which Calico asks the policies of a tier (`felix/calc/policy_sorter.go`).

use std::cmp::Ordering;

/// The order of Kubernetes' NetworkPolicies, all of which are in the tier `default`.
pub const OF_KUBERNETES: f64 = 1000.0;

/// Releases of Calico, by what decides between policies of the same order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// Up to 3.31: the names that policies are stored under, with their tier.
    StoredName,
    /// From 3.32: name, namespace and kind.
    #[default]
    Name,
}

/// A policy among others of its tier.
#[derive(Clone, Copy, Debug)]
pub struct Ordered<'p> {
    /// Its order; without one it is last.
    pub order: Option<f64>,
    /// Its kind; `KubernetesNetworkPolicy` for one of Kubernetes.
    pub kind: &'p str,
    /// Its namespace, if it is in one.
    pub namespace: Option<&'p str>,
    /// Its name.
    pub name: &'p str,
    /// Its tier.
    pub tier: &'p str,
}

impl Ordered<'_> {
    /// Which of two policies of a tier is asked first.
    #[must_use]
    pub fn compare(&self, other: &Self, ties: Ties) -> Ordering {
        self.compare_order(other).then_with(|| self.key(ties).cmp(&other.key(ties)))
    }

    /// Which of two policies has the lower order.
    #[must_use]
    pub fn compare_order(&self, other: &Self) -> Ordering {
        let order = |policy: &Self| policy.order.unwrap_or(f64::INFINITY);
        order(self).total_cmp(&order(other))
    }

    /// The text by which policies of the same order are sorted. `-` and `.` come before `/`, so that `a-1` is asked
    /// before `a`.
    fn key(&self, ties: Ties) -> String {
        let Self { kind, name, tier, .. } = self;
        let namespace = self.namespace.unwrap_or_default();
        match ties {
            Ties::Name => format!("{name}/{namespace}/{kind}"),
            Ties::StoredName => {
                let prefix = if *kind == "KubernetesNetworkPolicy" { "knp.default." } else { "" };
                let has_tier = prefix.is_empty() && name.strip_prefix(tier).is_some_and(|rest| rest.starts_with('.'));
                let stored = match (prefix.is_empty(), has_tier) {
                    (false, _) => format!("{prefix}{name}"),
                    (true, true) => (*name).to_owned(),
                    (true, false) => format!("{tier}.{name}"),
                };
                if namespace.is_empty() { stored } else { format!("{namespace}/{stored}") }
            }
        }
    }
}
