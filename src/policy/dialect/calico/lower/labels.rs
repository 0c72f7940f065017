//! Selectors as conditions on what the engine knows of pods and of network sets.

use super::super::scope::{NAMESPACE_LABEL, NAMESPACE_PREFIX, SERVICE_ACCOUNT_LABEL, SERVICE_ACCOUNT_PREFIX};
use super::super::selector::{Expression, Node, Test};
use crate::objects::{NAME_LABEL, Operator, Requirement, Selector};
use crate::policy::{Attribute, Condition, NamespaceSet, PodSet};

/// The label that every pod has with the value [`ORCHESTRATOR`].
const ORCHESTRATOR_LABEL: &str = "projectcalico.org/orchestrator";
const ORCHESTRATOR: &str = "k8s";

/// The name of a namespace or of a service account among its labels.
const OWN_NAME: &str = "projectcalico.org/name";

/// What has labels that selectors ask for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Pods, each of a namespace and with a service account.
    Pods,
    /// Network sets, which are in a namespace or of the whole cluster.
    Sets,
}

/// The pods that a selector selects; of the policy's own namespace, or of all.
pub(super) fn pods(selector: &Expression, own: bool) -> PodSet {
    pods_with(condition(selector, Of::Pods), own)
}

/// The pods that meet a condition. Conditions that all must hold go where selectors are: more of netlint understands
/// them there.
pub(super) fn pods_with(condition: Condition, own: bool) -> PodSet {
    let (mut labels, mut namespaces, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    let conjuncts = match condition {
        Condition::All(several) => several,
        other => vec![other],
    };
    for conjunct in conjuncts {
        match conjunct {
            Condition::Is(Attribute::Label(key), operator) => labels.push(Requirement { key, operator }),
            Condition::Is(Attribute::NamespaceLabel(key), operator) if !own => {
                namespaces.push(Requirement { key, operator });
            }
            other => rest.push(other),
        }
    }
    let namespaces = if own { NamespaceSet::own() } else { NamespaceSet::Matching(Selector::new(namespaces)) };
    let condition = if rest.is_empty() { None } else { Some(Box::new(all_of(rest))) };
    PodSet { condition, ..PodSet::new(namespaces, Selector::new(labels)) }
}

/// When a selector holds.
pub(super) fn condition(selector: &Expression, of: Of) -> Condition {
    let mut done: Vec<Condition> = Vec::with_capacity(selector.nodes().len());
    for node in selector.nodes() {
        // Each operand is one of a single node.
        let mut take = |place: &usize| done.get_mut(*place).map_or_else(always, |it| std::mem::replace(it, always()));
        let condition = match node {
            Node::All | Node::Global => always(),
            Node::Label(key, test) => label(key, test, of),
            Node::Not(operand) => negated(take(operand)),
            Node::And(operands) => all_of(operands.iter().map(take).collect()),
            Node::Or(operands) => any_of(operands.iter().map(take).collect()),
        };
        done.push(condition);
    }
    done.pop().unwrap_or_else(always)
}

/// What is asked of one label.
fn label(key: &str, test: &Test, of: Of) -> Condition {
    let constant = |value: Option<&str>| if test.holds(value) { always() } else { never() };
    let attribute = match (key, of) {
        (ORCHESTRATOR_LABEL, Of::Pods) => return constant(Some(ORCHESTRATOR)),
        (ORCHESTRATOR_LABEL | SERVICE_ACCOUNT_LABEL, Of::Sets) => return constant(None),
        (NAMESPACE_LABEL, _) => Attribute::NamespaceLabel(NAME_LABEL.into()),
        (SERVICE_ACCOUNT_LABEL, Of::Pods) => Attribute::ServiceAccountName,
        (key, of) => match (key.strip_prefix(NAMESPACE_PREFIX), key.strip_prefix(SERVICE_ACCOUNT_PREFIX), of) {
            (Some(OWN_NAME), ..) => Attribute::NamespaceLabel(NAME_LABEL.into()),
            (Some(key), ..) => Attribute::NamespaceLabel(key.into()),
            (None, Some(_), Of::Sets) => return constant(None),
            (None, Some(OWN_NAME), Of::Pods) => Attribute::ServiceAccountName,
            (None, Some(key), Of::Pods) => Attribute::ServiceAccountLabel(key.into()),
            (None, None, _) => Attribute::Label(key.into()),
        },
    };
    let is_always_there = of == Of::Pods
        && match &attribute {
            Attribute::NamespaceLabel(key) => key == NAME_LABEL,
            Attribute::ServiceAccountName => true,
            Attribute::Label(_) | Attribute::ServiceAccountLabel(_) => false,
        };
    let operator = match test {
        Test::Has if is_always_there => return always(),
        Test::Has => Operator::Exists,
        Test::Equals(value) => Operator::In(vec![value.clone()]),
        Test::NotEquals(value) => Operator::NotIn(vec![value.clone()]),
        Test::In(values) if values.is_empty() => return never(),
        Test::NotIn(values) if values.is_empty() => return always(),
        Test::In(values) => Operator::In(values.clone()),
        Test::NotIn(values) => Operator::NotIn(values.clone()),
        Test::Contains(part) => Operator::Contains(part.clone()),
        Test::StartsWith(start) => Operator::StartsWith(start.clone()),
        Test::EndsWith(end) => Operator::EndsWith(end.clone()),
    };
    Condition::Is(attribute, operator)
}

fn always() -> Condition {
    Condition::All(Vec::new())
}

fn never() -> Condition {
    Condition::Any(Vec::new())
}

/// Whether a condition holds for nothing.
pub(super) fn is_never(condition: &Condition) -> bool {
    *condition == never()
}

/// When all of them hold.
pub(super) fn all_of(several: Vec<Condition>) -> Condition {
    let mut all = Vec::with_capacity(several.len());
    for one in several {
        match one {
            one if is_never(&one) => return one,
            Condition::All(several) => all.extend(several),
            other => all.push(other),
        }
    }
    match all.len() {
        1 => all.pop().unwrap_or_else(always),
        _ => Condition::All(all),
    }
}

/// When any of them holds. Values of one attribute become one list.
fn any_of(several: Vec<Condition>) -> Condition {
    let mut any: Vec<Condition> = Vec::with_capacity(several.len());
    for one in several {
        match one {
            one if one == always() => return one,
            Condition::Any(several) => any.extend(several),
            other => any.push(other),
        }
    }
    let mut merged: Vec<Condition> = Vec::with_capacity(any.len());
    for one in any {
        let Condition::Is(attribute, Operator::In(values)) = &one else {
            merged.push(one);
            continue;
        };
        let same = merged.iter_mut().find_map(|known| match known {
            Condition::Is(of, Operator::In(known)) if of == attribute => Some(known),
            _ => None,
        });
        match same {
            Some(known) => {
                known.extend(values.iter().cloned());
                known.sort_unstable();
                known.dedup();
            }
            None => merged.push(one),
        }
    }
    match merged.len() {
        1 => merged.pop().unwrap_or_else(never),
        _ => Condition::Any(merged),
    }
}

/// When it does not hold. The operators that have an opposite take it.
pub(super) fn negated(condition: Condition) -> Condition {
    match condition {
        Condition::All(several) => any_of(several.into_iter().map(negated).collect()),
        Condition::Any(several) => all_of(several.into_iter().map(negated).collect()),
        Condition::Not(one) => *one,
        Condition::Is(attribute, operator) => {
            let opposite = match operator {
                Operator::In(values) => Operator::NotIn(values),
                Operator::NotIn(values) => Operator::In(values),
                Operator::Exists => Operator::DoesNotExist,
                Operator::DoesNotExist => Operator::Exists,
                text => return Condition::Not(Box::new(Condition::Is(attribute, text))),
            };
            Condition::Is(attribute, opposite)
        }
    }
}
