//! What only the agent refuses.

use super::{CLUSTERWIDE, NAMESPACED, assert_taken, found, object, only, policy};

#[track_caller]
fn assert_refused(text: &str, at: &str) {
    assert_eq!(only(text), ("rejected-policy", at.to_owned()), "{text}");
}

#[test]
fn empty_lists_are_no_default_deny() {
    assert_refused(&policy("ingress: [], egress: []"), "[]");
    assert_refused(&policy("ingress: [], enableDefaultDeny: {ingress: true}"), "[]");
    for lists in ["ingress: [{}]", "ingress: [], egress: [{}]", "egressDeny: [{}], egress: []"] {
        assert_taken(&policy(lists));
    }
}

#[test]
fn one_item_has_one_kind_of_peers() {
    assert_refused(&policy("egress: [{toEndpoints: [{}], toCIDR: [10.0.0.0/8]}]"), "toCIDR");
    assert_refused(&policy("egress: [{toFQDNs: [{matchName: a.io}], toEntities: [world]}]"), "toEntities");
    assert_refused(&policy("ingressDeny: [{fromCIDRSet: [{cidr: 10.0.0.0/8}], fromGroups: [{}]}]"), "fromGroups");
    assert_taken(&policy("egress: [{toEndpoints: [{}], toCIDR: []}, {toServices: [], toCIDR: [10.0.0.0/8]}]"));
    let dropped = "egressDeny: [{toFQDNs: [{matchName: a.io}], toEntities: [world]}]";
    assert_eq!(only(&policy(dropped)).0, "unknown-field", "the API server drops it");
}

#[test]
fn a_bad_rule_in_specs_rejects_the_object() {
    let good = "{endpointSelector: {}, ingress: [{}]}";
    let bad = "{endpointSelector: {}, ingress: [{fromCIDR: [10.0.0.0/8], fromEntities: [world]}]}";
    assert_refused(&object(NAMESPACED, &format!("specs: [{good}, {bad}]")), "fromEntities");
}

#[test]
fn labels_of_rules_have_keys() {
    assert_refused(&policy("ingress: [{}], labels: [{key: team}, {key: \"\", value: a}]"), "\"\"");
}

#[test]
fn icmp_stands_alone_and_has_names_by_family() {
    let ports = "toPorts: [{ports: [{port: \"80\"}]}]";
    assert_refused(&policy(&format!("ingress: [{{icmps: [{{fields: [{{type: 8}}]}}], {ports}}}]")), "toPorts");
    assert_taken(&policy(&format!("ingress: [{{icmps: [], {ports}}}]")));
    assert_refused(&policy("ingress: [{icmps: [{fields: [{type: PacketTooBig}]}]}]"), "PacketTooBig");
    assert_refused(&policy("ingress: [{icmps: [{fields: [{family: IPv6, type: Echo}]}]}]"), "Echo");
}

#[test]
fn blocks_have_no_leading_zeros_and_exceptions_are_inside() {
    for (lists, at) in [
        ("egress: [{toCIDR: [010.0.0.0/8]}]", "010.0.0.0/8"),
        ("egress: [{toCIDR: [10.0.0.0/08]}]", "10.0.0.0/08"),
        ("egress: [{toCIDRSet: [{cidr: 10.0.0.0/8, except: [11.0.0.0/16]}]}]", "11.0.0.0/16"),
        ("egress: [{toCIDRSet: [{cidr: 10.0.0.0/8, except: [10.0.0.0/7]}]}]", "10.0.0.0/7"),
        ("egress: [{toCIDRSet: [{cidr: 10.0.0.0/8, except: [\"::/0\"]}]}]", "\"::/0\""),
    ] {
        assert_refused(&policy(lists), at);
    }
    assert_taken(&policy("egress: [{toCIDRSet: [{cidr: 10.0.0.0/8, except: [10.0.0.0/8]}]}]"));
    assert_taken(&policy("egress: [{toCIDRSet: [{cidrGroupRef: office, except: [192.0.2.0/24]}]}]"));
}

#[test]
fn ports_are_numbers_or_short_names() {
    for port in ["080", "65536", "99999", "80-", "1-2"] {
        assert_refused(
            &policy(&format!("ingress: [{{toPorts: [{{ports: [{{port: \"{port}\"}}]}}]}}]")),
            &format!("\"{port}\""),
        );
    }
    assert_refused(&policy("ingress: [{toPorts: [{ports: [{protocol: TCP}]}]}]"), "{protocol: TCP}");
    assert_refused(&policy("ingress: [{toPorts: [{ports: [{port: \"80\", protocol: VRRP}]}]}]"), "\"80\"");
    assert_taken(&policy(
        "ingress: [{toPorts: [{ports: [{port: \"0\", protocol: ESP}, {port: \"80\", endPort: 7}]}]}]",
    ));
    let many = |count: usize| vec!["{port: \"80\"}"; count].join(", ");
    assert_taken(&policy(&format!("ingressDeny: [{{toPorts: [{{ports: [{}]}}]}}]", many(40))));
    assert_eq!(only(&policy(&format!("ingressDeny: [{{toPorts: [{{ports: [{}]}}]}}]", many(41)))).0, "rejected-policy");
    assert_eq!(only(&policy(&format!("ingress: [{{toPorts: [{{ports: [{}]}}]}}]", many(41)))).0, "invalid-field");
}

#[test]
fn http_needs_tcp_and_dns_needs_egress() {
    let item = |direction: &str, ports: &str, rules: &str| {
        policy(&format!("{direction}: [{{toPorts: [{{ports: [{ports}], rules: {{{rules}}}}}]}}]"))
    };
    assert_refused(&item("ingress", "{port: \"80\"}", "http: [{}]"), "{port: \"80\"}");
    assert_refused(&item("ingress", "{port: \"80\", protocol: UDP}", "http: [{}]"), "UDP");
    assert_refused(&item("ingress", "{port: \"0\", protocol: TCP}", "http: [{}]"), "\"0\"");
    assert_refused(&item("ingress", "{port: \"53\"}", "dns: [{matchPattern: \"*\"}]"), "rules");
    assert_refused(&item("egress", "", "dns: [{matchPattern: \"*\"}]"), "rules");
    assert_refused(&item("egress", "{port: \"53\", endPort: 54}", "dns: [{matchPattern: \"*\"}]"), "54");
    for (direction, ports, rules) in [
        ("ingress", "{port: \"80\"}", "http: []"),
        ("ingress", "{port: \"53\"}", "dns: []"),
        ("egress", "{port: \"80\"}", "dns: [{matchPattern: \"*\"}]"),
        ("egress", "{port: \"53\", endPort: 53}", "dns: [{matchPattern: \"*\"}]"),
    ] {
        assert_taken(&item(direction, ports, rules));
    }
}

#[test]
fn http_rules_are_regular_expressions_of_go() {
    let http = |rule: &str| {
        policy(&format!(
            "ingress: [{{toPorts: [{{ports: [{{port: \"80\", protocol: TCP}}], rules: {{http: [{rule}]}}}}]}}]"
        ))
    };
    assert_refused(&http("{path: \"/api/(?!admin)\"}"), "\"/api/(?!admin)\"");
    assert_refused(&http("{method: \"*\"}"), "\"*\"");
    assert_refused(
        &http("{headerMatches: [{name: X, secret: {name: \"\"}}]}"),
        "secret: {name: \"\"}".trim_start_matches("secret: "),
    );
    assert_taken(&http("{path: \"/api/.*\", method: GET|POST, host: \"*\"}"));
}

#[test]
fn server_names_and_listeners_do_not_mix_with_layer_7() {
    let ports = "ports: [{port: \"443\", protocol: TCP}]";
    let names = format!("{ports}, serverNames: [a.io], rules: {{http: [{{}}]}}");
    assert_refused(&policy(&format!("egress: [{{toPorts: [{{{names}}}]}}]")), "serverNames");
    let tls = "terminatingTLS: {secret: {name: tls}}";
    assert_taken(&policy(&format!("egress: [{{toPorts: [{{{names}, {tls}}}]}}]")));
    let listener = "listener: {name: proxy, envoyConfig: {name: envoy}}";
    assert_refused(&policy(&format!("ingress: [{{toPorts: [{{{ports}, {listener}}}]}}]")), "listener");
    assert_refused(
        &policy(&format!("egress: [{{toPorts: [{{{ports}, {listener}, rules: {{http: [{{}}]}}}}]}}]")),
        "listener",
    );
    assert_taken(&policy(&format!("egress: [{{toPorts: [{{{ports}, {listener}}}]}}]")));
}

#[test]
fn host_policies_are_clusterwide_and_know_dns_alone() {
    let host = |kind: &str, lists: &str| object(kind, &format!("spec: {{nodeSelector: {{}}, {lists}}}"));
    assert_refused(&host(NAMESPACED, "ingress: [{}]"), "nodeSelector");
    assert_taken(&host(CLUSTERWIDE, "ingress: [{}]"));
    let rules =
        |rules: &str| format!("[{{toPorts: [{{ports: [{{port: \"53\", protocol: TCP}}], rules: {{{rules}}}}}]}}]");
    let http = rules("http: [{}]");
    assert_refused(&host(CLUSTERWIDE, &format!("ingress: {http}")), "rules");
    assert_refused(&host(CLUSTERWIDE, &format!("egress: {http}")), "rules");
    assert_taken(&host(CLUSTERWIDE, &format!("egress: {}", rules("dns: [{matchPattern: \"*\"}]"))));
    assert_refused(&policy("ingress: [{fromNodes: [{}]}]"), "fromNodes");
}

#[test]
fn selectors_have_valid_keys_operators_and_values() {
    let expression = |text: &str| policy(&format!("ingress: [{{fromEndpoints: [{{matchExpressions: [{text}]}}]}}]"));
    assert_refused(&expression("{key: app, operator: In}"), "{key: app, operator: In}");
    assert_refused(&expression("{key: app, operator: Exists, values: [a]}"), "values");
    assert_refused(&expression("{key: app, operator: In, values: [\"-a\"]}"), "\"-a\"");
    assert_refused(&expression("{key: \"a:b:c\", operator: Exists}"), "\"a:b:c\"");
    assert_taken(&expression("{key: \"k8s:app\", operator: Exists, values: []}"));
    assert_refused(&policy("ingress: [{fromEndpoints: [{matchLabels: {\":app\": web}}]}]"), "\":app\"");
    assert_refused(
        &object(NAMESPACED, "spec: {endpointSelector: {matchLabels: {\"-a\": b}}, ingress: [{}]}"),
        "\"-a\"",
    );
    assert_taken(&policy("ingress: [{fromCIDRSet: [{cidrGroupSelector: {matchLabels: {\"$office\": x}}}]}]"));
}

#[test]
fn the_agent_sees_nothing_that_the_api_server_refuses() {
    let found = found(&policy(
        "ingress: [{toPorts: [{ports: [{port: 80}]}]}, {fromCIDR: [10.0.0.0/8], fromEntities: [world]}]",
    ));
    assert_eq!(found.iter().map(|(rule, _, _)| *rule).collect::<Vec<_>>(), ["invalid-field"]);
}
