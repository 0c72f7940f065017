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
//! `config` says what is expected and left out. The library prints nothing and exits nowhere; input and output sit in
//! `discover` and `cli`.

pub mod analysis;
pub mod baseline;
pub mod cli;
pub mod cluster;
pub mod config;
pub mod connections;
pub mod discover;
pub mod endpoint;
pub mod expect;
pub mod finding;
pub mod init;
mod kustomize;
pub mod locate;
pub mod manifest;
pub mod model;
mod paths;
pub mod policy;
pub mod query;
pub mod reach;
pub mod report;
pub mod rules;
pub mod source;
pub mod suggest;
pub mod suppress;
mod templates;
mod words;
pub mod yaml;
