//! Services, Ingresses and routes.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use smol_str::SmolStr;

use super::each;
use crate::net::Protocol;
use crate::objects::metadata::{string, string_map, text_of};
use crate::objects::{Backend, Object, Service, ServicePort};
use crate::source::Origin;
use crate::yaml::Node;

/// Reads a Service.
pub(super) fn service(node: Node<'_>, object: Object) -> Service {
    let spec = node.get("spec");
    let [kind, selector, ports, traffic_policy] =
        spec.map(|spec| spec.get_all(["type", "selector", "ports", "externalTrafficPolicy"])).unwrap_or_default();
    let [cluster_ip, cluster_ips, families, family_policy] =
        spec.map(|spec| spec.get_all(["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"])).unwrap_or_default();
    let cluster_ips = cluster_ips.into_iter().flat_map(|it| it.items()).chain(cluster_ip);
    let mut cluster_ips: Vec<SmolStr> = cluster_ips.filter_map(string).filter(|ip| !ip.is_empty()).collect();
    cluster_ips.sort();
    cluster_ips.dedup();
    let mut families = families.into_iter().flat_map(|it| it.items());
    let ipv6 = families.any(|family| family.as_str() == Some("IPv6"))
        || family_policy.and_then(|it| it.as_str()).is_some_and(|policy| policy.ends_with("DualStack"))
        || cluster_ips.iter().any(|ip| ip.contains(':'));
    Service {
        service_type: kind.and_then(string).unwrap_or(SmolStr::new_static("ClusterIP")),
        selector: Some(string_map(selector)).filter(|selector| !selector.is_empty()),
        ports: each(ports, (&object.origin.key("spec"), "ports"), service_port),
        cluster_ips,
        external_traffic_policy: traffic_policy.and_then(string),
        ipv6,
        object,
    }
}

fn service_port(node: Node<'_>, origin: Origin) -> Option<ServicePort> {
    let [name, port, target, protocol] = node.get_all(["name", "port", "targetPort", "protocol"]);
    let port = u16::try_from(port?.as_i64()?).ok().filter(|&port| port > 0)?;
    Some(ServicePort {
        name: name.and_then(string),
        port,
        protocol: match protocol.and_then(|it| it.as_str()) {
            Some(protocol) => Protocol::parse(protocol)?,
            None => Protocol::Tcp,
        },
        // "If this is not specified, the value of the 'port' field is used."
        target_port: match target.filter(|target| !target.is_null()) {
            Some(target) => int_or_string(target)?,
            None => IntOrString::Int(port.into()),
        },
        origin,
    })
}

pub(super) fn int_or_string(node: Node<'_>) -> Option<IntOrString> {
    match node.as_i64() {
        Some(number) => i32::try_from(number).ok().map(IntOrString::Int),
        None => node.as_str().map(|name| IntOrString::String(name.to_owned())),
    }
}

/// Reads the backends of an Ingress, of the served API version and of the removed ones.
pub(super) fn ingress(node: Node<'_>, object: &Object) -> Vec<Backend> {
    let mut backends = Vec::new();
    let Some(spec) = node.get("spec") else { return backends };
    let origin = object.origin.key("spec");
    for key in ["defaultBackend", "backend"] {
        backends.extend(spec.get(key).and_then(|it| ingress_backend(it, object, origin.key(key))));
    }
    for (index, rule) in spec.get("rules").into_iter().flat_map(|it| it.items()).enumerate() {
        let paths = rule.get("http").and_then(|http| http.get("paths"));
        let origin = origin.key("rules").index(index).keys(["http", "paths"]);
        for (index, path) in paths.into_iter().flat_map(|it| it.items()).enumerate() {
            let origin = origin.index(index).key("backend");
            backends.extend(path.get("backend").and_then(|it| ingress_backend(it, object, origin)));
        }
    }
    backends
}

fn ingress_backend(node: Node<'_>, object: &Object, origin: Origin) -> Option<Backend> {
    if let Some(service) = node.get("service") {
        let port = service.get("port");
        let name = port.and_then(|port| text_of(port, "name")).map(|name| IntOrString::String(name.into()));
        let number = port.and_then(|port| port.get("number")).and_then(int_or_string);
        return Some(backend(object, text_of(service, "name")?, name.or(number), origin.key("service")));
    }
    let port = node.get("servicePort").and_then(int_or_string);
    Some(backend(object, text_of(node, "serviceName")?, port, origin))
}

/// Reads the backends of an OpenShift Route.
pub(super) fn openshift_route(node: Node<'_>, object: &Object) -> Vec<Backend> {
    let Some(spec) = node.get("spec") else { return Vec::new() };
    let origin = object.origin.key("spec");
    // Route API: the port is the Service's target port, by name or number.
    let port = spec.get("port").and_then(|port| port.get("targetPort")).and_then(int_or_string);
    let alternates = spec.get("alternateBackends").into_iter().flat_map(|it| it.items()).enumerate();
    let alternates = alternates.map(|(index, it)| (it, origin.key("alternateBackends").index(index)));
    let targets = spec.get("to").map(|to| (to, origin.key("to"))).into_iter().chain(alternates);
    targets
        .filter(|(target, _)| text_of(*target, "kind").is_none_or(|kind| kind == "Service"))
        .filter_map(|(target, origin)| Some(backend(object, text_of(target, "name")?, port.clone(), origin)))
        .collect()
}

/// Reads the backends of a Gateway API route.
pub(super) fn gateway_route(node: Node<'_>, object: &Object) -> Vec<Backend> {
    let mut backends = Vec::new();
    let rules = node.get("spec").and_then(|spec| spec.get("rules"));
    let origin = object.origin.keys(["spec", "rules"]);
    for (index, rule) in rules.into_iter().flat_map(|it| it.items()).enumerate() {
        let origin = origin.index(index).key("backendRefs");
        for (index, reference) in rule.get("backendRefs").into_iter().flat_map(|it| it.items()).enumerate() {
            let is_service = text_of(reference, "kind").is_none_or(|kind| kind == "Service")
                && text_of(reference, "group").is_none_or(|group| group.is_empty());
            let Some(service) = text_of(reference, "name").filter(|_| is_service) else { continue };
            let port = reference.get("port").and_then(int_or_string);
            let mut backend = backend(object, service, port, origin.index(index));
            backend.other_namespace = text_of(reference, "namespace");
            backends.push(backend);
        }
    }
    backends
}

pub(super) fn backend(object: &Object, service: SmolStr, port: Option<IntOrString>, origin: Origin) -> Backend {
    Backend { object: object.clone(), namespace: object.namespace, other_namespace: None, service, port, origin }
}
