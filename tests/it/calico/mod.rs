//! What Calico's policies mean: an oracle written from the documentation of Calico alone, and the cases that it was
//! tried on.

mod agreement;
mod engine;
mod generate;
mod oracle;
mod selector;
mod settings;
mod vectors;
mod world;
