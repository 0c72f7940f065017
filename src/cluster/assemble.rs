//! From resources to one cluster: namespaces resolved, pods folded into their owners, duplicates settled.

use std::collections::{BTreeMap, BTreeSet};

use super::presumed::{self, PresumedDns};
use super::{Cluster, Intent, Labels, Namespace, NamespaceId, Object, Replaced, Workload};
use crate::finding::{Origin, Subject};
use crate::manifest::{Item, Owner, Resource};
use crate::reach::NAME_LABEL;

/// The namespace that resources without one are printed under.
const UNSET_NAMESPACE: &str = "default";

/// What identifies an object in a cluster: kind, namespace and name.
type Key = (String, NamespaceId, String);

/// Assembles a cluster. `unset_namespace` names the namespace of resources that do not say theirs; `dns` are the DNS
/// servers, those of common distributions where none are given.
#[must_use]
pub fn assemble(resources: Vec<Resource>, unset_namespace: Option<&str>, dns: &[PresumedDns]) -> Cluster {
    let unset = unset_namespace.unwrap_or(UNSET_NAMESPACE);
    let common = if dns.is_empty() { presumed::common_dns() } else { Vec::new() };
    let dns = if dns.is_empty() { &common } else { dns };
    let mut assembly = Assembly::new(&resources, unset, dns);
    for resource in resources {
        let name = resource.namespace.as_deref().unwrap_or(unset);
        let known = assembly.ids.get(name).copied();
        assembly.add(resource, known);
    }
    assembly.finish()
}

#[derive(Default)]
struct Assembly {
    cluster: Cluster,
    ids: BTreeMap<String, NamespaceId>,
    workloads: BTreeMap<Key, Workload>,
    owned: Vec<(Workload, Owner)>,
    places: BTreeMap<Key, Origin>,
}

impl Assembly {
    fn new(resources: &[Resource], unset: &str, dns: &[PresumedDns]) -> Self {
        let mut names: BTreeSet<&str> = dns.iter().map(|server| server.namespace.as_str()).collect();
        let (mut unset_used, mut unset_named) = (false, false);
        for resource in resources {
            match &resource.item {
                Item::Namespace(object) => names.insert(object.name.as_str()),
                // They say something of the namespaces of others, and may be in none.
                Item::CustomResource(_) | Item::Intent(_) | Item::Kustomization { .. } => continue,
                _ => {
                    unset_used |= resource.namespace.is_none();
                    unset_named |= resource.namespace.as_deref() == Some(unset);
                    names.insert(resource.namespace.as_deref().unwrap_or(unset))
                }
            };
            if let Item::Backends(backends) = &resource.item {
                names.extend(backends.iter().filter_map(|backend| backend.other_namespace.as_deref()));
            }
        }
        let mut assembly = Self::default();
        for (name, id) in names.into_iter().zip(0..) {
            let labels = Labels::from([(NAME_LABEL.to_owned(), name.to_owned())]);
            assembly.ids.insert(name.to_owned(), NamespaceId(id));
            assembly.cluster.namespaces.push(Namespace {
                name: name.to_owned(),
                labels,
                annotations: Labels::new(),
                manifest: None,
            });
        }
        assembly.cluster.presumed = presumed::pods(dns, |name| assembly.namespace(name));
        assembly.cluster.unset_namespace = (unset_used && !unset_named).then(|| assembly.namespace(unset));
        assembly.cluster.default_namespace = assembly.ids.get(unset).copied();
        if unset_used && unset_named {
            let note = format!(
                "resources without `metadata.namespace` are taken to be in `{unset}`; `--namespace` names another"
            );
            assembly.cluster.notes.push(note);
        }
        assembly
    }

    fn namespace(&self, name: &str) -> NamespaceId {
        self.ids.get(name).copied().unwrap_or_default()
    }

    /// Adds a resource to its namespace, which is known unless nothing but custom resources and the like is in it.
    fn add(&mut self, resource: Resource, known: Option<NamespaceId>) {
        let namespace = known.unwrap_or_default();
        match resource.item {
            Item::Namespace(object) => self.add_namespace(object),
            Item::Workload(mut workload) => {
                workload.object.namespace = namespace;
                match resource.owner.filter(|owner| owner.kind != "Node") {
                    Some(owner) => self.owned.push((*workload, owner)),
                    None => {
                        self.note_place(&workload.object);
                        let (kind, namespace, mut name) = key(&workload.object);
                        if name.is_empty() {
                            // The API server makes up a name (`generateName`), another one for each.
                            name = format!("/{}", self.workloads.len());
                        }
                        self.workloads.insert((kind, namespace, name), *workload);
                    }
                }
            }
            Item::Service(mut service) => {
                service.object.namespace = namespace;
                self.note_place(&service.object);
                self.cluster.services.push(service);
            }
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
            Item::NetworkPolicy(mut policy) => {
                policy.object.namespace = namespace;
                self.note_place(&policy.object);
                self.cluster.policies.push(*policy);
            }
            Item::CustomResource(object) => {
                self.cluster.custom_resources.extend(known.map(|namespace| Object { namespace, ..object }));
            }
            Item::Intent(intent) => self.add_intent(*intent, known),
            Item::Kustomization { labels, namespace } => {
                self.cluster.added_labels.extend(labels.into_keys());
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
        let ids = &self.ids;
        self.cluster.intents.add(intent, own, |name| ids.get(name).copied());
    }

    fn add_namespace(&mut self, object: Object) {
        let id = self.namespace(&object.name);
        let Some(namespace) = self.cluster.namespaces.get_mut(id.0 as usize) else { return };
        namespace.labels.extend(object.labels.into_iter().filter(|(key, _)| key != NAME_LABEL));
        namespace.annotations = object.annotations;
        namespace.manifest = Some(object.origin);
    }

    /// Remembers where an object stands, and which one it replaces.
    fn note_place(&mut self, object: &Object) {
        if object.name.is_empty() {
            return;
        }
        if let Some(first) = self.places.insert(key(object), object.origin.clone()) {
            let namespace = self.cluster.namespace_name(object.namespace).to_owned();
            let subject = Subject { kind: object.kind.clone(), namespace: Some(namespace), name: object.name.clone() };
            self.cluster.replaced.push(Replaced { subject, first, second: object.origin.clone() });
        }
    }

    fn finish(mut self) -> Cluster {
        self.fold_owned();
        let replaced: BTreeSet<Origin> = self.cluster.replaced.iter().map(|it| it.first.clone()).collect();
        let mut cluster = self.cluster;
        cluster.intents.settle();
        cluster.services.retain(|service| !replaced.contains(&service.object.origin));
        cluster.policies.retain(|policy| !replaced.contains(&policy.object.origin));
        cluster.workloads = self.workloads.into_values().collect();
        let order = |object: &Object| (object.namespace, object.kind.clone(), object.name.clone());
        cluster.workloads.sort_by_cached_key(|workload| order(&workload.object));
        cluster.services.sort_by_cached_key(|service| order(&service.object));
        cluster.policies.sort_by_cached_key(|policy| order(&policy.object));
        cluster.custom_resources.sort_by_cached_key(order);
        cluster
    }

    /// Folds what a controller made into the controller, so that a dump of a cluster reads as workloads.
    /// A controller that is not in the input stands for its pods, with the labels that they share.
    fn fold_owned(&mut self) {
        let mut owners: BTreeMap<Key, Key> = BTreeMap::new();
        for (workload, owner) in &self.owned {
            let of_owner = (owner.kind.clone(), workload.object.namespace, owner.name.clone());
            owners.insert(key(&workload.object), of_owner);
        }
        let mut stand_ins: BTreeSet<Key> = BTreeSet::new();
        for (workload, owner) in std::mem::take(&mut self.owned) {
            let namespace = workload.object.namespace;
            let mut top = (owner.kind, namespace, owner.name);
            // Pods lead to a ReplicaSet, and that to a Deployment; a chain longer than this is a loop.
            for _ in 0..4 {
                match owners.get(&top) {
                    Some(next) => top = next.clone(),
                    None => break,
                }
            }
            if !self.workloads.contains_key(&top)
                && let Some(unnamed) = self.unlisted_owner(&workload, &top)
            {
                top = unnamed;
            }
            match self.workloads.get_mut(&top) {
                Some(stand_in) if stand_ins.contains(&top) => {
                    stand_in.pod_labels.retain(|key, value| workload.pod_labels.get(key) == Some(value));
                }
                Some(_) => {}
                None => {
                    let mut stand_in = workload;
                    (stand_in.object.kind, stand_in.object.name) = (top.0.clone(), top.2.clone());
                    stand_ins.insert(top.clone());
                    self.workloads.insert(top, stand_in);
                }
            }
        }
    }

    /// A Deployment or CronJob of the input that made a pod through an object which the input leaves out.
    fn unlisted_owner(&self, pod: &Workload, (kind, namespace, name): &Key) -> Option<Key> {
        let (kind, name) = match kind.as_str() {
            "ReplicaSet" => {
                let hash = pod.pod_labels.get("pod-template-hash")?;
                ("Deployment", name.strip_suffix(hash.as_str())?.strip_suffix('-')?)
            }
            "Job" => ("CronJob", name.rsplit_once('-').map(|(name, _)| name)?),
            _ => return None,
        };
        let owner = (kind.to_owned(), *namespace, name.to_owned());
        self.workloads.contains_key(&owner).then_some(owner)
    }
}

fn key(object: &Object) -> Key {
    (object.kind.clone(), object.namespace, object.name.clone())
}
