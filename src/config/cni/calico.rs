//! The options of Calico.

use schemars::JsonSchema;

use super::{Cni, Mistake};
use crate::policy::dialect::calico;

/// How objects of `projectcalico.org/v3` get into a cluster, which decides what Calico fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Api {
    /// By `calicoctl`, or through Calico's own API server.
    Server,
    /// As custom resources of `projectcalico.org/v3`.
    V3Crd,
    /// By `calicoctl`, which stores custom resources of `crd.projectcalico.org/v1`.
    V1Crd,
}

/// Reads them; what is wrong otherwise.
pub(super) fn options(cni: &Cni) -> Result<calico::Options, Mistake> {
    let version = cni.version.as_ref().map(|version| {
        release(version).ok_or_else(|| Mistake {
            key: "version",
            message: format!("`{version}` is not a release of Calico"),
            help: "write for example `version: \"3.32\"`".to_owned(),
        })
    });
    let api = match cni.api {
        None | Some(Api::Server) => calico::Api::Server,
        Some(Api::V3Crd) => calico::Api::V3Crd,
        Some(Api::V1Crd) => calico::Api::V1Crd,
    };
    Ok(calico::Options { version: version.transpose()?, api })
}

/// Major and minor number of `3.32`, `v3.32.1` and the like.
fn release(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v').unwrap_or(version).split('.');
    let release = (parts.next()?.parse().ok().filter(|&major| major == 3)?, parts.next()?.parse().ok()?);
    parts.all(|part| !part.is_empty()).then_some(release)
}
