//! Labels that change with every release.

use crate::analysis::Analysis;
use crate::objects::{Match, Operator, Requirement, Selector};
use crate::policy::PodSet;

/// Labels that hold a version or a hash: of the chart, of the application, of the pod template, of an object.
const VOLATILE: [&str; 9] = [
    "app.kubernetes.io/version",
    "batch.kubernetes.io/controller-uid",
    "chart",
    "controller-revision-hash",
    "controller-uid",
    "helm.sh/chart",
    "pod-template-generation",
    "pod-template-hash",
    "rollouts-pod-template-hash",
];

/// Whether a set finds no pod, and would if it did not ask for such a label.
pub(crate) fn is_why_none_matches(analysis: &Analysis, set: &PodSet) -> bool {
    if volatile(&set.pods).next().is_none() {
        return false;
    }
    let stable: Vec<Requirement> =
        set.pods.requirements().iter().filter(|requirement| !is_volatile(requirement)).cloned().collect();
    let rest = PodSet { pods: Selector::new(stable), ..set.clone() };
    analysis.finds(set) != Match::Yes && analysis.finds(&rest) == Match::Yes
}

/// What a selector asks for that will change.
pub(crate) fn volatile(selector: &Selector) -> impl Iterator<Item = &Requirement> {
    selector.requirements().iter().filter(|requirement| is_volatile(requirement))
}

/// Whether the value of a label changes with every release.
pub(crate) fn is_volatile_label(key: &str) -> bool {
    VOLATILE.contains(&key) || key == "version"
}

/// Whether the requirement asks for a value that will change: that the label is there at all may be asked.
fn is_volatile(requirement: &Requirement) -> bool {
    let values = match &requirement.operator {
        Operator::In(values) | Operator::NotIn(values) => values,
        _ => return false,
    };
    values.iter().any(|value| changes(&requirement.key, value))
}

/// Whether a label changes with every release.
pub(crate) fn changes(key: &str, value: &str) -> bool {
    VOLATILE.contains(&key) || key == "version" && is_release(value)
}

/// `1.4.2` or `v1.4.2`: a release, and not one of the versions `v1` and `v2` that are kept side by side.
fn is_release(value: &str) -> bool {
    let mut parts = value.trim_start_matches('v').split('.');
    let mut number = || parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit()));
    number() && number() && parts.next().is_some()
}
