//! Which pods a selector finds: those of the input, and those that the cluster is presumed to have beside them.

use super::Analysis;
use crate::cluster::PresumedAs;
use crate::objects::kinds::is_controller_label;
use crate::objects::{LabelValue, Labels, Match, NAME_LABEL, NamespaceId, Operator, Requirement, Selector, Service, Workload};
use crate::policy::{NamespaceSet, PodSet};
use crate::text::slip::slip;

/// How many workloads are compared: enough for any real namespace, and a bound on the time for the rest.
pub(crate) const LOOKED_AT: usize = 2_000;

/// Key prefixes that people set by hand; labels under any other are as a rule set by the controller of that name.
const SHARED_PREFIXES: [&str; 3] = ["app.kubernetes.io", "helm.sh", "kubernetes.io"];

impl Analysis {
    /// Whether any pod is in the set: a workload of the input, or pods that a Service, the cluster's DNS or a custom
    /// resource lets presume. Unknown where the labels may be set by what the input does not show.
    pub(crate) fn finds(&self, set: &PodSet) -> Match {
        if set.pods.is_empty() || self.at_most().any_workload(set).is_some() {
            return Match::Yes;
        }
        let ids: Vec<NamespaceId> = self.namespaces_of(&set.namespaces).into_iter().map(|(id, _)| id).collect();
        let here = |id: NamespaceId| ids.binary_search(&id).is_ok();
        let selects = |labels: &Labels| set.pods.matches(labels);
        // No selector reaches pods on the network of their node, but the labels are right.
        let mut host_network = self.at_most().host_network().filter_map(|id| self.workload(id));
        if host_network.any(|workload| here(workload.object.namespace) && selects(&workload.pod_labels))
            || self
                .services_asking_for(&set.pods)
                .any(|it| here(it.object.namespace) && it.selector.iter().any(selects))
        {
            return Match::Yes;
        }
        let presumed = self.cluster().presumed.iter().filter(|pod| here(pod.namespace) && selects(&pod.labels));
        let presumed: Vec<bool> = presumed.map(|pod| matches!(pod.presumed_as, PresumedAs::Dns { .. })).collect();
        if let Some(is_certain) = presumed.into_iter().max() {
            return if is_certain { Match::Yes } else { Match::Unknown };
        }
        let is_set_elsewhere = |it: &Requirement| self.is_set_elsewhere(it, &set.pods, &ids);
        if set.pods.requirements().iter().any(is_set_elsewhere) { Match::Unknown } else { Match::No }
    }

    /// The Services that may select pods which the selector finds: those that ask for one of its labels.
    fn services_asking_for<'s>(&'s self, selector: &'s Selector) -> impl Iterator<Item = &'s Service> + use<'s> {
        let asked = selector.requirements().iter().find_map(|requirement| match &requirement.operator {
            Operator::In(values) => Some((&requirement.key, values)),
            _ => None,
        });
        let labels = asked.into_iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
        labels.flat_map(move |(key, value)| self.services_with(key, value))
    }

    /// The namespaces of the input that are in the set, and those that may be.
    pub(crate) fn namespaces_of(&self, set: &NamespaceSet) -> Vec<(NamespaceId, Match)> {
        match set {
            NamespaceSet::One(id) => vec![(*id, Match::Yes)],
            NamespaceSet::Matching(selector) => {
                let namespaces = self.cluster().namespaces.iter().zip(0..).map(|(namespace, index)| {
                    let verdict = match &namespace.manifest {
                        Some(_) if selector.matches(&namespace.labels) => Match::Yes,
                        Some(_) => Match::No,
                        None => selector.matches_partly(&namespace.labels, NAME_LABEL),
                    };
                    (NamespaceId(index), verdict)
                });
                namespaces.filter(|(_, verdict)| *verdict != Match::No).collect()
            }
        }
    }

    /// Whether a label is one that pods get from what the input does not show in full: at run time, from the
    /// controller of a custom resource, or from a kustomization.
    fn is_set_elsewhere(&self, requirement: &Requirement, selector: &Selector, namespaces: &[NamespaceId]) -> bool {
        let key = requirement.key.as_str();
        let is_shared = |prefix| SHARED_PREFIXES.contains(&prefix) || is_controller_label(key);
        let of_controller = key.rsplit_once('/').is_some_and(|(prefix, _)| !is_shared(prefix));
        let set = is_controller_label(key) && !self.numbers_are_known(requirement, selector, namespaces);
        let added = self.cluster().added_labels.contains(key) || set;
        if added || of_controller && !self.uses_key(key, namespaces) {
            return true;
        }
        let Operator::In(values) = &requirement.operator else { return false };
        namespaces.iter().any(|&id| values.iter().any(|value| self.is_named_for_custom_resource(value, id)))
    }

    /// Whether a requirement asks for the number of a pod, and the input has the workloads whose pods are meant: those
    /// that meet the selector's other requirements.
    fn numbers_are_known(&self, requirement: &Requirement, selector: &Selector, namespaces: &[NamespaceId]) -> bool {
        let Operator::In(values) = &requirement.operator else { return false };
        let mut workloads = namespaces.iter().flat_map(|&id| self.cluster().workloads_in(id)).take(LOOKED_AT);
        workloads.any(|(_, workload)| {
            let LabelValue::Numbered(prefix, _) = workload.label(&requirement.key) else { return false };
            let mut others = selector.requirements().iter().filter(|it| *it != requirement);
            others.all(|it| workload.meets(it) == Match::Yes)
                && values.iter().any(|value| value.starts_with(prefix.as_str()))
        })
    }

    /// Whether a pod template has a label of this key, or of one that differs by a slip.
    fn uses_key(&self, key: &str, namespaces: &[NamespaceId]) -> bool {
        let mut workloads = namespaces.iter().flat_map(|&id| self.cluster().workloads_in(id)).take(LOOKED_AT);
        workloads.any(|(_, it)| it.pod_labels.keys().any(|other| other == key || slip(key, other).is_some()))
    }

    /// Whether a label's value is the kind or the name of a custom resource, or that name with an ending, and no
    /// workload of the input has this name.
    fn is_named_for_custom_resource(&self, value: &str, namespace: NamespaceId) -> bool {
        let cluster = self.cluster();
        cluster.custom_resources_in(namespace).iter().any(|resource| {
            let name = resource.name.as_str();
            let ending = value.strip_prefix(name).filter(|_| !name.is_empty());
            let named = ending.is_some_and(|ending| ending.is_empty() || ending.starts_with('-'));
            (named || value.eq_ignore_ascii_case(&resource.kind))
                && !cluster.workloads_in(namespace).any(|(_, workload)| workload.object.name == name)
        })
    }
}

impl Workload {
    /// What the requirements say of its pods: those that do not hold.
    pub(crate) fn failing<'s>(&self, selector: &'s Selector) -> impl Iterator<Item = &'s Requirement> {
        selector.requirements().iter().filter(|it| self.meets(it) == Match::No)
    }
}
