//! The cluster: everything that was read.

use std::collections::BTreeSet;

use crate::diagnostic::Subject;
use crate::objects::{AddressGroup, Backend, Namespace, NamespaceId, Object, Service, Workload, WorkloadId};
use crate::policy::{Arrangement, DefinedStage, PolicyObject, StageName};
use crate::source::{Origin, Scope, Unread};
use crate::text::phrase;

/// Everything that was read, as one cluster. What is large is in a box: it stays where it was read to.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Namespaces, sorted by name.
    pub namespaces: Vec<Namespace>,
    /// Workloads, sorted by namespace, kind and name.
    pub workloads: Vec<Box<Workload>>,
    /// The workloads that are ingress controllers or gateways, in order.
    pub ingress_controllers: Vec<WorkloadId>,
    /// Services, sorted by namespace and name.
    pub services: Vec<Box<Service>>,
    /// Backends, in the order of the input.
    pub backends: Vec<Backend>,
    /// What else tells which connections are meant.
    pub intents: crate::objects::Intents,
    /// Policies of every dialect, sorted by namespace, kind and name; those of the whole cluster last.
    pub policies: Vec<Box<PolicyObject>>,
    /// Stages that objects of the input define, sorted by name.
    pub stages: Vec<Box<DefinedStage>>,
    /// The stages in which the policies are asked.
    pub arrangement: Arrangement,
    /// Another arrangement, where nothing tells which of the two is the cluster's.
    pub alternative: Option<Arrangement>,
    /// Groups of addresses that policies name or select, sorted by namespace, kind and name.
    pub address_groups: Vec<Box<AddressGroup>>,
    /// Objects of a network plugin that change nothing about connections of pods (staged policies, host endpoints),
    /// sorted by namespace, kind and name.
    pub idle: Vec<Object>,
    /// Objects that a later one of the same kind, namespace and name replaces, in the order of the input.
    pub replaced: Vec<Replaced>,
    /// The namespace of resources that do not say theirs, where there are such, no other resource names it, and no
    /// kustomization of the input sets another.
    pub unset_namespace: Option<NamespaceId>,
    /// The namespace of resources that do not say theirs, if anything is in it.
    pub default_namespace: Option<NamespaceId>,
    /// Objects of kinds that Kubernetes itself does not have, sorted by namespace, kind and name. A controller may
    /// make pods of them, with labels that nobody but it knows.
    pub custom_resources: Vec<Object>,
    /// Keys of labels that a kustomization of the input adds to objects. It was not rendered, so that nobody knows
    /// which objects carry them.
    pub added_labels: BTreeSet<String>,
    /// What the input leads to and does not hold, so that there may be more than is known here.
    pub unread: Vec<Unread>,
    /// Pods that are presumed to exist, though the input does not show them.
    pub presumed: Vec<super::PresumedPod>,
    /// What the reader should know of how the input was understood.
    pub notes: Vec<String>,
}

/// Two objects of the same kind, namespace and name: applied in order, the second overwrites the first.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// The object as a finding names it.
    pub subject: Subject,
    /// The one that is overwritten.
    pub first: Origin,
    /// The one that stays.
    pub second: Origin,
}

impl Cluster {
    /// Notes what the input leads to and does not hold.
    pub(crate) fn set_unread(&mut self, unread: Vec<Unread>) {
        if !unread.is_empty() {
            let them = if unread.len() == 1 { "it" } else { "them" };
            let names: BTreeSet<String> = unread.iter().map(|unread| unread.what.clone()).collect();
            self.notes.push(format!(
                "not known: {}; findings that depend on {them} are reported as notes, and `--render` may find out more",
                phrase::enumerate(names.into_iter())
            ));
        }
        self.unread = unread;
    }

    /// Whether there may be pods or policies that are not known.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.unread.iter().any(|unread| unread.scope != Scope::Data)
    }

    /// Whether there may be pods or policies of a namespace that are not known; of any, where none is given.
    #[must_use]
    pub fn is_incomplete_in(&self, namespace: Option<&str>) -> bool {
        self.unread.iter().any(|unread| unread.scope.touches(namespace))
    }

    /// The arrangements that the cluster may have: one, or two where nothing tells which.
    pub fn arrangements(&self) -> impl Iterator<Item = &Arrangement> {
        std::iter::once(&self.arrangement).chain(&self.alternative)
    }

    /// The arrangement that enforces policies of a stage: of two, the one that has it, and else the first.
    #[must_use]
    pub fn arrangement_of(&self, stage: &StageName) -> &Arrangement {
        self.arrangements().find(|arrangement| arrangement.join(stage).is_some()).unwrap_or(&self.arrangement)
    }

    /// Whether policies of a stage are enforced, or may be.
    #[must_use]
    pub fn enforces(&self, stage: &StageName) -> bool {
        self.arrangement_of(stage).join(stage).is_some()
    }

    /// The policies that are not evaluated.
    pub fn unevaluated(&self) -> impl Iterator<Item = &PolicyObject> {
        self.policies.iter().map(AsRef::as_ref).filter(|policy| policy.unread().is_some())
    }

    /// The namespace's name as printed.
    #[must_use]
    pub fn namespace_name(&self, id: NamespaceId) -> &str {
        self.namespaces.get(id.0 as usize).map_or("", |namespace| &namespace.name)
    }

    /// How many workloads there are: replicas of one count as one.
    #[must_use]
    pub fn workload_count(&self) -> usize {
        let (replicas, others): (Vec<_>, Vec<_>) = self.workloads.iter().partition(|it| it.replica.is_some());
        let owner = |it: &Workload| (it.object.namespace, it.object.kind.clone(), it.owner_name().clone());
        let sets: BTreeSet<_> = replicas.into_iter().map(|it| owner(it)).collect();
        let listed = others.iter().filter(|it| sets.contains(&owner(it))).count();
        others.len() + sets.len() - listed
    }

    /// The workload as a finding's subject: of a replica, the workload that it is of.
    #[must_use]
    pub fn workload_subject(&self, workload: &Workload) -> Subject {
        Subject { name: workload.owner_name().to_string(), ..self.subject(&workload.object) }
    }

    /// Every object but Namespaces; an Ingress or route once for each backend.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        let workloads = self.workloads.iter().map(|workload| &workload.object);
        let services = self.services.iter().map(|service| &service.object);
        let backends = self.backends.iter().map(|backend| &backend.object);
        let policies = self.policies.iter().map(|policy| &policy.object);
        workloads.chain(services).chain(backends).chain(policies)
    }

    /// The object as a finding's subject.
    #[must_use]
    pub fn subject(&self, object: &Object) -> Subject {
        let namespace = (object.namespace != NamespaceId::CLUSTER).then(|| self.namespace_name(object.namespace));
        Subject {
            kind: object.kind.to_string(),
            namespace: namespace.map(str::to_owned),
            name: object.name.to_string(),
        }
    }
}
