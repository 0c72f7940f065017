//! An object on its way through kustomizations.

use smol_str::SmolStr;

use super::error::Refusal;
use super::node::{Form, Key, Node, NodeId, Tree, Value};
use super::scalar::Tag;
use crate::source::{FileId, Origin};
use crate::yaml::Span;

/// An object. What kustomize remembers of it is in its annotations, as in kustomize, where patches can reach it.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) tree: Tree,
    /// The file that it comes from.
    pub(super) file: FileId,
    /// The root of the document, or the entry, that it comes from.
    pub(super) place: Origin,
    /// A duplicate keys in its document, with which kustomize cannot write it.
    pub(super) duplicate: Option<Span>,
    /// The variables that take their values from it.
    pub(super) variables: Vec<SmolStr>,
    /// Whether a patch deleted it.
    pub(super) is_deleted: bool,
}

/// The API group, version and kind of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Gvk {
    pub(super) group: SmolStr,
    pub(super) version: SmolStr,
    pub(super) kind: SmolStr,
}

/// What an object is or was called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id {
    pub(super) gvk: Gvk,
    pub(super) name: SmolStr,
    /// Its namespace; `default` where it has none, and [`NO_NAMESPACE`] where it can have none.
    pub(super) namespace: SmolStr,
}

/// Annotations by which kustomize remembers things while it builds.
pub(super) mod remembered {
    pub(crate) const PREFIX: &str = "internal.config.kubernetes.io";
    pub(crate) const KINDS: &str = "internal.config.kubernetes.io/previousKinds";
    pub(crate) const NAMES: &str = "internal.config.kubernetes.io/previousNames";
    pub(crate) const NAMESPACES: &str = "internal.config.kubernetes.io/previousNamespaces";
    pub(crate) const NAME_PREFIXES: &str = "internal.config.kubernetes.io/prefixes";
    pub(crate) const NAME_SUFFIXES: &str = "internal.config.kubernetes.io/suffixes";
    pub(crate) const BEHAVIOR: &str = "internal.config.kubernetes.io/generatorBehavior";
    pub(crate) const HASH: &str = "internal.config.kubernetes.io/needsHashSuffix";
    pub(crate) const NAME_CHANGE: &str = "internal.config.kubernetes.io/allowNameChange";
    pub(crate) const KIND_CHANGE: &str = "internal.config.kubernetes.io/allowKindChange";
    /// All that are taken out at the end.
    pub(crate) const ALL: [&str; 18] = [
        KINDS,
        NAMES,
        NAME_PREFIXES,
        NAME_SUFFIXES,
        NAMESPACES,
        NAME_CHANGE,
        KIND_CHANGE,
        "internal.config.kubernetes.io/refBy",
        BEHAVIOR,
        HASH,
        "internal.config.kubernetes.io/path",
        "internal.config.kubernetes.io/index",
        "internal.config.kubernetes.io/seqindent",
        "internal.config.kubernetes.io/id",
        "internal.config.kubernetes.io/annotations-migration-resource-id",
        "config.kubernetes.io/path",
        "config.kubernetes.io/index",
        "config.k8s.io/id",
    ];
}

/// The namespace of what is in none.
pub(super) const NO_NAMESPACE: &str = "_non_namespaceable_";

/// The kinds that kustomize knows to be in no namespace, with their API versions (its built-in OpenAPI data, v1.21).
const CLUSTER_SCOPED: &[(&str, &[&str])] = &[
    ("APIService", &["apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1"]),
    ("CSIDriver", &["storage.k8s.io/v1", "storage.k8s.io/v1beta1"]),
    ("CSINode", &["storage.k8s.io/v1", "storage.k8s.io/v1beta1"]),
    ("CertificateSigningRequest", &["certificates.k8s.io/v1", "certificates.k8s.io/v1beta1"]),
    ("ClusterRole", &["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"]),
    ("ClusterRoleBinding", &["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"]),
    ("ComponentStatus", &["v1"]),
    ("CustomResourceDefinition", &["apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"]),
    ("FlowSchema", &["flowcontrol.apiserver.k8s.io/v1beta1"]),
    ("IngressClass", &["networking.k8s.io/v1", "networking.k8s.io/v1beta1"]),
    ("MutatingWebhookConfiguration", &["admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1"]),
    ("Namespace", &["v1"]),
    ("Node", &["v1"]),
    ("NodeProxyOptions", &["v1"]),
    ("PersistentVolume", &["v1"]),
    ("PodSecurityPolicy", &["policy/v1beta1"]),
    ("PriorityClass", &["scheduling.k8s.io/v1", "scheduling.k8s.io/v1beta1"]),
    ("PriorityLevelConfiguration", &["flowcontrol.apiserver.k8s.io/v1beta1"]),
    ("RuntimeClass", &["node.k8s.io/v1", "node.k8s.io/v1beta1"]),
    ("StorageClass", &["storage.k8s.io/v1", "storage.k8s.io/v1beta1"]),
    ("ValidatingWebhookConfiguration", &["admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v1beta1"]),
    ("VolumeAttachment", &["storage.k8s.io/v1", "storage.k8s.io/v1beta1"]),
];

impl Gvk {
    pub(super) fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Self { group: group.into(), version: version.into(), kind: kind.into() }
    }

    pub(super) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_string() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Whether kustomize knows that such objects are in no namespace.
    pub(super) fn is_cluster_scoped(&self) -> bool {
        let version = || self.api_version();
        CLUSTER_SCOPED.iter().any(|(kind, versions)| *kind == self.kind && versions.contains(&&*version()))
    }

    /// Whether a selector means it, of which an empty part means any.
    pub(super) fn is_selected_by(&self, selector: &Self) -> bool {
        let is = |own: &str, wanted: &str| wanted.is_empty() || own == wanted;
        is(&self.group, &selector.group) && is(&self.version, &selector.version) && is(&self.kind, &selector.kind)
    }
}

impl Id {
    pub(super) fn new(gvk: Gvk, name: &str, namespace: &str) -> Self {
        let namespace = match namespace {
            _ if gvk.is_cluster_scoped() => NO_NAMESPACE,
            "" => "default",
            named => named,
        };
        Self { gvk, name: name.into(), namespace: namespace.into() }
    }

    pub(super) fn is_cluster_scoped(&self) -> bool {
        self.namespace == NO_NAMESPACE
    }

    /// As messages print it: ``Deployment `web` in namespace `shop` ``.
    pub(super) fn printed(&self) -> String {
        let kind = if self.gvk.kind.is_empty() { "object" } else { self.gvk.kind.as_str() };
        match self.namespace.as_str() {
            NO_NAMESPACE | "default" => format!("{kind} `{}`", self.name),
            namespace => format!("{kind} `{}` in namespace `{namespace}`", self.name),
        }
    }
}

impl Object {
    pub(super) fn new(file: FileId, place: Origin) -> Self {
        Self { tree: Tree::new(), file, place, duplicate: None, variables: Vec::new(), is_deleted: false }
    }

    fn text(&self, key: &str) -> &str {
        self.tree.get(self.tree.root, key).map_or("", |node| self.tree.content(node))
    }

    pub(super) fn kind(&self) -> &str {
        self.text("kind")
    }

    pub(super) fn api_version(&self) -> &str {
        self.text("apiVersion")
    }

    pub(super) fn gvk(&self) -> Gvk {
        Gvk::new(self.api_version(), self.kind())
    }

    fn metadata(&self) -> Option<NodeId> {
        self.tree.get(self.tree.root, "metadata").filter(|&node| !self.tree.node(node).is_null_or_empty())
    }

    fn in_metadata(&self, key: &str) -> &str {
        let value = self.metadata().and_then(|metadata| self.tree.get(metadata, key));
        value.filter(|&value| !self.tree.is_null(value)).map_or("", |value| self.tree.content(value))
    }

    pub(super) fn name(&self) -> &str {
        self.in_metadata("name")
    }

    /// The namespace as written; empty where there is none.
    pub(super) fn namespace(&self) -> &str {
        self.in_metadata("namespace")
    }

    /// What it is called now.
    pub(super) fn id(&self) -> Id {
        Id::new(self.gvk(), self.name(), self.namespace())
    }

    /// What it was called, from the first name on.
    pub(super) fn former_ids(&self) -> Vec<Id> {
        let Some(names) = self.annotation(remembered::NAMES) else { return Vec::new() };
        let list = |name| self.annotation(name).unwrap_or_default().split(',');
        let Gvk { group, version, .. } = self.gvk();
        let parts = names.split(',').zip(list(remembered::NAMESPACES)).zip(list(remembered::KINDS));
        let ids = parts.map(|((name, namespace), kind)| Id {
            gvk: Gvk { group: group.clone(), version: version.clone(), kind: kind.into() },
            name: name.into(),
            namespace: if namespace.is_empty() { "default" } else { namespace }.into(),
        });
        ids.collect()
    }

    /// What it was and is called.
    pub(super) fn ids(&self) -> Vec<Id> {
        let mut ids = self.former_ids();
        ids.push(self.id());
        ids
    }

    /// What it was called first.
    pub(super) fn original_id(&self) -> Id {
        self.former_ids().into_iter().next().unwrap_or_else(|| self.id())
    }

    /// Remembers what it is called.
    pub(super) fn remember_id(&mut self) {
        let Id { gvk, name, namespace } = self.id();
        self.append_to_list(remembered::NAMES, &name);
        self.append_to_list(remembered::NAMESPACES, &namespace);
        self.append_to_list(remembered::KINDS, &gvk.kind);
    }

    /// What it costs to remember one name more.
    pub(super) fn memory(&self) -> usize {
        let lists = [remembered::NAMES, remembered::NAMESPACES, remembered::KINDS];
        lists.into_iter().filter_map(|list| self.annotation(list)).map(str::len).sum::<usize>() / 32
    }

    /// The text of an annotation.
    pub(super) fn annotation(&self, name: &str) -> Option<&str> {
        let annotations = self.tree.get(self.metadata()?, "annotations")?;
        self.tree.get(annotations, name).map(|value| self.tree.content(value))
    }

    /// The texts of a list that an annotation holds.
    pub(super) fn list_in_annotation(&self, name: &str) -> Vec<&str> {
        self.annotation(name).map(|list| list.split(',').collect()).unwrap_or_default()
    }

    /// Adds to a list that an annotation holds.
    pub(super) fn append_to_list(&mut self, name: &str, item: &str) {
        if !item.is_empty() {
            let list = self.annotation(name).map_or_else(|| item.to_owned(), |list| format!("{list},{item}"));
            self.annotate(name, &list);
        }
    }

    /// Sets one annotation.
    pub(super) fn annotate(&mut self, name: &str, value: &str) {
        let root = self.tree.root;
        if let Some(metadata) = self.tree.get(root, "metadata") {
            let annotations = self.tree.get(metadata, "annotations");
            let is_empty = |tree: &Tree, node| match &tree.node(node).value {
                Value::Map(entries) => entries.is_empty(),
                Value::Seq(items) => items.is_empty(),
                Value::Scalar(..) => true,
            };
            if annotations.is_some_and(|annotations| is_empty(&self.tree, annotations)) {
                self.tree.remove(metadata, "annotations");
            }
        }
        let metadata = self.tree.get_or_make(root, "metadata");
        let annotations = self.tree.get_or_make(metadata, "annotations");
        let value = self.tree.add(Node { is_quoted: true, ..Node::text(value) });
        self.tree.set(annotations, Key::plain(name), value);
    }

    /// The texts of a string map of its metadata, whatever their types, with the places where they are written.
    pub(super) fn string_map(&self, key: &str) -> Vec<(SmolStr, SmolStr, Option<Origin>)> {
        let map = self.metadata().and_then(|metadata| self.tree.get(metadata, key));
        let entries = map.map(|map| self.tree.entries(map)).unwrap_or_default();
        let texts = entries
            .iter()
            .map(|(key, value)| (key.text.clone(), SmolStr::new(self.tree.content(*value)), self.tree.origin(*value)));
        texts.collect()
    }

    /// Writes a string map of its metadata anew. All values become strings; without any, the map is taken out.
    pub(super) fn set_string_map(&mut self, key: &str, mut map: Vec<(SmolStr, SmolStr, Option<Origin>)>) {
        map.sort_by(|left, right| left.0.cmp(&right.0));
        let root = self.tree.root;
        let metadata = self.tree.get_or_make(root, "metadata");
        let place = self.tree.get(metadata, key).and_then(|old| self.tree.origin(old));
        self.tree.remove(metadata, key);
        if map.is_empty() {
            return;
        }
        let node = self.tree.add(Node::of(Form::Map).at(place));
        self.tree.push_entry(metadata, Key::plain(key), node);
        for (name, text, origin) in map {
            let value = self.tree.add(Node::text(&text).at(origin));
            self.tree.set(node, Key::plain(&name), value);
        }
    }

    /// Sets `kind`, or `name` or `namespace` of the metadata, which are still said to be written where they were.
    pub(super) fn set_text(&mut self, path: &[&str], text: &str, place: Option<Origin>) {
        let Some((last, before)) = path.split_last() else { return };
        let root = self.tree.root;
        let map = before.iter().fold(root, |map, key| self.tree.get_or_make(map, key));
        if self.tree.is_null(map) {
            return;
        }
        let value = self.tree.add(Node::untyped(text).at(place));
        self.tree.set(map, Key::plain(last), value);
    }

    /// A refusal because of one of its values.
    pub(super) fn refuse(&self, node: NodeId, message: impl Into<String>) -> Box<Refusal> {
        let origin = self.tree.origin(node).unwrap_or_else(|| self.place.clone());
        Refusal::at(&origin, message)
    }
}

impl Tree {
    /// The value under a key, made an empty mapping where there is none.
    pub(super) fn get_or_make(&mut self, map: NodeId, key: &str) -> NodeId {
        if let Some(found) = self.get(map, key) {
            return found;
        }
        let made = self.add(Node::of(Form::Map));
        self.push_entry(map, Key::plain(key), made);
        made
    }
}

/// Whether a scalar is a string.
pub(super) fn is_string(node: &Node) -> bool {
    matches!(node.value, Value::Scalar(Tag::Text | Tag::None, _))
}
