//! Sets of ends of connections: classes, and addresses outside the cluster.

use std::sync::Arc;

use super::bounds::Bounds;
use super::classes::{ClassSet, Classes};
use super::end::Remote;
use crate::net::address::AddressSet;

/// A set of ends.
#[derive(Clone, Debug, Default)]
pub(super) struct EndSet {
    pub(super) classes: Arc<ClassSet>,
    pub(super) addresses: Arc<AddressSet>,
}

impl EndSet {
    pub(super) fn new(classes: ClassSet, addresses: AddressSet) -> Self {
        Self { classes: Arc::new(classes), addresses: Arc::new(addresses) }
    }

    /// Everyone, nodes included.
    pub(super) fn all(classes: &Classes) -> Self {
        Self::new(classes.all(), AddressSet::all())
    }

    pub(super) fn contains(&self, end: Remote) -> bool {
        match end {
            Remote::Class(class) => self.classes.contains(class),
            Remote::Address(address) => self.addresses.contains(address),
            Remote::Anyone => true,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.classes.is_empty() && self.addresses.is_empty()
    }

    /// Whether any end is in both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.classes.meets(&other.classes) || self.addresses.meets(&other.addresses)
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self::new(self.classes.union(&other.classes), self.addresses.union(&other.addresses))
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        Self::new(self.classes.intersection(&other.classes), self.addresses.intersection(&other.addresses))
    }

    pub(super) fn difference(&self, other: &Self) -> Self {
        Self::new(self.classes.difference(&other.classes), self.addresses.difference(&other.addresses))
    }
}

impl Bounds<EndSet> {
    /// Pods.
    pub(super) fn of_classes(classes: Bounds<Arc<ClassSet>>) -> Self {
        let of = |classes| EndSet { classes, addresses: Arc::default() };
        Self { least: of(classes.least), most: of(classes.most) }
    }

    /// Whether an end is among them.
    pub(super) fn contains(&self, end: Remote) -> Bounds<bool> {
        Bounds { least: self.least.contains(end), most: self.most.contains(end) }
    }
}

impl Bounds<Arc<ClassSet>> {
    /// Whether a class is among them.
    pub(super) fn has(&self, class: u32) -> Bounds<bool> {
        Bounds { least: self.least.contains(class), most: self.most.contains(class) }
    }

    /// Whether the two are one.
    pub(super) fn is_exact(&self) -> bool {
        Arc::ptr_eq(&self.least, &self.most)
    }
}
