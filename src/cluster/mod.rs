//! The cluster that the manifests describe: the model that rules read.

mod arrange;
mod assemble;
mod model;
mod namespaces;
mod presumed;
mod services;
mod settle;
mod tier;

pub use assemble::assemble;
pub use model::{Cluster, Replaced};
pub use presumed::{PresumedDns, PresumedPod};
pub use tier::{Classification, Confidence, Evidence, Exposure, Family, Tier, classify, database_client, evidence};
