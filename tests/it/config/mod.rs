//! The configuration and what it does, through the real binary.

mod demo;
mod expectations;
mod files;
mod init;
mod no_cluster;
mod schema;
mod tiers;
