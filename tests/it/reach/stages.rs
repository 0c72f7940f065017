//! What the common form of policies can say beyond NetworkPolicies: stages, orders, denies and passes, expressions over
//! ends and traffic, and how much of it is certain. The policies are made by hand, as a front end would lower them.

mod addresses;
mod arrangements;
mod bounds;
mod ends;
mod traffic;

use netlint::analysis::{Analysis, Options};
use netlint::cluster::Cluster;
use netlint::net::Direction;
use netlint::net::Protocol::Tcp;
use netlint::objects::{NamespaceId, Operator, Requirement, Selector, WorkloadId};
use netlint::policy::{
    Action, Arrangement, Combine, Engagement, Join, Joins, NamespaceSet, Order, Peer, Peers, PodSet, Policy,
    PolicyObject, PortMatch, Ports, Rule, Stage, StageName,
};
use netlint::reach::{Endpoint, Reachability, Reading};

/// Pods `client`, `other` and `server`, which declares TCP 80 as `http` and UDP 53 as `dns`; a namespace `dark` whose
/// labels nobody knows, and a pod `far` in it; a pod `agent` on the network of its node; Services, of which one selects
/// nothing; a ServiceAccount with a label.
const CLUSTER: &str = "
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: shop}}}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop, labels: {app: client, tier: front-end}}
spec: {serviceAccountName: buyer, containers: [{name: client, image: client}]}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: shop, labels: {app: other, pod-template-hash: abc}}
spec: {containers: [{name: other, image: other}]}
---
apiVersion: v1
kind: Pod
metadata: {name: server, namespace: shop, labels: {app: server, tier: back-end}}
spec:
  containers:
    - name: server
      image: server
      ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: agent}}
spec: {hostNetwork: true, containers: [{name: agent, image: agent}]}
---
apiVersion: v1
kind: Pod
metadata: {name: far, namespace: dark, labels: {app: far}}
spec: {containers: [{name: far, image: far}]}
---
apiVersion: v1
kind: Service
metadata: {name: server, namespace: shop, labels: {role: store}}
spec: {selector: {app: server}, ports: [{port: 8080, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: abroad, namespace: shop}
spec: {ports: [{port: 443}]}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: buyer, namespace: shop, labels: {can: buy}}}
";

const PLACEHOLDER: &str = "
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: placeholder}, spec: {podSelector: {}}}
";

/// A cluster with these policies, each with its name.
pub(super) fn cluster(policies: Vec<(&str, Policy)>) -> Cluster {
    let placeholder = Analysis::from_texts(&[("policy.yaml", PLACEHOLDER)], &Options::default());
    let analysis = Analysis::from_texts(&[("cluster.yaml", CLUSTER)], &Options::default());
    let mut cluster = analysis.cluster().clone();
    for (name, policy) in policies {
        let mut object = PolicyObject { policy, ..(*placeholder.policies()[0]).clone() };
        object.object.name = name.into();
        object.object.namespace = NamespaceId::CLUSTER;
        cluster.policies.push(Box::new(object));
    }
    cluster
}

/// A pod of the cluster by its name.
pub(super) fn pod(cluster: &Cluster, name: &str) -> Endpoint {
    let place = cluster.workloads.iter().position(|workload| workload.object.name == name).unwrap();
    Endpoint::Workload(WorkloadId(u32::try_from(place).unwrap()))
}

/// The pods of every namespace whose label `app` has this value.
pub(super) fn app(value: &str) -> PodSet {
    let requirement = Requirement { key: "app".into(), operator: Operator::In(vec![value.into()]) };
    PodSet::new(NamespaceSet::every(), Selector::new(vec![requirement]))
}

/// A policy of a stage for the ingress of `server`.
pub(super) fn policy(stage: StageName, ingress: Vec<Rule>) -> Policy {
    Policy {
        stage,
        order: Order::at(1.0),
        subject: app("server"),
        engages_ingress: Engagement::Matches,
        engages_egress: Engagement::Ignored,
        ingress,
        egress: Vec::new(),
    }
}

/// A rule for one peer on these ports of TCP; on all traffic where there are none.
pub(super) fn rule(action: Action, peer: Peer, ports: &[u16]) -> Rule {
    let range = |&port: &u16| PortMatch::Range { protocol: Tcp, first: port, last: port };
    let ports = if ports.is_empty() { Ports::All } else { Ports::Of(ports.iter().map(range).collect()) };
    Rule::new(action, Peers::Of(vec![peer]), ports)
}

/// A rule for the pod `client`.
pub(super) fn for_client(action: Action, ports: &[u16]) -> Rule {
    rule(action, Peer::Pods(app("client")), ports)
}

/// One stage in which a deny wins, for policies of Cilium.
pub(super) fn deny_wins() -> Arrangement {
    Arrangement {
        stages: vec![Stage::new("network")],
        joins: Joins::from_iter([Join::new(StageName::Cilium, 0)]),
        ..Arrangement::default()
    }
}

/// Tiers of Calico that deny in silence which they engage, in this order.
pub(super) fn tiers(names: &[&str]) -> Arrangement {
    let stage = |name: &&str| Stage { combine: Combine::FirstMatch, ..Stage::new(*name) };
    let join = |(place, name): (usize, &&str)| Join::new(StageName::Tier((*name).into()), place);
    Arrangement {
        stages: names.iter().map(stage).collect(),
        joins: names.iter().enumerate().map(join).collect(),
        ..Arrangement::default()
    }
}

/// The ports 79 to 82 of TCP on which an end may reach another one, as it is shown.
pub(super) fn open(cluster: &Cluster, from: Endpoint, to: Endpoint) -> Vec<u16> {
    open_under(cluster, Reading::Shown, from, to)
}

/// The same under a reading.
pub(super) fn open_under(cluster: &Cluster, reading: Reading, from: Endpoint, to: Endpoint) -> Vec<u16> {
    let reach = Reachability::new(cluster, reading, &[]);
    let ports = reach.ports(from, to);
    assert_eq!(reach.permitted(from, to).traffic.ports, ports, "what is permitted is more than ports, and the same");
    (79..=82).filter(|&port| ports.contains(Tcp, port)).collect()
}

/// The ports on which `client` may reach `server`.
pub(super) fn client_to_server(cluster: &Cluster) -> Vec<u16> {
    open(cluster, pod(cluster, "client"), pod(cluster, "server"))
}

/// Whether an end may reach `server` on port 80: for certain, as it is shown, and perhaps.
pub(super) fn to_server(cluster: &Cluster, from: Endpoint) -> [bool; 3] {
    let server = pod(cluster, "server");
    [Reading::Least, Reading::Shown, Reading::Most]
        .map(|reading| open_under(cluster, reading, from, server).contains(&80))
}

/// Which a peer matches in the one rule of a policy of Cilium that denies the rest: for certain, as it is shown, perhaps.
pub(super) fn matched(peer: Peer, from: impl Fn(&Cluster) -> Endpoint) -> [bool; 3] {
    let policy = Policy {
        engages_ingress: Engagement::Engages,
        ..policy(StageName::Cilium, vec![rule(Action::Allow, peer, &[])])
    };
    let cluster = Cluster { arrangement: deny_wins(), ..cluster(vec![("only", policy)]) };
    to_server(&cluster, from(&cluster))
}

#[test]
fn the_cluster_is_open_without_policies() {
    let cluster = cluster(Vec::new());
    assert_eq!(client_to_server(&cluster), [79, 80, 81, 82]);
    let reach = Reachability::new(&cluster, Reading::Shown, &[]);
    assert!(!reach.is_isolated(pod(&cluster, "server"), Direction::Ingress));
}
