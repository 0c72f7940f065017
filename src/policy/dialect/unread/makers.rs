//! Objects that make policies of their own accord, when something else is created.

use super::kinds::is_policy;
use super::path::at;
use crate::objects::{NAME_LABEL, Operator, Requirement, Selector};
use crate::policy::NamespaceSet;
use crate::yaml::{Kind, Node};

/// A kind of object that may make policies.
struct Maker {
    groups: &'static [&'static str],
    kinds: &'static [&'static str],
    /// Where it says what it makes; `*` stands for each item of a list.
    makes: &'static [&'static [&'static str]],
}

/// Kyverno's rules that generate objects, the policies of Open Cluster Management, and tenants of Capsule.
const MAKERS: &[Maker] = &[
    Maker {
        groups: &["kyverno.io"],
        kinds: &["ClusterPolicy", "Policy"],
        makes: &[&["spec", "rules", "*", "generate"]],
    },
    Maker {
        groups: &["policies.kyverno.io"],
        kinds: &["GeneratingPolicy", "NamespacedGeneratingPolicy"],
        makes: &[&["spec", "generate"], &["spec", "variables"]],
    },
    Maker {
        groups: &["policy.open-cluster-management.io"],
        kinds: &["Policy", "ConfigurationPolicy"],
        makes: &[
            &["spec", "object-templates"],
            &["spec", "policy-templates", "*", "objectDefinition", "spec", "object-templates"],
        ],
    },
    Maker {
        groups: &["capsule.clastix.io"],
        kinds: &["Tenant"],
        makes: &[&["spec", "networkPolicies", "items", "*", "policyTypes"]],
    },
];

/// The namespaces in which an object may make policies; `None` where it makes none.
pub(super) fn namespaces_of_made(node: Node<'_>, group: &str, kind: &str) -> Option<NamespaceSet> {
    let maker = MAKERS.iter().find(|maker| maker.groups.contains(&group) && maker.kinds.contains(&kind))?;
    let places = maker.makes.iter().flat_map(|path| at(node, path));
    let made: Vec<Node<'_>> = places.filter(|place| kind == "Tenant" || names_a_policy(*place)).collect();
    if made.is_empty() {
        return None;
    }
    let names: Option<Vec<&str>> = made.iter().map(|made| literal(made.get("namespace")?)).collect();
    Some(names.map_or_else(NamespaceSet::every, |names| {
        let operator = Operator::In(names.into_iter().map(Into::into).collect());
        NamespaceSet::Matching(Selector::new(vec![Requirement { key: NAME_LABEL.into(), operator }]))
    }))
}

/// A text without a variable in it.
fn literal(node: Node<'_>) -> Option<&str> {
    node.as_str().filter(|text| !text.contains("{{"))
}

/// Whether any text below a node has the name of a kind of policy in it.
fn names_a_policy(node: Node<'_>) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match node.kind() {
            Kind::Seq => open.extend(node.items()),
            Kind::Map => open.extend(node.entries().map(|(_, _, value)| value)),
            _ => {
                let mut words = node.as_str().unwrap_or_default().split(|it: char| !it.is_alphanumeric());
                if words.any(is_policy) {
                    return true;
                }
            }
        }
    }
    false
}
