//! What tells that a connection is meant, beside Services and routes: what the API server calls, what is scraped,
//! and who uses the API.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use smol_str::SmolStr;

use super::{Backend, Labels, NamespaceId, Object, Selector};
use crate::source::Origin;

/// An object that says what connections are meant, as it is read.
#[derive(Clone, Debug)]
pub enum Intent {
    /// Services that the API server calls: admission webhooks, aggregated APIs, conversion webhooks.
    Callbacks(Vec<Backend>),
    /// What Prometheus scrapes.
    Monitor(Monitor),
    /// An account of pods.
    ServiceAccount {
        /// Its name and place.
        object: Object,
        /// Whether pods get its token where they do not say; `automountServiceAccountToken`, where written.
        automount_token: Option<bool>,
    },
    /// A binding of a role to accounts.
    Binding(Binding),
    /// A role that may create pods, or workloads that have pods.
    CreatorRole(Object),
    /// Something that changes the number of pods of another object.
    Autoscaler {
        /// The kind and name of the object, in its own namespace.
        target: (SmolStr, SmolStr),
    },
    /// A role that permits no call of the API: it only lets others `use` something, or has no rules.
    IdleRole(Object),
}

/// What the manifests say of meant connections.
#[derive(Clone, Debug, Default)]
pub struct Intents {
    /// Services that the API server calls, in the order of the input.
    pub callbacks: Vec<Backend>,
    /// What Prometheus scrapes, in the order of the input.
    pub monitors: Vec<Monitor>,
    /// Bindings that let accounts call the API, in the order of the input.
    pub bindings: Vec<Binding>,
    /// Accounts whose pods get no token unless they ask for one.
    pub without_token: BTreeSet<(NamespaceId, SmolStr)>,
    /// The labels of each account.
    pub account_labels: BTreeMap<(NamespaceId, SmolStr), Labels>,
    autoscaled: BTreeSet<(NamespaceId, SmolStr, SmolStr)>,
    idle_roles: BTreeSet<(SmolStr, Option<NamespaceId>, SmolStr)>,
    creator_roles: BTreeSet<(SmolStr, Option<NamespaceId>, SmolStr)>,
}

/// The roles of every cluster that may create pods.
const CREATORS: [&str; 3] = ["admin", "cluster-admin", "edit"];

/// A ServiceMonitor or PodMonitor.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// Its name and place.
    pub object: Object,
    /// The labels of the Services, or of the pods, that it means.
    pub selector: Selector,
    /// The names of the namespaces where it looks: its own where there are none.
    pub namespaces: Vec<SmolStr>,
    /// Whether it looks in all namespaces.
    pub any_namespace: bool,
    /// The ports to scrape.
    pub endpoints: Vec<ScrapeEndpoint>,
}

/// A port that a monitor scrapes.
#[derive(Clone, Debug)]
pub struct ScrapeEndpoint {
    /// The port.
    pub port: ScrapePort,
    /// Where the endpoint is.
    pub origin: Origin,
}

/// How a monitor names a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScrapePort {
    /// The name of a port of the Service.
    OfService(SmolStr),
    /// The name or number of a port of the pods.
    OfPod(IntOrString),
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Its name and place.
    pub object: Object,
    /// The kind and name of the role.
    pub role: (SmolStr, SmolStr),
    /// The accounts that it is bound to, each with its namespace, where that is written.
    pub accounts: Vec<(Option<SmolStr>, SmolStr)>,
}

impl Intents {
    /// Adds what an object says. It is in the namespace `own`, which may hold nothing else that is known; nothing
    /// is kept of what is about unknown namespaces only.
    pub(crate) fn add(
        &mut self,
        intent: Intent,
        own: Option<NamespaceId>,
        known: impl Fn(&str) -> Option<NamespaceId>,
    ) {
        match intent {
            Intent::Callbacks(callbacks) => self.callbacks.extend(callbacks.into_iter().filter_map(|mut callback| {
                callback.namespace = known(callback.other_namespace.as_deref()?)?;
                Some(callback)
            })),
            Intent::Monitor(mut monitor) => {
                monitor.object.namespace = own.unwrap_or_default();
                if own.is_some() || monitor.any_namespace || !monitor.namespaces.is_empty() {
                    self.monitors.push(monitor);
                }
            }
            Intent::ServiceAccount { object, automount_token } => {
                let Some(own) = own else { return };
                if automount_token == Some(false) {
                    self.without_token.insert((own, object.name.clone()));
                }
                self.account_labels.insert((own, object.name), object.labels);
            }
            Intent::Binding(mut binding) => {
                binding.object.namespace = own.unwrap_or_default();
                self.bindings.push(binding);
            }
            Intent::CreatorRole(object) => {
                let namespace = own.filter(|_| object.kind == "Role");
                self.creator_roles.insert((object.kind, namespace, object.name));
            }
            Intent::Autoscaler { target: (kind, name) } => {
                self.autoscaled.extend(own.map(|own| (own, kind, name)));
            }
            Intent::IdleRole(object) => {
                let namespace = own.filter(|_| object.kind == "Role");
                self.idle_roles.insert((object.kind, namespace, object.name));
            }
        }
    }

    /// Whether an account of the input may create pods in a namespace, with labels that the input does not show.
    #[must_use]
    pub fn may_create_pods(&self, namespace: NamespaceId) -> bool {
        self.bindings.iter().any(|binding| {
            let (kind, name) = &binding.role;
            let is_here = binding.object.kind == "ClusterRoleBinding" || binding.object.namespace == namespace;
            let role = || (kind.clone(), (kind == "Role").then_some(binding.object.namespace), name.clone());
            let is_common = kind == "ClusterRole" && CREATORS.contains(&name.as_str());
            is_here && !binding.accounts.is_empty() && (is_common || self.creator_roles.contains(&role()))
        })
    }

    /// Whether an autoscaler of the input changes the number of an object's pods.
    pub(crate) fn is_autoscaled(&self, object: &Object) -> bool {
        !self.autoscaled.is_empty()
            && self.autoscaled.contains(&(object.namespace, object.kind.clone(), object.name.clone()))
    }

    /// Leaves out the bindings of roles that permit no call of the API.
    pub(crate) fn settle(&mut self) {
        let idle = &self.idle_roles;
        self.bindings.retain(|binding| {
            let (kind, name) = binding.role.clone();
            let namespace = (kind == "Role").then_some(binding.object.namespace);
            !idle.contains(&(kind, namespace, name))
        });
    }
}
