//! What commands print: one folder for each kind of report, one file for each format.

pub mod connections;
pub(crate) mod endpoint;
pub mod expect;
pub mod findings;
pub mod query;
pub mod repairs;
