//! The options of Cilium.

use schemars::JsonSchema;

use super::{Cni, Mistake};
use crate::policy::LabelPattern;
use crate::policy::dialect::cilium::{Enforcement, Options};

/// For which pods policies are enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum EnablePolicy {
    /// Those that some policy selects.
    Default,
    /// All, those that no policy selects included.
    Always,
    /// None.
    Never,
}

/// What CIDR blocks match beside addresses outside the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum CidrMatch {
    /// Nodes.
    Nodes,
    /// Pods.
    Pods,
}

/// Whether the node of a pod may always connect to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum AllowLocalhost {
    /// It may.
    Auto,
    /// It may.
    Always,
    /// If policies permit it.
    Policy,
}

/// Reads them; the first that is wrong otherwise.
pub(super) fn options(cni: &Cni) -> Result<Options, Mistake> {
    let mut options = Options::default();
    if let Some(version) = &cni.version {
        options.minor_version = minor(version).ok_or_else(|| Mistake {
            key: "version",
            message: format!("`{version}` is not a release of Cilium"),
            help: "write for example `version: \"1.20\"`".to_owned(),
        })?;
    }
    if let Some(text) = &cni.labels {
        options.labels = patterns(text)?;
    }
    if let Some(name) = &cni.cluster_name {
        if !is_cluster_name(name) {
            return Err(Mistake {
                key: "clusterName",
                message: format!("`{name}` is not a valid name of a cluster"),
                help: "write at most 32 lower-case letters, digits and `-`, with a letter or digit at both ends"
                    .to_owned(),
            });
        }
        options.cluster_name = name.into();
    }
    options.enforcement = match cni.enable_policy {
        None | Some(EnablePolicy::Default) => Enforcement::Default,
        Some(EnablePolicy::Always) => Enforcement::Always,
        Some(EnablePolicy::Never) => Enforcement::Never,
    };
    let matched = |what| cni.policy_cidr_match_mode.iter().flatten().any(|it| *it == what);
    options.blocks_match_pods = matched(CidrMatch::Pods);
    options.blocks_match_nodes = matched(CidrMatch::Nodes);
    options.own_node_is_subject = cni.allow_localhost == Some(AllowLocalhost::Policy);
    options.host_firewall = cni.host_firewall.unwrap_or_default();
    Ok(options)
}

/// Whether the agent takes the name (`pkg/clustermesh/types`).
fn is_cluster_name(name: &str) -> bool {
    let is_end = |byte: Option<u8>| byte.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    name.len() <= 32
        && is_end(name.bytes().next())
        && is_end(name.bytes().next_back())
        && name.bytes().all(|byte| byte == b'-' || is_end(Some(byte)))
}

/// The minor number of `1.20`, `v1.20.2` and the like.
fn minor(version: &str) -> Option<u32> {
    let mut parts = version.strip_prefix('v').unwrap_or(version).split('.');
    let minor = (parts.next()? == "1").then(|| parts.next())??.parse().ok()?;
    parts.all(|part| !part.is_empty()).then_some(minor)
}

/// `k8s:app !k8s:team`: expressions that keys begin with, which keep labels, or hide them behind `!`. Those of other
/// sources say nothing of pods.
fn patterns(text: &str) -> Result<Vec<LabelPattern>, Mistake> {
    let mut patterns = Vec::new();
    for written in text.split_whitespace() {
        let (keeps, key) = written.strip_prefix('!').map_or((true, written), |key| (false, key));
        let (source, key) = key.split_once(':').unwrap_or(("k8s", key));
        let key = key.strip_prefix('^').unwrap_or(key);
        let (is_anywhere, key) = key.strip_prefix(".*").map_or((false, key), |key| (true, key));
        let key = key.strip_suffix(".*").unwrap_or(key).replace("\\.", ".");
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte)) {
            return Err(Mistake {
                key: "labels",
                message: format!("netlint cannot read the pattern `{written}`"),
                help: "write what the keys begin with, for example `k8s:app` or `!k8s:team`".to_owned(),
            });
        }
        if matches!(source, "k8s" | "any") {
            patterns.push(LabelPattern { text: key.into(), is_anywhere, keeps });
        }
    }
    Ok(patterns)
}
