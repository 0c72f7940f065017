//! The cluster that the manifests describe: the model that rules read.

mod model;
pub mod tier;

pub use model::*;
