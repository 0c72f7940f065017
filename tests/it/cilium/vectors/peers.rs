//! Who the other side is.

use serde_json::{Value, json};

use super::Expected::{Allowed, Denied, Possible};
use super::{CCNP, CNP, IN, OUT, PING, Vector, app, for_all, port, tcp, vector};
use crate::cilium::world::{Service, Traffic, World};

pub(super) fn cases() -> Vec<Vector> {
    let small = World::small;
    let ingress = |entry: Value| for_all(json!({"ingress": [entry]}));
    let egress = |entry: Value| for_all(json!({"egress": [entry]}));
    let from = |selector: Value| ingress(json!({"fromEndpoints": [selector]}));
    let labels = |key: &str, value: &str| json!({"matchLabels": {key: value}});
    let mut host = small();
    host.pods[2].host_network = true;
    vec![
        vector(
            "all pods of a namespaced policy are those of its namespace",
            small().with(CNP, from(json!({}))),
            &[
                (IN, "web", "db", tcp(80), Allowed),
                (IN, "web", "db", PING, Allowed),
                (IN, "web", "db", Traffic::Portless("ESP"), Allowed),
                (IN, "web", "x", tcp(80), Denied),
                (IN, "web", "1.1.1.1", tcp(80), Denied),
                (IN, "web", "n2", tcp(80), Denied),
            ],
        ),
        vector(
            "those of a clusterwide policy are of every namespace",
            small().with(CCNP, from(json!({}))),
            &[
                (IN, "web", "x", tcp(80), Allowed),
                (IN, "x", "web", tcp(80), Allowed),
                (IN, "web", "1.1.1.1", tcp(80), Denied),
                (IN, "web", "n2", tcp(80), Denied),
            ],
        ),
        vector(
            "no peers are everyone",
            small().with(CNP, ingress(json!({"toPorts": port("80")}))),
            &[
                (IN, "web", "1.1.1.1", tcp(80), Allowed),
                (IN, "web", "x", Traffic::Port("UDP", 80), Allowed),
                (IN, "web", "n2", Traffic::Port("SCTP", 80), Allowed),
                (IN, "web", "db", tcp(81), Denied),
                (IN, "web", "db", PING, Denied),
            ],
        ),
        vector(
            "an empty list of peers is nobody",
            small().with(CNP, ingress(json!({"fromEndpoints": [], "toPorts": port("80")}))),
            &[(IN, "web", "db", tcp(80), Denied), (IN, "web", "1.1.1.1", tcp(80), Denied)],
        ),
        vector(
            "an empty list of names is everyone",
            small().with(CNP, egress(json!({"toFQDNs": [], "toPorts": port("443")}))),
            &[(OUT, "web", "1.1.1.1", tcp(443), Allowed), (OUT, "web", "x", tcp(443), Allowed)],
        ),
        vector(
            "a peer and a port in one item",
            small().with(CNP, ingress(json!({"fromEndpoints": [app("db")], "toPorts": port("80")}))),
            &[
                (IN, "web", "db", tcp(80), Allowed),
                (IN, "web", "db", tcp(81), Denied),
                (IN, "web", "x", tcp(80), Denied),
            ],
        ),
        vector(
            "a peer and a port in two items",
            {
                small()
                    .with(CNP, for_all(json!({"ingress": [{"fromEndpoints": [app("db")]}, {"toPorts": port("80")}]})))
            },
            &[
                (IN, "web", "db", tcp(81), Allowed),
                (IN, "web", "1.1.1.1", tcp(80), Allowed),
                (IN, "web", "1.1.1.1", tcp(81), Denied),
            ],
        ),
        vector(
            "a peer that names a namespace",
            small().with(CNP, from(labels("io.kubernetes.pod.namespace", "b"))),
            &[(IN, "web", "x", tcp(80), Allowed), (IN, "web", "db", tcp(80), Denied)],
        ),
        vector(
            "a peer that excludes a namespace",
            {
                let expression = json!({"key": "io.kubernetes.pod.namespace", "operator": "NotIn", "values": ["a"]});
                small().with(CNP, from(json!({"matchExpressions": [expression]})))
            },
            &[
                (IN, "web", "x", tcp(80), Allowed),
                (IN, "web", "db", tcp(80), Denied),
                (IN, "web", "1.1.1.1", tcp(80), Denied),
            ],
        ),
        vector(
            "a peer by labels of its namespace",
            small().with(CNP, from(labels("k8s:io.cilium.k8s.namespace.labels.team", "t"))),
            &[(IN, "web", "x", tcp(80), Allowed), (IN, "web", "db", tcp(80), Denied)],
        ),
        vector(
            "what only excludes nodes admits the world",
            {
                let expression = json!({"key": "reserved:host", "operator": "DoesNotExist"});
                small().with(CNP, from(json!({"matchExpressions": [expression]})))
            },
            &[(IN, "web", "x", tcp(80), Allowed), (IN, "web", "1.1.1.1", tcp(80), Allowed)],
        ),
        vector(
            "a clusterwide peer by label is of every namespace",
            small().with(CCNP, from(app("x"))),
            &[(IN, "web", "x", tcp(80), Allowed), (IN, "web", "db", tcp(80), Denied)],
        ),
        vector(
            "health endpoints get no namespace",
            small().with(CNP, from(labels("reserved:health", ""))),
            &[(IN, "web", "db", tcp(80), Denied)],
        ),
        vector(
            "a label that Cilium drops selects nobody",
            {
                let mut world = small();
                world.pods[1].labels.push(("statefulset.kubernetes.io/pod-name".to_owned(), "db-0".to_owned()));
                world.with(CNP, from(labels("statefulset.kubernetes.io/pod-name", "db-0")))
            },
            &[(IN, "web", "db", tcp(80), Denied)],
        ),
        vector(
            "pods on the network of a node are no endpoints",
            host.clone().with(CCNP, from(json!({}))),
            &[(IN, "web", "x", tcp(80), Possible { shown: false }), (IN, "x", "1.1.1.1", tcp(80), Allowed)],
        ),
        vector(
            "the cluster holds them",
            host.clone().with(CCNP, ingress(json!({"fromEntities": ["cluster"]}))),
            &[
                (IN, "web", "x", tcp(80), Allowed),
                (IN, "web", "n2", tcp(80), Allowed),
                (IN, "web", "db", tcp(80), Allowed),
                (IN, "web", "1.1.1.1", tcp(80), Denied),
            ],
        ),
        vector(
            "they are on the own node or on another one",
            host.clone().with(CCNP, egress(json!({"toEntities": ["remote-node"]}))),
            &[
                (OUT, "web", "x", tcp(80), Possible { shown: true }),
                (OUT, "web", "n2", tcp(80), Allowed),
                (OUT, "web", "n1", tcp(80), Denied),
            ],
        ),
        vector(
            "both nodes hold them",
            host.with(CCNP, egress(json!({"toEntities": ["remote-node", "host"]}))),
            &[(OUT, "web", "x", tcp(80), Allowed)],
        ),
        vector(
            "Services are their pods",
            {
                let mut world = small();
                let selector = vec![("app".to_owned(), "x".to_owned())];
                let (namespace, name) = ("b".to_owned(), "x".to_owned());
                world.services.push(Service { namespace, name, labels: Vec::new(), selector });
                world.with(CNP, egress(json!({"toServices": [{"k8sService": {"serviceName": "x", "namespace": "b"}}]})))
            },
            &[
                (OUT, "web", "x", tcp(9999), Allowed),
                (OUT, "web", "x", PING, Allowed),
                (OUT, "web", "db", tcp(80), Denied),
            ],
        ),
        vector(
            "a Service that is not in the input may open the ports to everyone",
            {
                let service = json!([{"k8sService": {"serviceName": "y", "namespace": "b"}}]);
                small().with(CNP, egress(json!({"toServices": service, "toPorts": port("443")})))
            },
            &[(OUT, "web", "1.1.1.1", tcp(443), Possible { shown: false }), (OUT, "web", "1.1.1.1", tcp(80), Denied)],
        ),
        vector(
            "names are some of the world",
            small().with(CNP, egress(json!({"toFQDNs": [{"matchName": "api.example.com"}]}))),
            &[
                (OUT, "web", "1.1.1.1", tcp(443), Possible { shown: false }),
                (OUT, "web", "x", tcp(443), Denied),
                (OUT, "web", "n2", tcp(443), Denied),
            ],
        ),
    ]
}
