//! What depends on the agent's options, and what notes say of what is not evaluated.

use std::sync::Arc;

use netlint::analysis::{Analysis, Options};
use netlint::config::{Base, Config};
use netlint::net::Protocol;
use netlint::objects::WorkloadId;
use netlint::reach::Endpoint;

const PODS: &str = "\
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {containers: [{name: c, image: example/db:1}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c, image: example/web:1}]}}
---
";

fn cilium(spec: &str) -> String {
    let kind = if spec.contains("nodeSelector") { "CiliumClusterwideNetworkPolicy" } else { "CiliumNetworkPolicy" };
    let namespace = if spec.contains("nodeSelector") { "" } else { ", namespace: shop" };
    format!("{{apiVersion: cilium.io/v2, kind: {kind}, metadata: {{name: p{namespace}}}, spec: {spec}}}")
}

fn network(spec: &str) -> String {
    format!(
        "{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: np, namespace: shop}}, spec: {spec}}}"
    )
}

fn analysis(configuration: &str, policies: &str) -> Analysis {
    let config = Config::parse("netlint.yaml", configuration, Base::default()).unwrap();
    let options = Options { config: Arc::new(config), ..Options::default() };
    Analysis::from_texts(&[("all.yaml", &format!("{PODS}{policies}"))], &options)
}

/// The messages of a rule.
fn said(rule: &str, configuration: &str, policies: &str) -> Vec<String> {
    let drafts = netlint::findings::drafts(&analysis(configuration, policies)).into_iter();
    drafts.filter(|draft| draft.rule == rule).map(|draft| draft.message).collect()
}

fn has_note(configuration: &str, policies: &str, note: &str) -> bool {
    analysis(configuration, policies).notes().iter().any(|it| it.contains(note))
}

/// Whether `web` may connect to `db` on TCP 80: for certain, and perhaps.
fn web_to_db(configuration: &str, policies: &str) -> [bool; 2] {
    let analysis = analysis(configuration, policies);
    let [db, web] = [0, 1].map(|place| Endpoint::Workload(WorkloadId(place)));
    [analysis.at_least(), analysis.at_most()].map(|reach| reach.ports(web, db).contains(Protocol::Tcp, 80))
}

#[test]
fn rules_that_policy_types_leave_out_are_enforced() {
    let policy = network(
        "{podSelector: {matchLabels: {app: db}}, policyTypes: [Egress], ingress: [{ports: [{port: 443}]}], egress: [{}]}",
    );
    assert_eq!(said("ignored-rules", "", &policy).len(), 1);
    assert_eq!(web_to_db("", &policy), [true, true]);
    let with_cilium = "cni: {name: cilium}";
    assert_eq!(said("ignored-rules", with_cilium, &policy), [""; 0]);
    assert_eq!(web_to_db(with_cilium, &policy), [false, false]);
    let calico = "---\n{apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: t}, spec: {order: 1}}";
    let policies =
        format!("{policy}\n---\n{}\n{calico}", cilium("{endpointSelector: {matchLabels: {app: x}}, egress: [{}]}"));
    assert_eq!(said("ignored-rules", "", &policies), [""; 0], "with Cilium they are enforced");
    assert_eq!(web_to_db("", &policies), [false, true], "with Calico they are not");
}

#[test]
fn an_empty_list_of_endpoints_was_everyone() {
    let policy = cilium(
        "{endpointSelector: {matchLabels: {app: db}}, ingress: [{fromEndpoints: [], toPorts: [{ports: [{port: '80', protocol: TCP}]}]}]}",
    );
    let of = |version: &str| {
        let configuration = format!("cni: {{name: cilium, version: '{version}'}}");
        (said("empty-peer-list", &configuration, &policy), web_to_db(&configuration, &policy))
    };
    assert_eq!(of("1.16"), (vec!["an empty `fromEndpoints` of `p` matches no peer".into()], [false, false]));
    let everyone = "an empty `fromEndpoints` of `p` admits every source on its ports";
    assert_eq!(of("1.15"), (vec![everyone.into()], [true, true]));
}

#[test]
fn services_that_are_missing_are_mentioned() {
    let to = |services: &str| {
        cilium(&format!(
            "{{endpointSelector: {{matchLabels: {{app: web}}}}, egress: [{{toServices: [{services}], toPorts: [{{ports: [{{port: '80', protocol: TCP}}]}}]}}]}}"
        ))
    };
    let named = to("{k8sService: {serviceName: store, namespace: shop}}");
    assert_eq!(web_to_db("", &named), [false, true]);
    assert!(has_note("", &named, "Services that are not in the input: `shop/store`"));
    let store = "{apiVersion: v1, kind: Service, metadata: {name: store, namespace: shop}, spec: {selector: {app: db}, ports: [{port: 80}]}}";
    assert!(!has_note("", &format!("{named}\n---\n{store}"), "not in the input"));
    let selected = to("{k8sServiceSelector: {selector: {matchLabels: {tier: data}}}}");
    assert!(has_note("", &selected, "Services that are not in the input: those that `p` selects"));
    assert_eq!(said("empty-peer-list", "", &selected), [""; 0]);
}

#[test]
fn services_that_cannot_be_leave_the_ports_open() {
    for selector in [
        "{matchLabels: {\"reserved:host\": \"\"}}",
        "{matchExpressions: [{key: a, operator: Exists}, {key: a, operator: DoesNotExist}]}",
        "{matchExpressions: [{key: a, operator: In, values: [b]}, {key: a, operator: NotIn, values: [b, c]}]}",
    ] {
        let item = |rest: &str| {
            let service = format!("{{k8sServiceSelector: {{selector: {selector}}}}}");
            cilium(&format!(
                "{{endpointSelector: {{matchLabels: {{app: web}}}}, egress: [{{toServices: [{service}]{rest}}}]}}"
            ))
        };
        let open = item(", toPorts: [{ports: [{port: '80', protocol: TCP}]}]");
        assert_eq!(web_to_db("", &open), [true, true], "{selector}");
        let found = said("empty-peer-list", "", &open);
        assert_eq!(found, ["the `toServices` of `p` admits every destination on its ports"], "{selector}");
        assert_eq!(web_to_db("", &item("")), [false, false], "{selector}: neither peers nor ports");
    }
}

#[test]
fn policies_for_nodes_are_mentioned() {
    let policy = cilium("{nodeSelector: {matchLabels: {role: edge}}, ingress: [{}]}");
    assert!(has_note(
        "",
        &policy,
        "have no effect without the host firewall (`hostFirewall`): CiliumClusterwideNetworkPolicy `p`"
    ));
    let note = "policies for nodes are not evaluated: CiliumClusterwideNetworkPolicy `p`";
    assert!(has_note("cni: {name: cilium, hostFirewall: true}", &policy, note));
    assert_eq!(web_to_db("", &policy), [true, true]);
}

#[test]
fn policies_that_are_switched_off_are_mentioned() {
    let policy = cilium("{endpointSelector: {}, ingress: [{}]}");
    let configuration = "cni: {name: cilium, enablePolicy: never}";
    assert_eq!(web_to_db(configuration, &policy), [true, true]);
    assert!(has_note(configuration, &policy, "Cilium enforces no policies, as `enablePolicy` says"));
    assert_eq!(web_to_db("cni: {name: cilium, enablePolicy: always}", ""), [false, false]);
}

#[test]
fn options_that_the_agent_refuses_are_mistakes() {
    for (option, is_right) in [
        ("clusterName: west-1", true),
        ("clusterName: ''", false),
        ("clusterName: West", false),
        ("clusterName: west-", false),
        ("labels: 'k8s:app !k8s:team'", true),
        ("labels: 'k8s:('", false),
        ("version: v1.19.3", true),
        ("version: latest", false),
    ] {
        let text = format!("cni: {{name: cilium, {option}}}");
        assert_eq!(Config::parse("netlint.yaml", &text, Base::default()).is_ok(), is_right, "{text}");
    }
}
