//! Pods and whatever has a pod template: what netlint reads of them, and the names of all other fields.

use super::settings::{ENV_FROM, ENV_VAR, VOLUME};
use crate::schema::field::Field;
use crate::schema::metadata::{LABELS, OBJECT_META, kind};
use crate::schema::report::{Flaw, Report};
use crate::schema::selector::LABEL_SELECTOR;
use crate::schema::syntax::{dns_label, is_placeholder, optional_port_name, optional_port_number, quote};
use crate::schema::table::{INT, PORT, PROTOCOL, STR, STRINGS, Schema, Type};

pub(super) static POD: Schema = kind!("io.k8s.api.core.v1.Pod", POD_SPEC);
pub(super) static REPLICATION_CONTROLLER: Schema =
    kind!("io.k8s.api.core.v1.ReplicationController", REPLICATION_CONTROLLER_SPEC);
pub(super) static DEPLOYMENT: Schema = kind!("io.k8s.api.apps.v1.Deployment", DEPLOYMENT_SPEC);
pub(super) static STATEFUL_SET: Schema = kind!("io.k8s.api.apps.v1.StatefulSet", STATEFUL_SET_SPEC);
pub(super) static DAEMON_SET: Schema = kind!("io.k8s.api.apps.v1.DaemonSet", DAEMON_SET_SPEC);
pub(super) static REPLICA_SET: Schema = kind!("io.k8s.api.apps.v1.ReplicaSet", REPLICA_SET_SPEC);
pub(super) static JOB: Schema = kind!("io.k8s.api.batch.v1.Job", JOB_SPEC);
pub(super) static CRON_JOB: Schema = kind!("io.k8s.api.batch.v1.CronJob", CRON_JOB_SPEC);

static REPLICATION_CONTROLLER_SPEC: Schema = Schema::new(
    "io.k8s.api.core.v1.ReplicationControllerSpec",
    &[("minReadySeconds", INT), ("replicas", INT), ("selector", LABELS), ("template", Type::Map(&POD_TEMPLATE))],
);

static DEPLOYMENT_SPEC: Schema = Schema::new(
    "io.k8s.api.apps.v1.DeploymentSpec",
    &[
        ("minReadySeconds", INT),
        ("paused", Type::Bool),
        ("progressDeadlineSeconds", INT),
        ("replicas", INT),
        ("revisionHistoryLimit", INT),
        ("selector", Type::Map(&LABEL_SELECTOR)),
        ("template", Type::Map(&POD_TEMPLATE)),
    ],
)
.others(&["strategy"])
.checked_by(selects_its_pods);

static STATEFUL_SET_SPEC: Schema = Schema::new(
    "io.k8s.api.apps.v1.StatefulSetSpec",
    &[
        ("minReadySeconds", INT),
        ("podManagementPolicy", STR),
        ("replicas", INT),
        ("revisionHistoryLimit", INT),
        ("selector", Type::Map(&LABEL_SELECTOR)),
        ("serviceName", STR),
        ("template", Type::Map(&POD_TEMPLATE)),
    ],
)
.others(&["ordinals", "persistentVolumeClaimRetentionPolicy", "updateStrategy", "volumeClaimTemplates"])
.checked_by(selects_its_pods);

static DAEMON_SET_SPEC: Schema = Schema::new(
    "io.k8s.api.apps.v1.DaemonSetSpec",
    &[
        ("minReadySeconds", INT),
        ("revisionHistoryLimit", INT),
        ("selector", Type::Map(&LABEL_SELECTOR)),
        ("template", Type::Map(&POD_TEMPLATE)),
    ],
)
.others(&["updateStrategy"])
.checked_by(selects_its_pods);

static REPLICA_SET_SPEC: Schema = Schema::new(
    "io.k8s.api.apps.v1.ReplicaSetSpec",
    &[
        ("minReadySeconds", INT),
        ("replicas", INT),
        ("selector", Type::Map(&LABEL_SELECTOR)),
        ("template", Type::Map(&POD_TEMPLATE)),
    ],
)
.checked_by(selects_its_pods);

static JOB_SPEC: Schema = Schema::new(
    "io.k8s.api.batch.v1.JobSpec",
    &[
        ("activeDeadlineSeconds", INT),
        ("backoffLimit", INT),
        ("backoffLimitPerIndex", INT),
        ("completionMode", STR),
        ("completions", INT),
        ("managedBy", STR),
        ("manualSelector", Type::Bool),
        ("maxFailedIndexes", INT),
        ("parallelism", INT),
        ("podReplacementPolicy", STR),
        ("selector", Type::Map(&LABEL_SELECTOR)),
        ("suspend", Type::Bool),
        ("template", Type::Map(&POD_TEMPLATE)),
        ("ttlSecondsAfterFinished", INT),
    ],
)
.others(&["podFailurePolicy", "scheduling", "successPolicy"]);

static CRON_JOB_SPEC: Schema = Schema::new(
    "io.k8s.api.batch.v1.CronJobSpec",
    &[
        ("concurrencyPolicy", STR),
        ("failedJobsHistoryLimit", INT),
        ("jobTemplate", Type::Map(&JOB_TEMPLATE)),
        ("schedule", STR),
        ("startingDeadlineSeconds", INT),
        ("successfulJobsHistoryLimit", INT),
        ("suspend", Type::Bool),
        ("timeZone", STR),
    ],
);

static JOB_TEMPLATE: Schema = Schema::new(
    "io.k8s.api.batch.v1.JobTemplateSpec",
    &[("metadata", Type::Map(&OBJECT_META)), ("spec", Type::Map(&JOB_SPEC))],
);

static POD_TEMPLATE: Schema = Schema::new(
    "io.k8s.api.core.v1.PodTemplateSpec",
    &[("metadata", Type::Map(&OBJECT_META)), ("spec", Type::Map(&POD_SPEC))],
);

static POD_SPEC: Schema = Schema::new(
    "io.k8s.api.core.v1.PodSpec",
    &[
        ("activeDeadlineSeconds", INT),
        ("automountServiceAccountToken", Type::Bool),
        ("containers", Type::List(&Type::Map(&CONTAINER))),
        ("dnsPolicy", Type::OneOf(&["", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"])),
        ("enableServiceLinks", Type::Bool),
        ("hostIPC", Type::Bool),
        ("hostNetwork", Type::Bool),
        ("hostPID", Type::Bool),
        ("hostUsers", Type::Bool),
        ("hostname", STR),
        ("hostnameOverride", STR),
        ("initContainers", Type::List(&Type::Map(&CONTAINER))),
        ("nodeName", STR),
        ("nodeSelector", LABELS),
        ("preemptionPolicy", STR),
        ("priority", INT),
        ("priorityClassName", STR),
        ("restartPolicy", Type::OneOf(&["", "Always", "OnFailure", "Never"])),
        ("runtimeClassName", STR),
        ("schedulerName", STR),
        ("serviceAccount", STR),
        ("serviceAccountName", STR),
        ("setHostnameAsFQDN", Type::Bool),
        ("shareProcessNamespace", Type::Bool),
        ("subdomain", STR),
        ("terminationGracePeriodSeconds", INT),
        ("volumes", Type::List(&Type::Map(&VOLUME))),
    ],
)
.others(&[
    "affinity",
    "dnsConfig",
    "ephemeralContainers",
    "evictionResponders",
    "hostAliases",
    "imagePullSecrets",
    "os",
    "overhead",
    "readinessGates",
    "resourceClaims",
    "resources",
    "schedulingGates",
    "schedulingGroup",
    "securityContext",
    "tolerations",
    "topologySpreadConstraints",
    // Of Kubernetes 1.35 alone.
    "workloadRef",
])
.checked_by(container_names);

static CONTAINER: Schema = Schema::new(
    "io.k8s.api.core.v1.Container",
    &[
        ("args", STRINGS),
        ("command", STRINGS),
        ("env", Type::List(&Type::Map(&ENV_VAR))),
        ("envFrom", Type::List(&Type::Map(&ENV_FROM))),
        ("image", STR),
        ("imagePullPolicy", Type::OneOf(&["", "Always", "IfNotPresent", "Never"])),
        ("name", Type::Str(dns_label)),
        ("ports", Type::List(&Type::Map(&CONTAINER_PORT))),
        ("restartPolicy", STR),
        ("stdin", Type::Bool),
        ("stdinOnce", Type::Bool),
        ("terminationMessagePath", STR),
        ("terminationMessagePolicy", STR),
        ("tty", Type::Bool),
        ("workingDir", STR),
    ],
)
.others(&[
    "lifecycle",
    "livenessProbe",
    "readinessProbe",
    "resizePolicy",
    "resources",
    "restartPolicyRules",
    "securityContext",
    "startupProbe",
    "volumeDevices",
    "volumeMounts",
])
.checked_by(container);

static CONTAINER_PORT: Schema = Schema::new(
    "io.k8s.api.core.v1.ContainerPort",
    &[
        ("containerPort", PORT),
        ("hostIP", STR),
        ("hostPort", Type::Int(optional_port_number)),
        ("name", Type::Str(optional_port_name)),
        ("protocol", PROTOCOL),
    ],
)
.checked_by(container_port);

/// "`selector` does not match template `labels`", said only where both are written: layers may bring either.
fn selects_its_pods(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let Some(selector) = field.get("selector") else { return };
    let template = field.get("template");
    let metadata = template.as_ref().and_then(|template| template.get("metadata"));
    let Some(labels) = metadata.as_ref().and_then(|metadata| metadata.get("labels")) else { return };
    let Some(wanted) = selector.get("matchLabels") else { return };
    for (name, _, node) in wanted.node.entries() {
        let Some(value) = node.as_str() else { continue };
        let carried = labels.node.get(name);
        // A label that is not a string is reported as such.
        let differs = carried.is_none_or(|label| label.as_str().is_some_and(|label| label != value));
        if differs && !is_placeholder(value) && !carried.and_then(|it| it.as_str()).is_some_and(is_placeholder) {
            let message = format!("the template's labels lack {} of the selector", quote(&format!("{name}: {value}")));
            let help = "give the selector and the template the same labels";
            report.invalid(&wanted.child(name, node), Flaw::new(message, help));
        }
    }
}

/// Container names are unique in a pod, init containers included.
fn container_names(field: &Field<'_, '_>, report: &mut Report<'_>) {
    let mut names = Vec::new();
    for list in ["containers", "initContainers"] {
        let Some(list) = field.list(list) else { continue };
        for container in list.items() {
            let Some((name, text)) = container.string("name") else { continue };
            if names.contains(&text) {
                let message = format!("two containers of the pod are named {}", quote(text));
                report.invalid(&name, Flaw::new(message, "give each container its own name"));
            }
            names.push(text);
        }
    }
}

fn container(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if !field.has("name") {
        report.missing(field, "name", Flaw::new("this container has no name", "write `name`"));
    }
    let Some(ports) = field.several("ports") else { return };
    let mut names = Vec::new();
    for port in ports.items() {
        let Some((name, text)) = port.string("name") else { continue };
        if names.contains(&text) {
            let message = format!("two ports of the container are named {}", quote(text));
            report.invalid(&name, Flaw::new(message, "give each port its own name"));
        }
        names.push(text);
    }
}

fn container_port(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if !field.has("containerPort") {
        let help = "write the number it listens on: `containerPort: 8080`";
        report.missing(field, "containerPort", Flaw::new("this port has no `containerPort`", help));
    }
}
