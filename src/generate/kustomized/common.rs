//! What all overlays of a base need, written in terms of the base.

use std::collections::BTreeMap;

use super::view::View;
use crate::analysis::Analysis;
use crate::facts::evidence::{Doubt, Party, Request};
use crate::generate::base::Base;
use crate::generate::closed::is_governed;
use crate::generate::comments::Comments;
use crate::generate::files::{File, written};
use crate::generate::marks::{self, Mark};
use crate::generate::names::{Affixes, PolicyNames};
use crate::generate::plan::plan;
use crate::generate::policy::Policy;
use crate::generate::subjects::Subjects;
use crate::generate::wanted::Wanted;
use crate::generate::words::Words;
use crate::net::Direction;
use crate::net::ports::PortSet;
use crate::objects::NamespaceId;

/// The ends of a connection, and what is not known of it.
type Ends = (Party, Party, Option<Doubt>);

/// A file for each namespace of the base, with what all of these overlays need. None where an overlay puts it into a
/// namespace that is not to be closed.
pub(super) fn files(base: &Analysis, overlays: &[Wanted<'_, '_>], adds_labels: bool) -> Vec<File> {
    let subjects = Subjects::new(base);
    let views: Vec<View<'_, '_, '_>> = overlays.iter().map(|wanted| View::new(wanted, base, &subjects)).collect();
    let Some(first) = views.first() else { return Vec::new() };
    let mut kept = Base::new(base);
    for (namespace, _) in base.namespaces() {
        if !views.iter().all(|view| view.namespaces_of(namespace).all(|own| is_governed(view.wanted.analysis, own))) {
            return Vec::new();
        }
        settle(&mut kept, namespace, &views);
    }
    let connections: Vec<Vec<Request<'_, '_>>> = views.iter().map(View::connections).collect();
    let common = common(&connections);
    let mut names = PolicyNames::new(base, true, Affixes::default());
    let mut plan = plan(base, &subjects, &common, Some(&kept), &mut names, adds_labels);
    let marks = views.iter().zip(&connections).map(|(view, connections)| {
        let wanted = view.wanted;
        let mut found = marks::closed(base, &subjects, connections);
        let words = Words::new(wanted.analysis);
        found.extend(marks::unopened(base, &subjects, &wanted.requests, &words, |id| view.workload(id)));
        found
    });
    let marks: Vec<Vec<Mark>> = marks.collect();
    marks::add(together(&views, &marks), &subjects, &mut plan);
    let wanted = first.wanted;
    let policies = plan.values().flatten();
    let comments = Comments::new(Words::new(wanted.analysis), wanted.analysis, policies, &wanted.requests);
    let title = "The NetworkPolicies that all overlays of this base need, as `netlint generate` wrote them.";
    let files = plan.iter().filter(|(_, policies)| !policies.is_empty()).map(|(namespace, policies)| {
        let listed: Vec<&Policy<'_, '_>> = policies.iter().collect();
        let (text, reviewed) = written(base, &listed, &comments, (title, std::iter::empty()));
        let namespace = base.cluster().namespace_name(*namespace).to_owned();
        File { namespace, text, policies: listed.len(), reviewed }
    });
    files.collect()
}

/// Takes from a namespace of the base what all overlays have already.
fn settle(kept: &mut Base, namespace: NamespaceId, views: &[View<'_, '_, '_>]) {
    let have = |test: &dyn Fn(&Base, NamespaceId) -> bool| {
        views.iter().all(|view| {
            let base = view.wanted.base.as_ref();
            base.is_some_and(|base| view.namespaces_of(namespace).all(|own| test(base, own)))
        })
    };
    for direction in Direction::BOTH {
        if have(&|base, own| !base.lacks_deny(own, direction)) {
            kept.set_denied(namespace, direction);
        }
    }
    if have(&Base::resolves_names) {
        kept.set_resolved(namespace);
    }
}

/// What all overlays ask for, as the first of them says it.
fn common<'e, 'm>(connections: &[Vec<Request<'e, 'm>>]) -> Vec<Request<'e, 'm>> {
    let ends = |request: &Request<'_, '_>| -> Ends { (request.from.clone(), request.to.clone(), request.doubt) };
    let Some((first, others)) = connections.split_first() else { return Vec::new() };
    let others: Vec<BTreeMap<Ends, PortSet>> = others.iter().map(|requests| by_ends(requests, ends)).collect();
    let requests = first.iter().filter_map(|request| {
        let key = ends(request);
        let ports =
            others.iter().try_fold(request.ports.clone(), |ports, other| Some(ports.intersection(other.get(&key)?)))?;
        (!ports.is_empty()).then(|| Request { ports, ..request.clone() })
    });
    requests.collect()
}

fn by_ends(requests: &[Request<'_, '_>], ends: impl Fn(&Request<'_, '_>) -> Ends) -> BTreeMap<Ends, PortSet> {
    let mut found: BTreeMap<Ends, PortSet> = BTreeMap::new();
    for request in requests {
        let ports = found.entry(ends(request)).or_default();
        *ports = ports.union(&request.ports);
    }
    found
}

/// What is left for people in several overlays: each thing once, with the overlays where it is not all of them.
fn together(views: &[View<'_, '_, '_>], marks: &[Vec<Mark>]) -> Vec<Mark> {
    let mut all: Vec<&Mark> = Vec::new();
    for mark in marks.iter().flatten() {
        if !all.contains(&mark) {
            all.push(mark);
        }
    }
    let named = all.into_iter().map(|mark| {
        let of = views.iter().zip(marks).filter(|(_, marks)| marks.contains(mark));
        let of: Vec<&str> = of.filter_map(|(view, _)| view.wanted.analysis.name()).collect();
        if of.len() == views.len() { mark.clone() } else { mark.clone().only_in(&of.join(", ")) }
    });
    named.collect()
}
