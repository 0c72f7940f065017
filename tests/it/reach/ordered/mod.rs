//! Random clusters with stages of every kind, judged by the engine and by a naive judge that shares no code with it.
//!
//! `NETLINT_CASES` sets the number of clusters. A failure names the seed and the smallest part of its cluster that still
//! fails.

mod compare;
mod generate;
mod judge;
mod lower;
mod world;

use netlint::cluster::Cluster;
use netlint::policy::{self, Order, Peer, Peers, PortMatch, Ports, Silence};
use rayon::prelude::*;

use compare::{Evaluator, compare};
use generate::world;
use judge::Hits;
use lower::Material;
use world::{Action, Combine, World};

/// How many random clusters there are.
fn cases() -> u64 {
    std::env::var("NETLINT_CASES").map_or(20_000, |cases| cases.parse().unwrap())
}

#[test]
fn the_engine_agrees_with_the_judge() {
    let (material, cases) = (Material::new(), cases());
    let judge = |seed: u64| {
        let (world, mut hits) = (world(seed), Hits::default());
        match compare(&material, &world, &Evaluator::ENGINE, &mut hits) {
            Ok(()) => Ok(hits),
            Err(_) => Err(seed),
        }
    };
    let judged: Result<Vec<Hits>, u64> = (0..cases).into_par_iter().map(judge).collect();
    let hits = judged.unwrap_or_else(|seed| panic!("{}", smallest(&material, seed)));
    // Each kind of rule was met in many clusters.
    for combine in [Combine::FirstMatch, Combine::DenyWins] {
        for action in Action::ALL {
            for is_certain in [true, false] {
                let met = hits.iter().filter(|hits| hits.has(combine, action, is_certain)).count();
                let enough = 200 * cases as usize / 20_000;
                assert!(met >= enough, "{combine:?} {action:?}, certain: {is_certain}: met in {met} clusters only");
            }
        }
    }
    let shadowed: usize = hits.iter().map(|hits| hits.shadowed).sum();
    assert!(shadowed >= 500 * cases as usize / 20_000, "{shadowed} rules that never decide anything");
}

/// What fails of a world, in the fewest policies and rules.
fn smallest(material: &Material, seed: u64) -> String {
    let fails = |world: &World| compare(material, world, &Evaluator::ENGINE, &mut Hits::default()).err();
    let mut smallest = world(seed);
    while let Some(smaller) = parts(&smallest).into_iter().find(|part| fails(part).is_some()) {
        smallest = smaller;
    }
    format!("seed {seed}: {}\n{smallest:#?}", fails(&smallest).unwrap_or_default())
}

/// The world without one of its policies or rules.
fn parts(world: &World) -> Vec<World> {
    let mut parts = Vec::new();
    for policy in 0..world.policies.len() {
        let mut part = world.clone();
        part.policies.remove(policy);
        parts.push(part);
        for direction in 0..2 {
            for rule in 0..world.policies[policy].rules[direction].len() {
                let mut part = world.clone();
                part.policies[policy].rules[direction].remove(rule);
                parts.push(part);
            }
        }
    }
    parts
}

/// Evaluators that each get one thing wrong.
const WRONG: [(&str, Evaluator); 8] = [
    ("a deny is ignored", taking(|cluster| actions(cluster, policy::Action::Deny, policy::Action::None))),
    ("a pass is taken for an allow", taking(|cluster| actions(cluster, policy::Action::Pass, policy::Action::Allow))),
    (
        "a rule that decides nothing is taken for a deny",
        taking(|it| actions(it, policy::Action::None, policy::Action::Deny)),
    ),
    ("the bounds are swapped", Evaluator { swaps_bounds: true, ..Evaluator::ENGINE }),
    (
        "ties are decided by the order of the file",
        taking(|cluster| {
            for (place, object) in cluster.policies.iter_mut().enumerate() {
                object.object.name = format!("{place}").into();
            }
        }),
    ),
    ("orders are ignored", taking(|cluster| cluster.policies.iter_mut().for_each(|it| it.policy.order = Order::LAST))),
    (
        "silence is ignored",
        taking(|cluster| {
            cluster.arrangement.stages.iter_mut().for_each(|stage| stage.on_silence = Silence::Next);
        }),
    ),
    (
        "a maybe is taken for a match",
        taking(|cluster| {
            for rule in rules(cluster) {
                match &mut rule.peers {
                    Peers::Of(peers) => peers.iter_mut().for_each(certain_peer),
                    Peers::Everyone => {}
                }
                match &mut rule.ports {
                    Ports::Of(ports) => ports.iter_mut().for_each(certain_port),
                    Ports::All => {}
                }
            }
        }),
    ),
];

const fn taking(takes: fn(&mut Cluster)) -> Evaluator {
    Evaluator { takes, swaps_bounds: false }
}

fn rules(cluster: &mut Cluster) -> impl Iterator<Item = &mut policy::Rule> {
    cluster.policies.iter_mut().flat_map(|it| it.policy.ingress.iter_mut().chain(&mut it.policy.egress))
}

fn actions(cluster: &mut Cluster, of: policy::Action, taken_for: policy::Action) {
    rules(cluster).filter(|rule| rule.action == of).for_each(|rule| rule.action = taken_for);
}

fn certain_peer(peer: &mut Peer) {
    if let Peer::Perhaps(one) = peer {
        *peer = (**one).clone();
    }
}

fn certain_port(port: &mut PortMatch) {
    if let PortMatch::Perhaps(one) = port {
        *port = (**one).clone();
    }
}

#[test]
fn the_judge_finds_out_a_wrong_evaluator() {
    let material = Material::new();
    for (what, evaluator) in WRONG {
        let is_found_out = |seed| compare(&material, &world(seed), &evaluator, &mut Hits::default()).is_err();
        assert!((0..4_000u64).into_par_iter().any(is_found_out), "{what}, and nobody notices");
    }
}
