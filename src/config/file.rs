//! What may be in netlint.yaml: its keys, as they are read and as the schema describes them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::cni::{ClusterEntry, Cni};
use super::level::Level;
use super::report::{FailOn, Format};
use super::schema::{self, SCHEMA_URL};
use crate::catalogue::Profile;

/// The JSON Schema of netlint.yaml: draft 7, which every editor knows.
#[must_use]
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft07().for_deserialize();
    let mut schema = settings.into_generator().into_root_schema_for::<File>();
    schema.insert("$id".to_owned(), serde_json::json!(SCHEMA_URL));
    schema.insert("title".to_owned(), serde_json::json!("netlint.yaml"));
    schema.to_value()
}

/// The whole file. Paths are relative to its directory.
#[derive(Clone, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(transform = schema::keys_without_value)]
pub(super) struct File {
    /// What to check where the command line names no path.
    pub(super) paths: Vec<String>,
    /// Globs of paths that directories do not give. One without a slash is met at any depth.
    pub(super) exclude: Vec<String>,
    /// Which rules run where nothing else is said: `default`, `strict` or `security-only`.
    pub(super) profile: Option<Profile>,
    /// The severity of a rule's findings, or `off`.
    #[schemars(schema_with = "schema::levels")]
    pub(super) rules: BTreeMap<String, Level>,
    /// Clusters by name, each with its paths; each is analysed by itself.
    pub(super) clusters: BTreeMap<String, ClusterEntry>,
    /// The network plugin of every cluster that does not say its own.
    pub(super) cni: Option<Cni>,
    /// What the manifests do not say about the cluster.
    pub(super) cluster: Cluster,
    /// The tiers of the application by name. A workload belongs to the first one that matches.
    pub(super) tiers: Ordered<Tier>,
    /// Connections that must be permitted or denied.
    pub(super) expect: Vec<Expect>,
    /// Findings that are not reported.
    pub(super) ignore: Vec<Ignore>,
    /// A file of findings that are known and not reported, as `--write-baseline` writes it.
    pub(super) baseline: Option<String>,
    /// The least severity that makes `netlint check` fail, where the command line does not say.
    #[serde(rename = "failOn")]
    pub(super) fail_on: Option<FailOn>,
    /// The format of the report of `netlint check`, where the command line does not say.
    pub(super) format: Option<Format>,
    /// Without effect: only `--render` on the command line runs kustomize and Helm.
    pub(super) render: Option<bool>,
    /// The namespace of resources that name none.
    pub(super) namespace: Option<String>,
}

/// What the manifests do not say about the cluster.
#[derive(Clone, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Cluster {
    /// The addresses of pods: an `ipBlock` that meets them admits pods as well.
    pub(super) pod_cidrs: Vec<String>,
    /// The addresses of Services, which policies never see.
    pub(super) service_cidrs: Vec<String>,
    /// The DNS servers of the cluster, where they are not those of a common distribution.
    pub(super) dns: Vec<Dns>,
}

/// Pods that answer DNS.
#[derive(Clone, Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Dns {
    /// Their namespace.
    pub(super) namespace: String,
    /// Their labels.
    pub(super) pod_selector: BTreeMap<String, String>,
    /// The ports on which they answer, as policies see them: those of the pods, not of the Service.
    #[serde(default = "dns_ports")]
    #[schemars(inner(range(min = 1, max = 65535)))]
    pub(super) ports: Vec<i64>,
}

fn dns_ports() -> Vec<i64> {
    vec![53]
}

/// A tier of the application.
#[derive(Clone, Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Tier {
    /// The workloads that belong to it: those that any of the entries matches.
    #[serde(rename = "match")]
    #[schemars(length(min = 1))]
    pub(super) matches: Vec<TierMatch>,
    /// The tiers that may connect to it. Without this key nothing is said of who may.
    #[serde(default)]
    pub(super) reachable_from: Option<Vec<String>>,
}

/// What a workload of a tier looks like: everything that is written here must hold.
#[derive(Clone, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(super) struct TierMatch {
    /// Labels of its pods.
    pub(super) labels: BTreeMap<String, String>,
    /// A glob of a container's image: of the whole reference, or of its last part without tag.
    pub(super) image: Option<String>,
    /// A glob of its namespace.
    pub(super) namespace: Option<String>,
    /// Its kind, for example `StatefulSet`.
    pub(super) kind: Option<String>,
}

/// A connection that must be permitted or denied.
#[derive(Clone, Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::one_claim)]
pub(super) struct Expect {
    /// Who connects, as `netlint query` writes it.
    #[serde(default)]
    pub(super) from: Option<String>,
    /// The destination and its port.
    pub(super) to: String,
    /// Whether that must be permitted.
    #[serde(default)]
    pub(super) allow: Option<bool>,
    /// Instead of `from` and `allow`: nobody else may connect.
    #[serde(default)]
    pub(super) only: Option<Vec<String>>,
}

/// Findings that are not reported.
#[derive(Clone, Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ignore {
    /// The rule, or several.
    #[schemars(schema_with = "schema::one_rule_or_several")]
    pub(super) rule: OneOrSeveral,
    /// `KIND/NAMESPACE/NAME` of the object that the finding is about, or `KIND/NAME`; each part may be a glob.
    #[serde(default)]
    pub(super) resource: Option<String>,
    /// A glob of the file.
    #[serde(default)]
    pub(super) path: Option<String>,
    /// Why.
    #[serde(default)]
    pub(super) reason: Option<String>,
    /// The last day on which it holds: `2027-01-31`.
    #[serde(default)]
    #[schemars(schema_with = "schema::day")]
    pub(super) until: Option<String>,
}

/// A string, or a list of strings.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrSeveral {
    One(String),
    Several(Vec<String>),
}

/// A mapping that keeps the order of the file.
#[derive(Clone, Debug)]
pub(super) struct Ordered<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Ordered<T> {
    fn schema_name() -> Cow<'static, str> {
        BTreeMap::<String, T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }
}
