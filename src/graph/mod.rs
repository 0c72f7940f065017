//! What a drawing of the connections shows: namespaces, workloads by tier, addresses outside, what is permitted between
//! them, and the lines that decide it.
//!
//! All that is drawn is worked out here, positions included, so that every drawing of the same input is the same.
//! Policies treat many pairs alike: such pairs share what is said of them.

mod build;
mod change;
mod documents;
mod explain;
pub mod layout;

use crate::connections::exposure::Exposed;
use crate::diff::{ChangeKind, Presence};
pub use build::TooLarge;
use layout::{Size, Slot};

/// A drawing.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Namespaces by name; the last one may be [what is outside](GroupKind::Outside).
    pub groups: Vec<Group>,
    /// Group by group.
    pub nodes: Vec<Node>,
    /// By source, then by destination.
    pub edges: Vec<Edge>,
    /// What is said of edges, each text once.
    pub sides: Vec<Side>,
    /// The parts of manifests that sides point into.
    pub documents: Vec<Document>,
    /// How many connections there are; an edge may stand for several.
    pub connections: usize,
    /// How many policies there are.
    pub policies: usize,
    /// Whether two states of the input are compared.
    pub is_change: bool,
    /// What the reader must know to judge the drawing. One line each.
    pub notes: Vec<String>,
}

/// Nodes that are drawn in one box, and can be folded into it.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: GroupKind,
    /// The first of its nodes, and the one after its last.
    pub nodes: (usize, usize),
    /// Where it is among the others.
    pub slot: Slot,
    /// How large it is while it is folded.
    pub folded: Size,
    /// How large it is when its nodes are shown.
    pub unfolded: Size,
}

/// What a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// A namespace.
    Namespace,
    /// What is outside the cluster, and the ingress controller.
    Outside,
}

/// An end of connections.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name in its group.
    pub name: String,
    /// Its name in the whole drawing.
    pub full_name: String,
    /// For example `Deployment`; empty for what is outside.
    pub kind: String,
    /// Its part in the application, where that is known.
    pub tier: Option<&'static str>,
    /// Whether it is on the network of its node, where no policy applies.
    pub host_network: bool,
    /// Whether it is new or gone, where two states of the input are compared.
    pub presence: Option<Presence>,
    /// Its left upper corner in its group.
    pub x: u32,
    /// The same, from the top.
    pub y: u32,
    /// Who could reach it beyond the input.
    pub sources: Vec<Exposed>,
    /// What it could reach beyond the input.
    pub destinations: Vec<Exposed>,
}

/// What is permitted from a node to others that policies treat alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The source.
    pub from: usize,
    /// The first and the last of the destinations, which lie side by side.
    pub to: (usize, usize),
    /// The ports, as printed.
    pub ports: String,
    /// What is said of it, as places in [`Graph::sides`].
    pub sides: Vec<usize>,
    /// What became of it, where two states of the input are compared.
    pub change: Option<ChangeKind>,
}

/// Why something is permitted: by the egress of the source, or by the ingress of the destination.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// Which it is; of a change, before or after it.
    pub title: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The lines that decide.
    pub marks: Vec<Mark>,
}

/// Lines of a document, with what to say there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The document, as its place in [`Graph::documents`].
    pub document: usize,
    /// The first and the last line, counted from 1 in the file.
    pub lines: (usize, usize),
    /// What these lines do.
    pub note: String,
}

/// A document of a file, or of a long one what is around the marked lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The path of the file.
    pub path: String,
    /// Pieces of its text, each with the number of its first line.
    pub parts: Vec<(usize, String)>,
}
