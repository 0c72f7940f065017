//! Ingresses.

use super::{accepts, check, does_not_know, object, rejects};

fn ingress(spec: &str) -> String {
    object("networking.k8s.io/v1", "Ingress", spec)
}

fn path(path: &str) -> String {
    ingress(&format!("{{rules: [{{http: {{paths: [{path}]}}}}]}}"))
}

fn backend(backend: &str) -> String {
    ingress(&format!("{{defaultBackend: {backend}}}"))
}

const WEB: &str = "backend: {service: {name: web, port: {number: 80}}}";

#[test]
fn paths_have_a_type_and_a_backend() {
    let untyped = format!("{{path: /, {WEB}}}");
    rejects(&path(&untyped), &untyped, "this path has no `pathType`");
    rejects(&path(&format!("{{path: /, pathType: prefix, {WEB}}}")), "prefix", "`prefix` is not a value of `pathType`");
    rejects(&path("{pathType: Prefix, path: /}"), "{pathType: Prefix, path: /}", "this path has no `backend`");
    rejects(&ingress("{rules: [{http: {}}]}"), "http", "this `http` has no `paths`");
    rejects(&ingress("{rules: [{http: {paths: []}}]}"), "paths", "this `http` has no `paths`");
    rejects(&ingress("{rules: [{http: {paths: /}}]}"), "/", "`paths` takes a list, not the string `/`");
    accepts(&path(&format!("{{pathType: ImplementationSpecific, {WEB}}}")));
}

#[test]
fn paths_are_absolute() {
    let typed = |kind: &str, text: &str| path(&format!("{{pathType: {kind}, path: {text}, {WEB}}}"));
    rejects(&typed("Prefix", "shop"), "shop", "the path `shop` is not absolute");
    rejects(&typed("ImplementationSpecific", "shop"), "shop", "the path `shop` is not absolute");
    rejects(&typed("Exact", "/a//b"), "/a//b", "the path `/a//b` contains `//`");
    rejects(&typed("Exact", "/a/.."), "/a/..", "the path `/a/..` contains `/..`");
    let (found, _) = check(&path(&format!("{{pathType: Prefix, {WEB}}}")));
    assert_eq!(found[0].message, "this path has no `path`");
    accepts(&typed("Prefix", "/shop/"));
    accepts(&typed("ImplementationSpecific", "/shop//(.*)"));
}

#[test]
fn backends_are_a_service_port_or_a_resource() {
    rejects(&backend("{}"), "defaultBackend", "this backend names no Service");
    rejects(&backend("{service: {name: web}}"), "service", "this backend has no port");
    rejects(&backend("{service: {port: {number: 80}}}"), "service", "this backend has no Service name");
    rejects(&backend("{service: {name: web, port: {}}}"), "port", "this port has neither number nor name");
    let both = backend("{service: {name: web, port: {number: 80, name: http}}}");
    rejects(&both, "name", "a port is named and numbered at once");
    let number = backend("{service: {name: web, port: 80}}");
    rejects(&number, "80", "`port` takes a mapping, not the number `80`");
    assert_eq!(check(&number).0[0].help, "write `port: {number: 80}`");
    let both = backend("{service: {name: web, port: {number: 80}}, resource: {kind: Bucket, name: a}}");
    rejects(&both, "resource", "`resource` and `service` are in one backend");
    rejects(&backend("{service: {name: web, port: {number: 0}}}"), "0", "`0` is not a port number");
    rejects(&backend("{service: {name: web, port: {name: '80'}}}"), "'80'", "`80` (a string) is not a valid port name");
    accepts(&backend("{resource: {apiGroup: example.com, kind: Bucket, name: a}}"));
    accepts(&backend("{service: {name: web, port: {name: http}}}"));
}

#[test]
fn backends_of_the_old_form_are_one_mistake_each_field() {
    let (found, rejected) = check(&backend("{serviceName: web, servicePort: 80}"));
    let found: Vec<_> = found.iter().map(|it| (it.rule, it.at.as_str(), it.help.as_str())).collect();
    let help = "write `service: {name: …, port: {number: …}}`";
    assert_eq!(found, [("unknown-field", "serviceName", help), ("unknown-field", "servicePort", help)]);
    assert!(rejected, "no backend is left");
    does_not_know(&ingress("{backend: {}}"), "backend", "write `defaultBackend`");
}

#[test]
fn hosts_are_dns_names() {
    let host = |host: &str| ingress(&format!("{{rules: [{{host: '{host}'}}]}}"));
    for invalid in ["10.0.0.1", "shop.example.com:80", "Shop.example.com", "a.*.example.com", "*"] {
        rejects(&host(invalid), &format!("'{invalid}'"), &format!("`{invalid}` is not a valid host"));
    }
    for valid in ["shop.example.com", "*.example.com", "localhost", ""] {
        accepts(&host(valid));
    }
}
