//! Ingresses. The checks are those of `pkg/apis/networking/validation` in Kubernetes.

use crate::schema::field::Field;
use crate::schema::metadata::kind;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{ingress_host, is_placeholder, optional_port_name, quote};
use crate::schema::table::{PORT, STR, Schema, Type};
use crate::yaml::Kind;

pub(super) static INGRESS: Schema = kind!("io.k8s.api.networking.v1.Ingress", SPEC);

static SPEC: Schema = Schema::new(
    "io.k8s.api.networking.v1.IngressSpec",
    &[
        ("defaultBackend", Type::Map(&BACKEND)),
        ("ingressClassName", STR),
        ("rules", Type::List(&Type::Map(&RULE))),
        ("tls", Type::List(&Type::Map(&TLS))),
    ],
);

static TLS: Schema = Schema::new(
    "io.k8s.api.networking.v1.IngressTLS",
    &[("hosts", Type::List(&Type::Str(ingress_host))), ("secretName", STR)],
);

static RULE: Schema = Schema::new(
    "io.k8s.api.networking.v1.IngressRule",
    &[("host", Type::Str(ingress_host)), ("http", Type::Map(&HTTP))],
);

static HTTP: Schema =
    Schema::new("io.k8s.api.networking.v1.HTTPIngressRuleValue", &[("paths", Type::List(&Type::Map(&PATH)))])
        .checked_by(http);

static PATH: Schema = Schema::new(
    "io.k8s.api.networking.v1.HTTPIngressPath",
    &[
        ("backend", Type::Map(&BACKEND)),
        ("path", STR),
        ("pathType", Type::OneOf(&["Exact", "Prefix", "ImplementationSpecific"])),
    ],
)
.checked_by(path);

static BACKEND: Schema = Schema::new(
    "io.k8s.api.networking.v1.IngressBackend",
    &[("resource", Type::Map(&RESOURCE)), ("service", Type::Map(&SERVICE))],
)
.checked_by(backend);

static RESOURCE: Schema =
    Schema::new("io.k8s.api.core.v1.TypedLocalObjectReference", &[("apiGroup", STR), ("kind", STR), ("name", STR)]);

static SERVICE: Schema =
    Schema::new("io.k8s.api.networking.v1.IngressServiceBackend", &[("name", STR), ("port", Type::Map(&SERVICE_PORT))])
        .checked_by(service);

static SERVICE_PORT: Schema = Schema::new(
    "io.k8s.api.networking.v1.ServiceBackendPort",
    &[("name", Type::Str(optional_port_name)), ("number", PORT)],
);

fn http(field: &Field<'_, '_>, report: &mut Report<'_>) {
    // A value that is no list is reported as such.
    let is_mistyped = field.has("paths") && field.list("paths").is_none();
    let is_empty = field.list("paths").is_none_or(|paths| paths.node.items().next().is_none());
    if is_empty && !is_mistyped {
        let help = "write the paths, or remove `http` and use `defaultBackend`";
        report.missing(field, "paths", Flaw::new("this `http` has no `paths`", help));
    }
}

/// "pathType must be specified", "must be an absolute path", and no empty or relative step in it.
fn path(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if !field.has("pathType") {
        let help = "write `pathType: Prefix` or `pathType: Exact`";
        report.missing(field, "pathType", Flaw::new("this path has no `pathType`", help));
    }
    if !field.has("backend") {
        let help = "write `backend: {service: {name: NAME, port: {number: PORT}}}`";
        report.missing(field, "backend", Flaw::new("this path has no `backend`", help));
    }
    let literal = matches!(field.text("pathType"), Some("Exact" | "Prefix"));
    let Some((path, text)) = field.string("path") else {
        if literal && field.lacks("path") {
            let help = "write `path: /` to match every path";
            report.missing(field, "path", Flaw::new("this path has no `path`", help));
        }
        return;
    };
    if is_placeholder(text) {
        return;
    }
    if !text.starts_with('/') {
        let flaw = Flaw::new(format!("the path {} is not absolute", quote(text)), format!("write `/{text}`"));
        return report.invalid(&path, flaw);
    }
    let step = ["//", "/./", "/../", "%2f", "%2F"].into_iter().find(|step| text.contains(step));
    let step = step.or_else(|| ["/..", "/."].into_iter().find(|step| text.ends_with(step)));
    if let Some(step) = step.filter(|_| literal) {
        let message = format!("the path {} contains `{step}`", quote(text));
        report.invalid(&path, Flaw::new(message, "write a path without empty and relative steps"));
    }
}

/// "resource or service backend is required", and "cannot set both resource and service backends".
fn backend(field: &Field<'_, '_>, report: &mut Report<'_>) {
    match (field.get("service"), field.get("resource")) {
        (None, None) => {
            let help = "write `service: {name: NAME, port: {number: PORT}}`";
            report.missing(field, "service", Flaw::new("this backend names no Service", help));
        }
        (Some(_), Some(resource)) => {
            let flaw = Flaw::new("`resource` and `service` are in one backend", "keep one of the two");
            report.invalid_key(&resource, flaw);
        }
        _ => {}
    }
}

/// "port name or number is required", and "cannot set both port name & port number".
fn service(field: &Field<'_, '_>, report: &mut Report<'_>) {
    if field.lacks("name") {
        report.missing(field, "name", Flaw::new("this backend has no Service name", "write `name` of the Service"));
    }
    let port = field.get("port");
    let Some(port) = port.as_ref().map(|port| port.with(&SERVICE_PORT)) else {
        let help = "write `port: {number: 80}` or `port: {name: http}`";
        return report.missing(field, "port", Flaw::new("this backend has no port", help));
    };
    match (port.get("name").filter(|_| !port.lacks("name")), port.has("number")) {
        (Some(name), true) => {
            report.invalid_key(&name, Flaw::new("a port is named and numbered at once", "keep `number` or `name`"));
        }
        (None, false) if port.node.kind() == Kind::Map => {
            let help = "write `number: 80` or `name: http`";
            report.missing(&port, "number", Flaw::new("this port has neither number nor name", help));
        }
        _ => {}
    }
}
