//! The three kinds through every door: documents, Lists, JSON; what is read of them, and what is not one of them.

use netlint::manifest::{Item, read};
use netlint::net::{Direction, Protocol};
use netlint::objects::{NamespaceId, Selector};
use netlint::policy::Action;
use netlint::policy::dialect::PolicyObject;
use netlint::policy::dialect::admin::{AdminKind, AdminPeer, AdminPolicy, AdminPort, AdminTier, PodSelection};
use netlint::source::FileId;
use proptest::prelude::*;

use super::manifest::document;
use super::oracle_cases::policy;
use super::policy::{Action as TestAction, AdminPolicy as TestPolicy, Api, Tier};

/// The policies of a text, and the rules of its findings.
fn policies(text: &str) -> (Vec<PolicyObject>, Vec<&'static str>) {
    let content = read(FileId(0), text);
    let policies = content.resources.into_iter().filter_map(|resource| match resource.item {
        Item::Policy(policy) if policy.unread().is_none() => Some(*policy),
        _ => None,
    });
    (policies.collect(), content.problems.iter().map(|problem| problem.rule).collect())
}

/// The one policy of a text in which nothing is wrong.
#[track_caller]
fn one(text: &str) -> PolicyObject {
    let (mut policies, problems) = policies(text);
    assert_eq!((policies.len(), problems.as_slice()), (1, &[][..]), "{text}");
    let policy = policies.remove(0);
    assert!(!policy.rejected && policy.object.namespace == NamespaceId::CLUSTER, "{text}");
    policy
}

fn written(policy: &PolicyObject) -> &AdminPolicy {
    policy.admin_policy().unwrap()
}

const CLUSTER: &str = "
apiVersion: policy.networking.k8s.io/v1beta1
kind: ClusterNetworkPolicy
metadata: {name: web}
spec:
  tier: Baseline
  priority: 7
  subject: {pods: {podSelector: {matchLabels: {app: web}}}}
  ingress:
    - name: first
      action: Accept
      from: [{namespaces: {}}]
      protocols:
        - udp: {destinationPort: {number: 53}}
        - tcp: {destinationPort: {range: {start: 80, end: 90}}}
        - destinationNamedPort: web
    - {action: Pass, from: [{namespaces: }, {pods: {podSelector: {}}}]}
  egress:
    - action: Deny
      to:
        - networks: [0.0.0.0/0, '::/0']
        - nodes: {matchLabels: {role: infra}}
        - domainNames: ['*.example.com']
";

const ADMIN: &str = "
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: web}
spec:
  priority: 3
  subject: {namespaces: {matchLabels: {team: shop}}}
  ingress:
    - action: Allow
      from: [{namespaces: {}}]
      ports: [{portNumber: {port: 80}}, {portRange: {protocol: UDP, start: 5, end: 9}}, {namedPort: web}]
";

fn selector(key: &str, value: &str) -> Selector {
    Selector::equalities([(&key.into(), &value.into())])
}

fn range(protocol: Protocol, first: u16, last: u16) -> AdminPort {
    AdminPort::Range { protocol, first, last }
}

#[test]
fn a_cluster_network_policy_is_read() {
    let text = CLUSTER.replace("{namespaces: }, ", "");
    let policy = one(&text);
    assert_eq!(
        (written(&policy).kind, written(&policy).tier, written(&policy).priority),
        (AdminKind::ClusterNetworkPolicy, AdminTier::Baseline, 7)
    );
    let subject = PodSelection { pods: Some(selector("app", "web")), ..PodSelection::all() };
    assert_eq!(written(&policy).subject, Some(subject));
    let [first, second] = written(&policy).rules(Direction::Ingress) else { panic!("{policy:#?}") };
    assert_eq!((first.name.as_deref(), first.action, second.action), (Some("first"), Action::Allow, Action::Pass));
    let ports = [range(Protocol::Udp, 53, 53), range(Protocol::Tcp, 80, 90), AdminPort::Named("web".into())];
    assert_eq!(first.ports.as_deref(), Some(&ports[..]));
    assert_eq!((second.ports.as_deref(), &second.peers), (None, &vec![AdminPeer::Pods(PodSelection::all())]));
    let [egress] = written(&policy).rules(Direction::Egress) else { panic!("{policy:#?}") };
    let blocks = vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()];
    let peers = [
        AdminPeer::Networks(blocks),
        AdminPeer::Nodes(Some(selector("role", "infra"))),
        AdminPeer::DomainNames(vec!["*.example.com".into()]),
    ];
    assert_eq!((egress.action, egress.peers.as_slice()), (Action::Deny, &peers[..]));
    // In the common form each network is a peer.
    let places = [0, 1, 2, 3].map(|peer| policy.peer_origin(Direction::Egress, 0, peer).path.to_string());
    let networks = ["spec.egress[0].to[0].networks[0]", "spec.egress[0].to[0].networks[1]"];
    assert_eq!(places, [networks[0], networks[1], "spec.egress[0].to[1]", "spec.egress[0].to[2]"]);
    assert_eq!(policy.subject_origin().path.to_string(), "spec.subject");
    assert_eq!(policy.port_origin(Direction::Ingress, 0, 2).path.to_string(), "spec.ingress[0].protocols[2]");
    assert_eq!(one(&text.replace("v1beta1", "v1alpha2")).admin_policy().unwrap().priority, 7);
}

#[test]
fn policies_of_v1alpha1_are_read() {
    let policy = one(ADMIN);
    assert_eq!(
        (written(&policy).kind, written(&policy).tier, written(&policy).priority),
        (AdminKind::AdminNetworkPolicy, AdminTier::Admin, 3)
    );
    let subject = PodSelection { namespaces: Some(selector("team", "shop")), ..PodSelection::all() };
    assert_eq!(written(&policy).subject, Some(subject));
    let ports = [range(Protocol::Tcp, 80, 80), range(Protocol::Udp, 5, 9), AdminPort::Named("web".into())];
    assert_eq!(written(&policy).ingress[0].ports.as_deref(), Some(&ports[..]));
    let baseline = ADMIN.replace("AdminNetworkPolicy", "BaselineAdminNetworkPolicy").replace("  priority: 3\n", "");
    let policy = one(&baseline.replace("{name: web}", "{name: default}"));
    assert_eq!(
        (written(&policy).kind, written(&policy).tier, written(&policy).priority),
        (AdminKind::BaselineAdminNetworkPolicy, AdminTier::Baseline, 0)
    );
}

#[test]
fn what_disables_a_rule_is_kept_as_such() {
    let text = ADMIN.replace("{port: 80}", "{port: 80, protocol: ICMP}").replace("start: 5", "start: 50");
    let (policies, problems) = policies(&text.replace(
        "from: [{namespaces: {}}]",
        "from: [{namespaces: {matchExpressions: [{key: a, operator: notIn, values: [b]}]}}]",
    ));
    assert_eq!(problems, ["unchecked-value"; 3]);
    let rule = &written(&policies[0]).ingress[0];
    assert!(!policies[0].rejected);
    assert_eq!(rule.ports.as_ref().unwrap()[..2], [AdminPort::Unusable, AdminPort::Unusable]);
    assert_eq!(rule.peers, [AdminPeer::Pods(PodSelection { namespaces: None, ..PodSelection::all() })]);
}

#[test]
fn a_refused_policy_is_kept_as_refused() {
    let (policies, problems) = policies(CLUSTER);
    assert_eq!((policies.len(), problems), (1, vec!["invalid-field"]));
    assert!(policies[0].rejected);
    assert_eq!(written(&policies[0]).ingress[1].peers[0], AdminPeer::Refused);
}

#[test]
fn lists_and_json_are_read_alike() {
    let value = document(&example());
    let plain = one(&value.to_string());
    let list = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": [value] });
    let typed = serde_json::json!({
        "apiVersion": "policy.networking.k8s.io/v1beta1", "kind": "ClusterNetworkPolicyList",
        "items": [{ "metadata": value["metadata"], "spec": value["spec"] }],
    });
    for text in [list.to_string(), typed.to_string()] {
        let policy = one(&text);
        let parts = |policy| (&written(policy).subject, &written(policy).ingress);
        assert_eq!(parts(&policy), parts(&plain), "{text}");
        assert_eq!(policy.object.origin.path.to_string(), "items[0]", "{text}");
        assert_eq!(policy.object.name, plain.object.name);
    }
}

fn example() -> TestPolicy {
    let rule = super::policy::Rule::new(TestAction::Deny, vec![super::policy::Peer::everywhere()]);
    TestPolicy::new(Tier::Admin, 1, "deny", super::policy::Pods::everywhere())
        .with(crate::reach::cluster::Direction::Ingress, &[rule])
}

#[test]
fn kinds_of_other_groups_are_others() {
    for version in ["crd.antrea.io/v1beta1", "networking.k8s.aws/v1alpha1", "policy.example.com/v1"] {
        let text = CLUSTER.replace("policy.networking.k8s.io/v1beta1", version);
        assert!(policies(&text).0.is_empty(), "{version}");
        assert!(policies(&text).1.is_empty(), "{version}");
    }
}

#[test]
fn a_version_that_nobody_serves_is_refused() {
    for (text, from, to) in [
        (CLUSTER, "policy.networking.k8s.io/v1beta1", "policy.networking.k8s.io/v1"),
        (CLUSTER, "policy.networking.k8s.io/v1beta1", "policy.networking.k8s.io/v1alpha1"),
        (CLUSTER, "policy.networking.k8s.io/v1beta1", "networking.k8s.io/v1"),
        (ADMIN, "v1alpha1", "v1alpha2"),
        (ADMIN, "v1alpha1", "v1beta1"),
    ] {
        let (policies, problems) = policies(&text.replace(from, to));
        assert_eq!((policies.len(), problems), (1, vec!["deprecated-api"]), "{to}");
        assert!(policies[0].rejected, "{to}");
    }
}

proptest! {
    /// What the API takes is read as it is written.
    #[test]
    fn valid_policies_are_read(mut policy in policy()) {
        if policy.api == Api::Alpha && policy.tier == Tier::Baseline {
            policy.name = "default".to_owned();
            for rule in policy.ingress.iter_mut().chain(&mut policy.egress) {
                rule.peers.retain(|peer| !matches!(peer, super::policy::Peer::DomainNames(_)));
                if rule.peers.is_empty() {
                    rule.peers.push(super::policy::Peer::everywhere());
                }
                rule.action = if rule.action == TestAction::Pass { TestAction::Accept } else { rule.action };
            }
        }
        // A range that ends before it starts, or one of a single port, is none.
        let ranges = policy.ingress.iter_mut().chain(&mut policy.egress).flat_map(|rule| rule.ports.iter_mut().flatten());
        for port in ranges {
            if let super::policy::Port::Range(_, first, last) = port {
                *first = (*first).min(*last);
            }
        }
        let text = document(&policy).to_string();
        let (read, problems) = policies(&text);
        prop_assert!(problems.is_empty() && read.len() == 1, "{}\n{:?}", text, problems);
        let own = written(&read[0]);
        prop_assert_eq!((own.ingress.len(), own.egress.len()), (policy.ingress.len(), policy.egress.len()));
        for (rule, written) in own.ingress.iter().chain(&own.egress).zip(policy.ingress.iter().chain(&policy.egress)) {
            prop_assert_eq!((rule.peers.len(), rule.ports.as_ref().map(Vec::len)), (written.peers.len(), written.ports.as_ref().map(Vec::len)));
            let is_read = !rule.peers.contains(&AdminPeer::Refused) && !rule.ports.iter().flatten().any(|port| *port == AdminPort::Refused);
            prop_assert!(is_read, "{}", text);
        }
    }
}
