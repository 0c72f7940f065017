//! What the input does not show stays between the engine's bounds: whatever labels the namespaces without a manifest
//! turn out to carry.

use proptest::collection::vec;
use proptest::prelude::*;

use super::cluster::{Endpoint, Labels, Protocol};
use super::engine::Engine;
use super::generate::{Case, Size, case, labels};
use super::oracle::{self, Connection};
use super::{config, probes};

const SIZE: Size = Size { namespaces: 3, workloads: 4, ..Size::SMALL };

proptest! {
    #![proptest_config(config(20))]

    #[test]
    fn any_labels_of_unknown_namespaces_stay_between_the_bounds(case in case(SIZE), labels in vec(labels(), 3)) {
        check(&case, labels)?;
    }
}

proptest! {
    #![proptest_config(config(10))]

    #[test]
    fn a_peer_admits_the_workloads_that_it_resolves_to(case in case(SIZE)) {
        prop_assert_eq!(Engine::read(&case.text()).contradictions(), Vec::<String>::new());
    }
}

fn check(case: &Case, labels: Vec<Labels>) -> Result<(), TestCaseError> {
    let text = case.text();
    let engine = Engine::read(&text);
    let mut revealed = case.cluster.clone();
    for (namespace, labels) in revealed.namespaces.iter_mut().zip(labels) {
        namespace.manifest.get_or_insert(labels);
    }
    let ports = probes::ports(&revealed);
    // Of pods outside the input the labels are unknown as well.
    let is_shown = |endpoint| matches!(endpoint, Endpoint::Workload(_) | Endpoint::External(_));
    for (from, to) in probes::pairs(&revealed).into_iter().filter(|&(from, to)| is_shown(from) && is_shown(to)) {
        let (certain, possible) = engine.bounds(&case.cluster, from, to);
        for protocol in Protocol::ALL {
            for &port in &ports {
                let truth = oracle::allowed(&revealed, Connection { from, to, protocol, port });
                let (least, most) = (certain(protocol, port), possible(protocol, port));
                prop_assert!(
                    least <= truth && truth <= most,
                    "{from:?} to {to:?} {protocol:?} {port}: {truth} is not within {least} and {most} with {:?}\n{text}",
                    revealed.namespaces
                );
            }
        }
    }
    Ok(())
}
