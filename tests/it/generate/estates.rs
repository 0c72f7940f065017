//! Generated estates without their policies: what is generated for them permits exactly what their own policies did.

use std::collections::BTreeMap;
use std::sync::Arc;

use netlint::analysis::{Analysis, Options};
use netlint::config::{Base, Config};
use netlint::connections::Connections;
use netlint::endpoint::End;
use netlint::generate::{Mode, generate as write};
use netlint::net::Direction;
use netlint::net::ports::PortSet;
use netlint::objects::WorkloadId;
use netlint::reach::Endpoint;

use crate::estate::{CONFIGURATION, File, Shape, generate};

/// How many estates are compared.
const ESTATES: u64 = 500;

/// The estates, small and of every shape.
fn shape(seed: u64) -> Shape {
    let number = |range: u64, of: u64| usize::try_from(seed / of % range).unwrap();
    Shape {
        namespaces: 1 + number(3, 1),
        tiers: 1 + number(5, 3),
        workloads: 1 + number(9, 2),
        policies: number(4, 5),
        irrelevant: 10 * number(3, 7),
        file_per_workload: seed.is_multiple_of(2),
        evidence: true,
        seed,
        ..Shape::default()
    }
}

fn analyse(files: &[(String, String)]) -> Analysis {
    let configuration = files.iter().find(|(path, _)| path == CONFIGURATION).map_or("", |(_, text)| text);
    let config = Config::parse(CONFIGURATION, configuration, Base::default()).unwrap();
    let manifests = files.iter().filter(|(path, _)| path != CONFIGURATION);
    let texts: Vec<(&str, &str)> = manifests.map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Analysis::from_texts(&texts, &Options { config: Arc::new(config), ..Options::default() })
}

fn named(files: Vec<File>) -> Vec<(String, String)> {
    files.into_iter().map(|file| (file.path, file.text)).collect()
}

/// The files without their NetworkPolicies.
fn stripped(files: &[(String, String)]) -> Vec<(String, String)> {
    let is_policy = |document: &&str| document.contains("kind: NetworkPolicy\n");
    let strip = |text: &str| text.split("---\n").filter(|it| !is_policy(it)).collect::<Vec<_>>().join("---\n");
    files.iter().map(|(path, text)| (path.clone(), strip(text))).collect()
}

/// The estate with the policies that are generated for it without its own.
fn with_generated(files: &[(String, String)]) -> Analysis {
    let mut without = stripped(files);
    let generated = write(&analyse(&without), Mode::OnlyMissing).unwrap();
    without.extend(generated.files.into_iter().map(|file| (format!("generated-{}.yaml", file.namespace), file.text)));
    analyse(&without)
}

/// All that is permitted: between workloads, from pods that the input does not show, and from and to addresses.
fn permitted(analysis: &Analysis) -> BTreeMap<(String, String), String> {
    let reach = analysis.reach();
    let workloads = &analysis.cluster().workloads;
    let ids = || (0..u32::try_from(workloads.len()).unwrap()).map(WorkloadId);
    let name = |id: WorkloadId| {
        let object = &workloads[id.0 as usize].object;
        format!("{}/{}", analysis.cluster().namespace_name(object.namespace), object.name)
    };
    let mut all = BTreeMap::new();
    let mut add = |from: String, to: String, ports: &PortSet| {
        if !ports.is_empty() {
            all.insert((from, to), ports.to_string());
        }
    };
    for to in ids() {
        let target = Endpoint::Workload(to);
        for from in ids().filter(|from| *from != to) {
            add(name(from), name(to), &reach.ports(Endpoint::Workload(from), target));
        }
        add("ingress controller".to_owned(), name(to), &reach.ports(Endpoint::IngressController, target));
        add("unknown pod".to_owned(), name(to), &reach.ports(Endpoint::UnknownNamespace, target));
        for direction in Direction::BOTH {
            for external in reach.external(target, direction) {
                let side = format!("{direction} {}", external.addresses);
                add(side, name(to), &external.ports);
            }
        }
    }
    all
}

#[test]
fn generated_policies_permit_what_the_estate_s_own_did() {
    let mut connections = 0;
    for seed in 0..ESTATES {
        let files = named(generate(&shape(seed)));
        let own = permitted(&analyse(&files));
        let generated = permitted(&with_generated(&files));
        connections += own.len();
        assert_eq!(generated, own, "estate {seed}: {:?}", shape(seed));
    }
    assert!(connections > 10_000, "{connections} connections are too few to prove anything");
}

#[test]
fn what_nothing_asks_for_is_the_excess_of_the_policies() {
    let mut excess = 0;
    for seed in 0..40 {
        let files = named(generate(&Shape { unasked: 2 + usize::try_from(seed % 3).unwrap(), ..shape(seed) }));
        let analysis = analyse(&files);
        let needed = permitted(&with_generated(&files));
        let mut expected = permitted(&analysis);
        expected.retain(|ends, ports| needed.get(ends) != Some(ports));
        let unexplained = Connections::new(&analysis, None, None).unwrap().unexplained();
        let name = |end: &End| match end {
            End::Workload(id) => {
                let object = &analysis.cluster().workloads[id.0 as usize].object;
                format!("{}/{}", analysis.cluster().namespace_name(object.namespace), object.name)
            }
            other => panic!("{other:?} is asked for"),
        };
        let found = unexplained.iter().map(|it| ((name(&it.from), name(&it.to)), it.ports.to_string()));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), expected, "estate {seed}");
        excess += expected.len();
    }
    assert!(excess > 50, "{excess} connections are too few to prove anything");
}
