//! From YAML documents to typed resources, each with its origin.

mod definition;
mod fields;
mod intent;
mod kinds;
mod metadata;
mod network;
mod network_policy;
mod served;
mod settings;
mod workload;

use smol_str::SmolStr;

use crate::cluster::{Backend, Intent, Labels, NetworkPolicy, Object, Service, Workload};
use crate::finding::{Draft, Location, Origin};
use crate::policy::Policy;
use crate::source::FileId;
use crate::yaml::{self, FieldPath, Kind, Node, Span};

pub use metadata::Owner;
pub use settings::{ConfigMap, Setting, config_maps};

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct FileContent {
    /// How many documents are Kubernetes objects; a List counts as one.
    pub documents: usize,
    /// Objects that netlint knows, in order.
    pub resources: Vec<Resource>,
    /// What is wrong with the file itself.
    pub problems: Vec<Draft>,
    /// Where it is an unrendered template, which is not read: its first braces.
    pub template: Option<Span>,
}

/// An object of the input. Its namespace is a name still; assembling the cluster resolves it.
#[derive(Clone, Debug)]
pub struct Resource {
    /// `metadata.namespace`, where written.
    pub namespace: Option<SmolStr>,
    /// The controller that owns it, for Pods and ReplicaSets read from a cluster.
    pub owner: Option<Owner>,
    /// The object.
    pub item: Item,
}

/// An object that netlint knows, boxed: lists of them are moved about until the cluster is assembled.
#[derive(Clone, Debug)]
pub enum Item {
    /// A Namespace.
    Namespace(Box<Object>),
    /// Whatever has pods.
    Workload(Box<Workload>),
    /// A Service.
    Service(Box<Service>),
    /// The backends of an Ingress or a route.
    Backends(Vec<Backend>),
    /// A NetworkPolicy, as it is written and in the tiered form.
    NetworkPolicy(Box<NetworkPolicy>, Box<Policy>),
    /// What says that a connection is meant.
    Intent(Box<Intent>),
    /// An object of a kind that Kubernetes itself does not have.
    CustomResource(Box<Object>),
    /// What a kustomization adds to what it lists.
    Kustomization {
        /// The labels.
        labels: Labels,
        /// Whether it sets the namespace.
        namespace: bool,
    },
}

/// Reads every document of a file.
#[must_use]
pub fn read(file: FileId, text: &str) -> FileContent {
    let mut content = FileContent::default();
    for chunk in yaml::split(text) {
        if definition::is_idle(chunk.span.slice(text)) {
            content.documents += 1;
            continue;
        }
        match yaml::parse(text, chunk) {
            Ok(document) => {
                let origin = Origin { file, document: chunk.index, path: FieldPath::root() };
                let before = content.documents;
                if let Some(root) = document.root() {
                    content.read_object(root, &origin, None);
                }
                if content.documents > before {
                    content.report_duplicate_keys(file, &document);
                }
            }
            Err(error) => {
                if let Some(braces) = braces(text, chunk.span) {
                    content.template.get_or_insert(braces);
                } else if looks_like_a_manifest(chunk.span.slice(text)) {
                    let mut draft = Draft::new("invalid-yaml", Location::Bytes(file, error.span), error.message);
                    draft.help = error.help;
                    content.problems.push(draft);
                }
            }
        }
    }
    content
}

impl FileContent {
    /// Adds what another file says; whether either is a template is not carried over.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.documents += other.documents;
        self.resources.append(&mut other.resources);
        self.problems.append(&mut other.problems);
    }

    /// Keeps only what is wrong with the text as such: its objects are read as something else makes them.
    pub(crate) fn keep_syntax(&mut self) {
        self.resources.clear();
        self.problems.retain(|problem| problem.rule == "invalid-yaml");
    }

    /// Keeps only what is wrong with the objects as they are written.
    pub(crate) fn keep_problems(&mut self) {
        self.resources.clear();
    }

    /// Reads an object, or the objects of a List. `item_type` is what the List says of its items.
    fn read_object(&mut self, node: Node<'_>, origin: &Origin, item_type: Option<(&str, &str)>) {
        let [kind, version] = node.get_all(["kind", "apiVersion"]).map(|value| value.and_then(|it| it.as_str()));
        let (kind, version) = match (kind, version, item_type) {
            (Some(kind), Some(version), _) | (None, None, Some((kind, version))) => (kind, version),
            _ => return,
        };
        if item_type.is_none() {
            self.documents += 1;
        }
        if let Some(of_items) = kind.strip_suffix("List")
            && let Some(items) = node.get("items")
            && items.kind() == Kind::Seq
        {
            let of_items = if of_items.is_empty() { None } else { Some((of_items, version)) };
            let origin = origin.key("items");
            for (index, item) in items.items().enumerate() {
                self.read_object(item, &origin.index(index), of_items.or(Some(("", ""))));
            }
            return;
        }
        kinds::read(self, node, kind, version, origin);
    }

    fn report_duplicate_keys(&mut self, file: FileId, document: &yaml::Document<'_>) {
        for duplicate in document.duplicate_keys() {
            let message = format!("the key `{}` is written twice; the last one wins silently", duplicate.key);
            let mut draft = Draft::new("invalid-yaml", Location::Bytes(file, duplicate.again), message);
            draft.because(Location::Bytes(file, duplicate.first), "first written here");
            draft.help("keep one of the two, or merge their values");
            self.problems.push(draft);
        }
    }
}

/// The braces by which a document that does not parse shows itself as an unrendered template.
fn braces(text: &str, document: Span) -> Option<Span> {
    let start = document.start + document.slice(text).find("{{")?;
    Some(Span::new(start, start + 2))
}

/// Whether a document that does not parse was meant for Kubernetes.
fn looks_like_a_manifest(text: &str) -> bool {
    text.contains("apiVersion") || text.contains("kind")
}

/// The labels or other string map of a field; entries that are not strings are left out.
fn string_map(node: Option<Node<'_>>) -> Labels {
    let Some(node) = node else { return Labels::default() };
    let mut entries = Vec::with_capacity(node.entries().count());
    entries.extend(node.entries().filter_map(|(key, _, value)| Some((key.into(), value.as_str()?.into()))));
    entries.sort_unstable();
    // Of an entry there is one for each key.
    Labels::from_sorted_store_unchecked(entries)
}

/// What is made of the items of a list and their origins, in no more memory than it takes: a model has very many short
/// lists. The list is that of a key, where it is written, of what has this origin.
fn each<'d, T>(
    list: Option<Node<'d>>,
    (origin, key): (&Origin, &'static str),
    mut make: impl FnMut(Node<'d>, Origin) -> Option<T>,
) -> Vec<T> {
    let Some(list) = list else { return Vec::new() };
    let origin = origin.key(key);
    let mut made = Vec::with_capacity(list.items().count());
    made.extend(list.items().enumerate().filter_map(|(index, item)| make(item, origin.index(index))));
    made
}

/// The text of a string.
fn string(node: Node<'_>) -> Option<SmolStr> {
    node.as_str().map(|text| text.into())
}

/// The text of a string under a key.
fn text_of(node: Node<'_>, key: &str) -> Option<SmolStr> {
    node.get(key).and_then(string)
}
