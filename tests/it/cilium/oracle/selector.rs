//! Labels with sources, and selectors over them.

use serde_json::Value;

use super::super::world::World;

/// A label of an identity: source, key and value.
pub(super) type Label = (String, String, String);

/// The identity of a pod: "`k8s:<pod label>` for every identity-relevant label", the labels of its namespace, its
/// namespace and its cluster.
pub(super) fn of_pod(world: &World, pod: usize) -> Vec<Label> {
    let pod = &world.pods[pod];
    let own = pod.labels.iter().filter(|(key, _)| !key.starts_with("io.cilium.k8s")).cloned();
    let namespace = world.namespaces.iter().find(|namespace| namespace.name == pod.namespace);
    let of_namespace = namespace.into_iter().flat_map(|namespace| {
        let name = ("kubernetes.io/metadata.name".to_owned(), namespace.name.clone());
        namespace.labels.iter().cloned().chain([name])
    });
    let of_namespace = of_namespace.map(|(key, value)| (format!("io.cilium.k8s.namespace.labels.{key}"), value));
    let fixed = [
        ("io.kubernetes.pod.namespace".to_owned(), pod.namespace.clone()),
        ("io.cilium.k8s.policy.cluster".to_owned(), "default".to_owned()),
        ("io.cilium.k8s.policy.serviceaccount".to_owned(), pod.account.clone().unwrap_or_else(|| "default".to_owned())),
    ];
    let labels = own.chain(of_namespace).chain(fixed).filter(|(key, _)| counts(key));
    labels.map(|(key, value)| ("k8s".to_owned(), key, value)).collect()
}

/// "Not identity-relevant by default, so a selector on them never matches".
fn counts(key: &str) -> bool {
    let kept = [
        "io.kubernetes.pod.namespace",
        "io.cilium.k8s.namespace.labels",
        "app.kubernetes.io",
        "io.cilium.k8s.policy.cluster",
        "io.cilium.k8s.policy.serviceaccount",
    ];
    let dropped = [
        "io.kubernetes",
        "kubernetes.io",
        "k8s.io",
        "topology.kubernetes.io",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/job-completion-index",
        "batch.kubernetes.io/controller-uid",
        "pod-template-hash",
        "pod-template-generation",
        "controller-revision-hash",
        "controller-uid",
        "annotation",
        "etcd_node",
    ];
    if key.contains("beta.kubernetes.io") {
        return false;
    }
    kept.iter().any(|prefix| key.starts_with(prefix)) || !dropped.iter().any(|prefix| key.starts_with(prefix))
}

/// A condition: source, key, operator and values.
#[derive(Clone, Debug)]
pub(super) struct Requirement {
    pub(super) source: String,
    pub(super) key: String,
    pub(super) operator: String,
    pub(super) values: Vec<String>,
    /// Whether it is of `matchLabels`.
    pub(super) is_label: bool,
}

/// The conditions of a selector; "no source: `any`", or another one.
pub(super) fn requirements(selector: &Value, default_source: &str) -> Vec<Requirement> {
    let split = |key: &str| match key.split_once(':') {
        Some((source, key)) => (source.to_owned(), key.to_owned()),
        None => (default_source.to_owned(), key.to_owned()),
    };
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let mut all = Vec::new();
    for (key, value) in selector["matchLabels"].as_object().into_iter().flatten() {
        let (source, key) = split(key);
        let values = vec![value.as_str().unwrap().to_owned()];
        all.push(Requirement { source, key, operator: "In".to_owned(), values, is_label: true });
    }
    for expression in selector["matchExpressions"].as_array().into_iter().flatten() {
        let (source, key) = split(expression["key"].as_str().unwrap());
        let operator = expression["operator"].as_str().unwrap().to_owned();
        all.push(Requirement { source, key, operator, values: texts(&expression["values"]), is_label: false });
    }
    all
}

/// "All ANDed; an absent key satisfies NotIn and DoesNotExist".
pub(super) fn holds(requirements: &[Requirement], labels: &[Label]) -> bool {
    requirements.iter().all(|asked| {
        let label = labels
            .iter()
            .find(|(source, key, _)| *key == asked.key && (asked.source == "any" || asked.source == *source));
        match asked.operator.as_str() {
            "In" => label.is_some_and(|(_, _, value)| asked.values.contains(value)),
            "NotIn" => label.is_none_or(|(_, _, value)| !asked.values.contains(value)),
            "Exists" => label.is_some(),
            "DoesNotExist" => label.is_none(),
            other => panic!("operator {other}"),
        }
    })
}

/// A condition that a label of Kubernetes has this value.
pub(super) fn equals(key: &str, value: &str) -> Requirement {
    Requirement {
        source: "k8s".to_owned(),
        key: key.to_owned(),
        operator: "In".to_owned(),
        values: vec![value.to_owned()],
        is_label: true,
    }
}

/// A condition that a label of Kubernetes is there.
pub(super) fn exists(key: &str) -> Requirement {
    Requirement { operator: "Exists".to_owned(), values: Vec::new(), is_label: false, ..equals(key, "") }
}
