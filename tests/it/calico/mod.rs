//! What Calico's policies mean: an oracle written from the documentation of Calico alone, and the cases that it was
//! tried on.

mod agreement;
pub(crate) mod engine;
pub(crate) mod generate;
pub(crate) mod oracle;
mod selector;
mod settings;
mod vectors;
pub(crate) mod world;
