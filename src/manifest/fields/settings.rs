//! What containers are told: environment variables, and ConfigMaps as files.

use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::env_name;
use crate::schema::table::{INT, STR, Schema, Type};

pub(super) static ENV_VAR: Schema = Schema::new(
    "io.k8s.api.core.v1.EnvVar",
    &[("name", Type::Str(env_name)), ("value", STR), ("valueFrom", Type::Map(&ENV_VAR_SOURCE))],
)
.checked_by(env_var);

static ENV_VAR_SOURCE: Schema =
    Schema::new("io.k8s.api.core.v1.EnvVarSource", &[("configMapKeyRef", Type::Map(&CONFIG_MAP_KEY))]).others(&[
        "fieldRef",
        "fileKeyRef",
        "resourceFieldRef",
        "secretKeyRef",
    ]);

static CONFIG_MAP_KEY: Schema =
    Schema::new("io.k8s.api.core.v1.ConfigMapKeySelector", &[("key", STR), ("name", STR), ("optional", Type::Bool)])
        .checked_by(config_map_key);

pub(super) static ENV_FROM: Schema =
    Schema::new("io.k8s.api.core.v1.EnvFromSource", &[("configMapRef", Type::Map(&CONFIG_MAP_ENV)), ("prefix", STR)])
        .others(&["secretRef"]);

static CONFIG_MAP_ENV: Schema =
    Schema::new("io.k8s.api.core.v1.ConfigMapEnvSource", &[("name", STR), ("optional", Type::Bool)]);

pub(super) static VOLUME: Schema = Schema::new(
    "io.k8s.api.core.v1.Volume",
    &[("configMap", Type::Map(&CONFIG_MAP)), ("name", STR), ("projected", Type::Map(&PROJECTED))],
)
.others(&[
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "glusterfs",
    "hostPath",
    "image",
    "iscsi",
    "nfs",
    "persistentVolumeClaim",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "secret",
    "storageos",
    "vsphereVolume",
]);

static CONFIG_MAP: Schema = Schema::new(
    "io.k8s.api.core.v1.ConfigMapVolumeSource",
    &[
        ("defaultMode", INT),
        ("defaultUser", INT),
        ("items", Type::List(&Type::Map(&KEY_TO_PATH))),
        ("name", STR),
        ("optional", Type::Bool),
    ],
);

static PROJECTED: Schema = Schema::new(
    "io.k8s.api.core.v1.ProjectedVolumeSource",
    &[("defaultMode", INT), ("defaultUser", INT), ("sources", Type::List(&Type::Map(&PROJECTION)))],
);

static PROJECTION: Schema =
    Schema::new("io.k8s.api.core.v1.VolumeProjection", &[("configMap", Type::Map(&CONFIG_MAP_PROJECTION))]).others(&[
        "clusterTrustBundle",
        "downwardAPI",
        "podCertificate",
        "secret",
        "serviceAccountToken",
    ]);

static CONFIG_MAP_PROJECTION: Schema = Schema::new(
    "io.k8s.api.core.v1.ConfigMapProjection",
    &[("items", Type::List(&Type::Map(&KEY_TO_PATH))), ("name", STR), ("optional", Type::Bool)],
);

static KEY_TO_PATH: Schema =
    Schema::new("io.k8s.api.core.v1.KeyToPath", &[("key", STR), ("mode", INT), ("path", STR), ("user", INT)])
        .checked_by(key_to_path);

/// "may not be specified when `value` is not empty".
fn env_var(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if !field.has("name") {
        report.missing(field, "name", Flaw::new("this environment variable has no name", "write `name`"));
    }
    if let Some(source) = field.get("valueFrom")
        && field.text("value").is_some_and(|value| !value.is_empty())
    {
        let flaw = Flaw::new("`value` and `valueFrom` are in one variable", "keep one of the two");
        report.invalid_key(&source, flaw);
    }
}

fn config_map_key(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if field.lacks("key") {
        let help = "write the entry of the ConfigMap that is meant: `key: NAME`";
        report.missing(field, "key", Flaw::new("this reference has no `key`", help));
    }
}

fn key_to_path(field: &Field<'_, '_>, report: &mut Report<'_>) {
    for key in ["key", "path"] {
        if field.lacks(key) {
            let message = format!("this item has no `{key}`");
            report.missing(field, key, Flaw::new(message, "write `key`, the entry, and `path`, the file it becomes"));
        }
    }
}
