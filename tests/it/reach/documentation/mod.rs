//! The API documentation sentence by sentence, where a sentence has a trap in it: each test is named after one.

mod blocks;
mod isolation;
mod peers;
mod ports;
mod selectors;

use crate::reach::cluster::Protocol;
use crate::reach::engine::Engine;

/// Two namespaces with two pods each, and one on the network of its node.
const CLUSTER: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: retail}}
---
apiVersion: v1
kind: Namespace
metadata: {name: ops, labels: {team: platform}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers: [{name: web, image: example, ports: [{name: http, containerPort: 8080}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db, empty: \"\"}}
spec:
  containers:
    - {name: db, image: example, ports: [{name: sql, containerPort: 5432}, {containerPort: 9187}]}
    - {name: side, image: example, ports: [{name: sql, containerPort: 5433, protocol: UDP}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: ops, labels: {app: web}}
spec:
  containers: [{name: web, image: example, ports: [{name: http, containerPort: 9090}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: probe, namespace: ops, labels: {app: probe}}
spec:
  containers: [{name: probe, image: example}]
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: agent}}
spec:
  hostNetwork: true
  containers: [{name: agent, image: example, ports: [{name: http, containerPort: 8080}]}]
";

/// The cluster with policies of namespace `shop`, each given by its `spec` in flow style.
fn shop(specs: &[&str]) -> Engine {
    let mut text = CLUSTER.to_owned();
    for (index, spec) in specs.iter().enumerate() {
        text.push_str(&format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{index}, namespace: shop}}\nspec: {spec}\n"
        ));
    }
    Engine::read(&text)
}

impl Engine {
    /// Whether a TCP connection is permitted.
    fn tcp(&self, from: &str, to: &str, port: u16) -> bool {
        self.connects(from, to, Protocol::Tcp, port)
    }

    /// Whether a UDP connection is permitted.
    fn udp(&self, from: &str, to: &str, port: u16) -> bool {
        self.connects(from, to, Protocol::Udp, port)
    }
}
