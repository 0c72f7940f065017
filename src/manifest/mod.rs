//! From YAML documents to typed resources, each with its origin.

mod definition;
mod duplicates;
mod fields;
mod intent;
mod kinds;
mod near_miss;
mod network;
mod served;
mod settings;
mod workload;

use smol_str::SmolStr;

use crate::diagnostic::Draft;
use crate::objects::{AddressGroup, Backend, Intent, Labels, NamespaceId, Object, Owner, Service, Workload};
use crate::policy::dialect::unread::{self, InText, Unread};
use crate::policy::{DefinedStage, PolicyObject};
use crate::source::{FileId, Location, Origin};
use crate::yaml::{self, FieldPath, Kind, Node, Span, SyntaxError};

pub use settings::{ConfigMap, Setting, config_maps};

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct FileContent {
    /// How many documents are Kubernetes objects; a List counts as one.
    pub documents: usize,
    /// How many documents are manifests that do not parse.
    pub broken: usize,
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
    /// A policy of any dialect. Of the whole cluster where its object is in [`NamespaceId::CLUSTER`].
    Policy(Box<PolicyObject>),
    /// A group of addresses that policies name or select; of the whole cluster likewise.
    AddressGroup(Box<AddressGroup>),
    /// A stage of policies, which is of the whole cluster.
    Stage(Box<DefinedStage>),
    /// An object of a network plugin that changes nothing about connections of pods; of the whole cluster likewise.
    Idle(Box<Object>),
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

impl Item {
    /// Whether it is a policy, group or stage of the whole cluster, which is in no namespace.
    pub(crate) fn is_of_the_cluster(&self) -> bool {
        let object = match self {
            Self::Policy(policy) => &policy.object,
            Self::AddressGroup(group) => &group.object,
            Self::Stage(stage) => &stage.object,
            Self::Idle(object) => object,
            _ => return false,
        };
        object.namespace == NamespaceId::CLUSTER
    }
}

/// Reads every document of a file.
#[must_use]
pub fn read(file: FileId, text: &str) -> FileContent {
    let mut content = FileContent::default();
    let mut strangers = Vec::new();
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
                    content.problems.extend(duplicates::report(file, text, &document));
                }
            }
            Err(error) => {
                let is_manifest = looks_like_a_manifest(chunk.span.slice(text));
                if is_manifest {
                    content.read_broken(
                        chunk.span.slice(text),
                        Origin { file, document: chunk.index, path: FieldPath::root() },
                    );
                }
                if let Some(braces) = braces(text, chunk.span) {
                    // What stands behind such a character may be what Kubernetes applies.
                    match yaml::hidden_breaks(text, chunk.span).next() {
                        Some(found) => content.problems.push(broken(file, SyntaxError::hidden_break(text, found))),
                        None => drop(content.template.get_or_insert(braces)),
                    }
                } else if is_manifest {
                    content.problems.push(broken(file, error));
                } else {
                    strangers.push(broken(file, error));
                }
            }
        }
    }
    // Beside manifests, whatever does not parse is in their way: what applies the file stops there.
    if content.documents > 0 {
        content.problems.append(&mut strangers);
    }
    content
}

impl FileContent {
    /// Adds what another file says; whether either is a template is not carried over.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.documents += other.documents;
        self.broken += other.broken;
        self.resources.append(&mut other.resources);
        self.problems.append(&mut other.problems);
    }

    /// Keeps only what is wrong with the text as such: its objects are read as something else makes them.
    pub(crate) fn keep_syntax(&mut self) {
        self.resources
            .retain(|resource| matches!(&resource.item, Item::Policy(policy) if policy.unread() == Some(Unread::Text)));
        self.problems.retain(|problem| problem.rule == "invalid-yaml");
    }

    /// Notes a document that does not parse, and the policy that it may be.
    fn read_broken(&mut self, text: &str, origin: Origin) {
        self.broken += 1;
        let resource = unread::in_text(text, &origin).map(|InText { policy, namespace }| Resource {
            namespace: namespace.map(Into::into),
            owner: None,
            item: Item::Policy(Box::new(policy)),
        });
        self.resources.extend(resource);
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
            _ => {
                let near_miss = near_miss::incomplete(node, origin).or_else(|| near_miss::glued(node, origin));
                if let Some(problem) = near_miss.filter(|_| item_type.is_none()) {
                    self.documents += 1;
                    self.problems.push(problem);
                }
                return;
            }
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
}

/// A document that does not parse.
fn broken(file: FileId, error: SyntaxError) -> Draft {
    let mut draft = Draft::new("invalid-yaml", Location::Bytes(file, error.span), error.message);
    draft.help = error.help;
    draft
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
