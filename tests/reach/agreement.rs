//! The engine and the oracle agree on every pair of endpoints, at every boundary of ports and addresses.

use proptest::prelude::*;

use crate::cluster::Protocol;
use crate::engine::Engine;
use crate::generate::{Case, Size, case};
use crate::oracle::{self, Connection};
use crate::{config, probes};

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn agrees_with_the_oracle_on_small_clusters(case in case(Size::SMALL)) {
        agree(&case)?;
    }
}

proptest! {
    #![proptest_config(config(2))]

    #[test]
    fn agrees_with_the_oracle_on_larger_clusters(case in case(Size::LARGE)) {
        agree(&case)?;
    }
}

fn agree(case: &Case) -> Result<(), TestCaseError> {
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
