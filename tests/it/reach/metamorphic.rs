//! How changes of a cluster may change what its policies permit, without asking the oracle.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::cluster::{Cluster, Direction, Is, Labels, Peer, Protocol, Rule, Selector};
use super::engine::Engine;
use super::generate::{Case, Size, case, policy, rule};
use super::{config, oracle, probes};

const SIZE: Size = Size { items: 2, ..Size::SMALL };

proptest! {
    #![proptest_config(config(5))]

    #[test]
    fn adding_an_allow_rule_removes_no_connection(
        before in case(SIZE),
        rule in rule(2),
        at in any::<Index>(),
        direction in prop::sample::select(&Direction::BOTH[..]),
    ) {
        let mut after = before.clone();
        let index = at.index(after.cluster.policies.len());
        // In a direction that the policy affects already (it affects one at least): elsewhere a rule would isolate too.
        let affects = |direction: &Direction| oracle::affects(after.cluster.policies[index].spec.value(), *direction);
        let direction = [direction, Direction::Ingress, Direction::Egress].into_iter().find(affects).unwrap();
        let policy = &mut after.cluster.policies[index];
        let mut spec = policy.spec.value().cloned().unwrap_or_default();
        let mut rules = spec.rules(direction).items().to_vec();
        rules.insert(at.index(rules.len() + 1), Some(rule));
        *spec.rules_mut(direction) = Is(rules);
        policy.spec = Is(spec);
        compare(&before, &after, |before, after| !before || after)?;
    }

    #[test]
    fn adding_a_policy_that_only_isolates_adds_no_connection(before in case(SIZE), policy in policy(1)) {
        let mut after = before.clone();
        let mut policy = policy;
        policy.name = "only-isolates".to_owned();
        // In a namespace that is known already, so that both sides have the same endpoints.
        policy.namespace = before.cluster.policies[0].namespace;
        if let Is(spec) = &mut policy.spec {
            let affected = Direction::BOTH.into_iter().filter(|&direction| oracle::affects(Some(spec), direction));
            spec.policy_types = Is(affected.collect());
            spec.ingress = Is(Vec::new());
            spec.egress = Is(Vec::new());
        }
        after.cluster.policies.push(policy);
        compare(&before, &after, |before, after| before || !after)?;
    }

    #[test]
    fn renaming_a_label_key_everywhere_changes_nothing(
        before in case(SIZE),
        key in prop::sample::select(vec!["app", "team", "absent"]),
    ) {
        let mut after = before.clone();
        rename_label(&mut after.cluster, key, "example.org/renamed");
        compare(&before, &after, |before, after| before == after)?;
    }

    #[test]
    fn removing_what_is_redundant_changes_nothing(before in case(SIZE), copies in vec((any::<Index>(), any::<Index>()), 0..4)) {
        let mut before = before;
        repeat(&mut before.cluster, &copies);
        let mut after = before.clone();
        let redundant = Engine::read(&before.text()).redundant(&before.cluster);
        for (policy, rule) in redundant.iter().rev() {
            match rule {
                Some((direction, rule)) => {
                    let spec = after.cluster.policies[*policy].spec.value_mut().unwrap();
                    spec.rules_mut(*direction).value_mut().unwrap().remove(*rule);
                }
                None => drop(after.cluster.policies.remove(*policy)),
            }
        }
        let probed = &before.cluster;
        compare_texts(probed, &before.text(), &after.text(), |before, after| before == after)?;
    }

    #[test]
    fn order_and_spelling_change_nothing(
        before in case(SIZE),
        styles in case(Size { policies: 1, ..SIZE }).prop_map(|case| case.styles),
        order in vec(any::<Index>(), 8..16),
    ) {
        let mut shuffled = before.cluster.clone();
        for policy in &mut shuffled.policies {
            let Is(spec) = &mut policy.spec else { continue };
            for direction in Direction::BOTH {
                let Some(rules) = spec.rules_mut(direction).value_mut() else { continue };
                shuffle(rules, &order);
                for rule in rules.iter_mut().flatten() {
                    rule.peers.value_mut().into_iter().for_each(|peers| shuffle(peers, &order));
                    rule.ports.value_mut().into_iter().for_each(|ports| shuffle(ports, &order));
                }
            }
        }
        let mut documents = super::manifest::documents(&shuffled);
        shuffle(&mut documents, &order);
        let text = super::emit::stream(&documents, &styles);
        compare_texts(&before.cluster, &before.text(), &text, |before, after| before == after)?;
    }
}

/// Puts copies of rules into other policies, so that there is something to find.
fn repeat(cluster: &mut Cluster, copies: &[(Index, Index)]) {
    for (from, to) in copies {
        let (from, to) = (from.index(cluster.policies.len()), to.index(cluster.policies.len()));
        for direction in Direction::BOTH {
            let rules = cluster.policies[from].spec.value().map(|spec| spec.rules(direction).items().to_vec());
            let target = &mut cluster.policies[to];
            if let (Some(rules), Is(spec)) = (rules, &mut target.spec)
                && oracle::affects(Some(spec), direction)
            {
                let mut all = spec.rules(direction).items().to_vec();
                all.extend(rules);
                *spec.rules_mut(direction) = Is(all);
            }
        }
    }
}

/// Swaps items; every order can come out.
fn shuffle<T>(items: &mut [T], order: &[Index]) {
    for (index, other) in (1..items.len()).zip(order.iter().cycle()) {
        items.swap(index, other.index(index + 1));
    }
}

fn compare(before: &Case, after: &Case, holds: impl Fn(bool, bool) -> bool) -> Result<(), TestCaseError> {
    let probed = Cluster {
        policies: [&before.cluster.policies[..], &after.cluster.policies].concat(),
        ..before.cluster.clone()
    };
    compare_texts(&probed, &before.text(), &after.text(), holds)
}

/// Checks what holds of the verdicts before and after, wherever the cluster's policies have a boundary.
fn compare_texts(
    cluster: &Cluster,
    before: &str,
    after: &str,
    holds: impl Fn(bool, bool) -> bool,
) -> Result<(), TestCaseError> {
    let engines = [Engine::read(before), Engine::read(after)];
    let ports = probes::ports(cluster);
    for (from, to) in probes::pairs(cluster) {
        let [was, is] = engines.each_ref().map(|engine| engine.permitted(cluster, from, to));
        for protocol in Protocol::ALL {
            for &port in &ports {
                let (was, is) = (was(protocol, port), is(protocol, port));
                prop_assert!(
                    holds(was, is),
                    "{from:?} to {to:?} {protocol:?} {port}: {was} became {is}\n{before}\nbecame\n{after}"
                );
            }
        }
    }
    Ok(())
}

fn rename_label(cluster: &mut Cluster, key: &str, new: &str) {
    let rename = |name: &mut String| {
        if name == key {
            new.clone_into(name);
        }
    };
    let rename_all = |labels: &mut Labels| labels.iter_mut().for_each(|(name, _)| rename(name));
    let rename_selector = |selector: &mut Selector| {
        selector.match_labels.value_mut().into_iter().for_each(rename_all);
        for requirement in selector.match_expressions.value_mut().into_iter().flatten() {
            rename(&mut requirement.key);
        }
    };
    let rename_peer = |peer: &mut Peer| {
        peer.pod_selector.value_mut().into_iter().for_each(rename_selector);
        peer.namespace_selector.value_mut().into_iter().for_each(rename_selector);
    };
    cluster.namespaces.iter_mut().filter_map(|namespace| namespace.manifest.as_mut()).for_each(rename_all);
    cluster.workloads.iter_mut().for_each(|workload| rename_all(&mut workload.labels));
    for spec in cluster.policies.iter_mut().filter_map(|policy| policy.spec.value_mut()) {
        spec.pod_selector.value_mut().into_iter().for_each(rename_selector);
        for direction in Direction::BOTH {
            let rules = spec.rules_mut(direction).value_mut().into_iter().flatten().flatten();
            let peers = rules.filter_map(|rule: &mut Rule| rule.peers.value_mut()).flatten();
            peers.for_each(rename_peer);
        }
    }
}
