//! netlint reads Kubernetes manifests and proves what their NetworkPolicies really do.
//!
//! Data goes one way, and each step is a module:
//!
//! ```text
//! paths ──discover──▶ texts ──yaml──▶ documents ──manifest, policy──▶ resources ──cluster──▶ Cluster
//!                                        │ spans                                              │ reach
//!                                        ▼                                                    ▼
//!              report ◀──────────────── findings ◀──────────────── rules ◀────────────── Reachability
//! ```
//!
//! `config` says what is expected and left out. `file_tree` is what files are read from. The library prints nothing and
//! exits nowhere; input and output sit in `file_tree`, `discover` and `cli`. ARCHITECTURE.md draws the whole house.

pub mod analysis;
pub mod catalogue;
pub mod cli;
pub mod cluster;
pub mod config;
pub mod connections;
pub mod diagnostic;
pub mod discover;
pub mod endpoint;
pub mod expect;
mod facts;
pub mod file_tree;
pub mod findings;
pub mod init;
mod kustomize;
pub mod manifest;
pub mod net;
pub mod objects;
pub mod policy;
pub mod query;
pub mod reach;
pub mod report;
pub mod rules;
mod schema;
pub mod source;
pub mod text;
pub mod yaml;
