//! Which network plugin enforces the policies of a cluster.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::policy::Enforcer;
use crate::policy::dialect::calico;
use crate::source::Origin;

/// The network plugin that enforces policies.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cni {
    /// Which one.
    pub name: Plugin,
    /// Its release, in quotes: `"3.31"`.
    #[serde(default)]
    pub version: Option<Version>,
    /// How objects of `projectcalico.org/v3` get into a cluster with Calico.
    #[serde(default)]
    pub api: Option<CalicoApi>,
}

/// How objects of `projectcalico.org/v3` get into a cluster, which decides what Calico fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CalicoApi {
    /// By `calicoctl`, or through Calico's own API server.
    Server,
    /// As custom resources of `projectcalico.org/v3`.
    V3Crd,
    /// By `calicoctl`, which stores custom resources of `crd.projectcalico.org/v1`.
    V1Crd,
}

/// A release: major and minor number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Version;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a release in quotes, such as \"3.31\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Version, E> {
                let mut parts = text.strip_prefix('v').unwrap_or(text).split('.').map(str::parse);
                match (parts.next(), parts.next()) {
                    (Some(Ok(major)), Some(Ok(minor))) => Ok(Version(major, minor)),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl JsonSchema for Version {
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^v?[0-9]+\\.[0-9]+(\\..*)?$"})
    }
}

impl Cni {
    /// What it makes of policies.
    #[must_use]
    pub fn enforcer(&self) -> Enforcer {
        match self.name {
            Plugin::Calico => Enforcer::Calico(calico::Options {
                version: self.version.map(|Version(major, minor)| (major, minor)),
                api: match self.api {
                    Some(CalicoApi::V3Crd) => calico::Api::V3Crd,
                    Some(CalicoApi::V1Crd) => calico::Api::V1Crd,
                    Some(CalicoApi::Server) | None => calico::Api::Server,
                },
            }),
            Plugin::OvnKubernetes
            | Plugin::Cilium
            | Plugin::Antrea
            | Plugin::KubeNetworkPolicies
            | Plugin::KubeOvn => Enforcer::Api,
        }
    }
}

/// A network plugin, or what enforces policies in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Plugin {
    /// OVN-Kubernetes, the one of OpenShift.
    OvnKubernetes,
    /// Cilium.
    Cilium,
    /// Calico.
    Calico,
    /// Antrea.
    Antrea,
    /// kube-network-policies, which enforces policies beside any plugin.
    KubeNetworkPolicies,
    /// Kube-OVN.
    KubeOvn,
}

impl fmt::Display for Plugin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::OvnKubernetes => "OVN-Kubernetes",
            Self::Cilium => "Cilium",
            Self::Calico => "Calico",
            Self::Antrea => "Antrea",
            Self::KubeNetworkPolicies => "kube-network-policies",
            Self::KubeOvn => "Kube-OVN",
        })
    }
}

/// An entry of `clusters`: its paths, or a mapping of all that is to be said of it.
#[derive(Clone, Debug, Default)]
pub(super) struct ClusterEntry {
    pub(super) paths: Vec<String>,
    pub(super) cni: Option<Cni>,
    is_list: bool,
}

/// The mapping.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The paths of the cluster.
    paths: Vec<String>,
    /// Its network plugin.
    #[serde(default)]
    cni: Option<Cni>,
}

impl ClusterEntry {
    /// Where its paths are, in an entry of this origin.
    pub(super) fn paths_origin(&self, entry: Origin) -> Origin {
        if self.is_list { entry } else { entry.key("paths") }
    }
}

impl<'de> Deserialize<'de> for ClusterEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = ClusterEntry;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of paths, or a mapping with `paths`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, paths: A) -> Result<ClusterEntry, A::Error> {
                let paths = Vec::deserialize(SeqAccessDeserializer::new(paths))?;
                Ok(ClusterEntry { paths, cni: None, is_list: true })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ClusterEntry, A::Error> {
                let Written { paths, cni } = Written::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ClusterEntry { paths, cni, is_list: false })
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

impl JsonSchema for ClusterEntry {
    fn schema_name() -> Cow<'static, str> {
        "ClusterEntry".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (list, mapping) = (generator.subschema_for::<Vec<String>>(), generator.subschema_for::<Written>());
        json_schema!({"description": "Its paths, or a mapping of all that is to be said of it.", "anyOf": [list, mapping]})
    }
}
