//! `metadata` of every object, and Namespaces.

use std::borrow::Cow;

use crate::schema::field::Field;
use crate::schema::report::{Flaw, Report};
use crate::schema::syntax::{
    annotation_key, any_text, dns_label, is_dns_1035_label, is_dns_label, is_dns_subdomain, is_placeholder, label_key,
    label_value, name_help, quote,
};
use crate::schema::table::{INT, STR, STRINGS, Schema, Type};
use crate::text::suggest::nearest;
use crate::yaml::Kind;

/// The table of a kind: what every object has, and its `spec`.
macro_rules! kind {
    ($name:literal, $spec:expr) => {
        Schema::new(
            $name,
            &[
                ("apiVersion", STR),
                ("kind", STR),
                ("metadata", Type::Map(&$crate::schema::metadata::OBJECT_META)),
                ("spec", Type::Map(&$spec)),
            ],
        )
        .others(&["status"])
    };
}
pub(crate) use kind;

/// Labels: what selectors match.
pub(crate) const LABELS: Type = Type::Strings(label_key, label_value);

pub(crate) static OBJECT_META: Schema = Schema::new(
    "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
    &[
        ("annotations", Type::Strings(annotation_key, any_text)),
        ("creationTimestamp", STR),
        ("deletionGracePeriodSeconds", INT),
        ("deletionTimestamp", STR),
        ("finalizers", STRINGS),
        ("generateName", STR),
        ("generation", INT),
        ("labels", LABELS),
        ("name", STR),
        ("namespace", STR),
        ("ownerReferences", Type::List(&Type::Map(&OWNER_REFERENCE))),
        ("resourceVersion", STR),
        ("selfLink", STR),
        ("uid", STR),
    ],
)
.others(&["managedFields"]);

static OWNER_REFERENCE: Schema = Schema::new(
    "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference",
    &[
        ("apiVersion", STR),
        ("blockOwnerDeletion", Type::Bool),
        ("controller", Type::Bool),
        ("kind", STR),
        ("name", STR),
        ("uid", STR),
    ],
);

pub(crate) static NAMESPACE: Schema = kind!("io.k8s.api.core.v1.Namespace", NAMESPACE_SPEC);

static NAMESPACE_SPEC: Schema = Schema::new("io.k8s.api.core.v1.NamespaceSpec", &[("finalizers", STRINGS)]);

/// How the names of a kind are spelled.
#[derive(Clone, Copy)]
pub(crate) enum NameSyntax {
    /// A DNS label.
    Label,
    /// DNS labels joined by dots.
    Subdomain,
    /// A DNS label that starts with a letter; newer API servers let it start with a digit.
    Service,
    /// What a custom resource makes of names: whether one is valid, and the longest that could be.
    Custom(fn(&str) -> bool, usize),
}

impl NameSyntax {
    /// Whether the name is valid, and the longest that could be.
    fn rule(self) -> (fn(&str) -> bool, usize) {
        match self {
            Self::Subdomain => (is_dns_subdomain, 253),
            Self::Label | Self::Service => (is_dns_label, 63),
            Self::Custom(is_valid, longest) => (is_valid, longest),
        }
    }
}

/// Checks the name of an object, which is the one thing that every layer of it must have.
pub(crate) fn name(object: &Field<'_, '_>, kind: &str, syntax: NameSyntax, report: &mut Report<'_>) {
    let flaw = || Flaw::new(format!("this {kind} has no name"), "write `metadata.name`");
    let Some(metadata) = object.get("metadata").map(|metadata| metadata.with(&OBJECT_META)) else {
        return unnamed(object, "metadata", flaw(), report);
    };
    if metadata.node.kind() == Kind::Map && metadata.lacks("name") && metadata.lacks("generateName") {
        return unnamed(&metadata, "name", flaw(), report);
    }
    namespace(&metadata, kind, report);
    for key in ["name", "generateName"] {
        let Some(field) = metadata.get(key) else { continue };
        let Some(text) = field.node.as_str().filter(|text| !text.is_empty()) else { continue };
        if is_placeholder(text) {
            continue;
        }
        // A `-` at the end of a prefix is followed by the generated part.
        let whole: Cow<'_, str> = match text.strip_suffix('-') {
            Some(prefix) if key == "generateName" => format!("{prefix}-x").into(),
            _ => text.into(),
        };
        let (is_valid, longest) = syntax.rule();
        if !is_valid(&whole) {
            let article = if kind.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
            let message = format!("{} is not a valid name for {article} {kind}", quote(text));
            report.invalid(&field, Flaw::new(message, name_help(text, is_valid, longest)));
        } else if matches!(syntax, NameSyntax::Service) && !is_dns_1035_label(&whole) {
            let message = format!("the Service name {} starts with a digit", quote(text));
            report.doubtful(&field, "older API servers refuse this", Flaw::new(message, "start it with a letter"));
        }
    }
}

/// Kinds that are in no namespace, by how their names begin.
const WITHOUT_NAMESPACE: [&str; 9] = [
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "CiliumCIDRGroup",
    "CiliumClusterwide",
    "ClusterNetworkPolicy",
    "Global",
    "HostEndpoint",
    "StagedGlobal",
    "Tier",
];

/// Checks the namespace of an object that has one; the API server removes any other.
fn namespace(metadata: &Field<'_, '_>, kind: &str, report: &mut Report<'_>) {
    let Some((field, text)) = metadata.string("namespace") else { return };
    let is_in_none = WITHOUT_NAMESPACE.iter().any(|beginning| kind.starts_with(beginning));
    if !is_in_none
        && !is_placeholder(text)
        && let Err(flaw) = dns_label(text)
    {
        report.invalid(&field, flaw);
    }
}

/// Reports an object without a name, unless the key is misspelled, which is reported already.
fn unnamed(mapping: &Field<'_, '_>, key: &str, flaw: Flaw, report: &mut Report<'_>) {
    let is_slip = |name: &str| nearest(name, [key]).is_some();
    if mapping.node.entries().any(|(name, _, _)| is_slip(name)) {
        report.missing(mapping, key, flaw);
    } else {
        report.absent(mapping, key, flaw);
    }
}
