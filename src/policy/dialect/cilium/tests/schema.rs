//! What the API server refuses, and what it drops.

use super::{NAMESPACED, assert_taken, found, object, only, origin, policy, with_root};
use crate::policy::dialect::cilium;

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
        ("ingress: [{icmps: [{fields: [{type: 4294967296}]}]}]", "4294967296"),
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
fn an_unknown_field_in_the_place_of_a_required_one_is_what_is_refused() {
    for (fields, at) in [
        ("spec: {endpointSelectors: {}, ingress: [{}]}", "endpointSelectors"),
        ("spec: {endpointSelector: {}, Ingress: [{}]}", "Ingress"),
        ("spe: {endpointSelector: {}, ingress: [{}]}", "spe"),
        ("spec: {endpointSelector: {matchExpressions: [{key: app, Operator: Exists}]}, ingress: [{}]}", "Operator"),
        ("spec: {endpointSelector: {}, ingress: [{toPorts: [{rules: {kafka: []}}]}]}", "kafka"),
        ("spec: {endpointSelector: {}, egress: [{toCIDRSet: [{cidrs: 10.0.0.0/8}]}]}", "cidrs"),
    ] {
        assert_eq!(only(&object(NAMESPACED, fields)), ("invalid-field", at.to_owned()), "{fields}");
    }
    let other = found(&policy("ingress: [{fromEndpoints: [{matchExpressions: [{key: app, ports: [80]}]}]}]"));
    let other: Vec<_> = other.iter().map(|(rule, _, message)| (*rule, message.as_str())).collect();
    let place = "spec.ingress[0].fromEndpoints[0].matchExpressions[0]";
    let dropped = format!("`ports` is not a field of `{place}`");
    assert_eq!(other, [("unknown-field", dropped.as_str()), ("invalid-field", "`operator` is missing")]);
}

#[test]
fn what_an_item_matches_without_a_field_that_is_dropped_is_said() {
    for (lists, remark) in [
        ("ingress: [{fromPods: [{}], toPorts: [{}]}]", "dropped, so that this item admits every peer"),
        ("egressDeny: [{toFQDNs: [], toPorts: [{}]}]", "dropped, so that this item denies every peer"),
        ("egress: [{toEntities: [world], ports: []}]", "dropped, so that this item admits every port"),
        ("ingress: [{from: []}]", "dropped, which leaves this item empty: it matches nothing"),
        ("ingress: [{from: [], fromEndpoints: [{}], toPorts: [{}]}]", "dropped by the API server"),
    ] {
        let remarks = with_root(&policy(lists), |root, _| {
            let checked = cilium::check(root, NAMESPACED, "cilium.io/v2", &origin()).unwrap();
            checked.problems.into_iter().map(|draft| draft.remark).collect::<Vec<_>>()
        });
        assert_eq!(remarks, [remark], "{lists}");
    }
}

#[test]
fn null_is_no_value_and_old_names_of_ports_are_taken() {
    for lists in [
        "ingress: [{fromEndpoints: null, toPorts: [{ports: [{port: \"80\", protocol: null}]}]}], nodeSelector: null",
        "ingress: [{fromEndpoints: [{matchLabels: {\"k_8:app\": null}}]}]",
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
    let without_spec = object("CiliumCIDRGroup", "status: {}");
    assert_eq!(only(&without_spec).0, "invalid-field");
    let redirect = |frontend: &str| {
        let backend = "redirectBackend: {localEndpointSelector: {}, toPorts: [{port: \"53\", protocol: UDP}]}";
        of("CiliumLocalRedirectPolicy", &format!("{{{backend}, redirectFrontend: {{{frontend}}}}}"))
    };
    assert_taken(&redirect("serviceMatcher: {serviceName: kube-dns, namespace: kube-system}"));
    let address = redirect("addressMatcher: {ip: cache, toPorts: []}");
    assert_eq!(only(&address), ("invalid-field", "cache".to_owned()));
    let ports = |port: &str| redirect(&format!("addressMatcher: {{ip: 169.254.20.10, toPorts: [{port}]}}"));
    assert_taken(&ports("{port: \"53\", protocol: UDP, name: dns-1}"));
    for (port, at) in [
        ("{port: \"53\", protocol: UDP, name: \"dns/\"}", "\"dns/\""),
        ("{port: \"+53\", protocol: UDP}", "\"+53\""),
        ("{port: \"0\", protocol: UDP}", "\"0\""),
    ] {
        assert_eq!(only(&ports(port)), ("invalid-field", at.to_owned()), "{port}");
    }
}
