//! Ingresses and routes that lead the ingress controller to a workload.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::aspect::{changed, explains};
use crate::analysis::Analysis;
use crate::diff::change::Cause;
use crate::diff::matching::{Matched, Matching};
use crate::diff::side::Side;
use crate::objects::Backend;

/// The backends of a state that lead to a workload; those that only this state has are causes.
pub(super) fn causes(matching: &Matching<'_>, target: &Matched, side: Side) -> Vec<Cause> {
    let Some(workload) = target.workload(side) else { return Vec::new() };
    let analysis = *matching.analyses.of(side);
    let others: BTreeSet<_> = keys(matching.analyses.of(side.other())).collect();
    let leads_there = |backend: &&Backend| {
        let service = analysis.cluster().service_of(backend);
        service.is_some_and(|service| analysis.selected_by(service).any(|(id, _)| id == workload))
    };
    let leading = analysis.cluster().backends.iter().filter(leads_there);
    let cause = |backend: &Backend| {
        let (place, is_new) = (backend.origin.clone().entry(), !others.contains(&key(backend, analysis)));
        match (side, is_new) {
            (Side::Head, true) => changed(side, place, "this backend is new".to_owned()),
            (Side::Base, true) => changed(side, place, "this backend is removed".to_owned()),
            (_, false) => explains(side, place, "leads to it".to_owned()),
        }
    };
    leading.map(cause).collect()
}

type Key = (SmolStr, SmolStr, SmolStr, SmolStr, String);

fn keys(analysis: &Analysis) -> impl Iterator<Item = Key> {
    analysis.cluster().backends.iter().map(|backend| key(backend, analysis))
}

fn key(backend: &Backend, analysis: &Analysis) -> Key {
    let object = &backend.object;
    let namespace = analysis.cluster().namespace_name(object.namespace);
    let port = format!("{:?}", backend.port);
    (namespace.into(), object.kind.clone(), object.name.clone(), backend.service.clone(), port)
}
