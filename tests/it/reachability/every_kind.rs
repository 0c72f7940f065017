//! Rules that are about policies of every kind: they point at the words of that kind, and stay silent where another policy
//! decides, nothing is closed without the rule, or nobody knows which pods it is for.

use crate::support::lint::{of, only};

/// The pod `api`, which is no public page.
const API: &str = "
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: api, image: example/api:1, ports: [{containerPort: 8080}]}]}
---
";

/// A NetworkPolicy that isolates all pods.
const ISOLATED: &str = "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
";

/// The rules that say that something is open.
const OPEN: [&str; 4] =
    ["any-namespace-ingress", "internet-ingress", "unrestricted-egress", "metadata-service-reachable"];

fn cilium(spec: &str) -> String {
    format!(
        "{{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {{name: own, namespace: shop}}, spec: {spec}}}\n---\n"
    )
}

fn calico(name: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {{name: {name}}}, spec: {spec}}}\n---\n"
    )
}

fn admin(spec: &str) -> String {
    format!(
        "{{apiVersion: policy.networking.k8s.io/v1beta1, kind: ClusterNetworkPolicy, metadata: {{name: platform}}, \
         spec: {{tier: Admin, priority: 10, {spec}}}}}\n---\n"
    )
}

/// What the rules about open policies find at a policy.
fn open(policies: &str) -> Vec<String> {
    let text = format!("{API}{policies}");
    let found = OPEN.into_iter().flat_map(|rule| of(rule, &text));
    found.filter(|it| !it.message.contains("in namespace `shop`")).map(|it| format!("{}: {}", it.rule, it.at)).collect()
}

#[test]
fn each_kind_is_reported_at_its_own_words() {
    let isolated = |policy: String| open(&format!("{ISOLATED}{policy}"));
    let rule = |action: &str| format!("{{order: 10, selector: app == 'api', types: [Ingress], ingress: [{action}]}}");
    let subject = "subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}";
    assert_eq!(
        isolated(cilium("{endpointSelector: {}, ingress: [{fromEntities: [cluster]}]}")),
        ["any-namespace-ingress: cluster"]
    );
    assert_eq!(
        isolated(calico("own", &rule("{action: Allow, source: {namespaceSelector: all()}}"))),
        ["any-namespace-ingress: namespaceSelector: all()"]
    );
    assert_eq!(
        isolated(admin(&format!("{subject}, ingress: [{{action: Accept, from: [{{namespaces: {{}}}}]}}]"))),
        ["any-namespace-ingress: {namespaces: {}}"]
    );
    assert_eq!(
        isolated(admin(&format!("{subject}, egress: [{{action: Accept, to: [{{networks: [0.0.0.0/0]}}]}}]"))),
        ["unrestricted-egress: 0.0.0.0/0"]
    );
    assert_eq!(
        isolated(calico(
            "own",
            "{order: 10, types: [Egress], egress: [{action: Allow, destination: {nets: [128.0.0.0/1]}}]}"
        )),
        ["metadata-service-reachable: 128.0.0.0/1"]
    );
}

#[test]
fn what_nothing_closes_no_rule_opens() {
    let spec = "{endpointSelector: {}, enableDefaultDeny: {ingress: false, egress: false}, \
                ingress: [{fromEntities: [all]}], egress: [{toEntities: [world]}]}";
    assert!(open(&cilium(spec)).is_empty());
    let accept = "subject: {namespaces: {}}, ingress: [{action: Accept, from: [{namespaces: {}}]}], \
                  egress: [{action: Accept, to: [{networks: [0.0.0.0/0]}]}]";
    assert!(open(&admin(accept)).is_empty());
    assert_eq!(open(&format!("{ISOLATED}{}", admin(accept))).len(), 2, "the same where the pods are isolated");
    let denied = format!("{}{}", admin(accept), calico("none", "{types: [Egress], egress: []}"));
    assert!(open(&denied).iter().any(|it| it.starts_with("unrestricted-egress")), "and where Calico drops the rest");
}

#[test]
fn what_is_denied_no_rule_opens() {
    let world = "egress: [{toCIDR: [128.0.0.0/1]}]";
    let metadata = "egressDeny: [{toCIDR: [169.254.0.0/16]}]";
    assert_eq!(open(&cilium(&format!("{{endpointSelector: {{}}, {world}}}"))).len(), 1);
    assert!(open(&cilium(&format!("{{endpointSelector: {{}}, {world}, {metadata}}}"))).is_empty());
    let allow = calico(
        "allow",
        "{order: 20, types: [Ingress], ingress: [{action: Allow, source: {namespaceSelector: all()}}]}",
    );
    let deny =
        calico("deny", "{order: 10, types: [Ingress], ingress: [{action: Deny, source: {namespaceSelector: all()}}]}");
    assert_eq!(open(&allow).len(), 1);
    assert!(open(&format!("{allow}{deny}")).is_empty(), "the policy before it decides");
}

#[test]
fn a_subject_that_nobody_knows_opens_nothing_for_certain() {
    let of_team = "subject: {namespaces: {matchLabels: {team: payments}}}, \
                   ingress: [{action: Accept, from: [{namespaces: {}}]}]";
    assert!(open(&format!("{ISOLATED}{}", admin(of_team))).is_empty());
}

#[test]
fn a_policy_for_all_pods_of_the_cluster_is_not_about_those_of_nodes() {
    let on_node = API.replace("spec: {", "spec: {hostNetwork: true, ");
    let deny = |pods: &str| {
        admin(&format!(
            "subject: {{pods: {{podSelector: {pods}}}}}, ingress: [{{action: Deny, from: [{{namespaces: {{}}}}]}}]"
        ))
    };
    assert!(of("host-network-bypass", &format!("{on_node}{}", deny("{}"))).is_empty());
    let found = only("host-network-bypass", &format!("{on_node}{}", deny("{matchLabels: {app: api}}")));
    assert_eq!(found.message, "`platform` cannot restrict `api`, which uses the network of the node");
}

#[test]
fn an_empty_item_of_cilium_is_a_default_deny_unless_its_policy_says_that_it_allows() {
    let policy = |name: &str| format!("{API}{}", cilium("{endpointSelector: {}, ingress: [{}]}").replace("own", name));
    assert!(of("empty-peer-list", &policy("default-deny")).is_empty());
    assert!(of("empty-peer-list", &policy("default-allow-nothing")).is_empty());
    assert_eq!(only("empty-peer-list", &policy("allow-ingress")).at, "{}");
}
