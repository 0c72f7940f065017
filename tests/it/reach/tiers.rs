//! The tiered form: admin and baseline rules around NetworkPolicies, as network-policy-api (KEP-2091) orders them.
//! No dialect lowers into these tiers yet; these tests hold the engine to them all the same.

use netlint::analysis::{Analysis, Options};
use netlint::net::Protocol::Tcp;
use netlint::objects::{Operator, Requirement, Selector, WorkloadId};
use netlint::policy::{
    Action, Engagement, NamespaceSet, Order, Peer, Peers, PodSet, Policy, PolicyObject, PortMatch, Ports, Rule,
    StageName,
};
use netlint::reach::{Endpoint, Reachability, Reading};

const CLUSTER: &str = "
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop, labels: {app: client}}
spec: {containers: [{name: client, image: client}]}
---
apiVersion: v1
kind: Pod
metadata: {name: server, namespace: shop, labels: {app: server}}
spec: {containers: [{name: server, image: server}]}
";

const NETWORK_POLICY: &str = "
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: server, namespace: shop}
spec:
  podSelector: {matchLabels: {app: server}}
  ingress: [{ports: [{port: 80}, {port: 81}]}]
";

fn pods(app: &str) -> PodSet {
    let requirement = Requirement { key: "app".into(), operator: Operator::In(vec![app.into()]) };
    PodSet::new(NamespaceSet::every(), Selector::new(vec![requirement]))
}

fn rule(action: Action, ports: &[u16]) -> Rule {
    let range = |&port: &u16| PortMatch::Range { protocol: Tcp, first: port, last: port };
    let ports = if ports.is_empty() { Ports::All } else { Ports::Of(ports.iter().map(range).collect()) };
    Rule::new(action, Peers::Of(vec![Peer::Pods(pods("client"))]), ports)
}

fn policy(stage: StageName, priority: i32, ingress: Vec<Rule>) -> Policy {
    Policy {
        stage,
        order: Order::at(priority.into()),
        subject: pods("server"),
        engages_ingress: Engagement::Matches,
        engages_egress: Engagement::Matches,
        ingress,
        egress: Vec::new(),
    }
}

/// The policy as an object of the input: the common form is all that the engine reads.
fn object(policy: Policy) -> Box<PolicyObject> {
    let analysis = Analysis::from_texts(&[("policy.yaml", NETWORK_POLICY)], &Options::default());
    Box::new(PolicyObject { policy, ..(*analysis.policies()[0]).clone() })
}

/// Which of these ports the client may reach on the server.
fn open(network_policy: bool, ordered: Vec<Policy>) -> Vec<u16> {
    let text = if network_policy { format!("{CLUSTER}{NETWORK_POLICY}") } else { CLUSTER.to_owned() };
    let analysis = Analysis::from_texts(&[("cluster.yaml", &text)], &Options::default());
    let mut cluster = analysis.cluster().clone();
    cluster.policies.extend(ordered.into_iter().map(object));
    let reach = Reachability::new(&cluster, Reading::Shown, &[]);
    let name = |index: usize| analysis.cluster().workloads.get(index).unwrap().object.name.clone();
    assert_eq!([name(0), name(1)], ["client", "server"]);
    let (client, server) = (Endpoint::Workload(WorkloadId(0)), Endpoint::Workload(WorkloadId(1)));
    let ports = reach.ports(client, server);
    // A row finds the same as the pair by itself.
    let row = reach.rows().row(client);
    let of_row = row.workloads.iter().find(|(id, _)| *id == WorkloadId(1)).map(|(_, ports)| ports.clone());
    assert_eq!(*of_row.unwrap_or_default(), ports);
    [79, 80, 81, 82].into_iter().filter(|&port| ports.contains(Tcp, port)).collect()
}

#[test]
fn without_ordered_policies_the_network_tier_decides() {
    assert_eq!(open(false, vec![]), [79, 80, 81, 82]);
    assert_eq!(open(true, vec![]), [80, 81]);
}

#[test]
fn an_admin_deny_is_final() {
    assert_eq!(open(true, vec![policy(StageName::Admin, 1, vec![rule(Action::Deny, &[80])])]), [81]);
}

#[test]
fn an_admin_allow_is_final_even_where_a_network_policy_isolates() {
    assert_eq!(open(true, vec![policy(StageName::Admin, 1, vec![rule(Action::Allow, &[79])])]), [79, 80, 81]);
}

#[test]
fn a_pass_leaves_the_decision_to_the_next_tier_and_skips_the_rest_of_its_own() {
    let pass_then_deny =
        vec![policy(StageName::Admin, 1, vec![rule(Action::Pass, &[80, 82]), rule(Action::Deny, &[])])];
    assert_eq!(open(true, pass_then_deny.clone()), [80]);
    assert_eq!(open(false, pass_then_deny), [80, 82]);
}

#[test]
fn the_lower_priority_number_is_asked_first() {
    let allow = policy(StageName::Admin, 10, vec![rule(Action::Allow, &[80])]);
    let deny = policy(StageName::Admin, 20, vec![rule(Action::Deny, &[80, 81])]);
    assert_eq!(open(true, vec![deny.clone(), allow.clone()]), [80]);
    assert_eq!(open(true, vec![Policy { order: Order::at(5.0), ..deny }, allow]), Vec::<u16>::new());
}

#[test]
fn the_baseline_tier_is_asked_only_where_no_network_policy_isolates() {
    let baseline = vec![policy(StageName::Baseline, 0, vec![rule(Action::Allow, &[80]), rule(Action::Deny, &[])])];
    assert_eq!(open(false, baseline.clone()), [80]);
    assert_eq!(open(true, baseline), [80, 81]);
}

#[test]
fn ordered_policies_isolate_nobody_by_themselves() {
    assert_eq!(
        open(false, vec![policy(StageName::Admin, 1, vec![]), policy(StageName::Baseline, 0, vec![])]),
        [79, 80, 81, 82]
    );
}
