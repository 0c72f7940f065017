//! Policies of `policy.networking.k8s.io`: an oracle that is written straight from the API's text, the tests that the
//! API's authors hold implementations to, and the reading of the three kinds.

mod agreement;
mod conformance;
mod engine;
mod generate;
mod manifest;
mod oracle;
mod oracle_cases;
mod policy;
mod reading;
mod rules;
mod truth_table;
