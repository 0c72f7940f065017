//! Which lists are merged item by item: what kustomize's OpenAPI data says of the kinds of Kubernetes v1.21, or a schema
//! that a kustomization names.

use super::value::Value;

/// The schemas of a build.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    /// The one that a kustomization names; the first one counts.
    custom: Option<Value>,
    /// Whether it is beside kustomize's own data, which something asked for before.
    is_beside: bool,
}

/// What is known of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Schema<'s> {
    Type(&'static Type),
    List(&'static Field),
    Custom(&'s Value),
}

/// The fields of a type that hold lists to be merged, or lead to such.
pub(super) type Type = [Field];

/// A field of a type.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    /// For a list that is merged, the keys that tell its items apart; none for scalars.
    merge: Option<&'static [&'static str]>,
    /// What it, or each of its items, consists of.
    of: &'static Type,
}

const fn to(name: &'static str, of: &'static Type) -> Field {
    Field { name, merge: None, of }
}

const fn list(name: &'static str, keys: &'static [&'static str], of: &'static Type) -> Field {
    Field { name, merge: Some(keys), of }
}

const METADATA: Field = to("metadata", &[list("finalizers", &[], &[]), list("ownerReferences", &["uid"], &[])]);
const STATUS: Field = to("status", &[list("conditions", &["type"], &[])]);
const ENV: Field = list("env", &["name"], &[]);
const DEVICES: Field = list("volumeDevices", &["devicePath"], &[]);
const MOUNTS: Field = list("volumeMounts", &["mountPath"], &[]);
static CONTAINER: [Field; 4] = [ENV, list("ports", &["containerPort", "protocol"], &[]), DEVICES, MOUNTS];
static POD_SPEC: [Field; 8] = [
    list("containers", &["name"], &CONTAINER),
    list("initContainers", &["name"], &CONTAINER),
    list("ephemeralContainers", &["name"], &[ENV, DEVICES, MOUNTS]),
    list("hostAliases", &["ip"], &[]),
    list("imagePullSecrets", &["name"], &[]),
    list("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"], &[]),
    list("volumes", &["name"], &[to("ephemeral", &[to("volumeClaimTemplate", &[METADATA])])]),
    to("overhead", &[]),
];
static TEMPLATE: [Field; 2] = [METADATA, to("spec", &POD_SPEC)];
static WORKLOAD: [Field; 3] = [METADATA, to("spec", &[to("template", &TEMPLATE)]), STATUS];
static JOB_TEMPLATE: [Field; 2] = [METADATA, to("spec", &[to("template", &TEMPLATE)])];
static CRON_JOB: [Field; 2] = [METADATA, to("spec", &[to("jobTemplate", &JOB_TEMPLATE)])];
static POD: [Field; 3] = [
    METADATA,
    to("spec", &POD_SPEC),
    to("status", &[list("conditions", &["type"], &[]), list("podIPs", &["ip"], &[])]),
];
static SERVICE: [Field; 3] = [METADATA, to("spec", &[list("ports", &["port", "protocol"], &[])]), STATUS];
static NODE: [Field; 3] = [
    METADATA,
    to("spec", &[list("podCIDRs", &[], &[])]),
    to("status", &[list("addresses", &["type"], &[]), list("conditions", &["type"], &[])]),
];
static WEBHOOKS: [Field; 2] = [METADATA, list("webhooks", &["name"], &[])];
static OTHER: [Field; 2] = [METADATA, STATUS];

/// Types with their kinds and API versions.
const TYPES: &[(&Type, &[&str], &[&str])] = &[
    (&WORKLOAD, &["apps/v1"], &["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    (&WORKLOAD, &["batch/v1"], &["Job"]),
    (&CRON_JOB, &["batch/v1", "batch/v1beta1"], &["CronJob"]),
    (&WORKLOAD, &["v1"], &["ReplicationController"]),
    (&POD, &["v1"], &["Pod"]),
    (&[METADATA, to("template", &TEMPLATE)], &["v1"], &["PodTemplate"]),
    (&SERVICE, &["v1"], &["Service"]),
    (&NODE, &["v1"], &["Node"]),
    (&[METADATA, list("secrets", &["name"], &[])], &["v1"], &["ServiceAccount"]),
    (&[METADATA, list("conditions", &["type"], &[])], &["v1"], &["ComponentStatus"]),
    (
        &WEBHOOKS,
        &["admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1"],
        &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    ),
    (
        &[METADATA, to("spec", &[list("drivers", &["name"], &[])])],
        &["storage.k8s.io/v1", "storage.k8s.io/v1beta1"],
        &["CSINode"],
    ),
];

/// Kinds in which only the metadata, and maybe the conditions of the status, hold such lists.
const PLAIN: &[(&[&str], &[&str])] = &[
    (&["apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"], &["CustomResourceDefinition"]),
    (&["apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1"], &["APIService"]),
    (&["apps/v1"], &["ControllerRevision"]),
    (&["autoscaling/v1"], &["HorizontalPodAutoscaler", "Scale"]),
    (&["autoscaling/v2beta1", "autoscaling/v2beta2"], &["HorizontalPodAutoscaler"]),
    (&["certificates.k8s.io/v1", "certificates.k8s.io/v1beta1"], &["CertificateSigningRequest"]),
    (&["coordination.k8s.io/v1", "coordination.k8s.io/v1beta1"], &["Lease"]),
    (&["discovery.k8s.io/v1", "discovery.k8s.io/v1beta1"], &["EndpointSlice"]),
    (&["events.k8s.io/v1", "events.k8s.io/v1beta1"], &["Event"]),
    (&["extensions/v1beta1"], &["Ingress"]),
    (&["flowcontrol.apiserver.k8s.io/v1beta1"], &["FlowSchema", "PriorityLevelConfiguration"]),
    (&["networking.k8s.io/v1"], &["Ingress", "IngressClass", "NetworkPolicy"]),
    (&["networking.k8s.io/v1beta1"], &["Ingress", "IngressClass"]),
    (&["node.k8s.io/v1", "node.k8s.io/v1beta1"], &["RuntimeClass"]),
    (&["policy/v1"], &["PodDisruptionBudget"]),
    (&["policy/v1beta1"], &["Eviction", "PodDisruptionBudget", "PodSecurityPolicy"]),
    (
        &["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"],
        &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    ),
    (&["scheduling.k8s.io/v1", "scheduling.k8s.io/v1beta1"], &["PriorityClass"]),
    (&["storage.k8s.io/v1"], &["CSIDriver", "StorageClass", "VolumeAttachment"]),
    (&["storage.k8s.io/v1beta1"], &["CSIDriver", "CSIStorageCapacity", "StorageClass", "VolumeAttachment"]),
    (
        &["v1"],
        &[
            "Binding",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "Namespace",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "ResourceQuota",
            "Secret",
        ],
    ),
];

const KIND_EXTENSION: &str = "x-kubernetes-group-version-kind";

impl Schemas {
    /// Uses a schema that a kustomization names, unless another one did so before. kustomize keeps its own data beside
    /// it if it has asked for them already.
    pub(super) fn use_custom(&mut self, schema: Value, is_beside: bool) {
        if self.custom.is_none() {
            self.custom = Some(schema);
            self.is_beside = is_beside;
        }
    }

    pub(super) fn has_custom(&self) -> bool {
        self.custom.is_some()
    }

    /// What is known of a kind.
    pub(super) fn of_kind(&self, api_version: &str, kind: &str) -> Option<Schema<'_>> {
        if let Some(custom) = &self.custom {
            let found = custom.get("definitions").map(Value::entries).unwrap_or_default().iter().rev();
            let mut found = found.filter(|(_, definition)| {
                definition.list(KIND_EXTENSION).iter().any(|gvk| is_kind(gvk, api_version, kind))
            });
            if let Some((_, definition)) = found.next() {
                return Some(Schema::Custom(definition));
            }
            if !self.is_beside {
                return None;
            }
        }
        let is = |versions: &[&str], kinds: &[&str]| versions.contains(&api_version) && kinds.contains(&kind);
        let known = TYPES.iter().find(|(_, versions, kinds)| is(versions, kinds)).map(|(of, ..)| *of);
        let plain = || PLAIN.iter().any(|(versions, kinds)| is(versions, kinds)).then_some(OTHER.as_slice());
        known.or_else(plain).map(Schema::Type)
    }

    /// Follows references to other definitions.
    fn resolve<'s>(&'s self, mut schema: &'s Value) -> Option<&'s Value> {
        const DEEPEST: usize = 64;
        for _ in 0..DEEPEST {
            let reference = schema.text("$ref");
            if reference.is_empty() {
                return Some(schema);
            }
            let name = reference.strip_prefix("#/definitions/")?;
            schema = self.custom.as_ref()?.get("definitions")?.get(name)?;
        }
        None
    }

    /// What is known of a field.
    pub(super) fn field<'s>(&'s self, schema: Schema<'s>, name: &str) -> Option<Schema<'s>> {
        match schema {
            Schema::Type(fields) => {
                let field = fields.iter().find(|field| field.name == name)?;
                Some(if field.merge.is_some() { Schema::List(field) } else { Schema::Type(field.of) })
            }
            Schema::List(_) => None,
            Schema::Custom(schema) => {
                let field = schema.get("properties").and_then(|fields| fields.get(name));
                let any = || schema.get("additionalProperties").filter(|any| !any.entries().is_empty());
                self.resolve(field.or_else(any)?).map(Schema::Custom)
            }
        }
    }

    /// What is known of the items of a list.
    pub(super) fn items<'s>(&'s self, schema: Schema<'s>) -> Option<Schema<'s>> {
        match schema {
            Schema::Type(_) => None,
            Schema::List(field) => Some(Schema::Type(field.of)),
            Schema::Custom(schema) => {
                let is_list =
                    schema.text("type") == "array" || schema.list("type").iter().any(|it| it.as_text() == "array");
                self.resolve(schema.get("items").filter(|_| is_list)?).map(Schema::Custom)
            }
        }
    }
}

impl Schema<'_> {
    /// The keys that tell the items of a list apart, if it is merged item by item.
    pub(super) fn merge_keys(&self) -> Option<Vec<String>> {
        match self {
            Self::Type(_) => None,
            Self::List(field) => Some(field.merge?.iter().map(|key| (*key).to_owned()).collect()),
            Self::Custom(schema) => {
                let is_merged =
                    schema.text("x-kubernetes-patch-strategy").split(',').any(|strategy| strategy == "merge");
                if !is_merged {
                    return None;
                }
                let keys = schema.list("x-kubernetes-list-map-keys");
                if keys.is_empty() {
                    let key = schema.text("x-kubernetes-patch-merge-key");
                    return Some(if key.is_empty() { Vec::new() } else { vec![key.to_owned()] });
                }
                Some(keys.iter().map(|key| key.as_text().to_owned()).collect())
            }
        }
    }
}

fn is_kind(gvk: &Value, api_version: &str, kind: &str) -> bool {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    gvk.text("group") == group && gvk.text("version") == version && gvk.text("kind") == kind
}
