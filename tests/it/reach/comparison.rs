//! The engine beside the oracle: the tests and the fuzzer use it.

use proptest::prelude::*;

use super::cluster::Protocol;
use super::engine::Engine;
use super::generate::Case;
use super::oracle::{self, Connection};
use super::probes;

/// Compares every pair of endpoints, at every boundary of ports and addresses.
pub(crate) fn agree(case: &Case) -> Result<(), TestCaseError> {
    let (cluster, text) = (&case.cluster, case.text());
    let engine = Engine::read(&text);
    let ports = probes::ports(cluster);
    for (from, to) in probes::pairs(cluster) {
        let permitted = engine.permitted(cluster, from, to);
        for protocol in Protocol::ALL {
            for &port in &ports {
                let expected = oracle::allowed(cluster, Connection { from, to, protocol, port });
                let found = permitted(protocol, port);
                prop_assert!(
                    found == expected,
                    "{from:?} to {to:?} {protocol:?} {port}: permitted should be {expected} but is {found}\n{text}"
                );
            }
        }
    }
    Ok(())
}
