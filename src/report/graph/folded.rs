//! Namespaces drawn as one box each, where a picture would have more workloads than anybody can read.

use std::collections::BTreeMap;

use crate::diff::ChangeKind;
use crate::graph::{Graph, GroupKind};

/// Pictures of more nodes have their namespaces folded.
const UNFOLDED: usize = 150;

/// What an edge begins or ends at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Drawn {
    /// A node.
    Node(usize),
    /// A folded group.
    Group(usize),
}

/// Connections that are drawn as one edge.
#[derive(Debug)]
pub(super) struct Bundle<'g> {
    pub(super) from: Drawn,
    pub(super) to: Drawn,
    /// What became of them, where two states of the input are compared.
    pub(super) change: Option<ChangeKind>,
    /// How many there are.
    pub(super) connections: usize,
    /// The ports of the first.
    pub(super) ports: &'g str,
    /// Whether policies treat its destination like others beside it.
    pub(super) is_one_of_several: bool,
}

/// Whether a group is drawn as one box. What is outside the cluster is not, and neither is the only namespace.
pub(super) fn is_folded(graph: &Graph, group: usize) -> bool {
    let namespaces = graph.groups.iter().filter(|group| group.kind == GroupKind::Namespace).count();
    let is_namespace = graph.groups.get(group).is_some_and(|group| group.kind == GroupKind::Namespace);
    is_namespace && namespaces > 1 && graph.nodes.len() > UNFOLDED
}

/// The edges as they are drawn: those between the same folded groups as one. What is within one is not drawn.
pub(super) fn bundles(graph: &Graph) -> Vec<Bundle<'_>> {
    let mut drawn: Vec<Drawn> = (0..graph.nodes.len()).map(Drawn::Node).collect();
    for (index, group) in graph.groups.iter().enumerate().filter(|(index, _)| is_folded(graph, *index)) {
        let (first, end) = group.nodes;
        drawn.get_mut(first..end).into_iter().flatten().for_each(|node| *node = Drawn::Group(index));
    }
    let mut bundles: Vec<Bundle<'_>> = Vec::new();
    let mut known: BTreeMap<(Drawn, Drawn, Option<ChangeKind>), usize> = BTreeMap::new();
    for edge in &graph.edges {
        for to in edge.to.0..=edge.to.1 {
            let (Some(&from), Some(&to)) = (drawn.get(edge.from), drawn.get(to)) else { continue };
            let is_between_nodes = matches!((from, to), (Drawn::Node(_), Drawn::Node(_)));
            if from == to && !is_between_nodes {
                continue;
            }
            let place = *known.entry((from, to, edge.change)).or_insert(bundles.len());
            match bundles.get_mut(place).filter(|_| !is_between_nodes) {
                Some(bundle) => bundle.connections += 1,
                None => bundles.push(Bundle {
                    from,
                    to,
                    change: edge.change,
                    connections: 1,
                    ports: &edge.ports,
                    is_one_of_several: matches!(to, Drawn::Node(_)) && edge.to.0 != edge.to.1,
                }),
            }
        }
    }
    bundles
}
