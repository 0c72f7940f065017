//! The cluster that the manifests describe: the model that rules read.

mod assemble;
mod model;

pub use assemble::assemble;
pub use model::*;
