//! The engine and the oracle agree on random clusters in which policies of Calico and of Kubernetes meet.
//!
//! `NETLINT_CASES` sets the number of clusters. A failure names the seed and the fewest objects that still fail.

use rayon::prelude::*;

use super::engine::Engine;
use super::generate::{Case, case};
use super::oracle::{Packet, Party, allowed};
use super::world::World;

/// A fifth of the clusters that other properties try: reading them takes most of the time.
fn cases() -> u64 {
    std::env::var("NETLINT_CASES").map_or(20_000, |cases| cases.parse::<u64>().unwrap()) / 5
}

/// Protocol, port, ICMP type and code.
const TRAFFIC: [(u8, u16, (u8, u8)); 11] = [
    (6, 80, (0, 0)),
    (6, 81, (0, 0)),
    (6, 53, (0, 0)),
    (17, 53, (0, 0)),
    (17, 80, (0, 0)),
    (132, 81, (0, 0)),
    (1, 0, (8, 0)),
    (1, 0, (0, 0)),
    (1, 0, (8, 1)),
    (89, 0, (0, 0)),
    (136, 0, (0, 0)),
];

/// What netlint says wrong of a case. A third of the traffic is asked about, which is another one for each seed: to ask
/// about more clusters finds more than to ask all of each.
fn contradiction(case: &Case, seed: u64) -> Option<String> {
    let first = usize::try_from(seed).unwrap() % 3;
    let text = case.objects.join("\n---\n");
    let world = World::read(&text);
    let configuration = if case.is_known { "cni: {name: calico, version: '3.32'}" } else { "cni: {name: calico}" };
    let engine = Engine::read(&text, configuration, &world);
    let outside = ["1.1.1.1", "2.2.2.2", "3.3.3.3"].map(|address| Party::Outside(address.parse().unwrap()));
    let pods: Vec<Party> = (0..world.pods.len()).map(Party::Pod).collect();
    let parties: Vec<Party> = pods.iter().copied().chain(outside).collect();
    for &from in &parties {
        for &to in parties.iter().filter(|_| matches!(from, Party::Pod(_))).chain(&pods) {
            let judge = engine.judge(from, to);
            for &(protocol, port, icmp) in TRAFFIC.iter().skip(first).step_by(3) {
                let packet = Packet { from, to, protocol, port, icmp };
                let (truth, said) = (allowed(&world, packet), judge(packet));
                if !said.holds(truth, case.is_known) {
                    return Some(format!("{packet:?}: {truth}, but netlint says {said:?}"));
                }
            }
        }
    }
    None
}

/// The fewest objects of a case of which netlint says something wrong.
fn smallest(seed: u64) -> String {
    let mut smallest = case(seed);
    let without = |case: &Case, place: usize| {
        let mut objects = case.objects.clone();
        let removed = objects.remove(place);
        let is_needed =
            ["kind: Namespace,", "kind: ServiceAccount,", "kind: Tier,"].iter().any(|it| removed.contains(it));
        (!is_needed || !case.is_known).then_some(Case { objects, is_known: case.is_known })
    };
    loop {
        let parts = (0..smallest.objects.len()).filter_map(|place| without(&smallest, place));
        match parts.into_iter().find(|part| contradiction(part, seed).is_some()) {
            Some(smaller) => smallest = smaller,
            None => break,
        }
    }
    let found = contradiction(&smallest, seed).unwrap_or_default();
    format!("seed {seed}, known: {}: {found}\n{}", smallest.is_known, smallest.objects.join("\n---\n"))
}

#[test]
fn agrees_with_the_oracle_where_all_kinds_meet() {
    let wrong = (0..cases()).into_par_iter().find_first(|&seed| contradiction(&case(seed), seed).is_some());
    if let Some(seed) = wrong {
        panic!("{}", smallest(seed));
    }
}
