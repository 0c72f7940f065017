//! Which network plugin enforces the policies of a cluster.

mod calico;
mod cilium;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::policy::Enforcer;
use crate::source::Origin;

/// The network plugin that enforces policies, with those of its options that change what they mean. What is not written
/// is as in its current release.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Cni {
    /// Which one.
    pub name: Plugin,
    /// Its release, in quotes: `"1.20"` of Cilium, `"3.32"` of Calico.
    #[serde(default)]
    version: Option<String>,
    /// How objects of `projectcalico.org/v3` get into the cluster. Calico only.
    #[serde(default)]
    api: Option<calico::Api>,
    /// For which pods policies are enforced (`enable-policy`). Cilium only.
    #[serde(default)]
    enable_policy: Option<cilium::EnablePolicy>,
    /// What CIDR blocks match beside addresses outside the cluster (`policy-cidr-match-mode`). Cilium only.
    #[serde(default)]
    policy_cidr_match_mode: Option<Vec<cilium::CidrMatch>>,
    /// The labels that policies see, as in `cilium-config`: `k8s:app !k8s:team`. Cilium only.
    #[serde(default)]
    labels: Option<String>,
    /// Whether the node of a pod may always connect to it (`allow-localhost`). Cilium only.
    #[serde(default)]
    allow_localhost: Option<cilium::AllowLocalhost>,
    /// The name of the cluster (`cluster-name`). Cilium only.
    #[serde(default)]
    cluster_name: Option<String>,
    /// Whether policies for nodes are enforced (`enable-host-firewall`). Cilium only.
    #[serde(default)]
    host_firewall: Option<bool>,
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

/// What is wrong with an entry: its key, and what to say.
pub(super) struct Mistake {
    pub(super) key: &'static str,
    pub(super) message: String,
    pub(super) help: String,
}

impl Cni {
    /// What enforces the policies.
    #[must_use]
    pub fn enforcer(&self) -> Enforcer {
        match self.name {
            Plugin::Cilium => Enforcer::Cilium(cilium::options(self).unwrap_or_default()),
            Plugin::Calico => Enforcer::Calico(calico::options(self).unwrap_or_default()),
            Plugin::OvnKubernetes | Plugin::Antrea | Plugin::KubeNetworkPolicies | Plugin::KubeOvn => Enforcer::Api,
        }
    }

    /// What is wrong with it, if anything.
    pub(super) fn mistake(&self) -> Option<Mistake> {
        if let Some((key, plugins)) = self.foreign_option() {
            let known: Vec<String> = plugins.iter().map(ToString::to_string).collect();
            return Some(Mistake {
                key,
                message: format!("`{key}` is an option of {}, and the plugin is {}", known.join(" and "), self.name),
                help: "delete it, or correct `name`".to_owned(),
            });
        }
        match self.name {
            Plugin::Cilium => cilium::options(self).err(),
            Plugin::Calico => calico::options(self).err(),
            Plugin::OvnKubernetes | Plugin::Antrea | Plugin::KubeNetworkPolicies | Plugin::KubeOvn => None,
        }
    }

    /// The first option that is written and is one of other plugins, with these.
    fn foreign_option(&self) -> Option<(&'static str, &'static [Plugin])> {
        const CILIUM: &[Plugin] = &[Plugin::Cilium];
        const CALICO: &[Plugin] = &[Plugin::Calico];
        const BOTH: &[Plugin] = &[Plugin::Cilium, Plugin::Calico];
        let options = [
            ("version", BOTH, self.version.is_some()),
            ("api", CALICO, self.api.is_some()),
            ("enablePolicy", CILIUM, self.enable_policy.is_some()),
            ("policyCidrMatchMode", CILIUM, self.policy_cidr_match_mode.is_some()),
            ("labels", CILIUM, self.labels.is_some()),
            ("allowLocalhost", CILIUM, self.allow_localhost.is_some()),
            ("clusterName", CILIUM, self.cluster_name.is_some()),
            ("hostFirewall", CILIUM, self.host_firewall.is_some()),
        ];
        let foreign = options.into_iter().find(|(_, plugins, written)| *written && !plugins.contains(&self.name));
        foreign.map(|(key, plugins, _)| (key, plugins))
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
