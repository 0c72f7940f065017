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
//!
//! Programs use the types of this page:
//!
//! ```
//! use netlint::{Configuration, Manifests, Verdict};
//!
//! let manifests = Manifests::from_texts(
//!     &[(
//!         "shop.yaml",
//!         "
//! apiVersion: v1
//! kind: Pod
//! metadata: {name: web, namespace: shop, labels: {app: web}}
//! spec: {containers: [{name: web, image: example/web}]}
//! ---
//! apiVersion: networking.k8s.io/v1
//! kind: NetworkPolicy
//! metadata: {name: deny-all, namespace: shop}
//! spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
//! ",
//!     )],
//!     &Configuration::default(),
//! );
//! assert_eq!(manifests.findings(), []);
//! assert_eq!(manifests.query(None, "shop/web", "203.0.113.7")?, Verdict::Denied);
//! assert!(manifests.connections(None)?.is_empty());
//! # Ok::<(), netlint::Error>(())
//! ```
//!
//! The feature `cli`, on by default, is the command line. The feature `internals` opens the modules for the tests,
//! benchmarks and fuzzers of this repository; nothing in them is stable.

#![cfg_attr(
    not(feature = "internals"),
    allow(unreachable_pub, dead_code, unused_imports, reason = "open to tests and benchmarks alone")
)]

mod library;

/// Modules that are open to the tests, benchmarks and fuzzers of this repository.
macro_rules! internals {
    ($(mod $name:ident;)*) => {
        $(
            #[cfg(feature = "internals")]
            #[doc(hidden)]
            pub mod $name;
            #[cfg(not(feature = "internals"))]
            mod $name;
        )*
    };
}

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod facts;
mod kustomize;
mod schema;

internals! {
    mod analysis;
    mod catalogue;
    mod cluster;
    mod config;
    mod connections;
    mod diagnostic;
    mod diff;
    mod discover;
    mod edit;
    mod endpoint;
    mod expect;
    mod file_tree;
    mod findings;
    mod graph;
    mod generate;
    mod init;
    mod manifest;
    mod net;
    mod objects;
    mod policy;
    mod query;
    mod reach;
    mod repair;
    mod report;
    mod rules;
    mod source;
    mod text;
    mod yaml;
}

pub use library::{Confidence, Configuration, Connection, Error, Finding, Manifests, Place, Severity, Verdict};
