#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Connections, Format, write};
use crate::analysis::{Analysis, Options};
use crate::endpoint::End;
use crate::objects::WorkloadId;
use crate::reach::Endpoint;

fn analysis(text: &str) -> Analysis {
    Analysis::from_texts(&[("all.yaml", text)], &Options::default())
}

fn shown(analysis: &Analysis, format: Format, from: Option<&str>, to: Option<&str>) -> String {
    let mut out = Vec::new();
    write(format, &Connections::new(analysis, from, to).unwrap(), false, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn all(analysis: &Analysis, format: Format) -> String {
    shown(analysis, format, None, None)
}

fn pod(namespace: &str, name: &str, rest: &str) -> String {
    format!(
        "---\n{{apiVersion: v1, kind: Pod, metadata: {{namespace: {namespace}, name: {name}, labels: {{app: {name}}}}}, \
         spec: {{containers: [{{name: c}}]{rest}}}}}\n"
    )
}

fn policy(namespace: &str, name: &str, spec: &str) -> String {
    format!(
        "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{namespace: {namespace}, name: \
         {name}}}, spec: {spec}}}\n"
    )
}

/// The example of the format's definition: a frontend behind an Ingress that calls a backend and the outside.
const EXAMPLE: &str = "
{apiVersion: v1, kind: Namespace, metadata: {name: frontend}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: backend}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: webapp, namespace: frontend}, spec: {template: {
  metadata: {labels: {app: webapp}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: checkout, namespace: backend}, spec: {template: {
  metadata: {labels: {app: checkout}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: webapp, namespace: frontend}, spec: {selector: {app: webapp},
  ports: [{port: 80, targetPort: http}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: entry, namespace: frontend}, spec: {rules: [{http: {
  paths: [{path: /, pathType: Prefix, backend: {service: {name: webapp, port: {number: 80}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: webapp, namespace: frontend}, spec: {
  podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {}}]}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: checkout, namespace: backend}, spec: {
  podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{
    from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: frontend}}}], ports: [{port: 8080}]}]}}
";

#[test]
fn json_has_the_frozen_shape_field_for_field() {
    let text = all(&analysis(EXAMPLE), Format::Json);
    let checkout = json!({"namespace": "backend", "kind": "Deployment", "name": "checkout"});
    let webapp = json!({"namespace": "frontend", "kind": "Deployment", "name": "webapp"});
    let ports = json!([{"protocol": "TCP", "from": 8080, "to": 8080}]);
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        json!({
            "schemaVersion": 1,
            "workloads": [
                {"namespace": "backend", "kind": "Deployment", "name": "checkout", "hostNetwork": false},
                {"namespace": "frontend", "kind": "Deployment", "name": "webapp", "hostNetwork": false},
            ],
            "connections": [
                {"from": {"workload": webapp}, "to": {"workload": checkout}, "ports": ports},
                {"from": {"workload": webapp}, "to": {"external": ["0.0.0.0/0", "::/0"]}, "ports": null},
                {"from": {"ingressController": true}, "to": {"workload": webapp}, "ports": ports},
            ],
            "notes": [],
        })
    );
    let line = r#"{"from":{"workload":{"namespace":"frontend","kind":"Deployment","name":"webapp"}},"to":{"workload":{"namespace":"backend","kind":"Deployment","name":"checkout"}},"ports":[{"protocol":"TCP","from":8080,"to":8080}]},"#;
    assert!(text.lines().any(|it| it == line), "{text}");
}

#[test]
fn ports_are_sorted_by_protocol_and_number() {
    let ports = "[{port: 53, protocol: UDP}, {port: 443}, {port: 80, endPort: 90}, {port: 7, protocol: SCTP}]";
    let text = pod("a", "x", "")
        + &policy("a", "p", &format!("{{podSelector: {{}}, policyTypes: [Egress], egress: [{{ports: {ports}}}]}}"));
    let value: Value = serde_json::from_str(&shown(&analysis(&text), Format::Json, None, Some("internet"))).unwrap();
    assert_eq!(
        value["connections"][0]["ports"],
        json!([
            {"protocol": "SCTP", "from": 7, "to": 7},
            {"protocol": "TCP", "from": 80, "to": 90},
            {"protocol": "TCP", "from": 443, "to": 443},
            {"protocol": "UDP", "from": 53, "to": 53},
        ])
    );
}

#[test]
fn externals_are_the_fewest_entries_with_equal_ports() {
    let egress = "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/9}}, {ipBlock: {cidr: 10.128.0.0/9}}, {ipBlock: {cidr: \
                  '2001:db8::/32'}}], ports: [{port: 443}]}, {to: [{ipBlock: {cidr: 192.0.2.0/24}}]}]";
    let text =
        pod("a", "x", "") + &policy("a", "p", &format!("{{podSelector: {{}}, policyTypes: [Egress], {egress}}}"));
    let value: Value = serde_json::from_str(&shown(&analysis(&text), Format::Json, Some("x"), None)).unwrap();
    let x = json!({"workload": {"namespace": "a", "kind": "Pod", "name": "x"}});
    assert_eq!(
        value["connections"],
        json!([
            {"from": x, "to": {"external": ["10.0.0.0/8", "2001:db8::/32"]},
             "ports": [{"protocol": "TCP", "from": 443, "to": 443}]},
            {"from": x, "to": {"external": ["192.0.2.0/24"]}, "ports": null},
        ])
    );
}

/// Namespaces, default denies, holes, a pod on the network of its node, and an Ingress.
fn mixed() -> Analysis {
    let mut text = EXAMPLE.to_owned();
    for namespace in ["backend", "lab"] {
        for name in ["a", "b", "c"] {
            text += &pod(namespace, name, "");
        }
    }
    text += &pod("lab", "node", ", hostNetwork: true");
    text += &policy("lab", "deny", "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress]}");
    let block = "{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}";
    text += &policy(
        "lab",
        "some",
        &format!(
            "{{podSelector: {{matchLabels: {{app: b}}}}, policyTypes: [Ingress, Egress], ingress: [{{from: [{block}]}}], \
                  egress: [{{to: [{{podSelector: {{}}}}, {block}], ports: [{{port: 53, protocol: UDP}}]}}]}}"
        ),
    );
    analysis(&text)
}

#[test]
fn the_stream_is_exactly_what_pairs_permit() {
    let analysis = mixed();
    let connections = Connections::new(&analysis, None, None).unwrap();
    let mut streamed = BTreeMap::new();
    for connection in connections.iter() {
        if let (End::Workload(from), End::Workload(to)) = (connection.from, connection.to) {
            assert_eq!(streamed.insert((from, to), (*connection.ports).clone()), None);
        }
    }
    let ids = || (0..).map(WorkloadId).take(analysis.cluster().workloads.len());
    let pairs = ids().flat_map(|from| ids().map(move |to| (from, to))).filter(|(from, to)| from != to);
    let expected: BTreeMap<_, _> = pairs
        .map(|(from, to)| ((from, to), analysis.reach().ports(Endpoint::Workload(from), Endpoint::Workload(to))))
        .filter(|(_, ports)| !ports.is_empty())
        .collect();
    assert_eq!(streamed, expected);
    assert!(expected.len() > 10);
}

#[test]
fn sources_come_before_addresses_and_those_before_the_ingress_controller() {
    let analysis = mixed();
    let rank = |end: &End| match end {
        End::Workload(id) => (0, id.0),
        End::External(_) => (1, 0),
        End::IngressController => (2, 0),
        End::Presumed(_) | End::AnyPod(_) => unreachable!(),
    };
    let blocks = |end: &End| match end {
        End::External(addresses) => addresses.blocks(),
        _ => Vec::new(),
    };
    let connections = Connections::new(&analysis, None, None).unwrap();
    let key = |end: &End| (rank(end), blocks(end));
    let order: Vec<_> = connections.iter().map(|it| (key(&it.from), key(&it.to))).collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn filters_give_the_part_that_they_name() {
    let analysis = mixed();
    let every: Vec<_> = Connections::new(&analysis, None, None).unwrap().iter().collect();
    let named = |text: &str| {
        (0..)
            .map(WorkloadId)
            .take(analysis.cluster().workloads.len())
            .find(|&id| Connections::new(&analysis, None, None).unwrap().names().workload(id) == text)
    };
    let lab_b = End::Workload(named("lab/b").unwrap());
    for (from, to) in [(Some("lab/b"), None), (None, Some("lab/b")), (Some("internet"), Some("lab/b"))] {
        let part: Vec<_> = Connections::new(&analysis, from, to).unwrap().iter().collect();
        let expected = every.iter().filter(|it| {
            let from_is = match from {
                Some("internet") => matches!(it.from, End::External(_)),
                Some(_) => it.from == lab_b,
                None => true,
            };
            from_is && (to.is_none() || it.to == lab_b)
        });
        assert_eq!(part, expected.cloned().collect::<Vec<_>>(), "{from:?} {to:?}");
        assert!(!part.is_empty());
    }
    let workloads = shown(&analysis, Format::Csv, Some("*"), Some("*"));
    assert!(!workloads.contains("External") && !workloads.contains("IngressController"));
}

#[test]
fn a_filter_may_ask_for_a_port_or_a_block() {
    let analysis = mixed();
    assert_eq!(
        shown(&analysis, Format::Text, Some("lab/b"), Some("10.1.0.0/15:53/UDP")).lines().next(),
        Some("lab/b -> 10.0.0.0/16  UDP 53")
    );
    assert_eq!(
        shown(&analysis, Format::Text, Some("lab/b"), Some("lab/c:53")).lines().last(),
        Some("no connection is permitted (9 workloads, 4 policies)")
    );
}

#[test]
fn text_aligns_columns_and_gathers_what_is_open() {
    insta::assert_snapshot!(all(&mixed(), Format::Text));
}

#[test]
fn one_namespace_needs_no_name() {
    let text: String = ["a", "b"].iter().map(|name| pod("shop", name, "")).collect();
    insta::assert_snapshot!(all(&analysis(&text), Format::Text), @r"
    a        -> b         all ports
    a        -> external  all ports
    b        -> a         all ports
    b        -> external  all ports
    external -> a         all ports
    external -> b         all ports

    6 connections (2 workloads, 0 policies)
    ");
}

#[test]
fn everything_open_stays_readable() {
    let text: String = (0..40).map(|index| pod(&format!("ns{}", index % 2), &format!("p{index}"), "")).collect();
    let analysis = analysis(&text);
    let text = all(&analysis, Format::Text);
    assert_eq!(text.lines().count(), 40 * 2 + 1 + 2);
    assert!(text.starts_with("ns0/p0   -> *         all ports\nns0/p0   -> external  all ports\n"), "{text}");
}

/// Names that no API server accepts, but that a file may hold.
fn hostile() -> Analysis {
    let name = r#""a\"]|<b>`#\n=,;\\x[(""#;
    let namespace = r#""n\"s|\n]--> x""#;
    let pods = pod(namespace, name, "") + &pod(namespace, "end", "") + &pod("plain", "\"=1+1\"", "");
    analysis(&(pods + &policy(namespace, "deny", "{podSelector: {}, policyTypes: [Ingress]}")))
}

#[test]
fn hostile_names_stay_in_their_places() {
    let analysis = hostile();
    for (format, name) in [
        (Format::Text, "text"),
        (Format::Json, "json"),
        (Format::Csv, "csv"),
        (Format::Markdown, "markdown"),
        (Format::Dot, "dot"),
        (Format::Mermaid, "mermaid"),
    ] {
        insta::assert_snapshot!(format!("hostile_{name}"), all(&analysis, format));
    }
}

#[test]
fn csv_cells_are_read_back_as_they_are() {
    let analysis = hostile();
    let text = all(&analysis, Format::Csv);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(records.iter().all(|record| record.len() == 7));
    assert_eq!(records[0].get(2), Some(r#"a"]|<b>`# =,;\x[("#));
    assert!(text.contains(",'=1+1,"), "{text}");
}

#[test]
fn json_keeps_hostile_names() {
    let value: Value = serde_json::from_str(&all(&hostile(), Format::Json)).unwrap();
    assert_eq!(value["workloads"][0]["name"], "a\"]|<b>`#\n=,;\\x[(");
}

#[test]
fn what_is_taken_for_granted_is_noted() {
    let selector = "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}]}]}";
    let text = pod("known", "x", "")
        + &pod("dark", "y", "")
        + &pod("dark", "z", ", hostNetwork: true")
        + "---\n{apiVersion: v1, kind: Namespace, metadata: {name: known}}\n"
        + &policy("known", "p", selector)
        + &policy("known", "bad", "{podSelector: {}, ingress: 7}");
    let analysis = analysis(&text);
    let connections = Connections::new(&analysis, None, Some("known/x")).unwrap();
    assert_eq!(
        connections.notes(),
        [
            "no policy applies to pods on the network of their node (`hostNetwork`): `z`",
            "a `namespaceSelector` asks for labels of namespaces without a manifest; they are taken as absent: `dark`",
            "policies that the API server would reject are left out: `known/bad`",
        ]
    );
}

#[test]
fn diagrams_show_only_what_is_asked_for() {
    let analysis = mixed();
    let dot = shown(&analysis, Format::Dot, Some("lab/b"), Some("lab/c"));
    insta::assert_snapshot!(dot, @r#"
    digraph connections {
      rankdir=LR;
      node [shape=box];
      subgraph cluster_0 {
        label="lab";
        "lab/Pod/b" [label="b\nPod"];
        "lab/Pod/c" [label="c\nPod"];
      }
      "lab/Pod/b" -> "lab/Pod/c" [label="UDP 53"];
    }
    "#);
    insta::assert_snapshot!(shown(&analysis, Format::Mermaid, Some("lab/b"), Some("lab/c")), @r#"
    flowchart LR
      subgraph n0["lab"]
        w6["Pod/b"]
        w7["Pod/c"]
      end
      w6 -->|"UDP 53"| w7
    "#);
}
