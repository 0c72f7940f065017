//! Why connections are permitted: once for all pairs that policies treat alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::Side;
use super::documents::{Excerpts, Places};
use crate::analysis::Analysis;
use crate::connections::Connection;
use crate::endpoint::End;
use crate::net::ports::PortSet;
use crate::query::{self, explain_alike};
use crate::reach::Admission;

/// What policies distinguish an end by: a group of workloads, or a node that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alike {
    Workloads(u32),
    Node(usize),
}

/// Pairs of ends that policies treat alike, on these ports.
pub(super) type Pair = (Alike, Alike, Arc<PortSet>);

/// One connection of each pair, and its number.
#[derive(Default)]
pub(super) struct Explanations {
    known: BTreeMap<Pair, usize>,
    connections: Vec<Connection>,
}

impl Explanations {
    /// The number of what is to be said of connections between a pair.
    pub(super) fn add(&mut self, pair: Pair, connection: &Connection) -> usize {
        let next = self.connections.len();
        let number = *self.known.entry(pair).or_insert(next);
        if number == next {
            self.connections.push(connection.clone());
        }
        number
    }

    /// Explains them all: for each number the sides, egress first, and the sides themselves.
    pub(super) fn explain(self, analysis: &Analysis, excerpts: &mut Excerpts<'_>) -> (Vec<Vec<usize>>, Vec<Side>) {
        let explained: Vec<[query::Side; 2]> = self
            .connections
            .par_iter()
            .map(|Connection { from, to, ports }| explain_alike(analysis, from, to, ports))
            .collect();
        let mut places = Places::default();
        let mut known: BTreeMap<(String, String, Vec<usize>), usize> = BTreeMap::new();
        let mut numbers = Vec::with_capacity(explained.len());
        for (sides, connection) in explained.into_iter().zip(&self.connections) {
            let ends = [&connection.from, &connection.to];
            let titles = ["Egress of the source", "Ingress of the destination"];
            let sides = titles.into_iter().zip(sides).zip(ends).filter(|(_, end)| matches!(end, End::Workload(_)));
            let of_connection = sides.map(|((title, side), _)| {
                // Of a workload that no policy is for there are no lines to show.
                let is_decided = !matches!(side.admission, Admission::NotIsolated | Admission::HostNetwork);
                let shown = side.shown.into_iter().filter(|_| is_decided);
                let marks = shown.map(|(place, note)| places.add(place, note)).collect();
                let next = known.len();
                *known.entry((title.to_owned(), side.reason, marks)).or_insert(next)
            });
            numbers.push(of_connection.collect());
        }
        let marks = places.resolve(excerpts);
        let mut sides: Vec<(usize, Side)> = known
            .into_iter()
            .map(|((title, reason, of_side), number)| {
                let marks = of_side.into_iter().filter_map(|mark| marks.get(mark).cloned()).collect();
                (number, Side { title, reason, marks })
            })
            .collect();
        sides.sort_by_key(|(number, _)| *number);
        (numbers, sides.into_iter().map(|(_, side)| side).collect())
    }
}
