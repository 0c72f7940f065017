//! A CiliumNetworkPolicy whose `endpointSelector` names another namespace than its own.

use super::{requirement_place, rules};
use crate::policy::dialect::cilium::{Kind, LabelSource, Requirement, Subject};
use crate::rules::{Cause, Context};

/// The label with the namespace of a pod.
const NAMESPACE: &str = "io.kubernetes.pod.namespace";

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    for subject in rules(context).filter(|it| it.written.kind == Kind::Namespaced) {
        let Subject::Pods(selector) = &subject.rule.subject else { continue };
        let object = &subject.object.object;
        let own = context.cluster().namespace_name(object.namespace);
        let excludes_own = |it: &&Requirement| {
            matches!(it.key.source, LabelSource::Any | LabelSource::K8s)
                && it.key.name == NAMESPACE
                && !it.operator.holds(Some(&own.into()))
        };
        let Some(other) = selector.requirements.iter().find(excludes_own) else { continue };
        let is_replaced = other.is_of_labels && other.key.source == LabelSource::K8s;
        let message = if is_replaced {
            format!("`{}` selects pods of `{own}`: Cilium replaces the namespace that it names", object.name)
        } else {
            format!("`{}` selects no pod: it is for namespace `{own}`, and asks for another one", object.name)
        };
        let place = requirement_place(&subject.rule.origin.key("endpointSelector"), other);
        let about = context.cluster().subject(object);
        let draft = context.report_because(Cause::Policy(subject.policy), place, about, message);
        draft.help("set `metadata.namespace` to the namespace of the pods, or use a CiliumClusterwideNetworkPolicy");
    }
}
