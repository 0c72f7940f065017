//! The cluster that the manifests describe: the model that rules read.

mod assemble;
mod direction;
mod intent;
mod model;
mod network_policy;
mod presumed;
mod protocol;
mod services;
mod settle;
mod tier;
mod unread;

pub use assemble::assemble;
pub use direction::Direction;
pub use intent::{Binding, Intent, Intents, Monitor, ScrapeEndpoint, ScrapePort};
pub use model::*;
pub use network_policy::{Expression, NetworkPolicy, SelectorPlace};
pub use presumed::{PresumedDns, PresumedPod};
pub use protocol::Protocol;
pub use unread::{Scope, Unread};
pub use tier::{Classification, Confidence, Evidence, Exposure, Family, Tier, classify, database_client, evidence};
