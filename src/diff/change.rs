//! What a comparison finds, in terms that do not depend on one of the two states.

use std::sync::Arc;

use smol_str::SmolStr;

use super::side::Side;
use crate::connections::exposure::Other;
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::reach::Reading;
use crate::source::Location;

/// What identifies a workload in both states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadName {
    /// The namespace as printed.
    pub namespace: SmolStr,
    /// For example `Deployment`.
    pub kind: SmolStr,
    /// Its name; of one replica, that of the whole workload.
    pub name: SmolStr,
    /// The one pod of it that is meant, where selectors distinguish its pods.
    pub replica: Option<SmolStr>,
}

/// What identifies any other object in both states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// The namespace as printed; `None` for an object of the whole cluster.
    pub namespace: Option<SmolStr>,
    /// For example `NetworkPolicy`.
    pub kind: SmolStr,
    /// Its name.
    pub name: SmolStr,
}

/// An end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The pods of a workload.
    Workload(WorkloadName),
    /// Addresses outside the cluster.
    External(AddressSet),
    /// The ingress controller, which is not in the input.
    IngressController,
    /// A pod that the input does not show, without labels: of this namespace, or of one that is not in the input. A
    /// namespace with workloads is represented by these.
    AnyPod(Option<SmolStr>),
}

/// What became of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// Nothing was permitted, and now something is.
    Opened,
    /// Something was permitted, and now nothing is.
    Closed,
    /// It is permitted on other ports.
    Changed,
}

impl ChangeKind {
    fn of(base: &PortSet, head: &PortSet) -> Self {
        match (base.is_empty(), head.is_empty()) {
            (true, _) => Self::Opened,
            (_, true) => Self::Closed,
            _ => Self::Changed,
        }
    }
}

/// Whether an end of a connection is new or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Only HEAD has it.
    Added,
    /// Only BASE has it.
    Removed,
}

impl Presence {
    /// The state that has the end.
    #[must_use]
    pub fn side(self) -> Side {
        match self {
            Self::Added => Side::Head,
            Self::Removed => Side::Base,
        }
    }
}

/// Two ends between which something else is permitted than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where connections come from.
    pub from: Arc<End>,
    /// Where they go.
    pub to: Arc<End>,
    /// The ports that were permitted.
    pub base: Arc<PortSet>,
    /// The ports that are permitted now.
    pub head: Arc<PortSet>,
    /// Whether one of the ends is new or gone.
    pub presence: Option<Presence>,
    /// What the ports are: those that are shown, or, where these are the same, those that may be permitted.
    pub reading: Reading,
    /// Whether it changes so whatever the input does not show.
    pub is_certain: bool,
    /// Why, the most telling first.
    pub causes: Vec<CauseId>,
}

impl Change {
    /// What became of the connection.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        ChangeKind::of(&self.base, &self.head)
    }

    /// The ports that are permitted now and were not.
    #[must_use]
    pub fn opened(&self) -> PortSet {
        self.head.difference(&self.base)
    }

    /// The ports that were permitted and are not now.
    #[must_use]
    pub fn closed(&self) -> PortSet {
        self.base.difference(&self.head)
    }

    pub(super) fn order(&self) -> (&End, &End) {
        (&self.from, &self.to)
    }
}

/// A workload that became isolated in a direction, or no longer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsolationChange {
    /// The workload, which both states have.
    pub workload: Arc<End>,
    /// The direction.
    pub direction: Direction,
    /// Whether it is isolated now.
    pub is_gained: bool,
    /// Why.
    pub causes: Vec<CauseId>,
}

/// Somebody who is not a workload of the input, and may connect to a workload on other ports than before, or be connected
/// to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposureChange {
    /// The workload, which HEAD has.
    pub workload: Arc<End>,
    /// Whether the others connect to it (ingress), or it to them (egress).
    pub direction: Direction,
    /// The others.
    pub other: Other,
    /// The ports that were permitted.
    pub base: Arc<PortSet>,
    /// The ports that are permitted now.
    pub head: Arc<PortSet>,
    /// Whether it changes so whatever the input does not show.
    pub is_certain: bool,
    /// Why, the most telling first.
    pub causes: Vec<CauseId>,
}

impl ExposureChange {
    /// What became of the connections.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        ChangeKind::of(&self.base, &self.head)
    }

    pub(super) fn order(&self) -> (&End, Direction, &Other) {
        (&self.workload, self.direction, &self.other)
    }
}

/// Names a [`Cause`] of `Difference::causes`: its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CauseId(pub usize);

/// A place that causes changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// The state whose texts the place is in.
    pub side: Side,
    /// The place.
    pub place: Location,
    /// What changed there, or what it does.
    pub message: String,
    /// Whether it differs between the states; otherwise it only explains the verdict.
    pub is_changed: bool,
}
