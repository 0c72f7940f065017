//! What rules about NetworkPolicies say where Admin and Baseline policies decide as well: nothing false, and the rule to
//! change is the one that decides.

use std::sync::Arc;

use netlint::analysis::{Analysis, Options};
use netlint::config::{Base, Config, Plugin};

use crate::support::lint::{Found, lint, of, only};

/// Pods `web` and `api`, which `web` names, and a Service for `api`.
const APP: &str = "
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: shop}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers:
    - {name: web, image: example/web:1, env: [{name: API_URL, value: 'http://api:8080'}], ports: [{containerPort: 3000}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: api, image: example/api:1, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {selector: {app: api}, ports: [{port: 8080}]}
";

/// A default deny, and policies that allow `web` to call `api`, and both to resolve names.
const NETWORK_POLICIES: &str = "
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  egress:
    - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
      ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080, protocol: TCP}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 8080, protocol: TCP}]}]
";

/// A ClusterNetworkPolicy for the namespace.
fn policy(tier: &str, rules: &str) -> String {
    format!(
        "---\napiVersion: policy.networking.k8s.io/v1beta1\nkind: ClusterNetworkPolicy\nmetadata: {{name: {}}}\n\
         spec:\n  tier: {tier}\n  priority: 10\n  subject: {{namespaces: {{matchLabels: {{team: shop}}}}}}\n{rules}",
        tier.to_lowercase()
    )
}

const DENY_ALL: &str = "  ingress: [{action: Deny, from: [{namespaces: {}}]}]
  egress: [{action: Deny, to: [{networks: [0.0.0.0/0, '::/0']}]}]
";

fn rules(text: &str) -> Vec<&'static str> {
    lint(&[("manifests.yaml", text)]).into_iter().map(|found| found.rule).collect()
}

#[test]
fn the_application_is_right_by_itself() {
    assert_eq!(rules(&format!("{APP}{NETWORK_POLICIES}")), Vec::<&str>::new());
}

#[test]
fn a_default_deny_may_be_of_any_tier() {
    for tier in ["Admin", "Baseline"] {
        let found = rules(&format!("{APP}{}", policy(tier, DENY_ALL)));
        assert!(!found.contains(&"missing-default-deny"), "{tier}: {found:?}");
        assert!(!found.contains(&"unrestricted-egress"), "{tier}: {found:?}");
    }
    let one_port = "  egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}], protocols: [{tcp: {destinationPort: {number: 25}}}]}]\n";
    let found = only("missing-default-deny", &format!("{APP}{}", policy("Admin", one_port)));
    assert_eq!(found.message, "no policy isolates all pods of namespace `shop` for ingress or egress");
}

#[test]
fn a_baseline_deny_does_not_concern_pods_that_network_policies_isolate() {
    assert_eq!(rules(&format!("{APP}{NETWORK_POLICIES}{}", policy("Baseline", DENY_ALL))), Vec::<&str>::new());
}

#[test]
fn dns_is_missed_at_the_rule_that_denies_it() {
    for (tier, others) in [("Admin", NETWORK_POLICIES), ("Admin", ""), ("Baseline", "")] {
        let found: Found = only("missing-dns-egress", &format!("{APP}{others}{}", policy(tier, DENY_ALL)));
        assert_eq!((found.severity.as_str(), found.at.as_str()), ("error", "Deny"), "{tier}");
        assert!(
            found.message.ends_with("cannot reach cluster DNS: egress rule 1 of `admin` denies it")
                || tier == "Baseline"
        );
    }
    let with_dns = DENY_ALL.replace(
        "egress: [",
        "egress: [{action: Accept, to: [{pods: {podSelector: {matchLabels: {k8s-app: kube-dns}}}}], \
         protocols: [{udp: {destinationPort: {number: 53}}}, {tcp: {destinationPort: {number: 53}}}]}, ",
    );
    assert_eq!(of("missing-dns-egress", &format!("{APP}{}", policy("Admin", &with_dns))), []);
}

#[test]
fn an_accept_of_tier_admin_is_enough_for_dns() {
    let without = NETWORK_POLICIES.replace("k8s-app: kube-dns", "k8s-app: other");
    assert_eq!(of("missing-dns-egress", &format!("{APP}{without}")).len(), 1);
    let accept =
        "  egress: [{action: Accept, to: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]}]\n";
    assert_eq!(of("missing-dns-egress", &format!("{APP}{without}{}", policy("Admin", accept))), []);
}

#[test]
fn a_client_is_blocked_by_the_rule_that_denies() {
    let deny = "  ingress: [{action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 8080}}}]}]\n";
    let text = format!("{APP}{NETWORK_POLICIES}{}", policy("Admin", deny));
    let found = only("blocked-client", &text);
    assert_eq!(found.at, "Deny");
    assert_eq!(found.message, "`web` names Service `api`, which ingress rule 1 of `admin` denies on TCP 8080");
    let found = only("admin-deny-overrides-allow", &text);
    assert!(found.message.starts_with("this rule of `api` never takes effect"), "{found:?}");
    for rule in ["one-sided-allow", "unreachable-service"] {
        assert_eq!(of(rule, &text), [], "no NetworkPolicy is to blame");
    }
}

#[test]
fn the_api_server_is_blocked_by_the_rule_that_denies() {
    let account = "
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: api, namespace: shop}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: api, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: api}
subjects: [{kind: ServiceAccount, name: api, namespace: shop}]
";
    let app = APP.replace("{containers: [{name: api,", "{serviceAccountName: api, containers: [{name: api,");
    let found = only("blocked-api-server", &format!("{app}{account}{}", policy("Baseline", DENY_ALL)));
    assert_eq!(found.at, "Deny");
    let accept = DENY_ALL.replace(
        "egress: [",
        "egress: [{action: Accept, to: [{nodes: {}}, {networks: [198.51.100.0/24]}], protocols: [{tcp: {destinationPort: {number: 6443}}}]}, ",
    );
    assert_eq!(of("blocked-api-server", &format!("{app}{account}{}", policy("Baseline", &accept))), []);
}

#[test]
fn what_an_admin_policy_denies_no_network_policy_opens() {
    let open = NETWORK_POLICIES.replace(
        "egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 8080, protocol: TCP}]}]",
        "egress: [{to: [{ipBlock: {cidr: 169.254.0.0/16}}]}, {to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 8080, protocol: TCP}]}]",
    );
    assert_eq!(of("metadata-service-reachable", &format!("{APP}{open}")).len(), 1);
    let deny = "  egress: [{action: Deny, to: [{networks: [169.254.169.254/32]}]}]\n";
    assert_eq!(of("metadata-service-reachable", &format!("{APP}{open}{}", policy("Admin", deny))), []);
    let open =
        NETWORK_POLICIES.replace("from: [{podSelector: {matchLabels: {app: web}}}]", "from: [{namespaceSelector: {}}]");
    assert_eq!(of("any-namespace-ingress", &format!("{APP}{open}")).len(), 1);
    let deny = "  ingress: [{action: Deny, from: [{namespaces: {}}]}]\n";
    assert_eq!(of("any-namespace-ingress", &format!("{APP}{open}{}", policy("Admin", deny))), []);
}

#[test]
fn an_accept_of_an_admin_policy_cancels_no_deny() {
    let accept = "  ingress: [{action: Accept, from: [{namespaces: {}}]}]\n";
    let found = rules(&format!("{APP}{NETWORK_POLICIES}{}", policy("Admin", accept)));
    assert!(!found.contains(&"allow-all-defeats-deny"), "{found:?}");
}

#[test]
fn a_slip_in_a_selector_is_told() {
    let with = |from: &str, to: &str| {
        let rules = "  ingress: [{action: Accept, from: [{pods: {namespaceSelector: {matchLabels: {team: shop}}, podSelector: {matchLabels: {app: web}}}}]}]\n";
        format!("{APP}{NETWORK_POLICIES}{}", policy("Admin", rules).replacen(from, to, 1))
    };
    let found = only("selector-matches-nothing", &with("team: shop", "team: shpo"));
    assert_eq!(found.message, "`subject` of `admin` matches no namespace that the input shows");
    assert_eq!(found.help, "write `team: shop`, which namespace `shop` has");
    let peer = with("", "")
        .replace("namespaceSelector: {matchLabels: {team: shop}}", "namespaceSelector: {matchLabels: {team: shpo}}");
    let found = only("peer-matches-nothing", &peer);
    assert_eq!(found.message, "a peer of `admin` matches no namespace that the input shows");
    for (from, to) in [("", ""), ("team: shop", "tenant: blue"), ("app: web", "role: anything")] {
        let found = rules(&with(from, to));
        assert!(!found.contains(&"selector-matches-nothing") && !found.contains(&"peer-matches-nothing"), "{found:?}");
    }
}

#[test]
fn a_refused_policy_is_not_in_force() {
    let refused = policy("Admin", DENY_ALL).replace("priority: 10", "priority: 5000");
    let found = rules(&format!("{APP}{NETWORK_POLICIES}{refused}"));
    assert_eq!(found, ["invalid-field"]);
}

#[test]
fn many_policies_stay_within_bounds() {
    let peers: Vec<String> = (0..25).map(|it| format!("{{namespaces: {{matchLabels: {{tenant: t{it}}}}}}}")).collect();
    let ports: Vec<String> = (0..25)
        .map(|it| {
            format!("{{tcp: {{destinationPort: {{range: {{start: {}, end: {}}}}}}}}}", it * 100 + 1, it * 100 + 50)
        })
        .collect();
    let rule =
        |action| format!("{{action: {action}, from: [{}], protocols: [{}]}}", peers.join(", "), ports.join(", "));
    let list: Vec<String> = (0..25).map(|it| rule(["Pass", "Deny", "Accept"][it % 3])).collect();
    let mut text = APP.to_owned();
    for it in 0..40 {
        let one = policy("Admin", &format!("  ingress: [{}]\n", list.join(", ")));
        text.push_str(
            &one.replace("name: admin", &format!("name: admin-{it}"))
                .replace("priority: 10", &format!("priority: {it}")),
        );
    }
    let found = of("shadowed-admin-rule", &text);
    assert!(!found.is_empty(), "each policy repeats the one before it");
}

#[test]
fn a_cluster_may_have_its_own_plugin() {
    let text = "cni: {name: calico}\nclusters:\n  dev: [k8s]\n  edge: {paths: [k8s], cni: {name: kube-ovn}}\n";
    let config = Config::parse("netlint.yaml", text, Base::default()).unwrap();
    let name = |cluster| config.cni(cluster).map(|cni| cni.name);
    assert_eq!(name(None), Some(Plugin::Calico));
    assert_eq!(name(Some("dev")), Some(Plugin::Calico));
    assert_eq!(name(Some("edge")), Some(Plugin::KubeOvn));
    assert_eq!(config.clusters.values().filter(|paths| paths.len() == 1).count(), 2);
    for wrong in
        ["cni: {name: flannel}\n", "cni: {}\n", "clusters: {edge: {cni: {name: cilium}}}\n", "clusters: {edge: 1}\n"]
    {
        assert!(Config::parse("netlint.yaml", wrong, Base::default()).is_err(), "{wrong}");
    }
}

#[test]
fn plugins_differ_in_what_they_enforce() {
    let text = |kind: &str, priority: u32, rule: &str| {
        let version = if kind == "ClusterNetworkPolicy" { "v1beta1" } else { "v1alpha1" };
        let tier = if version == "v1beta1" { "tier: Admin, " } else { "" };
        format!(
            "apiVersion: policy.networking.k8s.io/{version}\nkind: {kind}\nmetadata: {{name: it}}\n\
             spec: {{{tier}priority: {priority}, subject: {{namespaces: {{}}}}, egress: [{rule}]}}\n"
        )
    };
    let plain = "{action: Deny, to: [{networks: [192.0.2.0/24]}]}";
    let named = "{action: Deny, to: [{namespaces: {}}], ports: [{namedPort: web}]}";
    let ports = "{action: Deny, to: [{networks: [192.0.2.0/24]}], protocols: [{tcp: {destinationPort: {number: 80}}}]}";
    let domains = "{action: Allow, to: [{domainNames: [a.example.com]}]}";
    for (plugin, kind, priority, rule, expected) in [
        ("ovn-kubernetes", "AdminNetworkPolicy", 99, plain, 0),
        ("ovn-kubernetes", "AdminNetworkPolicy", 100, plain, 1),
        ("ovn-kubernetes", "ClusterNetworkPolicy", 1, plain, 1),
        ("ovn-kubernetes", "AdminNetworkPolicy", 1, domains, 1),
        ("calico", "AdminNetworkPolicy", 1, plain, 1),
        ("calico", "ClusterNetworkPolicy", 1000, plain, 0),
        ("cilium", "AdminNetworkPolicy", 1, plain, 1),
        ("antrea", "AdminNetworkPolicy", 1000, domains, 0),
        ("kube-network-policies", "ClusterNetworkPolicy", 1000, ports, 0),
        ("kube-ovn", "ClusterNetworkPolicy", 400, plain, 1),
        ("kube-ovn", "ClusterNetworkPolicy", 399, plain, 0),
        ("kube-ovn", "ClusterNetworkPolicy", 399, ports, 1),
        ("kube-ovn", "AdminNetworkPolicy", 99, named, 1),
    ] {
        let config = Config::parse("netlint.yaml", &format!("cni: {{name: {plugin}}}\n"), Base::default()).unwrap();
        let options = Options { config: Arc::new(config), ..Options::default() };
        let analysis = Analysis::from_texts(&[("policy.yaml", &text(kind, priority, rule))], &options);
        let drafts = netlint::findings::drafts(&analysis);
        let found = drafts.iter().filter(|draft| draft.rule == "unsupported-by-plugin").count();
        assert_eq!(found, expected, "{plugin} {kind} {priority} {rule}");
    }
}
