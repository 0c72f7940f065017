//! What commands print: one folder for each kind of report, one file for each format.

pub mod connections;
pub mod diff;
pub(crate) mod endpoint;
pub mod expect;
pub mod exposure;
pub mod findings;
pub mod generate;
pub mod graph;
pub mod query;
pub mod repairs;
