//! Ports, ICMP, layer 7, and policies of more than one kind.

use serde_json::{Value, json};

use super::Expected::{Allowed, Denied, Restricted};
use super::{CNP, IN, NP, OUT, PING, Vector, app, for_all, port, tcp, vector};
use crate::cilium::world::{Traffic, World};

pub(super) fn cases() -> Vec<Vector> {
    let small = World::small;
    let ingress = |entries: Value| for_all(json!({"ingress": entries}));
    let http = json!([{"ports": [{"port": "80", "protocol": "TCP"}], "rules": {"http": [{"method": "GET"}]}}]);
    let plain = json!([{"ports": [{"port": "80", "protocol": "TCP"}]}]);
    let ports = |items: Value| ingress(json!([{"fromEntities": ["all"], "toPorts": [{"ports": items}]}]));
    vec![
        vector(
            "a deny beats every allow, of NetworkPolicies too",
            {
                let deny = json!([{"fromEndpoints": [app("db")], "toPorts": [{"ports": [{"port": "80", "protocol": "TCP"}]}]}]);
                let allow = json!([{"fromEndpoints": [app("db")]}]);
                let k8s =
                    json!({"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"ports": [{"port": 80}]}]});
                small().with(CNP, for_all(json!({"ingress": allow, "ingressDeny": deny}))).with(NP, k8s)
            },
            &[
                (IN, "web", "db", tcp(80), Denied),
                (IN, "web", "db", tcp(81), Allowed),
                (IN, "web", "db", PING, Allowed),
                (IN, "web", "x", tcp(80), Allowed),
            ],
        ),
        vector(
            "NetworkPolicies and Cilium's are one union",
            {
                let k8s = json!({"podSelector": {}, "policyTypes": ["Ingress"]});
                small().with(NP, k8s).with(CNP, ingress(json!([{"fromEndpoints": [app("db")]}])))
            },
            &[(IN, "web", "db", tcp(80), Allowed), (IN, "web", "x", tcp(80), Denied)],
        ),
        vector(
            "rules of a direction that is not listed are enforced",
            {
                let rule = json!([{"to": [{"podSelector": {"matchLabels": {"app": "db"}}}]}]);
                small().with(NP, json!({"podSelector": {}, "policyTypes": ["Ingress"], "egress": rule}))
            },
            &[(OUT, "web", "db", tcp(80), Allowed), (OUT, "web", "1.1.1.1", tcp(80), Denied)],
        ),
        vector(
            "blocks of NetworkPolicies match no pods",
            {
                let rule = json!([{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]);
                small().with(NP, json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": rule}))
            },
            &[
                (OUT, "web", "1.1.1.1", tcp(80), Allowed),
                (OUT, "web", "db", tcp(80), Denied),
                (OUT, "web", "n2", tcp(80), Denied),
            ],
        ),
        vector(
            "HTTP rules restrict",
            small().with(CNP, ingress(json!([{"toPorts": http.clone()}]))),
            &[(IN, "web", "db", tcp(80), Restricted), (IN, "web", "db", tcp(81), Denied)],
        ),
        vector(
            "unless a plain port is beside them",
            small().with(CNP, ingress(json!([{"toPorts": http}, {"fromEndpoints": [app("db")], "toPorts": plain}]))),
            &[(IN, "web", "db", tcp(80), Allowed), (IN, "web", "x", tcp(80), Restricted)],
        ),
        vector(
            "a named port is each pod's own",
            {
                let entries =
                    json!([{"toEndpoints": [{}], "toPorts": [{"ports": [{"port": "http", "protocol": "TCP"}]}]}]);
                small().with(CNP, for_all(json!({"egress": entries})))
            },
            &[
                (OUT, "db", "web", tcp(80), Allowed),
                (OUT, "db", "web", tcp(8080), Denied),
                (OUT, "web", "db", tcp(8080), Allowed),
                (OUT, "web", "db", Traffic::Port("UDP", 8080), Denied),
            ],
        ),
        vector(
            "a named port without peers is nothing outside",
            small().with(CNP, for_all(json!({"egress": [{"toPorts": port("http")}]}))),
            &[
                (OUT, "web", "db", tcp(8080), Allowed),
                (OUT, "web", "x", tcp(80), Allowed),
                (OUT, "web", "1.1.1.1", tcp(80), Denied),
            ],
        ),
        vector(
            "a range from a named port",
            small().with(CNP, ports(json!([{"port": "http", "endPort": 90}]))),
            &[
                (IN, "web", "db", tcp(85), Allowed),
                (IN, "web", "db", tcp(91), Denied),
                (IN, "db", "web", tcp(8080), Allowed),
            ],
        ),
        vector(
            "ranges, and zero for all",
            {
                small().with(
                    CNP,
                    ports(json!([{"port": "80", "endPort": 7}, {"port": "0", "endPort": 9, "protocol": "UDP"}])),
                )
            },
            &[
                (IN, "web", "db", tcp(80), Allowed),
                (IN, "web", "db", tcp(7), Denied),
                (IN, "web", "db", Traffic::Port("UDP", 9999), Allowed),
                (IN, "web", "db", PING, Denied),
            ],
        ),
        vector(
            "an item without ports allows nothing",
            small().with(CNP, ingress(json!([{"fromEntities": ["all"], "toPorts": [{}]}]))),
            &[(IN, "web", "db", tcp(80), Denied), (IN, "web", "db", PING, Denied)],
        ),
        vector(
            "ICMP is of a family, and zero is every type",
            {
                small()
                    .with(CNP, ingress(json!([{"icmps": [{"fields": [{"type": 8}, {"type": 0, "family": "IPv6"}]}]}])))
            },
            &[
                (IN, "web", "1.1.1.1", PING, Allowed),
                (IN, "web", "1.1.1.1", Traffic::Icmp("IPv4", 3), Denied),
                (IN, "web", "1.1.1.1", Traffic::Icmp("IPv6", 128), Allowed),
                (IN, "web", "1.1.1.1", tcp(80), Denied),
            ],
        ),
    ]
}
