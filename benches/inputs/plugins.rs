//! Very much of what policies of network plugins and of the cluster's administrator say.

use std::fmt::Write as _;

use super::pod;

/// Patterns and names that stand for addresses, one rule for each two.
pub(super) fn domains(size: usize) -> String {
    let mut text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n".to_owned();
    pod(&mut text, "shop", "p");
    text.push_str(
        "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: many, namespace: shop}\nspec:\n  \
         endpointSelector: {}\n  egress:\n",
    );
    for index in 0..size {
        let names = format!("{{matchPattern: '*.a{index}.*.example.com'}}, {{matchName: x{index}.example.com}}");
        let _ = writeln!(text, "  - toFQDNs: [{names}]\n    toPorts: [{{ports: [{{port: '443'}}]}}]");
    }
    text
}

/// Groups of addresses, each of which a rule names.
pub(super) fn address_groups(size: usize) -> String {
    let mut text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n".to_owned();
    pod(&mut text, "shop", "p");
    let mut rules = String::new();
    for index in 0..size {
        let (high, low) = (index / 256, index % 256);
        let _ = write!(
            text,
            "---\napiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {{name: g{index}}}\n\
             spec: {{externalCIDRs: [11.{high}.{low}.0/24]}}\n"
        );
        let _ = writeln!(rules, "    - {{cidrGroupRef: g{index}}}");
    }
    let _ = write!(
        text,
        "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {{name: many, namespace: shop}}\nspec:\n  \
         endpointSelector: {{}}\n  egress:\n  - toCIDRSet:\n{rules}"
    );
    text
}

/// Tiers with a policy each, which passes everything on.
pub(super) fn tiers(size: usize) -> String {
    let mut text = String::new();
    pod(&mut text, "shop", "p");
    for index in 0..size {
        let _ = write!(
            text,
            "---\napiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {{name: t{index}}}\nspec: {{order: {index}}}\n---\n\
             apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {{name: t{index}.p}}\nspec:\n  \
             tier: t{index}\n  selector: all()\n  types: [Ingress]\n  ingress: [{{action: Pass}}]\n"
        );
    }
    text
}

/// Rules of policies of the tier Admin for all pods, 25 in each.
pub(super) fn admin_rules(size: usize) -> String {
    let mut text = String::new();
    (0..100).for_each(|index| pod(&mut text, &format!("n{index}"), "p"));
    for index in 0..size {
        if index % 25 == 0 {
            let _ = write!(
                text,
                "---\napiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n\
                 metadata: {{name: a{index}}}\nspec:\n  tier: Admin\n  priority: {}\n  subject: {{namespaces: {{}}}}\n  egress:\n",
                index / 25
            );
        }
        let action = if index % 2 == 0 { "Accept" } else { "Deny" };
        let ports = format!("[{{tcp: {{destinationPort: {{number: {}}}}}}}]", index % 60_000 + 1);
        let _ = writeln!(text, "  - {{action: {action}, to: [{{namespaces: {{}}}}], protocols: {ports}}}");
    }
    text
}
