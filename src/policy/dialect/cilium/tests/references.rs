//! CiliumCIDRGroups, Services as peers and CiliumLocalRedirectPolicies.

use super::{rule, with_root};
use crate::net::Protocol;
use crate::objects::metadata::Metadata;
use crate::policy::dialect::cilium::{BlockSource, CidrGroup, Frontend, LocalRedirect, Peer, Peers, Selector, Service};

fn peer(lists: &str) -> Peer {
    match rule(lists).entries.remove(0).peers {
        Peers::Of(_, mut peers) => peers.remove(0),
        other => panic!("{other:?}"),
    }
}

fn group(labels: &str) -> CidrGroup {
    let text =
        format!("{{metadata: {{name: office, labels: {{{labels}}}}}, spec: {{externalCIDRs: [192.0.2.0/24, x]}}}}");
    with_root(&text, |root, _| CidrGroup::read(root, Metadata::of(root).object("CiliumCIDRGroup", &super::origin())))
}

fn groups(selector: &str) -> Selector {
    match peer(&format!("egress: [{{toCIDRSet: [{{cidrGroupSelector: {selector}}}]}}]")) {
        Peer::Blocks(blocks) => match blocks.of {
            BlockSource::Groups(selector) => selector,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn groups_are_selected_by_their_labels() {
    let office = group("site: office");
    assert_eq!(office.blocks.len(), 1);
    for (selector, selects, world) in [
        ("{matchLabels: {site: office}}", true, false),
        ("{matchLabels: {\"cidrgroup:site\": office}}", true, false),
        ("{matchLabels: {\"k8s:site\": office}}", false, false),
        ("{}", true, true),
        ("{matchExpressions: [{key: site, operator: NotIn, values: [office]}]}", false, true),
        ("{matchExpressions: [{key: site, operator: DoesNotExist}]}", false, true),
    ] {
        let selector = groups(selector);
        assert_eq!(
            (office.is_selected_by(&selector), selector.matches_without_labels()),
            (selects, world),
            "{selector:?}"
        );
    }
}

#[test]
fn services_are_named_or_selected() {
    let service = |text: &str| match peer(&format!("egress: [{{toServices: [{text}]}}]")) {
        Peer::Service(service) => service,
        other => panic!("{other:?}"),
    };
    let named = |namespace: Option<&str>| Service::Named { name: "db".into(), namespace: namespace.map(Into::into) };
    assert_eq!(service("{k8sService: {serviceName: db, namespace: a}}"), named(Some("a")));
    assert_eq!(service("{k8sService: {serviceName: db, namespace: \"\"}}"), named(None), "any namespace");
    let selected = service("{k8sServiceSelector: {selector: {matchLabels: {app: db}}}, k8sService: {serviceName: x}}");
    assert!(matches!(selected, Service::Selected { namespace: None, .. }), "the selector is asked first");
}

#[test]
fn a_local_redirect_has_a_frontend() {
    let read = |frontend: &str| {
        let backend = "redirectBackend: {localEndpointSelector: {matchLabels: {k8s-app: node-local-dns}}, toPorts: []}";
        let text = format!("{{metadata: {{name: dns}}, spec: {{{backend}, redirectFrontend: {{{frontend}}}}}}}");
        with_root(&text, |root, _| {
            LocalRedirect::read(root, Metadata::of(root).object("CiliumLocalRedirectPolicy", &super::origin()))
        })
    };
    let service = read("serviceMatcher: {serviceName: kube-dns, namespace: kube-system}").unwrap();
    assert_eq!(service.frontend, Frontend::Service { namespace: "kube-system".into(), name: "kube-dns".into() });
    assert!(service.redirects_dns(), "all ports of the Service");
    let address = read("addressMatcher: {ip: 169.254.20.10, toPorts: [{port: \"8080\", protocol: TCP}]}").unwrap();
    assert_eq!((address.ports.as_slice(), address.redirects_dns()), (&[(Protocol::Tcp, 8080)][..], false));
    assert!(read("serviceMatcher: null").is_none());
}
