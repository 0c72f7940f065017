//! Explanations name what really causes a verdict: take it away, and the verdict changes.

use proptest::prelude::*;
use proptest::sample::Index;

use super::cluster::{Absent, Cluster, Direction, Is, Protocol, Workload};
use super::engine::Engine;
use super::generate::{Case, Size, case};
use super::oracle::{self, Connection};
use super::{config, probes};

const SIZE: Size = Size { policies: 4, items: 2, ..Size::SMALL };

proptest! {
    #![proptest_config(config(10))]

    #[test]
    fn explanations_name_the_causes(case in case(SIZE), queries in prop::collection::vec(query(), 6)) {
        let engine = Engine::read(&case.text());
        for query in queries {
            let connection = query.of(&case.cluster);
            // A pod reaches itself whatever its policies say.
            if connection.from != connection.to {
                check(&case, &engine, connection)?;
            }
        }
    }
}

fn check(case: &Case, engine: &Engine, connection: Connection) -> Result<(), TestCaseError> {
    let (cluster, text) = (&case.cluster, case.text());
    let Connection { from, to, protocol, port } = connection;
    let query = format!("{from:?} to {to:?} {protocol:?} {port} in\n{text}");
    let explanation = engine.explain(cluster, connection);
    prop_assert_eq!(explanation.allowed, engine.permitted(cluster, from, to)(protocol, port), "{}", query);

    for direction in Direction::BOTH {
        let side = explanation.side(direction);
        let mut isolating = side.isolating.clone();
        isolating.sort_unstable();
        prop_assert_eq!(&isolating, &oracle::isolating(cluster, direction, connection), "{:?} of {}", direction, query);
        let admitting = oracle::admitting(cluster, direction, connection);
        prop_assert_eq!(side.admitting.is_empty(), admitting.is_empty(), "{:?} of {}", direction, query);
        let unfounded = side.admitting.iter().find(|rule| !admitting.contains(rule));
        prop_assert_eq!(unfounded, None, "{:?} of {}", direction, query);
    }

    if explanation.allowed {
        for direction in Direction::BOTH {
            let side = explanation.side(direction);
            if side.isolating.is_empty() {
                continue;
            }
            let edited = without_rules(cluster, direction, &side.admitting);
            let again = reread(case, &edited).explain(&edited, connection);
            // What still admits the connection stood behind the rules that were named.
            let others = !again.side(direction).admitting.is_empty();
            prop_assert!(again.allowed == others, "{direction:?} of {query}\nwithout {side:?}: {again:?}");
        }
    } else {
        let isolating = Direction::BOTH.map(|direction| &explanation.side(direction).isolating[..]).concat();
        let edited = without_policies(cluster, &isolating);
        let allowed = reread(case, &edited).explain(&edited, connection).allowed;
        prop_assert!(allowed, "still denied without {isolating:?}: {query}");
    }
    Ok(())
}

fn reread(case: &Case, edited: &Cluster) -> Engine {
    let edited = Case { cluster: edited.clone(), styles: case.styles.clone() };
    Engine::read(&edited.text())
}

/// The cluster without some rules; policies isolate as before, even where a default spoke for them.
fn without_rules(cluster: &Cluster, direction: Direction, rules: &[(usize, usize)]) -> Cluster {
    let mut edited = cluster.clone();
    for (index, policy) in edited.policies.iter_mut().enumerate() {
        let mut spec = policy.spec.value().cloned().unwrap_or_default();
        let affected = Direction::BOTH.into_iter().filter(|&direction| oracle::affects(Some(&spec), direction));
        spec.policy_types = Is(affected.collect());
        if let Some(list) = spec.rules_mut(direction).value_mut() {
            let mut position = 0..;
            list.retain(|_| position.next().is_some_and(|position| !rules.contains(&(index, position))));
        }
        policy.spec = Is(spec);
    }
    edited
}

/// The cluster without some policies. A pod in each namespace keeps it known where nothing else is left in it.
fn without_policies(cluster: &Cluster, policies: &[usize]) -> Cluster {
    let mut edited = cluster.clone();
    let mut position = 0..;
    edited.policies.retain(|_| position.next().is_some_and(|position| !policies.contains(&position)));
    edited.workloads.extend(cluster.known_namespaces().map(|namespace| Workload {
        kind: "Pod",
        name: "keeper".to_owned(),
        namespace,
        labels: Vec::new(),
        containers: vec![Vec::new()],
        host_network: Absent,
    }));
    edited
}

/// A question that is drawn before the cluster is known.
#[derive(Clone, Debug)]
struct Query {
    pair: Index,
    protocol: Protocol,
    port: Index,
}

impl Query {
    fn of(&self, cluster: &Cluster) -> Connection {
        let (from, to) = *self.pair.get(&probes::pairs(cluster));
        Connection { from, to, protocol: self.protocol, port: *self.port.get(&probes::ports(cluster)) }
    }
}

fn query() -> impl Strategy<Value = Query> {
    let protocol = prop::sample::select(&Protocol::ALL[..]);
    (any::<Index>(), protocol, any::<Index>()).prop_map(|(pair, protocol, port)| Query { pair, protocol, port })
}
