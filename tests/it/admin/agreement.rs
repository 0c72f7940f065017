//! The engine and the oracle agree on random clusters in which all kinds of policy meet, at every boundary of ports and
//! addresses; and what the manifests don't show stays between the engine's bounds.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZero;
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};

use super::engine::text;
use super::generate::{Case, case};
use super::oracle::{World, allowed, outcomes, row};
use super::policy::{Peer, Port};
use super::truth_table::{Said, table};
use crate::reach::cluster::{Absent, Cluster, Direction, Endpoint, Field::Is, IpBlock, Labels, PortValue, Protocol};
use crate::reach::cluster::{Peer as NetworkPeer, Policy, Port as NetworkPort, Rule as NetworkRule, Spec};
use crate::reach::engine::Engine;
use crate::reach::generate::{Size, labels};
use crate::reach::oracle::Connection;
use crate::reach::probes;

/// How many clusters are tried: so many of 20,000, or of as many as the environment asks for.
fn cases(of_twenty_thousand: u32) -> u32 {
    let all = std::env::var("NETLINT_CASES").map_or(20_000, |cases| cases.parse::<u32>().unwrap());
    (u64::from(all) * u64::from(of_twenty_thousand) / 20_000).max(1) as u32
}

/// Tries a property on all cores, each with a share of the cases, and gives what each has gathered.
fn on_all_cores<S: Strategy, T: Default + Send>(
    cases: u32,
    strategy: impl Fn() -> S + Sync,
    property: impl Fn(&S::Value, &mut T) -> Result<(), TestCaseError> + Sync,
) -> Vec<T> {
    let cores = u32::try_from(thread::available_parallelism().map_or(1, NonZero::get)).unwrap();
    let share =
        Config { cases: cases.div_ceil(cores), failure_persistence: None, max_shrink_iters: 4096, ..Config::default() };
    thread::scope(|scope| {
        let (strategy, property) = (&strategy, &property);
        let threads: Vec<_> = (0..cores)
            .map(|_| {
                let share = share.clone();
                scope.spawn(move || {
                    let gathered = RefCell::new(T::default());
                    let outcome =
                        TestRunner::new(share).run(&strategy(), |case| property(&case, &mut gathered.borrow_mut()));
                    match outcome {
                        Ok(()) => gathered.into_inner(),
                        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
                        Err(TestError::Abort(reason)) => panic!("no cases: {reason}"),
                    }
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// The cluster with what its other policies are about as one NetworkPolicy more, so that it is probed as well.
fn probed(world: &World) -> Cluster {
    let mut cluster = world.cluster.clone();
    let rules = world.admin.iter().flat_map(|policy| policy.ingress.iter().chain(&policy.egress));
    let rules = rules.map(|rule| {
        let blocks = rule.peers.iter().filter_map(|peer| match peer {
            Peer::Networks(blocks) => Some(blocks),
            _ => None,
        });
        let peers = blocks
            .flatten()
            .map(|&cidr| NetworkPeer { ip_block: Is(IpBlock { cidr, except: Absent }), ..NetworkPeer::default() });
        let ports = rule.ports.iter().flatten().filter_map(|port| match port {
            Port::Range(protocol, first, last) => {
                Some(NetworkPort { protocol: Is(*protocol), port: Is(PortValue::Number(*first)), end_port: Is(*last) })
            }
            Port::Named(_) => None,
        });
        Some(NetworkRule { peers: Is(peers.collect()), ports: Is(ports.map(Some).collect()) })
    });
    let spec = Spec { egress: Is(rules.collect()), ..Spec::default() };
    let namespace = cluster.policies[0].namespace;
    cluster.policies.push(Policy { name: "probed".to_owned(), namespace, spec: Is(spec) });
    cluster
}

/// The pairs of endpoints, of those with addresses outside every ninth one: which ones differs from case to case.
fn pairs(cluster: &Cluster, start: usize) -> impl Iterator<Item = (Endpoint, Endpoint)> {
    let is_outside = |endpoint| matches!(endpoint, Endpoint::External(_));
    let pairs = probes::pairs(cluster).into_iter().zip(start..);
    let pairs = pairs.filter(move |&((from, to), place)| place % 9 == 0 || !is_outside(from) && !is_outside(to));
    pairs.map(|(pair, _)| pair)
}

/// How often each row of the truth table decided one direction of a connection.
type Rows = BTreeMap<Said, usize>;

fn agree(case: &Case, rows: &mut Rows) -> Result<(), TestCaseError> {
    let (world, text) = (&case.world, text(&case.world, &case.styles));
    let engine = Engine::read(&text);
    let probed = probed(world);
    let ports = probes::ports(&probed);
    for (from, to) in pairs(&probed, text.len()) {
        let permitted = engine.permitted(&world.cluster, from, to);
        for protocol in Protocol::ALL {
            for &port in &ports {
                let connection = Connection { from, to, protocol, port };
                let sides = Direction::BOTH.map(|direction| row(world, direction, connection));
                for row in sides.iter().flatten() {
                    *rows.entry((row.admin, row.isolated.then_some(row.admitted), row.baseline)).or_default() += 1;
                }
                let itself = from == to && matches!(from, Endpoint::Workload(_));
                let expected = itself || sides.into_iter().flatten().all(|row| row.permitted);
                prop_assert!(
                    permitted(protocol, port) == expected,
                    "{from:?} to {to:?} {protocol:?} {port}: permitted should be {expected}\n{text}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn agrees_with_the_oracle_where_all_kinds_meet() {
    let small = Size { namespaces: 2, workloads: 2, policies: 2, items: 0 };
    let cases = cases(20_000);
    let gathered = on_all_cores(cases, || case(small, 4), agree);
    let mut rows = Rows::new();
    gathered.into_iter().flatten().for_each(|(row, hits)| *rows.entry(row).or_default() += hits);
    // In 20,000 clusters, 200 times.
    if cases >= 2_000 {
        for row in table().into_keys() {
            let hits = rows.get(&row).copied().unwrap_or_default();
            assert!(hits * 100 >= cases as usize, "{row:?} decides only {hits} times in {cases} clusters");
        }
    }
}

#[test]
fn agrees_with_the_oracle_on_larger_clusters() {
    let large = Size { namespaces: 3, workloads: 4, policies: 4, items: 2 };
    on_all_cores(cases(200), || case(large, 8), agree);
}

/// What the manifests don't show: labels of namespaces and nodes, addresses of pods.
#[derive(Clone, Debug)]
struct Hidden {
    namespaces: Vec<Labels>,
    nodes: Vec<Labels>,
    addresses: Vec<u8>,
}

fn hidden() -> impl Strategy<Value = Hidden> {
    (vec(labels(), 3), vec(labels(), 1..3), vec(any::<u8>(), 2)).prop_map(|(namespaces, nodes, addresses)| Hidden {
        namespaces,
        nodes,
        addresses,
    })
}

fn reveal(world: &World, hidden: &Hidden) -> World {
    let mut revealed = World { nodes: hidden.nodes.clone(), ..world.clone() };
    for (namespace, labels) in revealed.cluster.namespaces.iter_mut().zip(&hidden.namespaces) {
        namespace.manifest.get_or_insert_with(|| labels.clone());
    }
    // In and out of the blocks of the alphabet.
    let address = |&byte: &u8| IpAddr::V4(Ipv4Addr::new(10, byte & 1, 2, (byte >> 1 & 3) + 1));
    revealed.addresses = hidden.addresses.iter().map(address).collect();
    revealed
}

fn stays_between_the_bounds((case, hidden): &(Case, Hidden), _: &mut ()) -> Result<(), TestCaseError> {
    let text = text(&case.world, &case.styles);
    let engine = Engine::read(&text);
    let revealed = reveal(&case.world, hidden);
    let probed = probed(&revealed);
    let ports = probes::ports(&probed);
    let is_shown = |endpoint| matches!(endpoint, Endpoint::Workload(_) | Endpoint::External(_));
    for (from, to) in probes::pairs(&probed).into_iter().filter(|&(from, to)| is_shown(from) && is_shown(to)) {
        let (certain, possible) = engine.bounds(&case.world.cluster, from, to);
        for protocol in Protocol::ALL {
            for &port in &ports {
                let connection = Connection { from, to, protocol, port };
                let itself = from == to && matches!(from, Endpoint::Workload(_));
                let sides = Direction::BOTH.map(|direction| outcomes(&revealed, direction, connection));
                let may = itself || sides.iter().all(|outcomes| outcomes.contains(&true));
                let must = itself || sides.iter().all(|outcomes| !outcomes.contains(&false));
                let (least, most) = (certain(protocol, port), possible(protocol, port));
                prop_assert!(allowed(&revealed, connection) >= must);
                prop_assert!(
                    least <= must && may <= most,
                    "{from:?} to {to:?} {protocol:?} {port}: {must} to {may} is not within {least} and {most}\n{text}\n{hidden:?}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn whatever_is_hidden_and_tied_stays_between_the_bounds() {
    let small = Size { namespaces: 2, workloads: 2, policies: 1, items: 0 };
    on_all_cores(cases(2_000), || (case(small, 3), hidden()), stays_between_the_bounds);
}
