//! What shows that a connection is meant.

use std::fmt;

use smol_str::SmolStr;

use crate::config::Expectation;
use crate::objects::{Backend, Binding, Object, Service};
use crate::policy::RuleRef;

/// What says, at some place of the input, that a connection is meant. Its text is the subject of a sentence: `DB_HOST`
/// names a Service, ServiceMonitor `api` has a port scraped.
#[derive(Clone, Debug)]
pub(crate) enum Reason<'m> {
    /// An environment variable.
    Variable(SmolStr),
    /// The command line of a container.
    Command(SmolStr),
    /// An entry of a ConfigMap.
    ConfigMap {
        /// The ConfigMap.
        name: SmolStr,
        /// The entry.
        key: SmolStr,
        /// Whether the workload takes the ConfigMap whole: others may be meant by the entry.
        whole: bool,
    },
    /// A Secret or a ConfigMap that the input does not show.
    Unread {
        /// Its kind.
        kind: &'static str,
        /// Its name.
        name: SmolStr,
        /// The environment variable that an entry of it becomes; `None` where all of it is taken.
        variable: Option<SmolStr>,
    },
    /// Annotations of a pod or a Service.
    Annotation,
    /// A ServiceMonitor or PodMonitor.
    Monitor(&'m Object),
    /// An Ingress or a route.
    Backend(&'m Backend),
    /// The type of a Service, which is open to clients outside the cluster.
    Exposed(&'m Service),
    /// An object that has the API server call a Service: a webhook, an aggregated API, a conversion.
    Callback(&'m Backend),
    /// What gives an account rights in the Kubernetes API.
    Binding(&'m Binding),
    /// That the pods are members of one cluster.
    Members {
        /// Whether their ports are for nobody else.
        only: bool,
    },
    /// An expectation of the configuration.
    Expectation(&'m Expectation),
    /// What the configuration says of a tier.
    Tier(&'m str),
    /// A rule of a policy.
    Rule {
        /// The policy.
        policy: &'m Object,
        /// The rule.
        rule: RuleRef,
    },
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = |out: &mut fmt::Formatter<'_>, it: &Object| write!(out, "{} `{}`", it.kind, it.name);
        match self {
            Self::Variable(name) => write!(out, "`{name}`"),
            Self::Command(container) => write!(out, "the command of `{container}`"),
            Self::ConfigMap { name, key, .. } => write!(out, "`{key}` of ConfigMap `{name}`"),
            Self::Unread { kind, name, variable: None } => write!(out, "{kind} `{name}`"),
            Self::Unread { kind, name, variable: Some(variable) } => write!(out, "`{variable}` of {kind} `{name}`"),
            Self::Annotation => out.write_str("an annotation"),
            Self::Monitor(monitor) => object(out, monitor),
            Self::Backend(backend) | Self::Callback(backend) => object(out, &backend.object),
            Self::Exposed(service) => object(out, &service.object),
            Self::Binding(binding) => object(out, &binding.object),
            Self::Members { .. } => out.write_str("a declared port"),
            Self::Expectation(expectation) => write!(out, "the expectation that {}", expectation.statement()),
            Self::Tier(tier) => write!(out, "tier `{tier}`"),
            Self::Rule { policy, .. } => object(out, policy),
        }
    }
}
