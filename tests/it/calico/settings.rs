//! What depends on the configuration, and on what else the input holds: versions, APIs, tiers that are missing, objects that
//! Calico refuses, and other network plugins.

use std::sync::Arc;

use netlint::analysis::{Analysis, Options};
use netlint::config::{Base, Config};

use super::engine::{Engine, Said};
use super::vectors::{CLUSTER, global, local, only_web_to_db, packet, tier, to_db};
use super::world::World;

const ALLOWED: Said = Said { least: true, shown: true, most: true };
const DENIED: Said = Said { least: false, shown: false, most: false };

/// What netlint says of a connection, under this configuration.
fn said(configuration: &str, manifests: &[&str], connection: &str) -> Said {
    let text = [&[CLUSTER], manifests].concat().join("\n---\n");
    let world = World::read(CLUSTER);
    let packet = packet(&world, connection);
    Engine::read_whatever(&text, configuration, &world).judge(packet.from, packet.to)(packet)
}

fn notes(configuration: &str, manifests: &[&str]) -> Vec<String> {
    let text = [&[CLUSTER], manifests].concat().join("\n---\n");
    let config = Config::parse("netlint.yaml", configuration, Base::default()).unwrap();
    let options = Options { config: Arc::new(config), ..Options::default() };
    Analysis::from_texts(&[("cluster.yaml", &text)], &options).notes()
}

fn at_order(order: &str, spec: &str) -> String {
    spec.replacen('{', &format!("{{order: {order}, "), 1)
}

#[test]
fn the_version_decides_between_policies_of_one_order() {
    let [allow, deny] = [("a", "Allow"), ("a-1", "Deny")]
        .map(|(name, action)| local(name, &at_order("5", &to_db(&format!("[{{action: {action}}}]")))));
    let of = |configuration: &str| said(configuration, &[&allow, &deny], "b/x > a/db");
    assert_eq!(of("cni: {name: calico, version: '3.32'}"), DENIED, "`-` comes before `/`");
    assert_eq!(of("cni: {name: calico, version: v3.31.4}"), ALLOWED);
    assert_eq!(of("cni: {name: calico}"), Said { least: false, shown: false, most: true });
    assert_eq!(of(""), of("cni: {name: calico}"), "the kinds show which plugin it is");
    // Up to 3.31 the namespace comes first: `a/default.m` before `default.m`.
    let global = global("m", &at_order("5", &to_db("[{action: Deny}]")));
    let own = local("m", &at_order("5", &to_db("[{action: Allow}]")));
    let of = |configuration: &str| said(configuration, &[&global, &own], "b/x > a/db");
    assert_eq!(of("cni: {name: calico, version: '3.32'}"), DENIED);
    assert_eq!(of("cni: {name: calico, version: '3.30'}"), ALLOWED);
}

#[test]
fn a_tier_that_is_missing_is_shown_as_the_last_and_uncertain() {
    let policy = local("p", "{tier: platform, selector: app == 'db', types: [Ingress]}");
    let of = |manifests: &[&str]| said("cni: {name: calico, version: '3.32'}", manifests, "b/x > a/db");
    assert_eq!(of(&[&policy]), Said { least: false, shown: false, most: true });
    assert_eq!(of(&[&policy, &tier("platform", "{order: 5}")]), DENIED);
    assert_eq!(of(&[&policy, &tier("platform", "{order: 5, defaultAction: Pass}")]), ALLOWED);
    // Whatever else decides before it: the tier may come first.
    let allow = local("q", &to_db("[{action: Allow}]"));
    assert_eq!(of(&[&policy, &allow]), Said { least: false, shown: true, most: true });
    let note = "the tier `platform` is not in the input";
    assert_eq!(notes("", &[&policy]).iter().filter(|it| it.contains(note)).count(), 1);
}

#[test]
fn types_default_as_the_api_does() {
    let empty = local("p", "{selector: app == 'db', egress: []}");
    for (api, ingress, egress) in [("server", false, true), ("v3-crd", true, false), ("v1-crd", false, true)] {
        let configuration = format!("cni: {{name: calico, version: '3.32', api: {api}}}");
        let of = |connection| said(&configuration, &[&empty], connection) == ALLOWED;
        assert_eq!((of("b/x > a/db"), of("a/db > b/x")), (ingress, egress), "{api}");
    }
    // What is written to Calico's storage gets no defaults.
    let stored = empty.replace("projectcalico.org/v3", "crd.projectcalico.org/v1");
    for connection in ["b/x > a/db", "a/db > b/x"] {
        assert_eq!(said("", &[&stored], connection), DENIED);
    }
}

#[test]
fn what_calico_refuses_is_not_in_force() {
    for (spec, rule) in [
        ("{selector: app = 'db', types: [Ingress]}", "invalid-field"),
        ("{selector: ' ', types: [Ingress]}", "rejected-policy"),
        ("{types: [Ingress], ingress: [{action: Allow, source: {selector: ' '}}]}", "rejected-policy"),
        ("{types: [Ingress], ingress: [{action: Allow, destination: {ports: [80]}}]}", "invalid-field"),
    ] {
        let policy = local("p", spec);
        assert_eq!(said("", &[&policy], "b/x > a/db"), ALLOWED, "{spec}");
        let analysis = Analysis::from_texts(&[("policy.yaml", &policy)], &Options::default());
        assert_eq!(analysis.problems().iter().map(|it| it.rule).collect::<Vec<_>>(), [rule], "{spec}");
    }
}

#[test]
fn policies_of_one_name_are_two() {
    let kubernetes = only_web_to_db();
    let deny = local("db", &at_order("5", &to_db("[{action: Deny, source: {selector: app == 'web'}}]")));
    assert_eq!(said("", &[&kubernetes, &deny], "a/web > a/db TCP 5432"), DENIED);
    assert_eq!(said("", &[&kubernetes], "a/web > a/db TCP 5432"), ALLOWED);
}

#[test]
fn staged_policies_and_host_endpoints_are_mentioned() {
    let staged = local("p", "{types: [Ingress]}").replace("kind: NetworkPolicy", "kind: StagedNetworkPolicy");
    let host = "{kind: HostEndpoint, apiVersion: projectcalico.org/v3, metadata: {name: n1}, spec: {node: n1, interfaceName: '*'}}";
    assert_eq!(said("", &[&staged, host], "b/x > a/db"), ALLOWED);
    let notes = notes("", &[&staged, host]);
    assert_eq!(notes.iter().filter(|it| *it == "staged policies have no effect: StagedNetworkPolicy `a/p`").count(), 1);
    assert_eq!(notes.iter().filter(|it| it.ends_with("not for hosts: HostEndpoint `n1`")).count(), 1);
}

#[test]
fn policies_for_hosts_select_no_pods() {
    for field in ["doNotTrack", "preDNAT"] {
        let policy = global("p", &format!("{{{field}: true, applyOnForward: true, types: [Ingress]}}"));
        assert_eq!(said("", &[&policy], "b/x > a/db"), ALLOWED, "{field}");
    }
}

#[test]
fn another_plugin_enforces_none_of_them() {
    let deny = local("p", "{types: [Ingress]}");
    assert_eq!(said("cni: {name: calico}", &[&deny], "b/x > a/db"), DENIED);
    assert_eq!(said("cni: {name: antrea}", &[&deny], "b/x > a/db"), ALLOWED);
    let note = "Antrea does not enforce policies of these kinds: NetworkPolicy `a/p`";
    assert!(notes("cni: {name: antrea}", &[&deny]).iter().any(|it| it == note));
}

#[test]
fn of_two_plugins_nobody_knows_which_is_in_force() {
    let calico = local("p", "{selector: app == 'db', types: [Ingress]}");
    let cilium = "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: c, namespace: a}, spec: {endpointSelector: {matchLabels: {app: web}}, ingress: [{}]}}";
    let of = |configuration: &str, connection| said(configuration, &[&calico, cilium], connection);
    let of_one = Said { least: false, shown: false, most: true };
    assert_eq!((of("", "b/x > a/db"), of("", "b/x > a/web")), (of_one, of_one));
    assert_eq!(of("", "a/db > b/x"), ALLOWED, "both permit it");
    assert_eq!(of("cni: {name: calico}", "b/x > a/db"), DENIED);
    assert_eq!(of("cni: {name: calico}", "b/x > a/web"), ALLOWED);
    assert_eq!(of("cni: {name: cilium}", "b/x > a/db"), ALLOWED);
    assert_eq!(of("cni: {name: cilium}", "b/x > a/web"), DENIED);
    let mentions = notes("", &[&calico, cilium]).iter().filter(|it| it.contains("Calico and of Cilium")).count();
    assert_eq!(mentions, 1);
}

#[test]
fn services_are_the_pods_behind_them() {
    let service = "{kind: Service, apiVersion: v1, metadata: {name: store, namespace: a}, spec: {selector: {app: db}, ports: [{port: 80, targetPort: 5432}]}}";
    let to = |service: &str| {
        let rule = format!("{{action: Allow, destination: {{services: {service}}}}}");
        local("p", &format!("{{selector: app == 'web', types: [Egress], egress: [{rule}]}}"))
    };
    let own = to("{name: store, namespace: a}");
    assert_eq!(said("", &[service, &own], "a/web > a/db TCP 5432"), ALLOWED);
    assert_eq!(said("", &[service, &own], "a/web > a/db TCP 80"), DENIED);
    assert_eq!(said("", &[service, &own], "a/web > b/x TCP 5432"), DENIED);
    // "Without a namespace", nothing matches.
    assert_eq!(said("", &[service, &to("{name: store}")], "a/web > a/db TCP 5432"), DENIED);
    let missing = said("", &[&own], "a/web > a/db TCP 5432");
    assert_eq!(missing, Said { least: false, shown: false, most: true }, "it may be elsewhere");
    let from = local("p", &to_db("[{action: Allow, source: {services: {name: store, namespace: a}}}]"));
    assert_eq!(said("", &[service, &from.replace("app == 'db'", "app == 'web'")], "a/db > a/web TCP 9"), ALLOWED);
    assert_eq!(said("", &[service, &from.replace("app == 'db'", "app == 'web'")], "b/x > a/web TCP 9"), DENIED);
}

#[test]
fn selectors_of_any_depth_end() {
    let deep = |count: usize| {
        let (open, close) = ("(has(a) || (has(b) && ".repeat(count), "))".repeat(count));
        local("p", &format!("{{selector: '{open}has(c){close}', types: [Ingress]}}"))
    };
    // What Calico takes is evaluated.
    assert_eq!(said("", &[&deep(38)], "b/x > a/db"), ALLOWED, "no pod has these labels");
    assert_eq!(said("", &[&deep(38).replace("has(a)", "has(app)")], "b/x > a/db"), DENIED);
    assert_eq!(said("", &[&deep(100_000)], "b/x > a/db"), ALLOWED, "Calico refuses it");
    let peer = format!("!({})", "!(has(a) && ".repeat(100_000));
    let policy =
        local("p", &format!("{{types: [Ingress], ingress: [{{action: Allow, source: {{selector: '{peer}'}}}}]}}"));
    assert_eq!(said("", &[&policy], "b/x > a/db"), ALLOWED, "Calico refuses it");
}

#[test]
fn options_are_those_of_the_plugin() {
    for (text, is_right) in [
        ("cni: {name: calico, version: '3.32', api: v3-crd}", true),
        ("cni: {name: calico, version: '4'}", false),
        ("cni: {name: calico, version: '1.20'}", false),
        ("cni: {name: calico, enablePolicy: always}", false),
        ("cni: {name: cilium, api: server}", false),
        ("clusters: {edge: {paths: [k8s], cni: {name: calico, api: v1-crd}}}", true),
        ("clusters: {edge: {paths: [k8s], cni: {name: antrea, version: '1.2'}}}", false),
    ] {
        assert_eq!(Config::parse("netlint.yaml", text, Base::default()).is_ok(), is_right, "{text}");
    }
}
