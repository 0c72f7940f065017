//! Pods as controllers make them: the engine is given the controllers, and the oracle every single pod with the labels
//! that the reference, "Well-Known Labels, Annotations and Taints", says that its controller sets.

use netlint::analysis::{Analysis, Options};
use netlint::endpoint::End;
use netlint::net;
use netlint::reach::{self, Reachability};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::cluster::{
    Absent, Cluster, Direction, Endpoint, Is, Labels, Namespace, Operator, Peer, Policy, Protocol, Requirement, Rule,
    Selector, Spec, Workload,
};
use super::config;
use super::emit::{Style, stream};
use super::manifest::documents;
use super::oracle::{self, Connection};

const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";
const POD_INDEX: &str = "apps.kubernetes.io/pod-index";
const JOB_NAMES: [&str; 2] = ["batch.kubernetes.io/job-name", "job-name"];
const COMPLETION_INDEX: &str = "batch.kubernetes.io/job-completion-index";
const HASH: &str = "pod-template-hash";

/// How many pods of a StatefulSet whose number may grow are tried.
const GROWN: u64 = 4;

#[derive(Clone, Debug)]
struct Case {
    start: Option<u64>,
    replicas: Option<u64>,
    autoscaled: bool,
    completions: Option<u64>,
    /// What the hash of the Deployment's pods turns out to be.
    hash: &'static str,
    policies: Vec<Policy>,
}

/// A pod by the name that `query` takes.
struct Pod {
    name: String,
    labels: Labels,
}

impl Case {
    /// Every pod that there is, or may be, under the case's hash.
    fn pods(&self) -> Vec<Pod> {
        let label = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let mut pods = vec![
            Pod { name: "web".to_owned(), labels: vec![label("app", "web"), label(HASH, self.hash)] },
            Pod { name: "client".to_owned(), labels: vec![label("app", "client"), label(HASH, "h2")] },
        ];
        let start = self.start.unwrap_or(0);
        let may_grow = self.replicas.is_none() || self.autoscaled;
        let count = self.replicas.unwrap_or(1).max(if may_grow { GROWN } else { 0 });
        pods.extend((start..start + count).map(|number| Pod {
            name: format!("store-{number}"),
            labels: vec![
                label("app", "store"),
                label(POD_NAME, &format!("store-{number}")),
                label(POD_INDEX, &number.to_string()),
            ],
        }));
        let of_job = |name: String, index: Option<u64>| {
            let index = index.map(|index| label(COMPLETION_INDEX, &index.to_string()));
            let labels = [label("app", "job")].into_iter().chain(JOB_NAMES.map(|key| label(key, "job"))).chain(index);
            Pod { name, labels: labels.collect() }
        };
        match self.completions {
            Some(count) => pods.extend((0..count).map(|index| of_job(format!("job-{index}"), Some(index)))),
            None => pods.push(of_job("job".to_owned(), None)),
        }
        pods
    }

    /// The cluster as the oracle takes it: every pod by itself.
    fn exploded(&self) -> Cluster {
        let workload = |pod: Pod| Workload {
            kind: "Pod",
            name: pod.name,
            namespace: 0,
            labels: pod.labels,
            containers: Vec::new(),
            host_network: Absent,
        };
        let namespaces = vec![Namespace { name: Some("shop".to_owned()), manifest: Some(Vec::new()) }];
        let workloads = self.pods().into_iter().map(workload).collect();
        Cluster { namespaces, workloads, policies: self.policies.clone() }
    }

    /// The manifests of the controllers and policies.
    fn text(&self) -> String {
        let others = Cluster { workloads: Vec::new(), ..self.exploded() };
        let style = Style { json: false, indent_lists: true, quote: false, null: "null" };
        let line = |value: Option<u64>, key: &str| value.map(|it| format!("\n  {key}: {it}")).unwrap_or_default();
        let workload = |version: &str, kind: &str, name: &str, fields: &str| {
            format!(
                "---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\nspec:{fields}\n  \
                 selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    \
                 spec: {{containers: [{{name: c, image: example}}]}}\n"
            )
        };
        let start = self.start.map(|start| format!("\n  ordinals: {{start: {start}}}")).unwrap_or_default();
        let set = format!("\n  serviceName: store{start}{}", line(self.replicas, "replicas"));
        let indexed = self.completions.map(|count| format!("\n  completionMode: Indexed\n  completions: {count}"));
        let scaler = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: s, namespace: shop}\n\
                      spec: {maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: store}}\n";
        [
            stream(&documents(&others), &[style]),
            workload("apps/v1", "Deployment", "web", ""),
            workload("apps/v1", "Deployment", "client", ""),
            workload("apps/v1", "StatefulSet", "store", &set),
            workload("batch/v1", "Job", "job", &indexed.unwrap_or_default()),
            if self.autoscaled { scaler.to_owned() } else { String::new() },
        ]
        .concat()
    }

    /// Whether any selector asks for what nobody can know.
    fn asks_for_hash(&self) -> bool {
        format!("{:?}", self.policies).contains(HASH)
    }
}

fn requirement() -> impl Strategy<Value = Requirement> {
    let keys_and_values = prop_oneof![
        3 => (Just(POD_NAME), vec(select(vec!["store-0", "store-1", "store-2", "store-7", "other-0", "store-01"]), 1..=2)),
        3 => (Just(POD_INDEX), vec(select(vec!["0", "1", "2", "3", "7", "00", "x"]), 1..=2)),
        2 => (select(&JOB_NAMES[..]), vec(select(vec!["job", "other"]), 1..=2)),
        2 => (Just(COMPLETION_INDEX), vec(select(vec!["0", "1", "5"]), 1..=2)),
        2 => (Just(HASH), vec(select(vec!["h1", "h2"]), 1..=1)),
        3 => (Just("app"), vec(select(vec!["store", "job", "web", "client"]), 1..=2)),
    ];
    let operator = prop_oneof![
        5 => Just(Operator::In), 3 => Just(Operator::NotIn), 1 => Just(Operator::Exists), 1 => Just(Operator::DoesNotExist)
    ];
    (keys_and_values, operator).prop_map(|((key, values), operator)| Requirement {
        key: key.to_owned(),
        operator,
        values: match operator {
            Operator::In | Operator::NotIn => Is(values.into_iter().map(str::to_owned).collect()),
            Operator::Exists | Operator::DoesNotExist => Absent,
        },
    })
}

fn selector() -> impl Strategy<Value = Selector> {
    vec(requirement(), 0..=2)
        .prop_map(|requirements| Selector { match_labels: Absent, match_expressions: Is(requirements) })
}

fn policy(name: String) -> impl Strategy<Value = Policy> {
    let rule = || {
        vec(selector(), 1..=2).prop_map(|peers| {
            let peer = |selector| Peer { pod_selector: Is(selector), ..Peer::default() };
            Some(Rule { peers: Is(peers.into_iter().map(peer).collect()), ports: Absent })
        })
    };
    let types = select(vec![vec![Direction::Ingress], vec![Direction::Egress], Direction::BOTH.to_vec()]);
    (selector(), types, vec(rule(), 0..=2), vec(rule(), 0..=2)).prop_map(move |(selector, types, ingress, egress)| {
        let spec =
            Spec { pod_selector: Is(selector), policy_types: Is(types), ingress: Is(ingress), egress: Is(egress) };
        Policy { name: name.clone(), namespace: 0, spec: Is(spec) }
    })
}

fn case() -> impl Strategy<Value = Case> {
    let numbers = (
        prop::option::weighted(0.3, 0..=2_u64),
        prop::option::weighted(0.7, 0..=4_u64),
        prop::bool::weighted(0.2),
        prop::option::weighted(0.6, 1..=3_u64),
    );
    let policies = (policy("p".to_owned()), policy("q".to_owned()), any::<bool>());
    (numbers, select(vec!["h1", "h2", "else"]), policies).prop_map(|(numbers, hash, (first, second, both))| {
        let (start, replicas, autoscaled, completions) = numbers;
        let policies = [first].into_iter().chain(both.then_some(second)).collect();
        Case { start, replicas, autoscaled, completions, hash, policies }
    })
}

proptest! {
    #![proptest_config(config(15))]

    #[test]
    fn every_pod_of_a_controller_is_judged_by_its_own_labels(case in case()) {
        check(&case)?;
    }
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    let text = case.text();
    let analysis = Analysis::from_texts(&[("cluster.yaml", &text)], &Options::default());
    let exploded = case.exploded();
    let ends: Vec<reach::Endpoint> = exploded.workloads.iter().map(|pod| end(&analysis, &pod.name)).collect();
    for (from, &source) in ends.iter().enumerate() {
        for (to, &target) in ends.iter().enumerate().filter(|(to, _)| *to != from) {
            let connection = Connection {
                from: Endpoint::Workload(from),
                to: Endpoint::Workload(to),
                protocol: Protocol::Tcp,
                port: 80,
            };
            let truth = oracle::allowed(&exploded, connection);
            let says = |reach: &Reachability| {
                let ports = reach.egress(source, target).intersection(&reach.ingress(source, target));
                ports.contains(net::Protocol::Tcp, 80)
            };
            let (least, shown, most) = (says(analysis.at_least()), says(analysis.reach()), says(analysis.at_most()));
            let names = (&exploded.workloads[from].name, &exploded.workloads[to].name);
            prop_assert!(
                least <= truth && truth <= most,
                "{names:?}: {truth} is not within {least} and {most}\n{text}"
            );
            prop_assert!(least <= shown && shown <= most, "{names:?}: {least}, {shown}, {most}\n{text}");
            prop_assert!(case.asks_for_hash() || least == most, "{names:?}: nothing is unknown\n{text}");
        }
    }
    Ok(())
}

/// The end that stands for a pod: the pod itself, or those that no selector distinguishes from it.
fn end(analysis: &Analysis, name: &str) -> reach::Endpoint {
    let found = analysis.resolver().source(&format!("shop/{name}")).unwrap();
    match found.ends.as_slice() {
        [End::Workload(id)] => reach::Endpoint::Workload(*id),
        [End::Presumed(place)] => reach::Endpoint::Presumed(*place),
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn cost_follows_the_numbers_that_selectors_ask_for() {
    let ask = |replicas: u64| {
        let requirement = Requirement {
            key: POD_INDEX.to_owned(),
            operator: Operator::NotIn,
            values: Is(vec!["0".to_owned(), "5".to_owned()]),
        };
        let selector = Selector { match_labels: Absent, match_expressions: Is(vec![requirement]) };
        let spec = Spec { pod_selector: Is(selector), ..Spec::default() };
        let policies = vec![Policy { name: "p".to_owned(), namespace: 0, spec: Is(spec) }];
        let case = Case { start: None, replicas: Some(7), autoscaled: false, completions: None, hash: "", policies };
        let text = case.text().replace("replicas: 7", &format!("replicas: {replicas}"));
        Analysis::from_texts(&[("cluster.yaml", &text)], &Options::default()).cluster().workloads.len()
    };
    assert_eq!(ask(7), 6, "two Deployments, a Job, two replicas and the rest");
    assert_eq!(ask(1_000_000_000), ask(7));
}
