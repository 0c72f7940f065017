#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::{Value, json};

use super::{Answer, Format, write};
use crate::analysis::{Analysis, Options};
use crate::query::{Verdict, ask};
use crate::reach::Admission;
use crate::report;

fn pod(namespace: &str, name: &str, rest: &str) -> String {
    format!(
        "---\n{{apiVersion: v1, kind: Pod, metadata: {{namespace: {namespace}, name: {name}, labels: {{app: {name}}}}}, \
         spec: {{containers: [{{name: c}}]{rest}}}}}\n"
    )
}

/// Three tiers where web may call api on 8080 and api may call db, from the egress side on 5433 only.
fn manifests() -> String {
    let policies = "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - ipBlock: {cidr: 0.0.0.0/0}
    ports: [{port: 443}]
  egress:
  - to:
    - podSelector: {matchLabels: {app: cache}}
    - podSelector: {matchLabels: {app: api}}
    ports: [{port: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Ingress, Egress]
  ingress:
  - ports: [{port: 8080}, {port: 9090}]
  egress:
  - to:
    - podSelector: {matchLabels: {app: db}}
    ports: [{port: 5433}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from:
    - podSelector: {matchLabels: {app: api}}
    - namespaceSelector: {matchLabels: {team: ops}}
    ports: [{port: 5432}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cache, namespace: shop}
spec: {template: {metadata: {labels: {app: cache}}, spec: {containers: [{name: c}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: entry, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 443}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: entry, namespace: shop}
spec: {defaultBackend: {service: {name: entry, port: {number: 80}}}}
";
    let pods = ["web", "api", "db"].map(|name| pod("shop", name, "")).concat();
    pods + &pod("ops", "shell", "") + &pod("ops", "agent", ", hostNetwork: true") + "---" + policies
}

fn analysis() -> Analysis {
    Analysis::from_texts(&[("shop.yaml", &manifests())], &Options::default())
}

fn answered<T>(from: &str, to: &str, read: impl Fn(&Answer<'_>) -> T) -> T {
    read(&ask(&analysis(), from, to).unwrap())
}

fn verdict(from: &str, to: &str) -> Verdict {
    answered(from, to, |answer| answer.verdict())
}

fn shown(from: &str, to: &str, format: Format) -> String {
    answered(from, to, |answer| {
        let mut out = Vec::new();
        write(format, answer, &report::findings::Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    })
}

#[test]
fn verdicts_are_those_of_both_sides_together() {
    use Verdict::{Allowed, Denied, Mixed};
    for (from, to, expected) in [
        ("web", "api:8080", Allowed),
        ("web", "api:9090", Denied),
        ("web", "api", Allowed),
        ("web", "db:5432", Denied),
        ("api", "db", Denied),
        ("api", "db:5432", Denied),
        ("web", "cache:8080", Denied),
        ("shop/app=web", "shop/*:8080", Mixed),
        ("ops/shell", "api:8080", Allowed),
        ("ops/shell", "api:22", Denied),
        ("*", "db:22", Denied),
        ("203.0.113.7", "web:443", Allowed),
        ("2001:db8::7", "web:443", Denied),
        ("internet", "web:443", Mixed),
        ("0.0.0.0/0", "web:443", Allowed),
        ("0.0.0.0/0", "web:444", Denied),
        ("shell", "internet", Allowed),
        ("api", "internet", Denied),
        ("Ingress/entry", "web:443", Denied),
        ("ingress-controller", "api:8080", Allowed),
        ("shell", "shop/Service/entry:80", Denied),
        ("web", "web:1", Allowed),
        ("cache", "cache:1", Denied),
        ("agent", "internet", Allowed),
        ("shell", "agent:22", Allowed),
        ("web", "kube-dns:53/UDP", Denied),
    ] {
        assert_eq!(verdict(from, to), expected, "{from} {to}");
    }
}

#[test]
fn without_a_port_the_permitted_ones_are_said() {
    let ports = |from, to| answered(from, to, |answer| answer.pairs[0].ports.to_string());
    assert_eq!(ports("web", "api"), "TCP 8080");
    assert_eq!(ports("shell", "api"), "TCP 8080,9090");
    assert_eq!(ports("shell", "internet"), "all ports");
    assert_eq!(ports("api", "db"), "no ports");
}

#[test]
fn addresses_are_cut_where_verdicts_differ() {
    let parts = answered("internet", "web:443", |answer| {
        let part = |pair: &crate::query::Pair| (answer.names().end(&pair.from), pair.is_allowed());
        answer.pairs.iter().map(part).collect::<Vec<_>>()
    });
    assert_eq!(parts, [("0.0.0.0/0".to_owned(), true), ("::/0".to_owned(), false)]);
}

#[test]
fn pairs_leave_out_a_workload_and_itself() {
    let pairs = answered("shop/*", "shop/*:80", |answer| {
        answer.pairs.iter().map(|pair| (pair.from.clone(), pair.to.clone())).collect::<Vec<_>>()
    });
    assert_eq!(pairs.len(), 4 * 3);
    assert!(pairs.iter().all(|(from, to)| from != to));
}

#[test]
fn every_rule_that_admits_a_part_of_the_addresses_is_named() {
    let rule = |name: &str, block: &str| {
        format!(
            "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{namespace: a, name: {name}}}, spec: \
             {{podSelector: {{}}, ingress: [{{from: [{{ipBlock: {{cidr: {block}}}}}]}}]}}}}\n"
        )
    };
    let text = pod("a", "x", "") + &rule("one", "10.0.0.0/8") + &rule("two", "192.0.2.0/24");
    let analysis = Analysis::from_texts(&[("a.yaml", &text)], &Options::default());
    let answer = ask(&analysis, "internet", "x:80").unwrap();
    let reasons: Vec<String> = answer.pairs.iter().map(|pair| answer.explain(pair)[1].reason.clone()).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.contains(&"`one` and `two` admit `10.0.0.0/8, 192.0.2.0/24` on TCP 80".to_owned()), "{reasons:?}");
}

#[test]
fn each_side_says_how_it_decides() {
    let sides = |from, to| answered(from, to, |answer| answer.explain(&answer.pairs[0]).map(|side| side.admission));
    use Admission::{Admitted, Denied, HostNetwork, NotIsolated, NotSubject};
    for (from, to, expected) in [
        ("web", "api:8080", [Admitted, Admitted]),
        ("web", "api:9090", [Denied, Admitted]),
        ("shell", "api:22", [NotIsolated, Denied]),
        ("agent", "web:443", [HostNetwork, Denied]),
        ("shell", "agent:22", [NotIsolated, HostNetwork]),
        ("203.0.113.7", "web:443", [NotSubject, Admitted]),
        ("ingress-controller", "api:8080", [NotSubject, Admitted]),
        ("web", "web:1", [NotSubject, NotSubject]),
        ("cache", "cache:1", [Denied, Denied]),
        ("api", "db", [Admitted, Admitted]),
    ] {
        assert_eq!(sides(from, to), expected, "{from} {to}");
    }
}

#[test]
fn reasons_name_policies_ports_and_the_other_end() {
    let reasons = |from, to| answered(from, to, |answer| answer.explain(&answer.pairs[0]).map(|side| side.reason));
    assert_eq!(
        reasons("web", "api:9090"),
        [
            "`deny-all` and `web` isolate `shop/web` for egress, and no rule permits `shop/api` on TCP 9090 (`web` permits \
             it on other ports)",
            "`api` admits `shop/web` on TCP 9090",
        ]
    );
    assert_eq!(
        reasons("agent", "web:443"),
        [
            "`ops/agent` is on the network of its node, where no policy applies",
            "`deny-all` and `web` isolate `shop/web` for ingress, and no rule admits `ops/agent` on TCP 443, which counts \
             as a node's address: only a rule for everyone matches that",
        ]
    );
    assert_eq!(
        reasons("ingress-controller", "api:8080")[0],
        "the ingress controller is not in the input; its egress is taken as allowed"
    );
    assert_eq!(
        reasons("203.0.113.7", "web:443"),
        ["`203.0.113.7` is outside the cluster, where no policy applies", "`web` admits `203.0.113.7` on TCP 443"]
    );
}

#[test]
fn the_place_of_a_rule_is_the_peer_that_admits() {
    let value: Value = serde_json::from_str(&shown("web", "api:8080", Format::Json)).unwrap();
    let pair = &value["pairs"][0];
    let location = |side: &str| pair[side]["admitting"][0]["location"]["field"].as_str().unwrap().to_owned();
    assert_eq!(location("egress"), "spec.egress[0].to[1]");
    assert_eq!(location("ingress"), "spec.ingress[0]");
}

#[test]
fn json_has_a_frozen_shape() {
    let value: Value = serde_json::from_str(&shown("shell", "api:8080", Format::Json)).unwrap();
    let text = manifests();
    let place = |needle: &str, after: &str| text.find(after).map(|start| start + text[start..].find(needle).unwrap());
    let offset = place("ports: [{port: 8080}, {port: 9090}]", "name: api, namespace: shop}\nspec:").unwrap();
    let entry = &value["pairs"][0]["ingress"]["admitting"][0];
    assert!(entry["location"]["start"]["offset"].as_u64().unwrap() <= offset as u64);
    assert!(entry["location"]["end"]["offset"].as_u64().unwrap() > offset as u64);
    assert_eq!(entry["policy"], json!({"kind": "NetworkPolicy", "namespace": "shop", "name": "api"}));
    assert_eq!(entry["rule"], json!(0));
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&value), ["netlint", "notes", "pairs", "query", "schemaVersion", "verdict"]);
    assert_eq!(value["query"], json!({"from": "shell", "to": "api:8080"}));
    assert_eq!((&value["verdict"], &value["schemaVersion"]), (&json!("allowed"), &json!(1)));
    let pair = &value["pairs"][0];
    assert_eq!(keys(pair), ["asked", "egress", "from", "ingress", "ports", "samePod", "to", "verdict"]);
    assert_eq!(pair["from"], json!({"workload": {"namespace": "ops", "kind": "Pod", "name": "shell"}}));
    assert_eq!(pair["ports"], json!([{"protocol": "TCP", "from": 8080, "to": 8080}]));
    assert_eq!(
        pair["egress"],
        json!({"verdict": "allowed", "admission": "notIsolated", "ports": pair["asked"],
               "reason": "no policy isolates `ops/shell` for egress", "isolating": [], "admitting": [],
               "stages": (["admin", "network", "baseline"]
                   .map(|name| json!({"name": name, "outcome": "notEngaged", "rule": null})))})
    );
    let stages = pair["ingress"]["stages"].as_array().unwrap();
    assert_eq!(stages.len(), 2, "a stage that decides is the last one");
    assert_eq!((&stages[0]["name"], &stages[0]["outcome"]), (&json!("admin"), &json!("notEngaged")));
    assert_eq!((&stages[1]["name"], &stages[1]["outcome"]), (&json!("network"), &json!("allow")));
    assert_eq!(stages[1]["rule"], entry["location"]);
    assert_eq!(keys(&entry["location"]), ["end", "field", "message", "path", "start"]);
    assert_eq!(keys(&pair["ingress"]["isolating"][0]), ["location", "policy"]);
}

#[test]
fn what_the_input_does_not_show_is_noted() {
    let notes = |from, to| answered(from, to, |answer| answer.notes.clone());
    assert_eq!(
        notes("shell", "db:5432"),
        [
            "a `namespaceSelector` asks for labels of namespaces without a manifest; they are taken as absent: `ops` and `shop`"
        ]
    );
    assert_eq!(notes("web", "api:8080"), Vec::<String>::new(), "nothing unknown matters");
    assert!(
        notes("cache", "cache:1")
            .contains(&"a pod may always connect to itself; the verdict is about two pods of `shop/cache`".to_owned())
    );
}

#[test]
fn questions_about_nothing_are_refused() {
    let refusal = |from, to| ask(&analysis(), from, to).unwrap_err().message;
    assert_eq!(
        refusal("10.0.0.1", "internet:80"),
        "neither `10.0.0.1` nor `internet:80` is a pod of the input, so no policy has a say"
    );
    assert_eq!(refusal("web:80", "api"), "the source `web:80` has a port");
}

#[test]
fn text_shows_the_verdict_the_reasons_and_the_lines() {
    insta::assert_snapshot!("denied", shown("web", "api:9090", Format::Text));
    insta::assert_snapshot!("no_port_in_common", shown("api", "db", Format::Text));
    insta::assert_snapshot!("parts_of_the_internet", shown("internet", "web:443", Format::Text));
    insta::assert_snapshot!(shown("web", "web:1", Format::Text), @"
    allowed: shop/web -> shop/web on TCP 1

    a pod may always connect to itself
    ");
    insta::assert_snapshot!("many_pairs", shown("shop/*", "*:8080", Format::Text));
}

#[test]
fn every_explanation_agrees_with_its_verdict() {
    answered("*", "*", |answer| {
        assert_eq!(answer.pairs.len(), 6 * 5);
        for pair in &answer.pairs {
            let [egress, ingress] = answer.explain(pair);
            assert_eq!(egress.ports.intersection(&ingress.ports), pair.ports, "{pair:?}");
        }
    });
}
