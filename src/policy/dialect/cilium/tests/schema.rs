//! What the API server refuses, and what it drops.

use super::{NAMESPACED, assert_taken, found, object, only, policy};

#[test]
fn values_that_the_schema_does_not_take() {
    for (lists, at) in [
        ("ingress: [{toPorts: [{ports: [{port: 80}]}]}]", "80"),
        ("ingress: [{toPorts: [{ports: [{port: \"80\", protocol: tcp}]}]}]", "tcp"),
        ("ingress: [{toPorts: [{ports: [{port: \"80\", endPort: 65536}]}]}]", "65536"),
        ("ingress: [{fromEntities: [internet]}]", "internet"),
        ("ingress: [{fromEntities: [world-ipv4]}]", "world-ipv4"),
        ("ingress: [{fromCIDR: [192.0.2.7]}]", "192.0.2.7"),
        ("ingress: [{fromCIDRSet: [{cidr: 10.0.0.0/8, cidrGroupRef: office}]}]", "cidrGroupRef"),
        ("egress: [{toFQDNs: [{matchName: \"*.example.com\"}]}]", "\"*.example.com\""),
        ("egress: [{toFQDNs: [{matchName: a.io, matchPattern: \"*\"}]}]", "matchPattern"),
        ("egress: [{toPorts: [{ports: [{port: \"53\"}], rules: {dns: [], http: []}}]}]", "dns"),
        ("egress: [{toRequires: [{}]}]", "{}"),
        ("ingress: [{toPorts: [{serverNames: []}]}]", "[]"),
        ("ingress: [{icmps: [{fields: [{type: ExtendedEchoReply}]}]}]", "ExtendedEchoReply"),
        ("ingress: [null]", "null"),
        ("ingress: [{}], nodeSelector: {}", "nodeSelector"),
        ("ingress: [{}], log: {value: 123456789012345678901234567890123}", "123456789012345678901234567890123"),
    ] {
        let (rule, place) = found(&policy(lists)).into_iter().map(|(rule, at, _)| (rule, at)).next().unwrap();
        assert_eq!((rule, place.as_str()), ("invalid-field", at), "{lists}");
    }
}

#[test]
fn what_is_missing_is_named() {
    for (fields, message) in [
        ("spec: {ingress: [{}]}", "this rule has no `endpointSelector`"),
        ("spec: {endpointSelector: {}}", "this rule has none of `ingress`, `ingressDeny`, `egress` and `egressDeny`"),
        ("spec: null", "this policy has neither `spec` nor `specs`"),
        ("spec: {endpointSelector: {}, ingress: [{icmps: [{fields: [{family: IPv4}]}]}]}", "`type` is missing"),
        ("spec: {endpointSelector: {}, egress: [{toCIDRSet: [{except: [10.0.0.0/8]}]}]}", "this item is empty"),
    ] {
        let found = found(&object(NAMESPACED, fields));
        assert!(found.iter().any(|(rule, _, it)| *rule == "invalid-field" && it == message), "{fields}: {found:?}");
    }
}

#[test]
fn fields_that_do_not_exist_are_dropped() {
    for (lists, at) in [
        ("ingress: [{}], egressDeny: [{toFQDNs: [{matchName: a.io}], toEntities: [world]}]", "toFQDNs"),
        ("ingress: [{fromEndpoints: [{matchLabels: {app: web}, toPorts: [{ports: [{port: \"80\"}]}]}]}]", "toPorts"),
        ("ingressDeny: [{toPorts: [{ports: [{port: \"80\"}], rules: {http: [{}]}}]}]", "rules"),
        (
            "ingress: [{toPorts: [{ports: [{port: \"80\", protocol: TCP}], rules: {l7proto: r2d2, http: []}}]}]",
            "l7proto",
        ),
    ] {
        assert_eq!(only(&policy(lists)), ("unknown-field", at.to_owned()), "{lists}");
    }
}

#[test]
fn null_is_no_value_and_old_names_of_ports_are_taken() {
    for lists in [
        "ingress: [{fromEndpoints: null, toPorts: [{ports: [{port: \"80\", protocol: null}]}]}], nodeSelector: null",
        "egress: [{toRequires: [], toPorts: [{ports: [{port: HTTP}, {port: \"0x50\"}, {port: \"0120\"}]}]}]",
        "ingress: [{icmps: [{fields: [{type: 300}, {type: \"8\"}, {type: EchoRequest, family: IPv6}]}]}]",
    ] {
        assert_taken(&policy(lists));
    }
    assert_taken(&object(NAMESPACED, "specs: []"));
}

#[test]
fn the_kinds_that_policies_refer_to_are_checked() {
    let of = |kind: &str, spec: &str| object(kind, &format!("spec: {spec}"));
    assert_taken(&of("CiliumCIDRGroup", "{externalCIDRs: [10.0.0.0/8, 2001:db8::/32]}"));
    assert_eq!(only(&of("CiliumCIDRGroup", "{externalCIDRs: [10.0.0.1]}")), ("invalid-field", "10.0.0.1".to_owned()));
    let redirect = |frontend: &str| {
        let backend = "redirectBackend: {localEndpointSelector: {}, toPorts: [{port: \"53\", protocol: UDP}]}";
        of("CiliumLocalRedirectPolicy", &format!("{{{backend}, redirectFrontend: {{{frontend}}}}}"))
    };
    assert_taken(&redirect("serviceMatcher: {serviceName: kube-dns, namespace: kube-system}"));
    let address = redirect("addressMatcher: {ip: cache, toPorts: []}");
    assert_eq!(only(&address), ("invalid-field", "cache".to_owned()));
}
