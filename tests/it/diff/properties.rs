//! What holds of every change.

use std::collections::BTreeMap;
use std::net::IpAddr;

use netlint::analysis::Analysis;
use netlint::diff::{Change, Difference, End, Presence, WorkloadName, compare};
use netlint::net::Direction;
use netlint::net::ports::PortSet;
use netlint::objects::WorkloadId;
use netlint::reach::{Endpoint, Reading};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::pairs::{Pair, analysis, pair};
use super::undo::undone;
use crate::reach::generate::{BLOCKS, Size};
use crate::reach::manifest::documents;

/// Pairs of each size; together 2,000.
const PAIRS: u32 = 1_000;

/// The same pairs in every run, so that it does not depend on luck whether a change passes; `NETLINT_SEED` draws others.
fn config(cases: u32) -> Config {
    let seed = std::env::var("NETLINT_SEED").map_or(0, |seed| seed.parse().unwrap());
    let rng_seed = RngSeed::Fixed(seed);
    Config { cases, max_shrink_iters: 4096, failure_persistence: None, rng_seed, ..Config::default() }
}

/// What may be permitted to whom, as a change names it.
type Connections = BTreeMap<(String, String), PortSet>;

fn name(analysis: &Analysis, id: WorkloadId) -> String {
    let object = &analysis.cluster().workloads[id.0 as usize].object;
    format!("{}/{}/{}", analysis.cluster().namespace_name(object.namespace), object.kind, object.name)
}

fn named(name: &WorkloadName) -> String {
    format!("{}/{}/{}", name.namespace, name.kind, name.replica.as_ref().unwrap_or(&name.name))
}

fn probes() -> Vec<IpAddr> {
    let addresses = BLOCKS.iter().map(|block| block.parse::<ipnet::IpNet>().unwrap().network());
    addresses.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// Every permitted connection between workloads, and with some addresses outside, pair by pair.
fn connections(analysis: &Analysis) -> Connections {
    let reach = analysis.reach();
    let workloads: Vec<WorkloadId> = (0..).map(WorkloadId).take(analysis.cluster().workloads.len()).collect();
    let mut all = Connections::new();
    let mut add = |from: String, to: String, ports: PortSet| {
        if !ports.is_empty() {
            all.insert((from, to), ports);
        }
    };
    for &from in &workloads {
        for &to in workloads.iter().filter(|&&to| to != from) {
            let ports = reach.ports(Endpoint::Workload(from), Endpoint::Workload(to));
            add(name(analysis, from), name(analysis, to), ports);
        }
        for address in probes() {
            let (inside, outside) = (Endpoint::Workload(from), Endpoint::External(address));
            add(name(analysis, from), address.to_string(), reach.ports(inside, outside));
            add(address.to_string(), name(analysis, from), reach.ports(outside, inside));
        }
    }
    all
}

/// BASE's connections with the changes made.
fn applied(mut connections: Connections, difference: &Difference) -> Connections {
    let names = |end: &End| match end {
        End::Workload(name) => vec![named(name)],
        End::External(addresses) => {
            probes().into_iter().filter(|it| addresses.contains(*it)).map(|it| it.to_string()).collect()
        }
        End::IngressController | End::AnyPod(_) => Vec::new(),
    };
    for change in difference.changes.iter().filter(|change| change.reading == Reading::Shown) {
        for from in names(&change.from) {
            for to in names(&change.to) {
                let before = connections.remove(&(from.clone(), to.clone())).unwrap_or_default();
                assert_eq!(before, *change.base, "{change:?}");
                if !change.head.is_empty() {
                    connections.insert((from.clone(), to), (*change.head).clone());
                }
            }
        }
    }
    connections
}

fn changes_are_exact(pair: &Pair) {
    let [base, head] = pair.documents().map(|documents| analysis(&documents));
    let difference = compare(&base, &head);
    assert_eq!(applied(connections(&base), &difference), connections(&head));
    for change in &difference.changes {
        assert_ne!(change.base, change.head, "{change:?}");
        assert!(!change.causes.is_empty(), "no cause: {change:#?}");
        let is_caused = difference.causes_of(&change.causes).any(|cause| cause.is_changed);
        assert!(is_caused, "nothing changed: {change:#?}");
    }
    let isolated = |analysis: &Analysis| -> BTreeMap<(String, Direction), bool> {
        let ids = (0..).map(WorkloadId).take(analysis.cluster().workloads.len());
        let each = ids.flat_map(|id| Direction::BOTH.map(|direction| (id, direction)));
        let is_isolated = |(id, direction)| analysis.reach().is_isolated(Endpoint::Workload(id), direction);
        each.map(|it| ((name(analysis, it.0), it.1), is_isolated(it))).collect()
    };
    let (before, after) = (isolated(&base), isolated(&head));
    for (key, is_isolated) in &after {
        let found = difference.isolation.iter().find(|change| match &*change.workload {
            End::Workload(name) => (named(name), change.direction) == *key,
            _ => false,
        });
        let expected = before.get(key).filter(|before| *before != is_isolated).map(|_| *is_isolated);
        assert_eq!(found.map(|change| change.is_gained), expected, "{key:?}");
        assert!(found.is_none_or(|change| !change.causes.is_empty()), "{found:?}");
    }
}

fn endpoint(analysis: &Analysis, end: &End) -> Option<Endpoint> {
    Some(match end {
        End::Workload(wanted) => {
            let mut ids = (0..).map(WorkloadId).take(analysis.cluster().workloads.len());
            Endpoint::Workload(ids.find(|&id| name(analysis, id) == named(wanted))?)
        }
        End::External(addresses) => Endpoint::External(addresses.blocks()[0].network()),
        End::AnyPod(None) => Endpoint::UnknownNamespace,
        End::AnyPod(Some(wanted)) => {
            let namespaces = &analysis.cluster().namespaces;
            let place = namespaces.iter().position(|it| it.name == wanted.as_str())?;
            Endpoint::OtherPod(netlint::objects::NamespaceId(u32::try_from(place).unwrap()))
        }
        End::IngressController => return None,
    })
}

fn undoing_restores(pair: &Pair) {
    let documents = pair.documents();
    let [base, head] = documents.each_ref().map(|documents| analysis(documents));
    let difference = compare(&base, &head);
    let of_both = |change: &&Change| change.presence.is_none() && change.reading == Reading::Shown;
    for change in difference.changes.iter().filter(of_both) {
        let restored = analysis(&undone(&documents, difference.causes_of(&change.causes)));
        let (Some(from), Some(to)) = (endpoint(&restored, &change.from), endpoint(&restored, &change.to)) else {
            continue;
        };
        let ports = restored.reach().ports(from, to);
        let causes: Vec<_> = difference.causes_of(&change.causes).collect();
        let shown = || {
            format!("{change:#?}\n{causes:#?}\nnow {ports}\n{}", restored.sources().text(netlint::source::FileId(0)))
        };
        assert!(!ports.meets(&change.opened()), "still open: {}", shown());
        assert!(ports.is_superset(&change.closed()), "still closed: {}", shown());
    }
}

proptest! {
    #![proptest_config(config(PAIRS))]

    #[test]
    fn the_changes_make_head_of_base(small in pair(Size::SMALL), large in pair(Size::LARGE)) {
        changes_are_exact(&small);
        changes_are_exact(&large);
    }

    #[test]
    fn undoing_the_causes_restores_the_verdict(small in pair(Size::SMALL), large in pair(Size::LARGE)) {
        undoing_restores(&small);
        undoing_restores(&large);
    }

    #[test]
    fn the_order_and_the_names_of_files_do_not_matter(case in pair(Size::LARGE), rotation in 0_usize..16) {
        let mut moved = documents(&case.base);
        let base = analysis(&moved);
        // Of objects that are there twice the last one counts, so that only whole sets are moved.
        let middle = rotation % moved.len().max(1);
        moved.rotate_left(middle);
        let head = analysis(&moved);
        prop_assert!(compare(&base, &head).is_empty());
    }
}

#[test]
fn added_and_removed_ends_are_named() {
    let pod = |name: &str| {
        serde_json::json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop"},
            "spec": {"containers": [{"name": "c"}]}})
    };
    let (base, head) = (analysis(&[pod("a"), pod("b")]), analysis(&[pod("a"), pod("c")]));
    let difference = compare(&base, &head);
    let presences: Vec<_> = difference.changes.iter().map(|change| change.presence).collect();
    assert!(presences.contains(&Some(Presence::Added)) && presences.contains(&Some(Presence::Removed)));
    assert!(!presences.contains(&None));
}
