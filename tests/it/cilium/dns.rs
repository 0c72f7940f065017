//! Which names pods may resolve: DNS rules, and what lifts them.

use crate::support::lint::of;

const WEB: &str = "\
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c, image: example/web:1}]}}
---
";

/// To the cluster's DNS, with these names.
fn dns(names: &str) -> String {
    format!(
        "{{toEndpoints: [{{matchLabels: {{k8s-app: kube-dns, \"k8s:io.kubernetes.pod.namespace\": kube-system}}}}], toPorts: \
         [{{ports: [{{port: \"53\", protocol: ANY}}], rules: {{dns: [{names}]}}}}]}}"
    )
}

/// How many names are refused, where egress has these items.
fn refused(items: &[&str]) -> usize {
    let spec = format!("{{endpointSelector: {{matchLabels: {{app: web}}}}, egress: [{}]}}", items.join(", "));
    let policy = format!(
        "{{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {{name: p, namespace: shop}}, spec: {spec}}}"
    );
    of("dns-names-refused", &format!("{WEB}{policy}")).len()
}

#[test]
fn names_need_a_dns_rule_that_has_them() {
    let rule = dns("{matchPattern: '*.example.com'}");
    for (name, count) in [
        ("{matchName: api.example.com}", 0),
        ("{matchName: example.com}", 1),
        ("{matchName: a.b.example.com}", 1),
        ("{matchPattern: 'a*.example.com'}", 0),
        ("{matchPattern: '**.example.com'}", 1),
    ] {
        assert_eq!(refused(&[&rule, &format!("{{toFQDNs: [{name}]}}")]), count, "{name}");
    }
}

#[test]
fn what_does_not_reach_the_servers_lifts_nothing() {
    let (rule, names) = (dns("{matchName: a.io}"), "{toFQDNs: [{matchName: b.io}]}");
    assert_eq!(refused(&[&rule, names]), 1, "a name without ports is no way to the servers");
    for (item, count) in [
        ("{toEndpoints: [{matchLabels: {app: db}}]}", 1),
        ("{toEndpoints: [{matchLabels: {\"k8s:io.kubernetes.pod.namespace\": kube-system}}]}", 0),
        ("{toEntities: [cluster]}", 0),
        ("{toEntities: [cluster], toPorts: [{ports: [{port: \"443\", protocol: TCP}]}]}", 1),
    ] {
        assert_eq!(refused(&[&rule, names, item]), count, "{item}");
    }
}
