//! The kinds of workloads that Kubernetes itself has. Any other object with a pod template is read like a Deployment.

/// A kind of workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkloadKind {
    /// For example `Deployment`.
    pub kind: &'static str,
    /// The API group that serves it; empty for the core group.
    pub group: &'static str,
    /// The version of the group that serves it.
    pub version: &'static str,
    /// The short name that `kubectl` has for it.
    pub short_name: Option<&'static str>,
    /// The keys that lead from the object to the pod spec.
    pub pod_spec: &'static [&'static str],
    /// The kind whose controller creates objects of this kind.
    pub created_by: Option<&'static str>,
    /// Labels that its controller, or that of what it creates, sets on the pods.
    pub controller_labels: &'static [ControllerLabel],
}

/// A label that a controller sets on pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControllerLabel {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub value: ControllerValue,
}

/// The value of a label that a controller sets on pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControllerValue {
    /// The name of the object.
    ObjectName,
    /// The name of the pod: that of the object, a dash and the pod's number.
    PodName,
    /// The number of the pod, where its controller numbers pods: a StatefulSet, an Indexed Job.
    PodNumber,
    /// A hash, a number or a generated name, which the manifest does not tell.
    Generated,
}

/// Every kind of workload, sorted by name. Labels are those of the API reference, "Well-Known Labels, Annotations and
/// Taints".
pub const WORKLOAD_KINDS: &[WorkloadKind] = &[
    WorkloadKind {
        kind: "CronJob",
        group: "batch",
        version: "v1",
        short_name: Some("cj"),
        pod_spec: &["spec", "jobTemplate", "spec", "template", "spec"],
        created_by: None,
        controller_labels: &[
            generated("batch.kubernetes.io/controller-uid"),
            ControllerLabel { key: "batch.kubernetes.io/job-completion-index", value: ControllerValue::PodNumber },
            generated("batch.kubernetes.io/job-name"),
            generated("controller-uid"),
            generated("job-name"),
        ],
    },
    WorkloadKind {
        kind: "DaemonSet",
        group: "apps",
        version: "v1",
        short_name: Some("ds"),
        pod_spec: TEMPLATE_SPEC,
        created_by: None,
        controller_labels: &[generated("controller-revision-hash"), generated("pod-template-generation")],
    },
    WorkloadKind {
        kind: "Deployment",
        group: "apps",
        version: "v1",
        short_name: Some("deploy"),
        pod_spec: TEMPLATE_SPEC,
        created_by: None,
        controller_labels: &[generated("pod-template-hash")],
    },
    WorkloadKind {
        kind: "Job",
        group: "batch",
        version: "v1",
        short_name: None,
        pod_spec: TEMPLATE_SPEC,
        created_by: Some("CronJob"),
        controller_labels: &[
            generated("batch.kubernetes.io/controller-uid"),
            ControllerLabel { key: "batch.kubernetes.io/job-completion-index", value: ControllerValue::PodNumber },
            ControllerLabel { key: "batch.kubernetes.io/job-name", value: ControllerValue::ObjectName },
            generated("controller-uid"),
            ControllerLabel { key: "job-name", value: ControllerValue::ObjectName },
        ],
    },
    WorkloadKind {
        kind: "Pod",
        group: "",
        version: "v1",
        short_name: Some("po"),
        pod_spec: &["spec"],
        created_by: None,
        controller_labels: &[],
    },
    WorkloadKind {
        kind: "ReplicaSet",
        group: "apps",
        version: "v1",
        short_name: Some("rs"),
        pod_spec: TEMPLATE_SPEC,
        created_by: Some("Deployment"),
        controller_labels: &[],
    },
    WorkloadKind {
        kind: "ReplicationController",
        group: "",
        version: "v1",
        short_name: Some("rc"),
        pod_spec: TEMPLATE_SPEC,
        created_by: None,
        controller_labels: &[],
    },
    WorkloadKind {
        kind: "StatefulSet",
        group: "apps",
        version: "v1",
        short_name: Some("sts"),
        pod_spec: TEMPLATE_SPEC,
        created_by: None,
        controller_labels: &[
            ControllerLabel { key: "apps.kubernetes.io/pod-index", value: ControllerValue::PodNumber },
            generated("controller-revision-hash"),
            ControllerLabel { key: "statefulset.kubernetes.io/pod-name", value: ControllerValue::PodName },
        ],
    },
];

/// Where most kinds, and custom ones, have their pod spec.
const TEMPLATE_SPEC: &[&str] = &["spec", "template", "spec"];

const fn generated(key: &'static str) -> ControllerLabel {
    ControllerLabel { key, value: ControllerValue::Generated }
}

/// The workload kind of this name; `None` for every other kind.
#[must_use]
pub fn workload_kind(kind: &str) -> Option<&'static WorkloadKind> {
    WORKLOAD_KINDS.binary_search_by(|it| it.kind.cmp(kind)).ok().and_then(|place| WORKLOAD_KINDS.get(place))
}

/// The keys that lead from an object of a kind to its pod template; none for a Pod, which is one itself.
#[must_use]
pub fn pod_template(kind: &str) -> &'static [&'static str] {
    let pod_spec = workload_kind(kind).map_or(TEMPLATE_SPEC, |it| it.pod_spec);
    pod_spec.split_last().map_or(&[], |(_, template)| template)
}

/// Whether the controller of some kind sets this label on pods.
#[must_use]
pub fn is_controller_label(key: &str) -> bool {
    WORKLOAD_KINDS.iter().flat_map(|it| it.controller_labels).any(|label| label.key == key)
}

/// Whether the controller of some kind sets this label to the name of each pod.
#[must_use]
pub fn is_pod_name(key: &str) -> bool {
    let labels = WORKLOAD_KINDS.iter().flat_map(|it| it.controller_labels);
    labels.filter(|label| label.value == ControllerValue::PodName).any(|label| label.key == key)
}

impl WorkloadKind {
    /// What `apiVersion` says of it, for example `apps/v1`.
    #[must_use]
    pub fn api_version(&self) -> String {
        match self.group {
            "" => self.version.to_owned(),
            group => format!("{group}/{}", self.version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{WORKLOAD_KINDS, pod_template, workload_kind};

    #[test]
    fn the_table_is_sorted_and_whoever_creates_a_kind_is_in_it() {
        assert!(WORKLOAD_KINDS.is_sorted_by(|left, right| left.kind < right.kind));
        for kind in WORKLOAD_KINDS {
            assert_eq!(workload_kind(kind.kind), Some(kind));
            assert!(kind.created_by.is_none_or(|creator| workload_kind(creator).is_some()), "{}", kind.kind);
            assert!(kind.controller_labels.is_sorted_by(|left, right| left.key < right.key), "{}", kind.kind);
        }
    }

    #[test]
    fn custom_kinds_have_their_template_where_most_do() {
        assert_eq!(pod_template("Rollout"), ["spec", "template"]);
        assert_eq!(pod_template("CronJob"), ["spec", "jobTemplate", "spec", "template"]);
        assert!(pod_template("Pod").is_empty());
    }
}
