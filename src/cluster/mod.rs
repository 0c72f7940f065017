//! The cluster that the manifests describe: the model that rules read.

mod arrange;
mod asked;
mod assemble;
mod controllers;
mod fold;
mod model;
mod namespaces;
mod presumed;
mod replicas;
mod services;
mod settle;
mod tier;

pub(crate) use assemble::UNSET_NAMESPACE;
pub use assemble::assemble;
pub(crate) use controllers::has_image;
pub use model::{Cluster, Replaced};
pub use presumed::{PresumedAs, PresumedDns, PresumedPod};
pub(crate) use presumed::{kube_dns, openshift_dns};
pub use tier::{Classification, Confidence, Evidence, Exposure, Family, Tier, classify, database_client, evidence};
