#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use crate::diagnostic::Severity;
use crate::manifest::read;
use crate::source::{FileId, Location};
use crate::yaml::{parse, split};

/// The findings of a text with one object: rule, severity, the bytes it points at, and message.
fn found(text: &str) -> Vec<(&'static str, Severity, String, String, String)> {
    let document = parse(text, split(text)[0]).unwrap();
    let problems = read(FileId(0), text).problems;
    let shown = problems.into_iter().map(|draft| {
        let Location::Field(place) = draft.primary else { panic!("no field") };
        let span = document.resolve(&place.origin.path, place.part).span;
        let severity = draft.severity.unwrap_or(Severity::Error);
        (draft.rule, severity, span.slice(text).to_owned(), draft.message, draft.help.unwrap())
    });
    shown.collect()
}

fn object(kind: &str, spec: &str) -> String {
    let namespace = if kind.contains("Global") || kind == "Tier" { "" } else { ", namespace: shop" };
    format!("apiVersion: projectcalico.org/v3\nkind: {kind}\nmetadata: {{name: web{namespace}}}\nspec: {spec}\n")
}

fn policy(spec: &str) -> String {
    object("NetworkPolicy", spec)
}

fn global(spec: &str) -> String {
    object("GlobalNetworkPolicy", spec)
}

fn ingress(rule: &str) -> String {
    policy(&format!("{{ingress: [{{action: Allow, {rule}}}]}}"))
}

fn egress(rule: &str) -> String {
    policy(&format!("{{egress: [{{action: Allow, {rule}}}]}}"))
}

#[track_caller]
fn accepts(text: &str) {
    assert_eq!(found(text), [], "{text}");
}

#[track_caller]
fn refuses(text: &str, at: &str, message: &str) {
    let found = found(text);
    let [(rule, severity, place, said, _)] = found.as_slice() else { panic!("{text}\n{found:#?}") };
    assert_eq!((*rule, place.as_str(), said.as_str()), ("invalid-field", at, message), "{text}");
    assert_eq!(*severity, Severity::Error, "{text}");
}

#[track_caller]
fn helps(text: &str, help: &str) {
    let found = found(text);
    let [(.., said)] = found.as_slice() else { panic!("{text}\n{found:#?}") };
    assert_eq!(said, help, "{text}");
}

#[test]
fn selectors_are_reported_at_their_word() {
    refuses(&policy("{selector: app = web}"), "=", "`app = web` is not a valid selector: expected `==`");
    refuses(
        &policy("{selector: \"app == web\"}"),
        "web",
        "`app == web` is not a valid selector: expected a value in quotes",
    );
    helps(&policy("{selector: \"app == web\"}"), "write `'web'`");
    let block = "\n  selector: |\n    app == 'web'\n  types: [Ingress]";
    refuses(&policy(block), "'", "`app == 'web'` is not a valid selector: a line break is not allowed here");
    accepts(&policy("\n  selector: >-\n    app == 'web'\n    && !has(debug)"));
    refuses(
        &ingress("source: {notSelector: \"has(a, b)\"}"),
        "(",
        "`has(a, b)` is not a valid selector: `has` cannot be followed by `(` here",
    );
    refuses(
        &policy("{selector: {matchLabels: {app: web}}}"),
        "{matchLabels: {app: web}}",
        "`selector` takes a string, not a mapping",
    );
    let long = format!("{{selector: \"{}\"}}", vec!["has(a)"; 103].join(" && "));
    accepts(&policy(&long.replacen("has(a) && ", "", 1)));
    let message = "this selector is longer than 1024 characters";
    assert_eq!(found(&policy(&long))[0].3, message);
}

#[test]
fn global_stands_alone_in_the_namespaces_of_a_rule() {
    accepts(&ingress("source: {namespaceSelector: global()}"));
    accepts(&ingress("source: {namespaceSelector: '(global())'}"));
    accepts(&ingress("source: {notSelector: global()}"));
    accepts(&ingress("source: {namespaceSelector: \"has(a) && !global()\"}"));
    let combined = "`global() && has(a)` combines `global()` with other conditions";
    refuses(&ingress("source: {namespaceSelector: global() && has(a)}"), "global() && has(a)", combined);
    let outside = |text: &str| format!("`{text}` uses `global()` outside the `namespaceSelector` of a rule");
    refuses(&ingress("source: {selector: global()}"), "global(", &outside("global()"));
    refuses(&policy("{selector: \"a == 'global()'\"}"), "global(", &outside("a == 'global()'"));
    refuses(&global("{namespaceSelector: global()}"), "global(", &outside("global()"));
}

#[test]
fn ports_have_a_protocol_with_ports() {
    let port = |port: &str| ingress(&format!("protocol: TCP, destination: {{ports: [{port}]}}"));
    for valid in ["80", "'80'", "'8000:9000'", "http", "8080-tcp", "'80:80'"] {
        accepts(&port(valid));
    }
    refuses(&port("8000-9000"), "8000-9000", "`8000-9000` is not a port range");
    helps(&port("8000-9000"), "write the range with a colon: `8000:9000`");
    refuses(&port("'90:80'"), "'90:80'", "the port range `90:80` ends before it starts");
    refuses(&port("'0:10'"), "'0:10'", "`0:10` is not a valid port");
    refuses(&port("0"), "0", "`0` is not a port number");
    refuses(&port("HTTP"), "HTTP", "`HTTP` is not a valid port name");
    refuses(&port("'80:'"), "'80:'", "`80:` is not a valid port name");
    refuses(&ingress("destination: {ports: [80]}"), "80", "port `80` has no protocol");
    refuses(&ingress("source: {notPorts: ['80:90']}"), "'80:90'", "port `80:90` has no protocol");
    refuses(&ingress("protocol: ICMP, destination: {ports: [http]}"), "http", "protocol `ICMP` has no ports");
    accepts(&ingress("destination: {ports: [http, 8080-tcp]}"));
    accepts(&ingress("protocol: 17, destination: {ports: [53]}"));
}

#[test]
fn protocols_are_names_or_numbers() {
    for valid in ["TCP", "UDPLite", "ICMPv6", "1", "255", "'6'"] {
        accepts(&ingress(&format!("protocol: {valid}")));
    }
    refuses(&ingress("protocol: tcp"), "tcp", "`tcp` is not a protocol");
    helps(&ingress("protocol: tcp"), "write `TCP`");
    refuses(&ingress("protocol: 0"), "0", "`0` is not a protocol number");
    refuses(&ingress("notProtocol: 256"), "256", "`256` is not a protocol number");
    accepts(&ingress("protocol: ICMP, icmp: {type: 0}"));
    accepts(&ingress("protocol: ICMP, icmp: {}, ipVersion: 4"));
    refuses(&ingress("icmp: {type: 8}"), "icmp", "`icmp` needs the protocol `ICMP` or `ICMPv6`");
    refuses(&ingress("protocol: ICMP, icmp: {code: 1}"), "icmp", "an ICMP `code` needs a `type`");
    refuses(&ingress("protocol: ICMP, icmp: {type: 255}"), "255", "`255` is not an ICMP type that Calico takes");
    refuses(&ingress("protocol: ICMPv6, ipVersion: 4"), "4", "the protocol `ICMPv6` needs `ipVersion: 6`");
    let doubtful = found(&ingress("notICMP: {type: 8}"));
    assert_eq!((doubtful.len(), doubtful[0].1), (1, Severity::Warning));
}

#[test]
fn blocks_of_a_rule_are_exact_and_of_one_version() {
    accepts(&egress("destination: {nets: [10.0.0.0/8], notNets: [10.1.0.0/16]}"));
    refuses(
        &egress("destination: {nets: [10.0.0.1/8]}"),
        "10.0.0.1/8",
        "`10.0.0.1/8` has address bits after its prefix",
    );
    refuses(&egress("destination: {nets: [10.0.0.1]}"), "10.0.0.1", "`10.0.0.1` is not a valid CIDR block");
    helps(&egress("destination: {nets: [10.0.0.1]}"), "write `10.0.0.1/32`");
    refuses(&egress("destination: {notNets: [0.0.0.0/0]}"), "0.0.0.0/0", "`0.0.0.0/0` excludes every address");
    let mixed = egress("source: {nets: [10.0.0.0/8]}, destination: {nets: ['fd00::/8']}");
    refuses(&mixed, "'fd00::/8'", "this rule has IPv4 and IPv6 blocks");
    let other = egress("ipVersion: 6, destination: {nets: [10.0.0.0/8]}");
    refuses(&other, "10.0.0.0/8", "a rule with `ipVersion: 6` has a block of the other version");
    for valid in ["10.0.0.1/8", "10.0.0.1", "'fd00::1'"] {
        accepts(&object("NetworkSet", &format!("{{nets: [{valid}, 0.0.0.0/0]}}")));
    }
    refuses(
        &object("GlobalNetworkSet", "{nets: [example.com]}"),
        "example.com",
        "`example.com` is not a valid CIDR block",
    );
}

#[test]
fn services_are_at_the_far_end_and_alone() {
    accepts(&egress("destination: {services: {name: web, namespace: shop}}"));
    accepts(&ingress("source: {services: {name: web}}"));
    let message = "`services` is not allowed in the `destination` of an ingress rule";
    refuses(&ingress("destination: {services: {name: web}}"), "services", message);
    let message = "`services` is not allowed in the `source` of an egress rule";
    refuses(&egress("source: {services: {name: web}}"), "services", message);
    let message = "`ports` cannot be combined with `services`";
    refuses(&egress("protocol: TCP, destination: {services: {name: web}, ports: [80]}"), "ports", message);
    let message = "`selector` cannot be combined with `services`";
    refuses(&egress("destination: {services: {name: web}, selector: all()}"), "selector", message);
    let spec = "{egress: [{action: Allow, destination: {services: {name: web}}}]}";
    refuses(&global(spec), "services", "a global policy does not know the Service's namespace");
}

#[test]
fn rules_have_an_action_in_capitals() {
    refuses(&policy("{ingress: [{action: deny}]}"), "deny", "`deny` is not a value of `action`");
    helps(&policy("{ingress: [{action: deny}]}"), "write `Deny`");
    refuses(&policy("{ingress: [{protocol: TCP}]}"), "{protocol: TCP}", "this rule has no `action`");
    for action in ["Allow", "Deny", "Log", "Pass"] {
        accepts(&policy(&format!("{{egress: [{{action: {action}}}]}}")));
    }
    accepts(&ingress("http: {methods: [GET], paths: [{prefix: /a}]}"));
    refuses(&egress("http: {methods: [GET]}"), "http", "`http` is not allowed in an egress rule");
    refuses(
        &policy("{ingress: [{action: Deny, http: {}}]}"),
        "http",
        "`http` is only allowed where `action` is `Allow`",
    );
    refuses(&ingress("protocol: UDP, http: {}"), "http", "`http` needs the protocol `TCP`");
}

#[test]
fn types_are_listed_once() {
    accepts(&policy("{types: [Ingress, Egress], order: 10.5}"));
    accepts(&policy("{types: , order: }"));
    refuses(&policy("{types: []}"), "[]", "`types` is empty");
    refuses(&policy("{types: [Egress, Egress]}"), "Egress", "`types` lists `Egress` twice");
    refuses(&policy("{types: [ingress]}"), "ingress", "`ingress` is not an entry of `types`");
    refuses(&policy("{order: '10'}"), "'10'", "`order` takes a number, not the string `10`");
}

#[test]
fn policies_for_hosts_say_what_they_apply_to() {
    accepts(&global("{preDNAT: true, applyOnForward: true, types: [Ingress]}"));
    refuses(&global("{preDNAT: true}"), "preDNAT", "`preDNAT` needs `applyOnForward: true`");
    let both = "{preDNAT: true, doNotTrack: true, applyOnForward: true}";
    refuses(&global(both), "preDNAT", "`preDNAT` cannot be combined with `doNotTrack`");
    let egress = "{preDNAT: true, applyOnForward: true, egress: [{action: Allow}]}";
    refuses(&global(egress), "egress", "a `preDNAT` policy cannot have egress rules");
    let types = "{preDNAT: true, applyOnForward: true, types: [Egress]}";
    refuses(&global(types), "Egress", "a `preDNAT` policy cannot be of type `Egress`");
}

#[test]
fn names_and_tiers_are_calicos() {
    let named = |name: &str| policy("{}").replace("name: web", &format!("name: {name}"));
    accepts(&named("default.web"));
    accepts(&named("knp.default.a.b"));
    refuses(&named("a.b.c"), "a.b.c", "`a.b.c` is not a valid name for a NetworkPolicy");
    let tier = |name: &str, spec: &str| object("Tier", spec).replace("name: web", &format!("name: {name}"));
    accepts(&tier("security", "{order: 10, defaultAction: Pass}"));
    accepts(&tier("default", "{order: 1000000}"));
    accepts(&tier("kube-admin", "{order: 1000, defaultAction: Pass}"));
    accepts(&tier("adminnetworkpolicy", "{}"));
    refuses(&tier("default", "{order: 10}"), "10", "the order of tier `default` is fixed");
    refuses(&tier("kube-admin", "{order: 1000}"), "spec", "the default action of tier `kube-admin` is fixed");
    refuses(&tier("security", "{defaultAction: Allow}"), "Allow", "`Allow` is not a value of `defaultAction`");
    refuses(&tier("a.b", "{}"), "a.b", "`a.b` is not a valid name for a Tier");
    let without_spec = policy("{}").replace("spec: {}", "");
    refuses(&without_spec, "NetworkPolicy", "this object has no `spec`");
    let label = object("NetworkSet", "{}").replace("name: web", "name: web, labels: {projectcalico.org/namespace: a}");
    refuses(&label, "projectcalico.org/namespace", "the label `projectcalico.org/namespace` is Calico's own");
}

#[test]
fn staged_policies_and_host_endpoints_are_checked_too() {
    accepts(&object("StagedNetworkPolicy", "{stagedAction: Set, selector: all(), types: [Ingress]}"));
    accepts(&object("StagedGlobalNetworkPolicy", "{stagedAction: Delete, tier: security}"));
    accepts(&object("StagedKubernetesNetworkPolicy", "{podSelector: {}, policyTypes: [Ingress]}"));
    let message = "a policy with `stagedAction: Delete` cannot have `order`";
    refuses(&object("StagedNetworkPolicy", "{stagedAction: Delete, order: 1}"), "order", message);
    accepts(&object("StagedGlobalNetworkPolicy", "{stagedAction: Delete, selector: '', doNotTrack: false}"));
    accepts(&object("HostEndpoint", "{node: a, interfaceName: '*', expectedIPs: [10.0.0.1]}"));
    refuses(&object("HostEndpoint", "{interfaceName: eth0}"), "spec", "this host endpoint names no node");
    let message = "this host endpoint has neither an interface nor addresses";
    refuses(&object("HostEndpoint", "{node: a}"), "spec", message);
}

#[test]
fn fields_of_other_products_are_unknown() {
    let domains = found(&egress("destination: {domains: [example.com]}"));
    assert_eq!((domains.len(), domains[0].0, domains[0].2.as_str()), (1, "unknown-field", "domains"));
    let kubernetes = found(&policy("{podSelector: {}}"));
    assert_eq!((kubernetes.len(), kubernetes[0].0), (1, "unknown-field"));
    assert_eq!(kubernetes[0].4, "write an expression: `selector: app == 'web'`");
}

#[test]
fn an_unknown_field_in_the_place_of_a_required_one_is_what_is_refused() {
    for (text, at) in [
        (policy("{}").replace("spec:", "specs:"), "specs"),
        (policy("{ingress: [{acton: Allow}]}"), "acton"),
        (ingress("source: {services: {serviceName: web}}"), "serviceName"),
        (policy("{}").replace("name: web", "Name: web"), "Name"),
    ] {
        let found = found(&text);
        let said: Vec<_> = found.iter().map(|(rule, _, at, ..)| (*rule, at.as_str())).collect();
        assert_eq!(said, [("invalid-field", at)], "{text}");
    }
}

#[test]
fn what_is_matched_without_a_field_that_is_dropped_is_said() {
    for (text, remark) in [
        (policy("{podSelector: {}}"), "dropped, so that the policy selects every pod of the namespace"),
        (global("{Selector: a}"), "dropped, so that the policy selects every pod of the cluster"),
        (policy("{selector: all(), podSelector: {}}"), "dropped by the API server"),
        (ingress("ports: [80]"), "dropped, so that the rule is for every peer and port"),
        (egress("destination: {domains: [a.io]}"), "dropped, so that the rule is for every destination"),
        (egress("destination: {domains: [a.io], selector: all()}"), "dropped by the API server"),
    ] {
        let remarks: Vec<_> = read(FileId(0), &text).problems.into_iter().map(|draft| draft.remark).collect();
        assert_eq!(remarks, [remark], "{text}");
    }
}

#[test]
fn values_that_a_tool_fills_in_are_not_judged() {
    accepts(&policy("{selector: \"app == '${APP}'\", tier: $TIER}"));
    accepts(&egress("destination: {nets: ['${OFFICE}'], ports: [80]}, protocol: $PROTOCOL"));
    accepts(&ingress("protocol: $PROTOCOL, icmp: {type: 8}, http: {methods: [GET]}"));
}
