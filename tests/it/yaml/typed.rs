//! Typed values.

use super::document;
use k8s_openapi::api::core::v1::{Pod, Service};
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use netlint::yaml::{TypeError, from_node};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

fn read<T: DeserializeOwned>(text: &str) -> Result<T, TypeError> {
    from_node(document(text).root().unwrap())
}

const POLICY: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a, labels: &labels {app: web, \"on\": \"80\"}}
spec:
  podSelector: {matchLabels: {<<: *labels, tier: front}}
  policyTypes: [Ingress]
  ingress:
  - ports:
    - {port: 80}
    - {port: web, protocol: UDP}
    - {port: 0777, endPort: 1e3}
    - port: \"80\"
  -
  - from: [null, podSelector: ~]
  egress:
";

#[test]
fn policies_are_read_as_the_api_reads_them() {
    let policy: NetworkPolicy = read(POLICY).unwrap();
    let spec = policy.spec.unwrap();
    let labels = spec.pod_selector.unwrap().match_labels.unwrap();
    let labels: Vec<_> = labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(labels, [("app", "web"), ("on", "80"), ("tier", "front")]);
    assert_eq!(spec.egress, None);
    let ingress = spec.ingress.unwrap();
    let ports: Vec<_> = ingress[0].ports.as_ref().unwrap().iter().map(|port| port.port.clone().unwrap()).collect();
    let expected = [
        IntOrString::Int(80),
        IntOrString::String("web".into()),
        IntOrString::Int(511),
        IntOrString::String("80".into()),
    ];
    assert_eq!(ports, expected);
    assert_eq!(ingress[0].ports.as_ref().unwrap()[2].end_port, Some(1000));
    // As Go's decoder leaves the zero value for a null item.
    assert_eq!((&ingress[1].from, &ingress[1].ports), (&None, &None));
    let peers = ingress[2].from.as_ref().unwrap();
    assert!(peers.len() == 2 && peers.iter().all(|peer| *peer == Default::default()));
}

#[test]
fn quantities_may_be_numbers() {
    let text = "spec: {containers: [{name: c, resources: {limits: {cpu: 2, memory: 1.5}, requests: {cpu: 100m}}}]}\n";
    let pod: Pod = read(&format!("apiVersion: v1\nkind: Pod\nmetadata:\n{text}")).unwrap();
    let resources = pod.spec.unwrap().containers.remove(0).resources.unwrap();
    assert_eq!(resources.limits.unwrap()["cpu"].0, "2");
    assert_eq!(resources.requests.unwrap()["cpu"].0, "100m");
}

#[test]
fn target_ports_are_numbers_or_names() {
    let text = "apiVersion: v1\nkind: Service\nmetadata: {}\nspec:\n  ports: [{port: 80, targetPort: web}, {port: 81, targetPort: 8081}]\n";
    let service: Service = read(text).unwrap();
    let ports: Vec<_> = service.spec.unwrap().ports.unwrap().into_iter().map(|port| port.target_port).collect();
    assert_eq!(ports, [Some(IntOrString::String("web".into())), Some(IntOrString::Int(8081))]);
}

/// Field, value, and the error's path, span and message for a policy's spec.
const MISMATCHES: &[(&str, &str, &str, &str)] = &[
    (
        "podSelector: {matchLabels: {app: yes}}",
        "podSelector.matchLabels.app",
        "yes",
        "`yes` is a boolean where a string is meant",
    ),
    (
        "podSelector: {matchLabels: {app: 80}}",
        "podSelector.matchLabels.app",
        "80",
        "`80` is a number where a string is meant",
    ),
    ("podSelector: [a]", "podSelector", "[a]", "a list stands where a mapping is meant"),
    ("policyTypes: Ingress", "policyTypes", "Ingress", "`Ingress` is a string where a list is meant"),
    ("ingress: {from: []}", "ingress", "{from: []}", "a mapping stands where a list is meant"),
    (
        "ingress: [{ports: [{}, {endPort: x}]}]",
        "ingress[0].ports[1].endPort",
        "x",
        "`x` is a string where a number is meant",
    ),
];

#[test]
fn what_does_not_fit_is_named_where_it_stands() {
    for (text, path, at, message) in MISMATCHES {
        let error = read::<NetworkPolicySpec>(text).unwrap_err();
        assert_eq!(
            (error.path.to_string().as_str(), error.span.slice(text), error.message.as_str()),
            (*path, *at, *message)
        );
        assert_eq!(error.to_string(), *message);
    }
    for (text, path, at) in [
        ("ingress: [{ports: [{port: true}]}]", "ingress[0].ports[0].port", "true"),
        ("ingress: [{ports: [{port: 1.5}]}]", "ingress[0].ports[0].port", "1.5"),
        ("ingress: [{ports: [{endPort: 3000000000}]}]", "ingress[0].ports[0].endPort", "3000000000"),
    ] {
        let error = read::<NetworkPolicySpec>(text).unwrap_err();
        assert_eq!((error.path.to_string().as_str(), error.span.slice(text)), (path, at), "{error}");
    }
}

#[test]
fn long_text_does_not_burst_a_message() {
    let text = format!("podSelector: \"{}\"", "x".repeat(1000));
    assert_eq!(read::<NetworkPolicySpec>(&text).unwrap_err().message, "a string stands where a mapping is meant");
    let text = "podSelector: \"\\e[31m\"";
    assert_eq!(read::<NetworkPolicySpec>(text).unwrap_err().message, "a string stands where a mapping is meant");
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Config {
    #[serde(default)]
    list: Vec<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    number: u16,
    #[serde(default)]
    truth: bool,
    #[serde(default)]
    map: BTreeMap<String, i32>,
    level: Option<Level>,
    pair: Option<(i32, f64)>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Off,
    Error,
    Custom { name: String },
}

#[test]
fn null_is_the_zero_value() {
    let text = "{list: , text: ~, number: null, truth: , map: , level: , pair: }";
    assert_eq!(read::<Config>(text).unwrap(), Config::default());
    assert_eq!(read::<Config>("~").unwrap(), Config::default());
    assert_eq!(read::<Vec<Config>>("-\n- ~\n").unwrap(), [Config::default(), Config::default()]);
    assert_eq!(read::<Vec<Option<Config>>>("-\n").unwrap(), [None]);
}

#[test]
fn configuration_structs_are_read_and_checked() {
    let config: Config = read("list: [a]\nnumber: 080\nmap: {a: -1}\nlevel: error\npair: [1, 2]\n").unwrap();
    let expected = Config {
        list: vec!["a".into()],
        number: 80,
        map: BTreeMap::from([("a".into(), -1)]),
        level: Some(Level::Error),
        pair: Some((1, 2.0)),
        ..Config::default()
    };
    assert_eq!(config, expected);
    let custom = Level::Custom { name: "x".into() };
    assert_eq!(read::<Config>("level: {custom: {name: x}}").unwrap().level, Some(custom));

    for (text, path, at, part) in [
        ("list: []\nlsit: []\n", "lsit", "lsit", "unknown key `lsit`"),
        ("number: 70000\n", "number", "70000", "70000"),
        ("level: loud\n", "level", "loud", "unknown value `loud`"),
        ("level: {custom: {}}\n", "level.custom", "custom", "`name` is missing"),
        ("pair: [1]\n", "pair", "pair", "length 1"),
    ] {
        let error = read::<Config>(text).unwrap_err();
        assert_eq!((error.path.to_string().as_str(), error.span.slice(text)), (path, at), "{error}");
        assert!(error.message.contains(part), "{error}");
    }
}

#[test]
fn off_is_a_boolean_even_where_a_variant_is_meant() {
    assert_eq!(read::<Config>("level: \"off\"").unwrap().level, Some(Level::Off));
    let error = read::<Config>("level: off").unwrap_err();
    assert_eq!(error.message, "`off` is a boolean where a string is meant");
}
