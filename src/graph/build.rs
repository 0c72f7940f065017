//! From connections to a drawing.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::explain::{Alike, Explanations};
use super::layout::{self, arrange};
use super::{Edge, Graph, Group, GroupKind, Node};
use crate::connections::exposure::Exposures;
use crate::connections::{Connection, Connections, shown};
use crate::endpoint::End;
use crate::objects::{Workload, WorkloadId};

/// The most edges of a drawing; more than anybody can look at.
const MOST: usize = 200_000;

/// Why there is no drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the input permits too many connections to draw: more than {MOST}")]
pub struct TooLarge;

impl TooLarge {
    /// What to do instead.
    #[must_use]
    pub fn advice(self) -> &'static str {
        "draw some of them with `--from` and `--to`, for example `--to shop/*`"
    }
}

impl Graph {
    /// Draws connections.
    ///
    /// # Errors
    /// Where they are too many to be of use.
    pub fn new(connections: &Connections<'_>) -> Result<Self, TooLarge> {
        let mut builder = Builder::new(connections);
        for connection in connections.iter() {
            builder.add(&connection)?;
        }
        Ok(builder.finish())
    }
}

/// A drawing in the making.
struct Builder<'c, 'm> {
    connections: &'c Connections<'m>,
    graph: Graph,
    /// The column of each node in its group.
    columns: Vec<u32>,
    workloads: BTreeMap<WorkloadId, usize>,
    /// Nodes that are not workloads, by name. They come behind all others.
    outside: BTreeMap<String, usize>,
    explanations: Explanations,
    /// For each edge the number of what is said of it.
    explained: Vec<usize>,
}

impl<'c, 'm> Builder<'c, 'm> {
    fn new(connections: &'c Connections<'m>) -> Self {
        let mut builder = Self {
            connections,
            graph: Graph::default(),
            columns: Vec::new(),
            workloads: BTreeMap::new(),
            outside: BTreeMap::new(),
            explanations: Explanations::default(),
            explained: Vec::new(),
        };
        let cluster = connections.analysis.cluster();
        for (namespace, workloads) in shown::by_namespace(connections) {
            let first = builder.graph.nodes.len();
            for (id, workload) in workloads {
                builder.add_workload(id, workload);
            }
            let nodes = (first, builder.graph.nodes.len());
            let name = cluster.namespace_name(namespace).to_owned();
            builder.graph.groups.push(group(name, GroupKind::Namespace(namespace), nodes));
        }
        builder
    }

    fn add_workload(&mut self, id: WorkloadId, workload: &Workload) {
        let tier = self.connections.analysis.tier(id).map(|it| it.tier);
        self.workloads.insert(id, self.graph.nodes.len());
        self.columns.push(layout::column(tier));
        self.graph.nodes.push(Node {
            name: workload.object.name.to_string(),
            kind: workload.object.kind.to_string(),
            tier: tier.map(|tier| tier.name()),
            host_network: workload.host_network,
            ..outside_node(self.connections.names().workload(id))
        });
    }

    fn add(&mut self, connection: &Connection) -> Result<(), TooLarge> {
        let (from, to) = (self.node(&connection.from), self.node(&connection.to));
        let (source, destination) = (self.alike(&connection.from, from), self.alike(&connection.to, to));
        let pair = (source, destination, Arc::clone(&connection.ports));
        let explained = self.explanations.add(pair, connection);
        self.graph.connections += 1;
        if let (Some(last), Some(of_last)) = (self.graph.edges.last_mut(), self.explained.last())
            && (last.from, last.to.1 + 1, *of_last) == (from, to, explained)
        {
            last.to.1 = to;
            return Ok(());
        }
        if self.graph.edges.len() == MOST {
            return Err(TooLarge);
        }
        let ports = connection.ports.to_string();
        self.graph.edges.push(Edge { from, to: (to, to), ports, sides: Vec::new() });
        self.explained.push(explained);
        Ok(())
    }

    fn alike(&self, end: &End, node: usize) -> Alike {
        match end {
            End::Workload(id) => Alike::Workloads(self.connections.analysis.reach().group(*id)),
            _ => Alike::Node(node),
        }
    }

    fn node(&mut self, end: &End) -> usize {
        if let End::Workload(id) = end {
            return self.workloads.get(id).copied().unwrap_or_default();
        }
        let name = self.connections.names().end(end);
        if let Some(node) = self.outside.get(&name) {
            return *node;
        }
        let node = self.graph.nodes.len();
        self.graph.nodes.push(outside_node(name.clone()));
        self.columns.push(0);
        self.outside.insert(name, node);
        node
    }

    fn finish(mut self) -> Graph {
        let analysis = self.connections.analysis;
        let workloads = self.graph.groups.last().map_or(0, |group| group.nodes.1);
        if workloads < self.graph.nodes.len() {
            let nodes = (workloads, self.graph.nodes.len());
            self.graph.groups.push(group("outside the cluster".to_owned(), GroupKind::Outside, nodes));
        }
        let (numbers, sides, documents) = self.explanations.explain(analysis);
        for (edge, number) in self.graph.edges.iter_mut().zip(self.explained) {
            edge.sides = numbers.get(number).cloned().unwrap_or_default();
        }
        self.graph.notes = self.connections.notes().to_vec();
        let exposures = Exposures::new(analysis);
        self.graph.notes.extend(exposures.note.map(str::to_owned));
        for exposure in exposures.workloads {
            let node = self.workloads.get(&exposure.workload).and_then(|node| self.graph.nodes.get_mut(*node));
            if let Some(node) = node {
                (node.sources, node.destinations) = (exposure.sources, exposure.destinations);
            }
        }
        self.graph.policies = analysis.policies().len();
        let mut graph = Graph { sides, documents, ..self.graph };
        arrange(&mut graph, &self.columns);
        graph
    }
}

fn group(name: String, kind: GroupKind, nodes: (usize, usize)) -> Group {
    Group {
        name,
        kind,
        nodes,
        place: Default::default(),
        folded: Default::default(),
        unfolded: Default::default(),
    }
}

fn outside_node(name: String) -> Node {
    Node {
        full_name: name.clone(),
        name,
        kind: String::new(),
        tier: None,
        host_network: false,
        x: 0,
        y: 0,
        sources: Vec::new(),
        destinations: Vec::new(),
    }
}
