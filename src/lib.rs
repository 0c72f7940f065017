//! netlint reads Kubernetes manifests and proves what their NetworkPolicies really do.
//!
//! Data goes one way, and each step is a module:
//!
//! ```text
//! paths ──discover──▶ texts ──yaml──▶ documents ──manifest, policy──▶ resources ──cluster──▶ Cluster
//!                                                                                             │ reach
//!                                                                                             ▼
//!       report ◀── findings ◀── claims ◀──rules── Facts ◀──facts── Analysis ◀──analysis── Reachability
//!          ▲                                                          │
//!          └──────────────────── connections, query, expect ◀─────────┘
//! ```
//!
//! `kustomize` divides the input into clusters; `config` says what is expected and left out; `file_tree` is what files
//! are read from. The library prints nothing and exits nowhere; input and output sit in `file_tree`, `discover` and
//! `cli`. ARCHITECTURE.md draws the whole house, with what holds in each module.

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
