//! Objects put into their namespaces and in order, each once.

use std::cmp::Ordering;

use rayon::prelude::*;

use crate::objects::{AddressGroup, NamespaceId, Object, Service, Workload};
use crate::policy::{DefinedStage, Dialect, PolicyObject};

/// An object with its place in the input and its namespace, which it is yet to be put into.
pub(super) struct Placed<T> {
    pub(super) place: usize,
    pub(super) namespace: NamespaceId,
    pub(super) object: T,
}

/// What is of a namespace.
pub(super) trait Namespaced: Send + Sync {
    fn object(&self) -> &Object;

    /// Distinguishes objects of one kind that are of several API groups.
    fn group(&self) -> u8 {
        0
    }

    fn put_into(&mut self, namespace: NamespaceId);
}

impl Namespaced for Box<Workload> {
    fn object(&self) -> &Object {
        &self.object
    }

    fn put_into(&mut self, namespace: NamespaceId) {
        self.object.namespace = namespace;
    }
}

impl Namespaced for Box<Service> {
    fn object(&self) -> &Object {
        &self.object
    }

    fn put_into(&mut self, namespace: NamespaceId) {
        self.object.namespace = namespace;
    }
}

impl Namespaced for Box<PolicyObject> {
    fn object(&self) -> &Object {
        &self.object
    }

    fn group(&self) -> u8 {
        match &self.dialect {
            Dialect::NetworkPolicy(_) => 0,
            Dialect::Admin(_) => 1,
            Dialect::Calico(_) => 2,
            Dialect::Cilium(_) => 3,
            Dialect::Unread(_) => 4,
        }
    }

    fn put_into(&mut self, namespace: NamespaceId) {
        PolicyObject::put_into(self, namespace);
    }
}

impl Namespaced for Box<DefinedStage> {
    fn object(&self) -> &Object {
        &self.object
    }

    fn put_into(&mut self, namespace: NamespaceId) {
        self.object.namespace = namespace;
    }
}

impl Namespaced for Box<AddressGroup> {
    fn object(&self) -> &Object {
        &self.object
    }

    fn put_into(&mut self, namespace: NamespaceId) {
        self.object.namespace = namespace;
    }
}

/// An object that is replaced, the one that replaces it, and the place of that one.
pub(super) type Replacement = (usize, Object, Object);

/// Objects in order, without those that a later one of the same kind, namespace and name replaces.
pub(super) fn settle<T: Namespaced>(mut placed: Vec<Placed<T>>) -> (Vec<T>, Vec<Replacement>) {
    placed.par_iter_mut().for_each(|it| it.object.put_into(it.namespace));
    // Files mostly come in this order already.
    let of_all =
        |left: &T, right: &T| order(left.object(), right.object()).then_with(|| left.group().cmp(&right.group()));
    placed.sort_by(|left, right| of_all(&left.object, &right.object));
    let mut replaced = Vec::new();
    let mut left: Vec<T> = Vec::with_capacity(placed.len());
    for Placed { place, object, .. } in placed {
        // The API server makes up the names that are not written.
        let is_same = |it: &&mut T| !it.object().name.is_empty() && of_all(it, &object).is_eq();
        match left.last_mut().filter(is_same) {
            Some(last) => {
                replaced.push((place, last.object().clone(), object.object().clone()));
                *last = object;
            }
            None => left.push(object),
        }
    }
    (left, replaced)
}

/// The place of an object among those of its sort.
pub(super) fn place_in_order(object: &Object) -> (NamespaceId, &str, &str) {
    (object.namespace, object.kind.as_str(), object.name.as_str())
}

/// How two objects are ordered.
pub(super) fn order(left: &Object, right: &Object) -> Ordering {
    place_in_order(left).cmp(&place_in_order(right))
}
