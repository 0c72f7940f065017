//! From resources to one cluster: namespaces resolved, pods folded into their owners, duplicates settled.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt as _};
use rayon::prelude::*;

use super::presumed::{self, PresumedDns};
use super::{Cluster, Intent, Labels, Namespace, NamespaceId, NetworkPolicy, Object, Replaced, Service, Workload};
use crate::finding::Subject;
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
    let namespaces = assembly.namespaces_of(&resources, unset);
    let is_replaced = assembly.note_replaced(&resources, &namespaces);
    for ((resource, namespace), is_replaced) in resources.into_iter().zip(namespaces).zip(is_replaced) {
        if !is_replaced {
            assembly.add(resource, namespace);
        }
    }
    assembly.finish()
}

/// A cluster in the making.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "objects are large, and moved while they are sorted")]
struct Assembly {
    cluster: Cluster,
    workloads: Vec<Box<Workload>>,
    services: Vec<Box<Service>>,
    policies: Vec<Box<NetworkPolicy>>,
    owned: Vec<(Workload, Owner)>,
}

impl Assembly {
    fn new(resources: &[Resource], unset: &str, dns: &[PresumedDns]) -> Self {
        let mut names: Vec<&str> = dns.iter().map(|server| server.namespace.as_str()).collect();
        let (mut unset_used, mut unset_named) = (false, false);
        for resource in resources {
            let name = match &resource.item {
                Item::Namespace(object) => object.name.as_str(),
                // They say something of the namespaces of others, and may be in none.
                Item::CustomResource(_) | Item::Intent(_) | Item::Kustomization { .. } => continue,
                _ => {
                    unset_used |= resource.namespace.is_none();
                    unset_named |= resource.namespace.as_deref() == Some(unset);
                    resource.namespace.as_deref().unwrap_or(unset)
                }
            };
            // Most files speak of one namespace throughout.
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
            let labels = Labels::from([(NAME_LABEL.to_owned(), name.to_owned())]);
            assembly.cluster.namespaces.push(Namespace {
                name: name.to_owned(),
                labels,
                annotations: Labels::new(),
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

    /// Notes which objects replace others. Tells for each resource whether it is replaced.
    fn note_replaced(&mut self, resources: &[Resource], namespaces: &[Option<NamespaceId>]) -> Vec<bool> {
        let mut is_replaced = vec![false; resources.len()];
        let mut places = HashMap::with_capacity(resources.len());
        for (place, (resource, namespace)) in resources.iter().zip(namespaces).enumerate() {
            let Some(object) = replaceable(resource) else { continue };
            let namespace = namespace.unwrap_or_default();
            let key = (namespace, object.name.as_str(), object.kind.as_str());
            let Some((first, replaced)) = places.insert(key, (place, object)) else { continue };
            if let Some(is_replaced) = is_replaced.get_mut(first) {
                *is_replaced = true;
            }
            let name_of_namespace = self.cluster.namespace_name(namespace).to_owned();
            self.cluster.replaced.push(Replaced {
                subject: Subject {
                    kind: object.kind.clone(),
                    namespace: Some(name_of_namespace),
                    name: object.name.clone(),
                },
                first: replaced.origin.clone(),
                second: object.origin.clone(),
            });
        }
        is_replaced
    }

    /// Adds a resource to its namespace.
    fn add(&mut self, resource: Resource, known: Option<NamespaceId>) {
        let namespace = known.unwrap_or_default();
        match resource.item {
            Item::Namespace(object) => self.add_namespace(*object),
            Item::Workload(mut workload) => {
                workload.object.namespace = namespace;
                match resource.owner.filter(is_controller) {
                    Some(owner) => self.owned.push((*workload, owner)),
                    None => self.workloads.push(workload),
                }
            }
            Item::Service(mut service) => {
                service.object.namespace = namespace;
                self.services.push(service);
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
                self.policies.push(policy);
            }
            Item::CustomResource(object) => {
                self.cluster.custom_resources.extend(known.map(|namespace| Object { namespace, ..*object }));
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
        let Cluster { intents, namespaces, .. } = &mut self.cluster;
        intents.add(intent, own, |name| super::intent::namespace_named(namespaces, name));
    }

    fn add_namespace(&mut self, object: Object) {
        let id = self.namespace(&object.name);
        let Some(namespace) = self.cluster.namespaces.get_mut(id.0 as usize) else { return };
        namespace.labels.extend(object.labels.into_iter().filter(|(key, _)| key != NAME_LABEL));
        namespace.annotations = object.annotations;
        namespace.manifest = Some(object.origin);
    }

    fn finish(mut self) -> Cluster {
        self.workloads.sort_by(|left, right| order(&left.object, &right.object));
        if !self.owned.is_empty() {
            let stand_ins = self.fold_owned();
            self.workloads.extend(stand_ins.into_values().map(Box::new));
            self.workloads.sort_by(|left, right| order(&left.object, &right.object));
        }
        let mut cluster = self.cluster;
        cluster.intents.settle();
        self.services.sort_by(|left, right| order(&left.object, &right.object));
        self.policies.sort_by(|left, right| order(&left.object, &right.object));
        cluster.workloads = unboxed(self.workloads);
        cluster.services = unboxed(self.services);
        cluster.policies = unboxed(self.policies);
        cluster.custom_resources.sort_by(order);
        cluster
    }

    /// Folds what a controller made into the controller, so that a dump of a cluster reads as workloads.
    /// A controller that is not in the input stands for its pods, with the labels that they share.
    fn fold_owned(&mut self) -> BTreeMap<Key, Workload> {
        let mut owners: BTreeMap<Key, Key> = BTreeMap::new();
        for (workload, owner) in &self.owned {
            let of_owner = (owner.kind.clone(), workload.object.namespace, owner.name.clone());
            owners.insert(key(&workload.object), of_owner);
        }
        let mut stand_ins: BTreeMap<Key, Workload> = BTreeMap::new();
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
            let is_known = |key: &Key| stand_ins.contains_key(key) || self.is_listed(key);
            if !is_known(&top)
                && let Some(unnamed) = unlisted_owner(&workload, &top).filter(is_known)
            {
                top = unnamed;
            }
            if let Some(stand_in) = stand_ins.get_mut(&top) {
                stand_in.pod_labels.retain(|key, value| workload.pod_labels.get(key) == Some(value));
            } else if !self.is_listed(&top) {
                let mut stand_in = workload;
                (stand_in.object.kind, stand_in.object.name) = (top.0.clone(), top.2.clone());
                stand_ins.insert(top, stand_in);
            }
        }
        stand_ins
    }

    /// Whether the input has a workload under this key. The API server makes up the names that are not written
    /// (`generateName`).
    fn is_listed(&self, (kind, namespace, name): &Key) -> bool {
        let wanted = (*namespace, kind.as_str(), name.as_str());
        !name.is_empty() && self.workloads.binary_search_by(|it| place_in_order(&it.object).cmp(&wanted)).is_ok()
    }
}

/// A Deployment or CronJob that may have made a pod through an object which the input leaves out.
fn unlisted_owner(pod: &Workload, (kind, namespace, name): &Key) -> Option<Key> {
    let (kind, name) = match kind.as_str() {
        "ReplicaSet" => {
            let hash = pod.pod_labels.get("pod-template-hash")?;
            ("Deployment", name.strip_suffix(hash.as_str())?.strip_suffix('-')?)
        }
        "Job" => ("CronJob", name.rsplit_once('-').map(|(name, _)| name)?),
        _ => return None,
    };
    Some((kind.to_owned(), *namespace, name.to_owned()))
}

/// Objects out of their boxes, on all cores, since nothing but memory is slow here.
fn unboxed<T: Send>(objects: Vec<Box<T>>) -> Vec<T> {
    objects.into_par_iter().map(|object| *object).collect()
}

/// The object of a resource that another one of the same kind, namespace and name replaces.
fn replaceable(resource: &Resource) -> Option<&Object> {
    let object = match &resource.item {
        // What a controller made is folded into it.
        Item::Workload(workload) if !resource.owner.as_ref().is_some_and(is_controller) => &workload.object,
        Item::Service(service) => &service.object,
        Item::NetworkPolicy(policy) => &policy.object,
        _ => return None,
    };
    (!object.name.is_empty()).then_some(object)
}

/// Whether an owner made what it owns: nodes own the pods that they run from files.
fn is_controller(owner: &Owner) -> bool {
    owner.kind != "Node"
}

fn key(object: &Object) -> Key {
    (object.kind.clone(), object.namespace, object.name.clone())
}

fn place_in_order(object: &Object) -> (NamespaceId, &str, &str) {
    (object.namespace, object.kind.as_str(), object.name.as_str())
}

fn order(left: &Object, right: &Object) -> Ordering {
    place_in_order(left).cmp(&place_in_order(right))
}
