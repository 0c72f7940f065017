//! The fields that kustomize v5.5 changes without being told (its `builtinpluginconsts`).

use super::config::{Config, Reference};
use super::field_spec::FieldSpec;
use super::object::Gvk;

/// Group, version and kind, of which an empty one means any; the path; whether it is made.
type Row = (&'static str, &'static str, &'static str, &'static str, bool);

/// The labels of objects and of what is made from their templates.
const TEMPLATE_LABELS: &[Row] = &[
    ("", "", "", "metadata/labels", true),
    ("", "v1", "ReplicationController", "spec/template/metadata/labels", true),
    ("", "", "Deployment", "spec/template/metadata/labels", true),
    ("", "", "ReplicaSet", "spec/template/metadata/labels", true),
    ("", "", "DaemonSet", "spec/template/metadata/labels", true),
    ("apps", "", "StatefulSet", "spec/template/metadata/labels", true),
    ("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true),
    ("batch", "", "Job", "spec/template/metadata/labels", true),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/labels", true),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels", true),
];

/// What selects pods. NetworkPolicies are changed only where they select by labels already.
const SELECTORS: &[Row] = &[
    ("", "v1", "Service", "spec/selector", true),
    ("", "v1", "ReplicationController", "spec/selector", true),
    ("", "", "Deployment", "spec/selector/matchLabels", true),
    ("", "", "ReplicaSet", "spec/selector/matchLabels", true),
    ("", "", "DaemonSet", "spec/selector/matchLabels", true),
    ("apps", "", "StatefulSet", "spec/selector/matchLabels", true),
    ("batch", "", "Job", "spec/selector/matchLabels", false),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
    ("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false),
];

/// Selectors inside the pod templates of Deployments and StatefulSets.
const SCHEDULING: &[&str] = &[
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "topologySpreadConstraints/labelSelector/matchLabels",
];

const ANNOTATIONS: &[Row] = &[
    ("", "", "", "metadata/annotations", true),
    ("", "v1", "ReplicationController", "spec/template/metadata/annotations", true),
    ("", "", "Deployment", "spec/template/metadata/annotations", true),
    ("", "", "ReplicaSet", "spec/template/metadata/annotations", true),
    ("", "", "DaemonSet", "spec/template/metadata/annotations", true),
    ("", "", "StatefulSet", "spec/template/metadata/annotations", true),
    ("batch", "", "Job", "spec/template/metadata/annotations", true),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/annotations", true),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/annotations", true),
];

const NAMES: &[Row] = &[("", "", "", "metadata/name", false)];

const NAMESPACES: &[Row] = &[
    ("", "", "Namespace", "metadata/name", true),
    ("apiregistration.k8s.io", "", "APIService", "spec/service/namespace", true),
    (
        "apiextensions.k8s.io",
        "",
        "CustomResourceDefinition",
        "spec/conversion/webhook/clientConfig/service/namespace",
        false,
    ),
];

const IMAGES: &[Row] = &[
    ("", "", "", "spec/containers[]/image", true),
    ("", "", "", "spec/initContainers[]/image", true),
    ("", "", "", "spec/template/spec/containers[]/image", true),
    ("", "", "", "spec/template/spec/initContainers[]/image", true),
];

const REPLICAS: &[Row] = &[
    ("", "", "Deployment", "spec/replicas", true),
    ("", "", "ReplicationController", "spec/replicas", true),
    ("", "", "ReplicaSet", "spec/replicas", true),
    ("", "", "StatefulSet", "spec/replicas", true),
];

/// A kind that is named, and which fields of other kinds name it.
type References = (Named, &'static [Row]);

/// Group, version and kind of what is named.
type Named = (&'static str, &'static str, &'static str);

const REFERENCES: &[References] = &[
    (("", "", "Deployment"), SCALED),
    (("", "", "ReplicationController"), SCALED),
    (("", "", "ReplicaSet"), SCALED),
    (("", "", "StatefulSet"), SCALED),
    (
        CONFIG_MAP,
        &[
            ("", "", "Node", "spec/configSource/configMap", false),
            ("", "", "Role", "rules/resourceNames", false),
            ("", "", "ClusterRole", "rules/resourceNames", false),
            ("", "", "Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/fastcgi-params-configmap", false),
        ],
    ),
    (
        SECRET,
        &[
            ("", "", "Ingress", "spec/tls/secretName", false),
            ("", "", "Ingress", r"metadata/annotations/ingress.kubernetes.io\/auth-secret", false),
            ("", "", "Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/auth-secret", false),
            ("", "", "Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/auth-tls-secret", false),
            ("", "", "ServiceAccount", "imagePullSecrets/name", false),
            ("", "", "StorageClass", "parameters/secretName", false),
            ("", "", "StorageClass", "parameters/adminSecretName", false),
            ("", "", "StorageClass", "parameters/userSecretName", false),
            ("", "", "StorageClass", "parameters/secretRef", false),
            ("", "", "Role", "rules/resourceNames", false),
            ("", "", "ClusterRole", "rules/resourceNames", false),
            (
                "serving.knative.dev",
                "v1",
                "Service",
                "spec/template/spec/containers/env/valueFrom/secretKeyRef/name",
                false,
            ),
            ("", "", "PersistentVolume", "spec/azureFile/secretName", false),
        ],
    ),
    (
        ("", "v1", "Service"),
        &[
            ("apps", "", "StatefulSet", "spec/serviceName", false),
            ("", "", "Ingress", "spec/rules/http/paths/backend/serviceName", false),
            ("", "", "Ingress", "spec/backend/serviceName", false),
            ("", "", "Ingress", "spec/rules/http/paths/backend/service/name", false),
            ("", "", "Ingress", "spec/defaultBackend/service/name", false),
            ("apiregistration.k8s.io", "", "APIService", "spec/service/name", false),
            (
                "admissionregistration.k8s.io",
                "",
                "ValidatingWebhookConfiguration",
                "webhooks/clientConfig/service",
                false,
            ),
            (
                "admissionregistration.k8s.io",
                "",
                "MutatingWebhookConfiguration",
                "webhooks/clientConfig/service",
                false,
            ),
        ],
    ),
    (("rbac.authorization.k8s.io", "", "Role"), &[(RBAC, "", "RoleBinding", "roleRef/name", false)]),
    (
        ("rbac.authorization.k8s.io", "", "ClusterRole"),
        &[(RBAC, "", "RoleBinding", "roleRef/name", false), (RBAC, "", "ClusterRoleBinding", "roleRef/name", false)],
    ),
    (
        SERVICE_ACCOUNT,
        &[(RBAC, "", "RoleBinding", "subjects", false), (RBAC, "", "ClusterRoleBinding", "subjects", false)],
    ),
    (CLAIM, &[]),
    (
        ("", "v1", "PersistentVolume"),
        &[
            ("", "", "PersistentVolumeClaim", "spec/volumeName", false),
            ("", "", "ClusterRole", "rules/resourceNames", false),
        ],
    ),
    (
        ("storage.k8s.io", "v1", "StorageClass"),
        &[
            ("", "", "PersistentVolume", "spec/storageClassName", false),
            ("", "", "PersistentVolumeClaim", "spec/storageClassName", false),
            ("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName", false),
        ],
    ),
    (PRIORITY_CLASS, &[]),
    // The group is what kustomize says, and no object has it.
    (("networking.k8s.io/v1", "v1", "IngressClass"), &[("", "", "Ingress", "spec/ingressClassName", false)]),
    (
        ("admissionregistration.k8s.io", "", "ValidatingAdmissionPolicy"),
        &[("admissionregistration.k8s.io", "", "ValidatingAdmissionPolicyBinding", "spec/policyName", false)],
    ),
];

const RBAC: &str = "rbac.authorization.k8s.io";
const CONFIG_MAP: Named = ("", "v1", "ConfigMap");
const SECRET: Named = ("", "v1", "Secret");
const SERVICE_ACCOUNT: Named = ("", "v1", "ServiceAccount");
const CLAIM: Named = ("", "v1", "PersistentVolumeClaim");
const PRIORITY_CLASS: Named = ("scheduling.k8s.io", "v1", "PriorityClass");
const SCALED: &[Row] = &[("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name", false)];

/// Where the pod specs of kinds are, with the version that kustomize asks for.
type PodSpec = (&'static str, &'static str, &'static str);

/// Kinds whose pods take ConfigMaps and Secrets.
const WITH_DATA: &[PodSpec] = &[
    ("v1", "Pod", "spec"),
    ("", "PodTemplate", "template/spec"),
    ("", "Deployment", "spec/template/spec"),
    ("", "ReplicaSet", "spec/template/spec"),
    ("", "DaemonSet", "spec/template/spec"),
    ("", "StatefulSet", "spec/template/spec"),
    ("", "Job", "spec/template/spec"),
    ("", "CronJob", "spec/jobTemplate/spec/template/spec"),
];

/// Kinds whose pods have a ServiceAccount, claims and a priority.
const WITH_ACCOUNT: &[PodSpec] = &[
    ("", "Pod", "spec"),
    ("", "StatefulSet", "spec/template/spec"),
    ("", "Deployment", "spec/template/spec"),
    ("", "ReplicationController", "spec/template/spec"),
    ("", "CronJob", "spec/jobTemplate/spec/template/spec"),
    ("", "Job", "spec/template/spec"),
    ("", "DaemonSet", "spec/template/spec"),
];

/// References inside pod specs.
const IN_POD_SPECS: &[(Named, &[PodSpec], &[&str])] = &[
    (
        CONFIG_MAP,
        WITH_DATA,
        &[
            "volumes/configMap/name",
            "containers/env/valueFrom/configMapKeyRef/name",
            "initContainers/env/valueFrom/configMapKeyRef/name",
            "containers/envFrom/configMapRef/name",
            "initContainers/envFrom/configMapRef/name",
            "volumes/projected/sources/configMap/name",
        ],
    ),
    (
        SECRET,
        WITH_DATA,
        &[
            "volumes/secret/secretName",
            "containers/env/valueFrom/secretKeyRef/name",
            "initContainers/env/valueFrom/secretKeyRef/name",
            "containers/envFrom/secretRef/name",
            "initContainers/envFrom/secretRef/name",
            "imagePullSecrets/name",
            "volumes/projected/sources/secret/name",
        ],
    ),
    (SERVICE_ACCOUNT, WITH_ACCOUNT, &["serviceAccountName"]),
    (CLAIM, WITH_ACCOUNT, &["volumes/persistentVolumeClaim/claimName"]),
    (PRIORITY_CLASS, WITH_ACCOUNT, &["priorityClassName"]),
];

/// Where variables are in the containers of pods.
const VARIABLES_OF_CONTAINERS: &[&str] = &["args", "command", "env/value", "volumeMounts/mountPath"];

/// Kinds whose containers hold variables.
const WITH_VARIABLES: &[(&str, &str)] = &[
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
    ("Deployment", "spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("Pod", "spec"),
    ("ReplicaSet", "spec/template/spec"),
    ("StatefulSet", "spec/template/spec"),
];

const VARIABLES: &[Row] = &[
    ("", "", "CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server", false),
    ("", "", "DaemonSet", "spec/template/spec/volumes/nfs/server", false),
    ("", "", "Deployment", "spec/template/spec/volumes/nfs/server", false),
    ("", "", "Deployment", "spec/template/metadata/annotations", false),
    ("", "", "Ingress", "spec/rules/host", false),
    ("", "", "Ingress", "spec/tls/hosts", false),
    ("", "", "Ingress", "spec/tls/secretName", false),
    ("", "", "Job", "spec/template/spec/volumes/nfs/server", false),
    ("", "", "Pod", "spec/volumes/nfs/server", false),
    ("", "", "ReplicaSet", "spec/template/spec/volumes/nfs/server", false),
    ("", "", "Service", "spec/ports/port", false),
    ("", "", "Service", "spec/ports/targetPort", false),
    ("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server", false),
    ("", "", "PersistentVolume", "spec/nfs/server", false),
    ("", "", "", "metadata/labels", false),
    ("", "", "", "metadata/annotations", false),
];

fn spec(&(group, version, kind, path, create): &Row) -> FieldSpec {
    field(group, version, kind, path.to_owned(), create)
}

fn field(group: &str, version: &str, kind: &str, path: String, create: bool) -> FieldSpec {
    let gvk = Gvk { group: group.into(), version: version.into(), kind: kind.into() };
    FieldSpec { gvk, path, create }
}

/// kustomize's own tables.
pub(super) fn config() -> Config {
    let specs = |rows: &[Row]| rows.iter().map(spec).collect::<Vec<_>>();
    let mut common_labels = specs(SELECTORS);
    for kind in ["Deployment", "StatefulSet"] {
        let paths = SCHEDULING.iter().map(|path| format!("spec/template/spec/{path}"));
        common_labels.extend(paths.map(|path| field("apps", "", kind, path, false)));
    }
    common_labels.extend(specs(TEMPLATE_LABELS));
    let mut variables = specs(VARIABLES);
    for (kind, pod_spec) in WITH_VARIABLES {
        for containers in ["containers", "initContainers"] {
            let paths = VARIABLES_OF_CONTAINERS.iter().map(|path| format!("{pod_spec}/{containers}/{path}"));
            variables.extend(paths.map(|path| field("", "", kind, path, false)));
        }
    }
    let mut config = Config {
        name_prefix: specs(NAMES),
        name_suffix: specs(NAMES),
        namespace: specs(NAMESPACES),
        common_labels,
        labels: Vec::new(),
        template_labels: specs(TEMPLATE_LABELS),
        annotations: specs(ANNOTATIONS),
        references: REFERENCES.iter().map(reference).collect(),
        variables,
        images: specs(IMAGES),
        replicas: specs(REPLICAS),
    };
    // Sorted as kustomize sorts it.
    let mut sorted = Config::default();
    if sorted.merge(&config).is_ok() {
        config = sorted;
    }
    config
}

fn reference((target, rows): &References) -> Reference {
    let (group, version, kind) = *target;
    let in_pods = IN_POD_SPECS.iter().filter(|(named, ..)| named == target).flat_map(|(_, kinds, paths)| {
        kinds.iter().flat_map(|(version, kind, pod_spec)| {
            paths.iter().map(move |path| field("", version, kind, format!("{pod_spec}/{path}"), false))
        })
    });
    let referrers = in_pods.chain(rows.iter().map(spec)).collect();
    Reference { target: Gvk { group: group.into(), version: version.into(), kind: kind.into() }, referrers }
}
