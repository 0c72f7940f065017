//! NetworkPolicies and their selectors.

use super::{accepts, check, policy, rejects};
use crate::diagnostic::Severity;

fn peer(peer: &str) -> String {
    policy(&format!("{{ingress: [{{from: [{peer}]}}]}}"))
}

fn port(port: &str) -> String {
    policy(&format!("{{egress: [{{ports: [{port}]}}]}}"))
}

fn selector(selector: &str) -> String {
    policy(&format!("{{podSelector: {selector}}}"))
}

#[test]
fn policy_types_are_two_words_in_their_case() {
    rejects(&policy("{policyTypes: [ingress]}"), "ingress", "`ingress` is not an entry of `policyTypes`");
    rejects(&policy("{policyTypes: [Ingress, Both]}"), "Both", "`Both` is not an entry of `policyTypes`");
    rejects(&policy("{policyTypes: ['']}"), "''", "`` is not an entry of `policyTypes`");
    let three = policy("{policyTypes: [Ingress, Egress, Ingress]}");
    rejects(&three, "[Ingress, Egress, Ingress]", "`policyTypes` has 3 entries; the API takes at most two");
    accepts(&policy("{policyTypes: [Egress, Ingress]}"));
    accepts(&policy("{policyTypes: [Ingress, Ingress]}"));
    accepts(&policy("{policyTypes: []}"));
}

#[test]
fn a_peer_names_someone() {
    rejects(&peer("{}"), "{}", "this peer is empty");
    rejects(&peer("null"), "null", "this peer is empty");
    rejects(&peer("{podSelector: }"), "podSelector", "this peer is empty");
    rejects(&peer("{namespaceSelector: null}"), "namespaceSelector", "this peer is empty");
    accepts(&peer("{podSelector: {}}"));
    accepts(&peer("{namespaceSelector: {}, podSelector: }"));
    accepts(&peer("{podSelector: {}, namespaceSelector: {}, ipBlock: null}"));
}

#[test]
fn a_block_style_peer_without_anything_is_pointed_at_by_its_dash() {
    let text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  ingress:\n    - from:\n        -\n";
    rejects(text, "-", "this peer is empty");
}

#[test]
fn an_ip_block_stands_alone() {
    let both = peer("{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}");
    rejects(&both, "ipBlock", "`ipBlock` and `podSelector` are in one peer");
    let both = peer("{ipBlock: {cidr: 10.0.0.0/8}, namespaceSelector: {}}");
    rejects(&both, "ipBlock", "`ipBlock` and `namespaceSelector` are in one peer");
}

#[test]
fn blocks_are_addresses_with_a_prefix_length() {
    for (block, help) in [
        ("10.0.0.1", "write `10.0.0.1/32`"),
        ("fd00::1", "write `fd00::1/128`"),
        ("10.0.0.0/33", "write a prefix length from 0 to 32 after the `/`"),
        ("fd00::/129", "write a prefix length from 0 to 128 after the `/`"),
        ("10.0.0.0/-1", "write a prefix length from 0 to 32 after the `/`"),
        ("10.0.0.0/255.0.0.0", "write a prefix length from 0 to 32 after the `/`"),
        ("10.0.0/24", "write an address and a prefix length, such as `10.0.0.0/8` or `fd00::/8`"),
        ("example.com", "write an address and a prefix length, such as `10.0.0.0/8` or `fd00::/8`"),
        ("010.0.0.256/8", "write an address and a prefix length, such as `10.0.0.0/8` or `fd00::/8`"),
        ("+10.0.0.0/8", "write an address and a prefix length, such as `10.0.0.0/8` or `fd00::/8`"),
        ("''", "write an address and a prefix length, such as `10.0.0.0/8` or `fd00::/8`"),
    ] {
        let text = peer(&format!("{{ipBlock: {{cidr: {block}}}}}"));
        rejects(&text, block, &format!("`{}` is not a valid CIDR block", block.trim_matches('\'')));
        assert_eq!(check(&text).0[0].help, help, "{block}");
    }
    rejects(&peer("{ipBlock: {}}"), "ipBlock", "this `ipBlock` has no `cidr`");
    rejects(&peer("{ipBlock: {cidr: }}"), "cidr", "this `ipBlock` has no `cidr`");
    for block in ["0.0.0.0/0", "10.0.0.1/32", "'::/0'", "'fd00:ec2::254/128'"] {
        accepts(&peer(&format!("{{ipBlock: {{cidr: {block}}}}}")));
    }
}

#[test]
fn an_exception_is_a_smaller_part_of_its_block() {
    let except = |cidr: &str, except: &str| peer(&format!("{{ipBlock: {{cidr: '{cidr}', except: ['{except}']}}}}"));
    let outside = "`198.51.100.7/32` is not a part of `203.0.113.0/24`";
    rejects(&except("203.0.113.0/24", "198.51.100.7/32"), "'198.51.100.7/32'", outside);
    let around = "`203.0.0.0/16` is not a part of `203.0.113.0/24`";
    rejects(&except("203.0.113.0/24", "203.0.0.0/16"), "'203.0.0.0/16'", around);
    let family = "`10.0.0.0/8` is not a part of `::/0`";
    rejects(&except("::/0", "10.0.0.0/8"), "'10.0.0.0/8'", family);
    let whole = "`10.0.0.0/8` excepts the whole of its `cidr`";
    rejects(&except("10.0.0.0/8", "10.0.0.0/8"), "'10.0.0.0/8'", whole);
    rejects(&except("10.0.0.0/8", "10.1.0.0"), "'10.1.0.0'", "`10.1.0.0` is not a valid CIDR block");
    accepts(&except("10.0.0.0/8", "10.255.255.255/32"));
    accepts(&except("::/0", "fc00::/7"));
    accepts(&peer("{ipBlock: {cidr: 10.0.0.0/8, except: }}"));
}

#[test]
fn host_bits_are_a_warning_because_servers_differ() {
    let text = peer("{ipBlock: {cidr: 10.1.2.3/8, except: [10.9.9.9/16]}}");
    let (found, rejected) = check(&text);
    let found: Vec<_> = found.iter().map(|it| (it.severity, it.at.as_str(), it.help.as_str())).collect();
    let help = |block: &str, one: &str| format!("write `{block}`, or `{one}` for the one address");
    let (first, second) = (help("10.0.0.0/8", "10.1.2.3/32"), help("10.9.0.0/16", "10.9.9.9/32"));
    let warning = Severity::Warning;
    assert_eq!(found, [(warning, "10.1.2.3/8", first.as_str()), (warning, "10.9.9.9/16", second.as_str())]);
    assert!(!rejected);
}

#[test]
fn zeros_and_mapped_addresses_are_a_warning_as_long_as_servers_accept_them() {
    for (block, message, help) in [
        ("010.020.0.0/16", "has numbers with leading zeros", "10.20.0.0/16"),
        ("10.0.0.0/08", "has numbers with leading zeros", "10.0.0.0/8"),
        ("010.1.2.3/8", "has numbers with leading zeros", "10.0.0.0/8"),
        ("'fd00:00001::/32'", "has numbers with leading zeros", "fd00:1::/32"),
        ("'::ffff:10.0.0.0/104'", "is an IPv4 address in IPv6 form", "10.0.0.0/8"),
        ("'::ffff:a00:0/104'", "is an IPv4 address in IPv6 form", "10.0.0.0/8"),
        ("'::ffff:0.0.0.0/80'", "is an IPv4 address in IPv6 form", "::/80"),
    ] {
        let (found, rejected) = check(&peer(&format!("{{ipBlock: {{cidr: {block}}}}}")));
        let found: Vec<_> = found.iter().map(|it| (it.severity, it.message.as_str(), it.help.as_str())).collect();
        let message = format!("`{}` {message}", block.trim_matches('\''));
        assert_eq!(found, [(Severity::Warning, message.as_str(), format!("write `{help}`").as_str())]);
        assert!(!rejected, "{block}");
    }
}

#[test]
fn ports_are_numbers_in_range_or_names() {
    rejects(&port("{port: 0}"), "0", "`0` is not a port number");
    rejects(&port("{port: 65536}"), "65536", "`65536` is not a port number");
    rejects(&port("{port: -1}"), "-1", "`-1` is not a port number");
    rejects(&port("{port: '80'}"), "'80'", "`80` (a string) is not a valid port name");
    rejects(&port("{port: HTTP}"), "HTTP", "`HTTP` is not a valid port name");
    rejects(&port("{port: http_metrics}"), "http_metrics", "`http_metrics` is not a valid port name");
    rejects(&port("{port: a--b}"), "a--b", "`a--b` is not a valid port name");
    rejects(&port("{port: -web}"), "-web", "`-web` is not a valid port name");
    rejects(&port("{port: sixteen-letters-}"), "sixteen-letters-", "`sixteen-letters-` is not a valid port name");
    rejects(&port("{port: ''}"), "''", "`` is not a valid port name");
    rejects(&port("{port: 80.5}"), "80.5", "`port` takes a number or a name, not the number `80.5`");
    for valid in ["1", "65535", "http", "8080-tcp", "fifteen-letters", "null", "8e1"] {
        accepts(&port(&format!("{{port: {valid}}}")));
    }
    assert_eq!(check(&port("{port: '80'}")).0[0].help, "write the number without quotes: `80`");
}

#[test]
fn end_port_ends_a_numeric_range() {
    rejects(&port("{endPort: 90}"), "90", "`endPort` stands without `port`");
    rejects(&port("{port: , endPort: 90}"), "90", "`endPort` stands without `port`");
    rejects(&port("{port: http, endPort: 90}"), "90", "`endPort` is with a named `port`");
    rejects(&port("{port: 80, endPort: 79}"), "79", "`endPort` 79 is below `port` 80");
    rejects(&port("{port: 80, endPort: 65536}"), "65536", "`65536` is not a port number");
    rejects(&port("{port: 80, endPort: 0}"), "0", "`0` is not a port number");
    rejects(&port("{port: '80', endPort: 90}"), "'80'", "`80` (a string) is not a valid port name");
    rejects(&port("{port: 80, endPort: '90'}"), "'90'", "`endPort` takes a whole number, not the string `90`");
    accepts(&port("{port: 80, endPort: 80}"));
    accepts(&port("{port: 80, endPort: null}"));
}

#[test]
fn protocols_are_in_capitals() {
    rejects(&port("{protocol: tcp}"), "tcp", "`tcp` is not a value of `protocol`");
    rejects(&port("{protocol: ICMP}"), "ICMP", "`ICMP` is not a value of `protocol`");
    rejects(&port("{protocol: ''}"), "''", "`` is not a value of `protocol`");
    assert_eq!(check(&port("{protocol: tcp}")).0[0].help, "write `TCP`");
    assert_eq!(check(&port("{protocol: ICMP}")).0[0].help, "write `TCP`, `UDP` or `SCTP`");
    for valid in ["TCP", "UDP", "SCTP", "null"] {
        accepts(&port(&format!("{{protocol: {valid}, port: 53}}")));
    }
}

#[test]
fn expressions_have_a_key_an_operator_and_the_values_it_takes() {
    let expression = |text: &str| selector(&format!("{{matchExpressions: [{{{text}}}]}}"));
    rejects(&expression("operator: Exists"), "{operator: Exists}", "this expression has no `key`");
    rejects(&expression("key: app"), "{key: app}", "this expression has no `operator`");
    rejects(&expression("key: a b, operator: Exists"), "a b", "`a b` is not a valid label key");
    let lower = expression("key: app, operator: in, values: [web]");
    rejects(&lower, "in", "`in` is not a value of `operator`");
    assert_eq!(check(&lower).0[0].help, "write `In`");
    rejects(
        &expression("key: app, operator: Equals, values: [web]"),
        "Equals",
        "`Equals` is not a value of `operator`",
    );
    let without = expression("key: app, operator: In");
    rejects(&without, "{key: app, operator: In}", "`In` has no `values`");
    rejects(&expression("key: app, operator: NotIn, values: []"), "values", "`NotIn` has no `values`");
    rejects(&expression("key: app, operator: Exists, values: [web]"), "values", "`Exists` takes no `values`");
    rejects(&expression("key: app, operator: DoesNotExist, values: [a]"), "values", "`DoesNotExist` takes no `values`");
    rejects(&expression("key: app, operator: In, values: [a b]"), "a b", "`a b` is not a valid label value");
    rejects(
        &expression("key: app, operator: In, values: [1]"),
        "1",
        "an item of `values` takes a string, not the number `1`",
    );
    rejects(&expression("key: app, operator: In, values: web"), "web", "`values` takes a list, not the string `web`");
    for valid in ["operator: Exists", "operator: DoesNotExist, values: []", "operator: In, values: ['', a]"] {
        accepts(&expression(&format!("key: app.kubernetes.io/name, {valid}")));
    }
}

#[test]
fn labels_of_selectors_are_labels() {
    rejects(&selector("{matchLabels: {app: true}}"), "true", "`app` takes a string, not the boolean `true`");
    rejects(&selector("{matchLabels: {app: yes}}"), "yes", "`app` takes a string, not the boolean `yes`");
    rejects(&selector("{matchLabels: {version: 1.20}}"), "1.20", "`version` takes a string, not the number `1.20`");
    rejects(&selector("{matchLabels: {app: [web]}}"), "[web]", "`app` takes a string, not a list");
    rejects(&selector("{matchLabels: {app: web/api}}"), "web/api", "`web/api` is not a valid label value");
    rejects(&selector("{matchLabels: {a/b/c: x}}"), "a/b/c", "`a/b/c` is not a valid label key");
    assert_eq!(check(&selector("{matchLabels: {app: yes}}")).0[0].help, "quote it: `\"yes\"`");
    accepts(&selector("{matchLabels: {app: 'true', app.kubernetes.io/part-of: Shop_2.x, empty: '', unset: }}"));
}

#[test]
fn what_is_absent_or_null_is_left_to_the_defaults() {
    for spec in ["", "{}", "{podSelector: }", "{podSelector: {matchLabels: , matchExpressions: }, ingress: , egress: }"]
    {
        accepts(&policy(spec));
    }
    accepts(&policy("{ingress: [{}, null, {from: , ports: }, {from: [], ports: []}]}"));
    accepts("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nstatus: {}\n");
}

#[test]
fn every_mistake_of_an_object_is_reported() {
    let text = policy("{policyTypes: [egress], egress: [{to: [{}], ports: [{port: 0}]}]}");
    let (found, _) = check(&text);
    let at: Vec<&str> = found.iter().map(|it| it.at.as_str()).collect();
    assert_eq!(at, ["egress", "{}", "0"]);
    let fields: Vec<&str> = found.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["spec.policyTypes[0]", "spec.egress[0].to[0].podSelector", "spec.egress[0].ports[0].port"]);
}

#[test]
fn json_manifests_and_aliases_resolve_too() {
    let json = r#"{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"},
        "spec": {"podSelector": {"matchLabels": {"app": 1}}}}"#;
    rejects(json, "1", "`app` takes a string, not the number `1`");
    rejects(
        &policy("{podSelector: &web {matchLabels: {app: web}}, policyTypes: [&it ingress]}"),
        "ingress",
        "`ingress` is not an entry of `policyTypes`",
    );
}
