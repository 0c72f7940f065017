//! From resources to one cluster: namespaces resolved, pods folded into their owners, duplicates settled.

use super::presumed::{self, PresumedDns};
use super::settle::{Placed, order, settle};
use super::{Cluster, Replaced, arrange, controllers, fold, replicas};
use crate::manifest::{Item, Resource};
use crate::objects::{
    AddressGroup, Intent, Labels, NAME_LABEL, Namespace, NamespaceId, Object, Owner, Service, Workload,
};
use crate::policy::{DefinedStage, Enforcer, PolicyObject};

/// The namespace that resources without one are printed under.
pub(crate) const UNSET_NAMESPACE: &str = "default";

/// Assembles a cluster. `unset_namespace` names the namespace of resources that do not say theirs; `dns` are the DNS
/// servers, those of common distributions where none are given; `enforcer` is what enforces policies, which their kinds
/// tell where it is not given.
#[must_use]
pub fn assemble(
    resources: Vec<Resource>,
    unset_namespace: Option<&str>,
    dns: &[PresumedDns],
    enforcer: Option<&Enforcer>,
) -> Cluster {
    let unset = unset_namespace.unwrap_or(UNSET_NAMESPACE);
    let common = if dns.is_empty() { presumed::common_dns() } else { Vec::new() };
    let dns = if dns.is_empty() { &common } else { dns };
    let mut assembly = Assembly::new(&resources, unset, dns);
    let namespaces = assembly.namespaces_of(&resources, unset);
    for (place, (resource, namespace)) in resources.into_iter().zip(namespaces).enumerate() {
        assembly.add(place, resource, namespace);
    }
    assembly.finish(enforcer)
}

/// A cluster in the making.
#[derive(Default)]
struct Assembly {
    cluster: Cluster,
    workloads: Vec<Placed<Box<Workload>>>,
    services: Vec<Placed<Box<Service>>>,
    policies: Vec<Placed<Box<PolicyObject>>>,
    address_groups: Vec<Placed<Box<AddressGroup>>>,
    stages: Vec<Placed<Box<DefinedStage>>>,
    owned: Vec<(Box<Workload>, Owner)>,
}

impl Assembly {
    fn new(resources: &[Resource], unset: &str, dns: &[PresumedDns]) -> Self {
        let mut names: Vec<&str> = dns.iter().map(|server| server.namespace.as_str()).collect();
        let (mut unset_used, mut unset_named) = (false, false);
        for resource in resources {
            let name = match &resource.item {
                Item::Namespace(object) => object.name.as_str(),
                // They say something of the namespaces of others, and may be in none.
                Item::CustomResource(_) | Item::Idle(_) | Item::Intent(_) | Item::Kustomization { .. } => continue,
                item if item.is_of_the_cluster() => continue,
                _ => {
                    unset_used |= resource.namespace.is_none();
                    unset_named |= resource.namespace.as_deref() == Some(unset);
                    resource.namespace.as_deref().unwrap_or(unset)
                }
            };
            // Most files are about one namespace throughout.
            if names.last() != Some(&name) {
                names.push(name);
            }
            if let Item::Backends(backends) = &resource.item {
                names.extend(backends.iter().filter_map(|backend| backend.other_namespace.as_deref()));
            }
        }
        names.sort_unstable();
        names.dedup();
        let mut assembly = Self::default();
        for name in names {
            let labels = Labels::from_iter([(NAME_LABEL.into(), name.into())]);
            assembly.cluster.namespaces.push(Namespace {
                name: name.to_owned(),
                labels,
                annotations: Labels::default(),
                manifest: None,
            });
        }
        assembly.cluster.presumed = presumed::pods(dns, |name| assembly.namespace(name));
        assembly.cluster.unset_namespace = (unset_used && !unset_named).then(|| assembly.namespace(unset));
        assembly.cluster.default_namespace = assembly.cluster.namespace_named(unset);
        if unset_used && unset_named {
            let note = format!(
                "resources without `metadata.namespace` are taken to be in `{unset}`; `--namespace` names another"
            );
            assembly.cluster.notes.push(note);
        }
        assembly
    }

    fn namespace(&self, name: &str) -> NamespaceId {
        self.cluster.namespace_named(name).unwrap_or_default()
    }

    /// The namespace of each resource, which is known unless nothing but custom resources and the like is in it.
    fn namespaces_of(&self, resources: &[Resource], unset: &str) -> Vec<Option<NamespaceId>> {
        let mut last = (unset, self.cluster.namespace_named(unset));
        let namespaces = resources.iter().map(|resource| {
            let name = resource.namespace.as_deref().unwrap_or(unset);
            if name != last.0 {
                last = (name, self.cluster.namespace_named(name));
            }
            last.1
        });
        namespaces.collect()
    }

    /// Adds a resource to its namespace.
    fn add(&mut self, place: usize, resource: Resource, known: Option<NamespaceId>) {
        let of_the_cluster = resource.item.is_of_the_cluster();
        let namespace = if of_the_cluster { NamespaceId::CLUSTER } else { known.unwrap_or_default() };
        match resource.item {
            Item::Namespace(object) => self.add_namespace(*object),
            Item::Workload(mut workload) => match resource.owner.filter(|owner| fold::is_part_of(&workload, owner)) {
                Some(owner) => {
                    workload.object.namespace = namespace;
                    self.owned.push((workload, owner));
                }
                None => self.workloads.push(Placed { place, namespace, object: workload }),
            },
            Item::Service(service) => self.services.push(Placed { place, namespace, object: service }),
            Item::Backends(backends) => {
                for mut backend in backends {
                    backend.object.namespace = namespace;
                    backend.namespace = match &backend.other_namespace {
                        Some(name) => self.namespace(name),
                        None => namespace,
                    };
                    self.cluster.backends.push(backend);
                }
            }
            Item::Policy(policy) => self.policies.push(Placed { place, namespace, object: policy }),
            Item::Stage(stage) => self.stages.push(Placed { place, namespace, object: stage }),
            Item::AddressGroup(group) => self.address_groups.push(Placed { place, namespace, object: group }),
            Item::Idle(object) => {
                let namespace = if of_the_cluster { Some(namespace) } else { known };
                self.cluster.idle.extend(namespace.map(|namespace| Object { namespace, ..*object }));
            }
            Item::CustomResource(object) => {
                self.cluster.custom_resources.extend(known.map(|namespace| Object { namespace, ..*object }));
            }
            Item::Intent(intent) => self.add_intent(*intent, known),
            Item::Kustomization { labels, namespace } => {
                self.cluster.added_labels.extend(labels.into_iter().map(|(key, _)| key.into()));
                if namespace {
                    // Resources without a namespace get this one, wherever that leads.
                    self.cluster.unset_namespace = None;
                }
            }
        }
    }

    fn add_intent(&mut self, intent: Intent, own: Option<NamespaceId>) {
        if let (Intent::Monitor(monitor), Some(namespace)) = (&intent, own) {
            self.cluster.custom_resources.push(Object { namespace, ..monitor.object.clone() });
        }
        let Cluster { intents, namespaces, .. } = &mut self.cluster;
        intents.add(intent, own, |name| super::namespaces::namespace_named(namespaces, name));
    }

    fn add_namespace(&mut self, object: Object) {
        let id = self.namespace(&object.name);
        let Some(namespace) = self.cluster.namespaces.get_mut(id.0 as usize) else { return };
        // Of several manifests the last counts.
        let labels = object.labels.into_iter().filter(|(key, _)| key != NAME_LABEL);
        namespace.labels = std::mem::take(&mut namespace.labels).into_iter().chain(labels).collect();
        namespace.annotations = object.annotations;
        namespace.manifest = Some(object.origin);
    }

    fn finish(self, enforcer: Option<&Enforcer>) -> Cluster {
        // Nothing but memory is slow here, so that it pays to do the three at once.
        let (workloads, services, policies) = (self.workloads, self.services, self.policies);
        let (workloads, (services, policies)) =
            rayon::join(|| settle(workloads), || rayon::join(|| settle(services), || settle(policies)));
        let (address_groups, stages) = (settle(self.address_groups), settle(self.stages));
        let mut cluster = self.cluster;
        let mut replaced: Vec<_> =
            [workloads.1, services.1, policies.1, address_groups.1, stages.1].into_iter().flatten().collect();
        replaced.sort_unstable_by_key(|(place, ..)| *place);
        cluster.replaced = replaced
            .into_iter()
            .map(|(_, first, second)| Replaced {
                subject: cluster.subject(&second),
                first: first.origin,
                second: second.origin,
            })
            .collect();
        (cluster.workloads, cluster.services) = (workloads.0, services.0);
        (cluster.policies, cluster.address_groups, cluster.stages) = (policies.0, address_groups.0, stages.0);
        arrange::arrange(&mut cluster, enforcer);
        if !self.owned.is_empty() {
            let stand_ins = fold::fold(self.owned, &cluster.workloads, &cluster.asked_keys());
            cluster.workloads.extend(stand_ins.into_iter().map(Box::new));
            cluster.workloads.sort_by(|left, right| order(&left.object, &right.object));
        }
        for workload in &mut cluster.workloads {
            if let Some(numbered) = &mut workload.numbered {
                numbered.autoscaled = cluster.intents.is_autoscaled(&workload.object);
            }
        }
        replicas::tell_apart(&mut cluster);
        cluster.ingress_controllers = controllers::ingress_controllers(&cluster.workloads);
        cluster.intents.settle();
        cluster.custom_resources.sort_by(order);
        cluster.idle.sort_by(order);
        cluster
    }
}
