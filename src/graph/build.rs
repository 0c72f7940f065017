//! From connections to a drawing.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::documents::Excerpts;
use super::explain::{Alike, Explanations};
use super::layout::{self, arrange};
use super::{Edge, Graph, Group, GroupKind, Node};
use crate::analysis::Analysis;
use crate::connections::exposure::Exposures;
use crate::connections::{Connection, Connections, shown};
use crate::diff::{Both, Presence};
use crate::endpoint::{End, Names};
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
        let analysis = connections.analysis;
        let mut builder = Builder::new(connections, Members::of(connections));
        for connection in connections.iter() {
            builder.add(&connection)?;
        }
        let sources = analysis.sources();
        let mut excerpts = Excerpts::new(Both { base: sources, head: sources });
        let mut graph = builder.finish(&mut excerpts);
        graph.documents = excerpts.finish();
        Ok(graph)
    }
}

/// A workload that is to be a node.
pub(super) struct Member<'a> {
    pub(super) workload: &'a Workload,
    /// What it is in the analysis that is drawn; `None` where it is gone.
    pub(super) id: Option<WorkloadId>,
    pub(super) full_name: String,
    pub(super) tier: Option<crate::cluster::Tier>,
    pub(super) presence: Option<Presence>,
}

impl<'a> Member<'a> {
    pub(super) fn new(id: WorkloadId, workload: &'a Workload, analysis: &Analysis, names: &Names<'_>) -> Self {
        let tier = analysis.tier(id).map(|it| it.tier);
        Self { workload, id: Some(id), full_name: names.workload(id), tier, presence: None }
    }
}

/// The workloads that are to be nodes, by the name of their namespace.
pub(super) struct Members<'a>(pub(super) BTreeMap<String, Vec<Member<'a>>>);

impl<'a> Members<'a> {
    pub(super) fn of(connections: &Connections<'a>) -> Self {
        let analysis = connections.analysis;
        let of_namespace = |(namespace, workloads): (_, Vec<(WorkloadId, &'a Workload)>)| {
            let members = workloads.into_iter().map(|(id, it)| Member::new(id, it, analysis, connections.names()));
            (analysis.cluster().namespace_name(namespace).to_owned(), members.collect())
        };
        Self(shown::by_namespace(connections).into_iter().map(of_namespace).collect())
    }
}

/// A drawing in the making.
pub(super) struct Builder<'a> {
    connections: &'a Connections<'a>,
    pub(super) graph: Graph,
    /// The column of each node in its group.
    columns: Vec<u32>,
    workloads: BTreeMap<WorkloadId, usize>,
    /// Nodes that are not workloads, by name. They come behind all others.
    outside: BTreeMap<String, usize>,
    /// Whether some of these are pods.
    has_pods: bool,
    explanations: Explanations,
    /// For each edge the number of what is said of it.
    explained: Vec<usize>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(connections: &'a Connections<'a>, members: Members<'_>) -> Self {
        let mut builder = Self {
            connections,
            graph: Graph::default(),
            columns: Vec::new(),
            workloads: BTreeMap::new(),
            outside: BTreeMap::new(),
            has_pods: false,
            explanations: Explanations::default(),
            explained: Vec::new(),
        };
        for (namespace, members) in members.0 {
            let first = builder.graph.nodes.len();
            members.into_iter().for_each(|member| builder.add_workload(member));
            let nodes = (first, builder.graph.nodes.len());
            builder.graph.groups.push(group(namespace, GroupKind::Namespace, nodes));
        }
        builder
    }

    fn add_workload(&mut self, member: Member<'_>) {
        let Member { workload, id, full_name, tier, presence } = member;
        if let Some(id) = id {
            self.workloads.insert(id, self.graph.nodes.len());
        }
        self.columns.push(layout::column(tier));
        self.graph.nodes.push(Node {
            name: workload.object.name.to_string(),
            kind: workload.object.kind.to_string(),
            tier: tier.map(|tier| tier.name()),
            host_network: workload.host_network,
            presence,
            ..outside_node(full_name)
        });
    }

    /// Adds a connection that is permitted.
    pub(super) fn add(&mut self, connection: &Connection) -> Result<(), TooLarge> {
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
        self.graph.edges.push(Edge { from, to: (to, to), ports, sides: Vec::new(), change: None });
        self.explained.push(explained);
        Ok(())
    }

    fn alike(&self, end: &End, node: usize) -> Alike {
        match end {
            End::Workload(id) => Alike::Workloads(self.connections.analysis.reach().group(*id)),
            _ => Alike::Node(node),
        }
    }

    /// The node of an end of the analysis that is drawn.
    pub(super) fn node(&mut self, end: &End) -> usize {
        match end {
            End::Workload(id) => self.workloads.get(id).copied().unwrap_or_default(),
            _ => self.outside_node(self.connections.names().end(end)),
        }
    }

    /// The node of a workload that is gone.
    pub(super) fn gone(&mut self, full_name: &str) -> usize {
        let is_it = |node: &Node| node.presence == Some(Presence::Removed) && node.full_name == full_name;
        self.graph.nodes.iter().position(is_it).unwrap_or_default()
    }

    /// The node of pods that are not in the input.
    pub(super) fn pods(&mut self, name: String) -> usize {
        self.has_pods = true;
        self.outside_node(name)
    }

    /// The node of this name that is not a workload.
    fn outside_node(&mut self, name: String) -> usize {
        if let Some(node) = self.outside.get(&name) {
            return *node;
        }
        let node = self.graph.nodes.len();
        self.graph.nodes.push(outside_node(name.clone()));
        self.columns.push(0);
        self.outside.insert(name, node);
        node
    }

    /// Explains what is permitted and places everything. The documents stay with the excerpts.
    pub(super) fn finish(mut self, excerpts: &mut Excerpts<'_>) -> Graph {
        let analysis = self.connections.analysis;
        let workloads = self.graph.groups.last().map_or(0, |group| group.nodes.1);
        if workloads < self.graph.nodes.len() {
            let nodes = (workloads, self.graph.nodes.len());
            let outside = if self.has_pods { "not in the input" } else { "outside the cluster" };
            self.graph.groups.push(group(outside.to_owned(), GroupKind::Outside, nodes));
        }
        let (numbers, sides) = self.explanations.explain(analysis, excerpts);
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
        let mut graph = Graph { sides, ..self.graph };
        arrange(&mut graph, &self.columns);
        graph
    }
}

fn group(name: String, kind: GroupKind, nodes: (usize, usize)) -> Group {
    Group { name, kind, nodes, slot: Default::default(), folded: Default::default(), unfolded: Default::default() }
}

fn outside_node(name: String) -> Node {
    Node {
        full_name: name.clone(),
        name,
        kind: String::new(),
        tier: None,
        host_network: false,
        presence: None,
        x: 0,
        y: 0,
        sources: Vec::new(),
        destinations: Vec::new(),
    }
}
