//! The kinds of policy that netlint knows by name and does not evaluate. A kind that is evaluated leaves this table.

use crate::policy::dialect::cilium;

/// A kind of policy that is not evaluated.
#[derive(Debug)]
pub struct UnreadKind {
    /// Its API groups.
    pub groups: &'static [&'static str],
    /// Its kind.
    pub kind: &'static str,
    /// Which pods it can select at most.
    pub scope: Scope,
    /// Where it says which pods it selects, as far as it does so by label selectors; any of them counts.
    pub subjects: &'static [Subject],
    /// Where it says in which directions it applies.
    pub rules: Rules,
    /// What it may do to connections to the pods that it selects.
    pub ingress: Effect,
    /// What it may do to connections from the pods that it selects.
    pub egress: Effect,
}

/// Which pods a policy can select at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of its namespace.
    Namespace,
    /// Those of its namespace, or all pods where that is the root namespace of Istio's mesh.
    Mesh,
    /// All pods.
    Cluster,
}

/// Where a policy says which pods it selects.
#[derive(Debug)]
pub struct Subject {
    /// The keys that lead to a mapping; `*` stands for each item of a list.
    pub at: &'static [&'static str],
    /// The key of its label selector for pods; empty where it has none.
    pub pods: &'static str,
    /// The key of its label selector for namespaces; empty where it has none.
    pub namespaces: &'static str,
}

/// Where a policy says in which directions it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Nowhere: it always does.
    Always,
    /// It applies in a direction for which it has rules.
    Listed,
}

/// What a policy may do to connections in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Whether it may close what is open without it.
    pub closes: bool,
    /// Whether it may open what is closed without it.
    pub opens: bool,
}

impl Effect {
    /// Anything.
    pub const ANY: Self = Self { closes: true, opens: true };
    /// It only closes.
    pub const CLOSES: Self = Self { closes: true, opens: false };
    /// Nothing.
    pub const NONE: Self = Self { closes: false, opens: false };
}

const ADMIN: &[Subject] = &[
    Subject { at: &["spec", "subject"], pods: "", namespaces: "namespaces" },
    Subject { at: &["spec", "subject", "pods"], pods: "podSelector", namespaces: "namespaceSelector" },
];

const ANTREA: &[Subject] = &[
    Subject { at: &["spec", "appliedTo", "*"], pods: "podSelector", namespaces: "namespaceSelector" },
    Subject { at: &["spec", "ingress", "*", "appliedTo", "*"], pods: "podSelector", namespaces: "namespaceSelector" },
    Subject { at: &["spec", "egress", "*", "appliedTo", "*"], pods: "podSelector", namespaces: "namespaceSelector" },
];

const POD_SELECTOR: &[Subject] = &[Subject { at: &["spec"], pods: "podSelector", namespaces: "" }];
const SELECTOR: &[Subject] = &[Subject { at: &["spec"], pods: "selector", namespaces: "" }];

const ANTREA_GROUPS: &[&str] = &["crd.antrea.io", "security.antrea.io", "security.antrea.tanzu.vmware.com"];

/// The kinds, those of one project together.
pub const KINDS: &[UnreadKind] = &[
    of(ANTREA_GROUPS, "NetworkPolicy", ANTREA),
    UnreadKind { scope: Scope::Cluster, ..of(ANTREA_GROUPS, "ClusterNetworkPolicy", ANTREA) },
    UnreadKind { scope: Scope::Cluster, ..of(&["networking.k8s.aws"], "ClusterNetworkPolicy", ADMIN) },
    of(&["networking.k8s.aws"], "ApplicationNetworkPolicy", POD_SELECTOR),
    UnreadKind { rules: Rules::Always, ..of(&["vpcresources.k8s.aws"], "SecurityGroupPolicy", POD_SELECTOR) },
    UnreadKind {
        rules: Rules::Always,
        ingress: Effect::NONE,
        ..of(&["networking.gke.io"], "FQDNNetworkPolicy", POD_SELECTOR)
    },
    UnreadKind {
        rules: Rules::Always,
        ingress: Effect::NONE,
        egress: Effect::CLOSES,
        ..of(&["k8s.ovn.org"], "EgressFirewall", &[])
    },
    UnreadKind {
        rules: Rules::Always,
        ingress: Effect::NONE,
        egress: Effect::CLOSES,
        ..of(&["network.openshift.io"], "EgressNetworkPolicy", &[])
    },
    UnreadKind { rules: Rules::Always, scope: Scope::Cluster, ..of(&["kubeovn.io"], "SecurityGroup", &[]) },
    UnreadKind { scope: Scope::Mesh, ..of_ingress(&["security.istio.io"], "AuthorizationPolicy", SELECTOR) },
    of_ingress(&["policy.linkerd.io"], "Server", POD_SELECTOR),
    of_ingress(&["policy.linkerd.io"], "AuthorizationPolicy", &[]),
    of_ingress(&["policy.linkerd.io"], "ServerAuthorization", &[]),
    UnreadKind { scope: Scope::Cluster, ..of_ingress(&["consul.hashicorp.com"], "ServiceIntentions", &[]) },
    UnreadKind { scope: Scope::Cluster, ..of_ingress(&["kuma.io"], "TrafficPermission", &[]) },
    UnreadKind { scope: Scope::Cluster, ..of_ingress(&["kuma.io"], "MeshTrafficPermission", &[]) },
];

/// The kind of this group and name.
#[must_use]
pub fn find(group: &str, kind: &str) -> Option<&'static UnreadKind> {
    KINDS.iter().find(|known| known.kind == kind && known.groups.contains(&group))
}

/// Whether any policy has a kind of this name, those that netlint reads included.
#[must_use]
pub fn is_policy(kind: &str) -> bool {
    matches!(kind, "NetworkPolicy" | "GlobalNetworkPolicy")
        || cilium::Kind::of(kind).is_some()
        || KINDS.iter().any(|known| known.kind == kind)
}

/// A kind of one namespace that may do anything in the directions for which it has rules.
const fn of(groups: &'static [&'static str], kind: &'static str, subjects: &'static [Subject]) -> UnreadKind {
    UnreadKind {
        groups,
        kind,
        scope: Scope::Namespace,
        subjects,
        rules: Rules::Listed,
        ingress: Effect::ANY,
        egress: Effect::ANY,
    }
}

/// A kind of one namespace that a mesh or an agent beside the network plugin enforces: it closes connections to pods,
/// and opens none that a policy closes.
const fn of_ingress(groups: &'static [&'static str], kind: &'static str, subjects: &'static [Subject]) -> UnreadKind {
    UnreadKind { rules: Rules::Always, ingress: Effect::CLOSES, egress: Effect::NONE, ..of(groups, kind, subjects) }
}
