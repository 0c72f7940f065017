//! What a change opens and closes, drawn among the connections of HEAD.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{Builder, Member, Members};
use super::documents::Excerpts;
use super::{Edge, Graph, Side, TooLarge};
use crate::analysis::Analysis;
use crate::connections::Connections;
use crate::diff::{self, Both, Change, ChangeKind, End, Located, Presence, WorkloadName, compare, located, name_of};
use crate::endpoint;
use crate::endpoint::Names;
use crate::objects::WorkloadId;

impl Graph {
    /// Draws the connections of HEAD, and over them what changed since BASE.
    ///
    /// # Errors
    /// Where they are too many to be of use.
    pub fn of_change(base: &Analysis, connections: &Connections<'_>) -> Result<Self, TooLarge> {
        let head = connections.analysis;
        let sources = Both { base: base.sources(), head: head.sources() };
        let difference = compare(base, head);
        let causes = located(&difference, sources);
        let places = Nodes::new(base, head);
        let mut builder = Builder::new(connections, places.members(connections));
        let changed: BTreeSet<(&End, &End)> = difference.changes.iter().map(|it| (&*it.from, &*it.to)).collect();
        for connection in connections.iter() {
            let ends = [&connection.from, &connection.to].map(|end| places.end(end));
            let [from, to] = &ends;
            if !changed.contains(&(from, to)) {
                builder.add(&connection)?;
            }
        }
        let mut excerpts = Excerpts::new(sources);
        let drawn: Vec<Drawn<'_>> = difference
            .changes
            .iter()
            .map(|change| {
                let [from, to] = [&change.from, &change.to].map(|end| places.node(end, &mut builder));
                let causes = change.causes.iter().filter_map(|id| causes.get(id.0)).collect();
                Drawn { change, from, to, causes }
            })
            .collect();
        let mut graph = builder.finish(&mut excerpts);
        let mut known: BTreeMap<Side, usize> = BTreeMap::new();
        for change in drawn {
            let sides = change.sides(&mut excerpts).map(|side| {
                let next = graph.sides.len();
                *known.entry(side).or_insert_with_key(|side| {
                    graph.sides.push(side.clone());
                    next
                })
            });
            graph.edges.push(change.edge(sides.to_vec()));
        }
        graph.edges.sort_by_key(|edge| (edge.from, edge.to));
        graph.documents = excerpts.finish();
        graph.is_change = true;
        Ok(graph)
    }
}

/// The workloads of both states, and which node each is.
struct Nodes<'a> {
    base: &'a Analysis,
    names: Both<BTreeMap<WorkloadName, WorkloadId>>,
    of_head: BTreeMap<WorkloadId, WorkloadName>,
}

impl<'a> Nodes<'a> {
    fn new(base: &'a Analysis, head: &Analysis) -> Self {
        let named = |analysis: &Analysis| analysis.workloads().map(|(id, it)| (name_of(it, analysis), id)).collect();
        let of_head = head.workloads().map(|(id, it)| (id, name_of(it, head))).collect();
        Self { base, names: Both { base: named(base), head: named(head) }, of_head }
    }

    /// The workloads of HEAD, and those that only BASE has.
    fn members<'c>(&self, connections: &Connections<'c>) -> Members<'c>
    where
        'a: 'c,
    {
        let mut members = Members::of(connections);
        for member in members.0.values_mut().flatten() {
            let is_new = |name: &&WorkloadName| !self.names.base.contains_key(*name);
            let name = member.id.and_then(|id| self.of_head.get(&id));
            member.presence = name.filter(is_new).map(|_| Presence::Added);
        }
        let names = Names::new(self.base.cluster());
        for (id, workload) in self.base.workloads() {
            let name = name_of(workload, self.base);
            if !self.names.head.contains_key(&name) && !connections.is_filtered() {
                let full_name = format!("{}/{}", name.namespace, workload.object.name);
                let member = Member::new(id, workload, self.base, &names);
                let gone = Member { id: None, full_name, presence: Some(Presence::Removed), ..member };
                members.0.entry(name.namespace.to_string()).or_default().push(gone);
            }
        }
        members
    }

    /// What an end of HEAD is in a comparison.
    fn end(&self, end: &endpoint::End) -> End {
        match end {
            endpoint::End::Workload(id) => self.of_head.get(id).cloned().map_or(End::AnyPod(None), End::Workload),
            endpoint::End::External(addresses) => End::External(addresses.clone()),
            endpoint::End::IngressController => End::IngressController,
            endpoint::End::AnyPod(_) | endpoint::End::Presumed(_) => End::AnyPod(None),
        }
    }

    /// The node of an end of a comparison.
    fn node(&self, end: &End, builder: &mut Builder<'_>) -> usize {
        match end {
            End::Workload(name) => match self.names.head.get(name) {
                Some(id) => builder.node(&endpoint::End::Workload(*id)),
                None => builder.gone(&format!("{}/{}", name.namespace, name.replica.as_ref().unwrap_or(&name.name))),
            },
            End::External(addresses) => builder.node(&endpoint::End::External(addresses.clone())),
            End::IngressController => builder.node(&endpoint::End::IngressController),
            End::AnyPod(None) => builder.pods("any pod not in the input".to_owned()),
            End::AnyPod(Some(namespace)) => builder.pods(format!("any other pod of {namespace}")),
        }
    }
}

/// A change between two nodes.
struct Drawn<'d> {
    change: &'d Change,
    from: usize,
    to: usize,
    causes: Vec<&'d Located>,
}

impl Drawn<'_> {
    fn edge(&self, sides: Vec<usize>) -> Edge {
        let Change { base, head, is_certain, .. } = self.change;
        let ports = match self.change.kind() {
            ChangeKind::Opened => head.to_string(),
            ChangeKind::Closed => base.to_string(),
            ChangeKind::Changed => format!("{head} (was {base})"),
        };
        let ports = if *is_certain { ports } else { format!("{ports} (not certain)") };
        Edge { from: self.from, to: (self.to, self.to), ports, sides, change: Some(self.change.kind()) }
    }

    /// What was permitted and what is, each with the lines of that state.
    fn sides(&self, excerpts: &mut Excerpts<'_>) -> [Side; 2] {
        diff::Side::BOTH.map(|side| {
            let (title, ports) = match side {
                diff::Side::Base => ("Before the change", &self.change.base),
                diff::Side::Head => ("After the change", &self.change.head),
            };
            let reason =
                if ports.is_empty() { "nothing is permitted".to_owned() } else { format!("{ports} is permitted") };
            let causes = self.causes.iter().filter(|cause| cause.side == side);
            let marks = causes.map(|cause| excerpts.mark(side, &cause.label)).collect();
            Side { title: title.to_owned(), reason, marks }
        })
    }
}
