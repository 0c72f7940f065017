//! The tables against the schemas that the API publishes.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::{apps::v1 as apps, batch::v1 as batch, core::v1 as core, networking::v1 as networking};
use k8s_openapi::schemars::SchemaGenerator;
use serde_json::Value;

use crate::manifest::fields::table;
use crate::schema::table::{Schema, Type};

/// Fields of earlier versions that the tables keep, because manifests and dumps still carry them.
const EARLIER: [(&str, &str); 2] =
    [("io.k8s.api.networking.v1.NetworkPolicy", "status"), ("io.k8s.api.core.v1.PodSpec", "workloadRef")];

const KINDS: [(&str, &str); 12] = [
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("networking.k8s.io/v1", "Ingress"),
    ("v1", "Namespace"),
    ("v1", "Service"),
    ("v1", "Pod"),
    ("v1", "ReplicationController"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ReplicaSet"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
];

/// The published schemas, by name.
fn published() -> BTreeMap<String, Value> {
    let mut generator = SchemaGenerator::default();
    let _: [_; 12] = [
        generator.subschema_for::<networking::NetworkPolicy>(),
        generator.subschema_for::<networking::Ingress>(),
        generator.subschema_for::<core::Namespace>(),
        generator.subschema_for::<core::Service>(),
        generator.subschema_for::<core::Pod>(),
        generator.subschema_for::<core::ReplicationController>(),
        generator.subschema_for::<apps::Deployment>(),
        generator.subschema_for::<apps::StatefulSet>(),
        generator.subschema_for::<apps::DaemonSet>(),
        generator.subschema_for::<apps::ReplicaSet>(),
        generator.subschema_for::<batch::Job>(),
        generator.subschema_for::<batch::CronJob>(),
    ];
    generator.take_definitions(true).into_iter().collect()
}

/// All tables that can be reached from the kinds.
fn tables() -> BTreeMap<&'static str, &'static Schema> {
    fn add(schema: &'static Schema, all: &mut BTreeMap<&'static str, &'static Schema>) {
        if all.insert(schema.name, schema).is_none() {
            for (_, holds) in schema.fields {
                match holds {
                    Type::Map(inner) | Type::List(Type::Map(inner)) => add(inner, all),
                    _ => {}
                }
            }
        }
    }
    let mut all = BTreeMap::new();
    for (version, kind) in KINDS {
        add(table(kind, version).unwrap().0, &mut all);
    }
    all
}

/// Whether the published schema of a field says the same as the table.
fn agrees(holds: &Type, published: &Value) -> bool {
    let reference = published["$ref"].as_str().and_then(|it| it.rsplit('/').next());
    let is = |name: &str| published["type"] == name;
    match holds {
        Type::Any => true,
        Type::Bool => is("boolean"),
        Type::Int(_) => is("integer"),
        Type::Str(_) | Type::OneOf(_) => is("string") || reference == Some("io.k8s.apimachinery.pkg.apis.meta.v1.Time"),
        Type::IntOrStr(..) => reference == Some("io.k8s.apimachinery.pkg.util.intstr.IntOrString"),
        Type::List(item) => is("array") && agrees(item, &published["items"]),
        Type::Strings(..) => is("object") && published["additionalProperties"]["type"] == "string",
        Type::Number => is("number"),
        Type::Map(schema) => reference == Some(schema.name),
    }
}

#[test]
fn every_table_has_the_fields_of_its_type_and_their_types() {
    let (published, tables) = (published(), tables());
    for deep in ["core.v1.ContainerPort", "networking.v1.IPBlock", "networking.v1.ServiceBackendPort"] {
        assert!(tables.contains_key(format!("io.k8s.api.{deep}").as_str()), "{deep}");
    }
    for (name, schema) in tables {
        let properties = published[name]["properties"].as_object().unwrap();
        let ours: BTreeSet<&str> = schema.names().filter(|field| !EARLIER.contains(&(name, field))).collect();
        let theirs: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(ours, theirs, "{name}");
        for (field, holds) in schema.fields {
            assert!(agrees(holds, &properties[*field]), "{name}.{field}: {}", properties[*field]);
        }
    }
}

#[test]
fn no_field_stands_twice_in_a_table() {
    for (name, schema) in tables() {
        let distinct: BTreeSet<&str> = schema.names().collect();
        assert_eq!(distinct.len(), schema.names().count(), "{name}");
    }
}
