//! Services.

use super::{accepts, check, object, rejects};

fn service(spec: &str) -> String {
    object("v1", "Service", spec)
}

fn ports(ports: &str) -> String {
    service(&format!("{{ports: [{ports}]}}"))
}

#[test]
fn service_ports_have_a_number() {
    rejects(&ports("{targetPort: 80}"), "{targetPort: 80}", "this Service port has no `port`");
    rejects(&ports("{port: 0}"), "0", "`0` is not a port number");
    rejects(&ports("{port: http}"), "http", "`port` takes a whole number, not the string `http`");
    rejects(&ports("{port: 80, nodePort: 70000}"), "70000", "`70000` is not a port number");
    rejects(&ports("{port: 80, protocol: http}"), "http", "`http` is not a value of `protocol`");
    accepts(&ports("{port: 80, protocol: '', nodePort: 0}"));
}

#[test]
fn target_ports_are_numbers_or_names() {
    rejects(&ports("{port: 80, targetPort: 65536}"), "65536", "`65536` is not a port number");
    rejects(&ports("{port: 80, targetPort: '8080'}"), "'8080'", "`8080` (a string) is not a valid port name");
    rejects(&ports("{port: 80, targetPort: Web}"), "Web", "`Web` is not a valid port name");
    // "the value of the 'port' field is used" for 0, an empty string and null.
    for target in ["http", "8080", "0", "''", "null"] {
        accepts(&ports(&format!("{{port: 80, targetPort: {target}}}")));
    }
}

#[test]
fn several_ports_are_told_apart() {
    rejects(&ports("{port: 80}, {port: 443, name: b}"), "{port: 80}", "this port of several has no name");
    rejects(&ports("{port: 80, name: a}, {port: 443, name: a}"), "a", "two ports of this Service are named `a`");
    let twice = ports("{port: 80, name: a}, {port: 80, name: b, protocol: TCP}");
    rejects(&twice, "{port: 80, name: b, protocol: TCP}", "port 80/TCP is listed twice");
    rejects(&ports("{port: 80, name: A}"), "A", "`A` is not a valid name");
    accepts(&ports("{port: 53, name: dns, protocol: UDP}, {port: 53, name: dns-tcp}"));
    accepts(&ports("{port: 80}"));
}

#[test]
fn types_and_policies_are_words_of_the_api() {
    rejects(&service("{type: loadBalancer}"), "loadBalancer", "`loadBalancer` is not a value of `type`");
    assert_eq!(check(&service("{type: loadBalancer}")).0[0].help, "write `LoadBalancer`");
    let traffic = service("{externalTrafficPolicy: local}");
    rejects(&traffic, "local", "`local` is not a value of `externalTrafficPolicy`");
    rejects(&service("{selector: {app: on}}"), "on", "`app` takes a string, not the boolean `on`");
    accepts(&service("{type: ClusterIP, clusterIP: None, sessionAffinity: None, ipFamilies: [IPv4, IPv6]}"));
}

#[test]
fn addresses_are_addresses() {
    rejects(&service("{clusterIP: none}"), "none", "`none` is not an IP address");
    rejects(&service("{clusterIPs: [10.96.0.7, fd00::g]}"), "fd00::g", "`fd00::g` is not an IP address");
    rejects(&service("{externalIPs: [203.0.113.0/24]}"), "203.0.113.0/24", "`203.0.113.0/24` is not an IP address");
    let ranges = service("{type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.9]}");
    rejects(&ranges, "203.0.113.9", "`203.0.113.9` is not a valid CIDR block");
    accepts(&service("{type: LoadBalancer, loadBalancerSourceRanges: ['203.0.113.0/24 ', '::/0']}"));
    accepts(&service("{clusterIP: '', externalIPs: [203.0.113.9]}"));
    accepts(&service("{clusterIPs: [None]}"));
    accepts(&service("{clusterIP: 010.096.000.007}"));
}

#[test]
fn a_service_inside_is_not_one_for_outside() {
    let node_port = "{type: ClusterIP, ports: [{port: 80, nodePort: 30080}]}";
    rejects(&service(node_port), "nodePort", "a ClusterIP Service has no `nodePort`");
    let traffic = "{type: ClusterIP, externalTrafficPolicy: Local}";
    let message = "`externalTrafficPolicy` is for Services that are reached from outside";
    rejects(&service(traffic), "externalTrafficPolicy", message);
    for kind in ["NodePort", "LoadBalancer"] {
        let message = format!("a {kind} Service cannot be headless");
        rejects(&service(&format!("{{type: {kind}, clusterIP: None}}")), "None", &message);
    }
    accepts(&service("{type: ClusterIP, externalIPs: [203.0.113.9], externalTrafficPolicy: Local}"));
    accepts(&service("{type: NodePort, ports: [{port: 80, nodePort: 30080}], externalTrafficPolicy: Local}"));
    // Another layer may bring the type.
    accepts(&service("{ports: [{port: 80, nodePort: 30080}], externalTrafficPolicy: Local}"));
}

#[test]
fn an_external_name_is_a_dns_name() {
    rejects(&service("{type: ExternalName}"), "spec", "an ExternalName Service has no `externalName`");
    let address = "{type: ExternalName, externalName: db_1.example.com}";
    rejects(&service(address), "db_1.example.com", "`db_1.example.com` is not a DNS name");
    accepts(&service("{type: ExternalName, externalName: db.example.com.}"));
}
