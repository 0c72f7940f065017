//! Objects that say what connections are meant: webhooks, aggregated APIs, monitors, accounts and their bindings.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::network::{backend, int_or_string};
use crate::objects::metadata::{string, text_of};
use crate::objects::{Backend, Binding, Intent, Monitor, Object, ScrapeEndpoint, ScrapePort, Selector};
use crate::source::Origin;
use crate::yaml::{Node, from_node};

/// The port of a Service that the API server calls where none is named.
const HTTPS: i32 = 443;

/// The OpenShift roles that let pods run under a security context constraint, and nothing else.
const SECURITY_CONSTRAINTS: &str = "system:openshift:scc:";

/// Reads an object that says what is meant; `None` where it says nothing.
pub(super) fn read(node: Node<'_>, object: impl FnOnce() -> Object, kind: &str, group: &str) -> Option<Intent> {
    Some(match (kind, group) {
        ("ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration", "admissionregistration.k8s.io") => {
            Intent::Callbacks(admission(node, &object()))
        }
        ("APIService", "apiregistration.k8s.io") => {
            let object = object();
            let origin = object.origin.keys(["spec", "service"]);
            Intent::Callbacks(vec![callback(node.get("spec")?.get("service")?, &object, origin)?])
        }
        ("CustomResourceDefinition", "apiextensions.k8s.io") => Intent::Callbacks(vec![conversion(node, &object())?]),
        ("ServiceMonitor" | "PodMonitor", "monitoring.coreos.com") => Intent::Monitor(monitor(node, object())?),
        ("ServiceAccount", "") => {
            let automount_token = node.get("automountServiceAccountToken").and_then(|it| it.as_bool());
            Intent::ServiceAccount { object: object(), automount_token }
        }
        ("RoleBinding" | "ClusterRoleBinding", "rbac.authorization.k8s.io") => {
            Intent::Binding(binding(node, object())?)
        }
        ("HorizontalPodAutoscaler", "autoscaling") | ("ScaledObject", "keda.sh") => {
            let target = node.get("spec")?.get("scaleTargetRef")?;
            // KEDA's default.
            let kind = text_of(target, "kind").unwrap_or_else(|| "Deployment".into());
            Intent::Autoscaler { target: (kind, text_of(target, "name")?) }
        }
        ("Role" | "ClusterRole", "rbac.authorization.k8s.io") if is_idle(node) => Intent::IdleRole(object()),
        _ => return None,
    })
}

/// The Services of a webhook configuration.
fn admission(node: Node<'_>, object: &Object) -> Vec<Backend> {
    let origin = object.origin.key("webhooks");
    let webhooks = node.get("webhooks").into_iter().flat_map(|it| it.items()).enumerate();
    let service = |(index, webhook): (usize, Node<'_>)| {
        let origin = origin.index(index).keys(["clientConfig", "service"]);
        callback(webhook.get("clientConfig")?.get("service")?, object, origin)
    };
    webhooks.filter_map(service).collect()
}

/// The Service that converts between the versions of a custom resource, in the served API version or the removed one.
fn conversion(node: Node<'_>, object: &Object) -> Option<Backend> {
    let conversion = node.get("spec")?.get("conversion")?;
    let origin = object.origin.keys(["spec", "conversion"]);
    let (client, origin) = match conversion.get("webhook") {
        Some(webhook) => (webhook.get("clientConfig")?, origin.keys(["webhook", "clientConfig"])),
        None => (conversion.get("webhookClientConfig")?, origin.key("webhookClientConfig")),
    };
    callback(client.get("service")?, object, origin.key("service"))
}

/// A reference to a Service that the API server calls: `namespace`, `name` and `port`.
fn callback(node: Node<'_>, object: &Object, origin: Origin) -> Option<Backend> {
    let port = node.get("port").and_then(int_or_string).unwrap_or(IntOrString::Int(HTTPS));
    let mut backend = backend(object, text_of(node, "name")?, Some(port), origin);
    backend.other_namespace = Some(text_of(node, "namespace")?);
    Some(backend)
}

fn monitor(node: Node<'_>, object: Object) -> Option<Monitor> {
    let spec = node.get("spec")?;
    let (field, of_service) = match object.kind.as_str() {
        "ServiceMonitor" => ("endpoints", true),
        _ => ("podMetricsEndpoints", false),
    };
    let origin = object.origin.keys(["spec", field]);
    let endpoints = spec.get(field).into_iter().flat_map(|it| it.items()).enumerate();
    let scrape = |(index, endpoint): (usize, Node<'_>)| {
        let of_pod = || ["portNumber", "targetPort"].into_iter().find_map(|key| int_or_string(endpoint.get(key)?));
        let port = match text_of(endpoint, "port") {
            Some(name) if of_service => ScrapePort::OfService(name),
            Some(name) => ScrapePort::OfPod(IntOrString::String(name.into())),
            None => ScrapePort::OfPod(of_pod()?),
        };
        Some(ScrapeEndpoint { port, origin: origin.index(index) })
    };
    let namespaces = spec.get("namespaceSelector");
    let names = namespaces.and_then(|it| it.get("matchNames")).into_iter().flat_map(|it| it.items());
    Some(Monitor {
        selector: Selector::from_api(from_node(spec.get("selector")?).ok()?),
        namespaces: names.filter_map(string).collect(),
        any_namespace: namespaces.and_then(|it| it.get("any")?.as_bool()) == Some(true),
        endpoints: endpoints.filter_map(scrape).collect(),
        object,
    })
}

fn binding(node: Node<'_>, object: Object) -> Option<Binding> {
    let role = node.get("roleRef")?;
    let role = (text_of(role, "kind")?, text_of(role, "name")?);
    let subjects = node.get("subjects").into_iter().flat_map(|it| it.items());
    let accounts = subjects.filter(|subject| text_of(*subject, "kind").as_deref() == Some("ServiceAccount"));
    let accounts = accounts.filter_map(|subject| Some((text_of(subject, "namespace"), text_of(subject, "name")?)));
    let binding = Binding { object, role, accounts: accounts.collect() };
    (!binding.role.1.starts_with(SECURITY_CONSTRAINTS)).then_some(binding)
}

/// Whether a role permits no call: its only verb is `use`, as for security policies, or it has no rules and is not
/// made up of others.
fn is_idle(node: Node<'_>) -> bool {
    let mut verbs = node
        .get("rules")
        .into_iter()
        .flat_map(|it| it.items())
        .flat_map(|rule| rule.get("verbs"))
        .flat_map(|verbs| verbs.items());
    node.get("aggregationRule").is_none() && verbs.all(|verb| verb.as_str() == Some("use"))
}
