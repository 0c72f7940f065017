//! Which connections a change of manifests opens and closes.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Analysis;
use crate::cluster::{PresumedAs, PresumedPod};
use crate::endpoint::{End, Names, behind_ingress};
use crate::net::Direction;
use crate::net::address::AddressSet;
use crate::net::ports::PortSet;
use crate::objects::{NamespaceId, WorkloadId};
use crate::reach::{Endpoint, External};

/// Clusters with more pairs of ends than this are not compared: it would take longer than anyone waits.
const MOST_PAIRS: usize = 4_000_000;

/// A connection that is permitted on more ports than before, or on fewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The cluster, where the input holds several.
    pub cluster: Option<String>,
    /// Where it comes from.
    pub from: String,
    /// Where it goes.
    pub to: String,
    /// The ports, as people read them.
    pub ports: String,
}

/// What a change of manifests does to the connections that are permitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What is permitted now and was not.
    pub opened: Vec<Change>,
    /// What was permitted and is not any more.
    pub closed: Vec<Change>,
}

impl Changes {
    /// Whether every connection is permitted as before.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.opened.is_empty() && self.closed.is_empty()
    }
}

/// The permitted connections of clusters. `None` where there are too many to compare.
pub(super) struct Connections(Option<BTreeMap<String, Cluster>>);

/// Those of a cluster by their ends, which are called alike whatever else is in the input.
#[derive(Default)]
struct Cluster {
    name: Option<String>,
    between: BTreeMap<(Name, Name), PortSet>,
    /// By the workload and the direction that it sees.
    outside: BTreeMap<(Name, Direction), Vec<(AddressSet, PortSet)>>,
}

/// An end: what tells it from all others, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    identity: String,
    shown: String,
    /// Whether it is one of the DNS servers that clusters may have instead of the usual ones.
    is_other_dns: bool,
}

/// What the DNS servers of the cluster are called.
const DNS: &str = "cluster DNS";

impl Connections {
    /// Those that the analyses show.
    pub(super) fn of(models: &[Analysis]) -> Self {
        let pairs = models.iter().map(|analysis| {
            let workloads = analysis.cluster().workloads.len();
            workloads.saturating_mul(
                workloads + 2 * (analysis.cluster().presumed.len() + analysis.cluster().namespaces.len()),
            )
        });
        if pairs.fold(0, usize::saturating_add) > MOST_PAIRS {
            return Self(None);
        }
        let named = models.iter().enumerate().map(|(index, analysis)| {
            let name = analysis.name().map_or_else(|| index.to_string(), str::to_owned);
            (name, Cluster::of(analysis))
        });
        Self(Some(named.collect()))
    }

    /// What is permitted in `now` and not here, and the other way round. `None` where that is not known.
    pub(super) fn changes(&self, now: &Self) -> Option<Changes> {
        let (before, now) = (self.0.as_ref()?, now.0.as_ref()?);
        Some(Changes { opened: more(now, before), closed: more(before, now) })
    }
}

/// What is permitted in `these` and not in `others`.
fn more(these: &BTreeMap<String, Cluster>, others: &BTreeMap<String, Cluster>) -> Vec<Change> {
    let none = Cluster::default();
    these.iter().flat_map(|(name, cluster)| cluster.more_than(others.get(name).unwrap_or(&none))).collect()
}

impl Cluster {
    fn of(analysis: &Analysis) -> Self {
        let cluster = analysis.cluster();
        let (reach, names) = (analysis.reach(), Names::new(cluster));
        let ends = Ends { analysis, names };
        let workloads: Vec<WorkloadId> = (0..).map(WorkloadId).take(cluster.workloads.len()).collect();
        let mut found = Self {
            name: analysis.name().filter(|_| analysis.is_one_of_several()).map(str::to_owned),
            ..Self::default()
        };
        let mut add = |from: End, to: End, ports: &PortSet| {
            if !ports.is_empty() {
                found.between.insert((ends.name(&from), ends.name(&to)), ports.clone());
            }
        };
        let rows = reach.rows();
        for &from in &workloads {
            // Replicas among themselves; a pod always reaches itself.
            let own = Endpoint::Workload(from);
            if analysis.workload(from).is_some_and(|it| it.replicas.is_some_and(|replicas| replicas > 1)) {
                add(End::Workload(from), End::Workload(from), &reach.ports(own, own));
            }
            for (to, ports) in rows.targets(own).into_iter().filter(|(to, _)| *to != from) {
                add(End::Workload(from), End::Workload(to), &ports);
            }
        }
        let presumed = (0..cluster.presumed.len()).map(|index| (End::Presumed(index), Endpoint::Presumed(index)));
        let shown = |id: &NamespaceId| analysis.has_workloads(*id);
        let namespaces = (0..).map(NamespaceId).take(cluster.namespaces.len()).filter(shown);
        let any = namespaces.map(|id| (End::AnyPod(Some(id)), Endpoint::OtherPod(id)));
        let others: Vec<(End, Endpoint)> =
            presumed.chain(any).chain([(End::AnyPod(None), Endpoint::UnknownNamespace)]).collect();
        for &workload in &workloads {
            for (end, endpoint) in &others {
                let own = Endpoint::Workload(workload);
                add(End::Workload(workload), end.clone(), &reach.ports(own, *endpoint));
                add(end.clone(), End::Workload(workload), &reach.ports(*endpoint, own));
            }
        }
        for (to, meant) in behind_ingress(cluster) {
            let ports = reach.ports(Endpoint::IngressController, Endpoint::Workload(to));
            add(End::IngressController, End::Workload(to), &ports.intersection(&meant));
        }
        for &workload in &workloads {
            for direction in Direction::BOTH {
                let entries = reach.external(Endpoint::Workload(workload), direction).into_iter();
                let entries = entries.map(|External { addresses, ports }| (addresses, ports)).collect();
                found.outside.insert((ends.name(&End::Workload(workload)), direction), entries);
            }
        }
        found
    }

    fn more_than(&self, other: &Self) -> Vec<Change> {
        let none = PortSet::default();
        let mut changes = Vec::new();
        let mut add = |from: &str, to: &str, ports: &PortSet| {
            let (from, to) = (from.to_owned(), to.to_owned());
            changes.push(Change { cluster: self.name.clone(), from, to, ports: ports.to_string() });
        };
        // Of the DNS servers that a cluster may have, one is enough to say what becomes of DNS.
        let mut dns: BTreeSet<(&str, &str)> = BTreeSet::new();
        let before: BTreeMap<(&str, &str), &PortSet> =
            other.between.iter().map(|((from, to), ports)| ((&*from.identity, &*to.identity), ports)).collect();
        let mut others = Vec::new();
        for ((from, to), ports) in &self.between {
            let before = before.get(&(&*from.identity, &*to.identity)).copied().unwrap_or(&none);
            let added = ports.difference(before);
            if added.is_empty() {
                continue;
            }
            if from.is_other_dns || to.is_other_dns {
                others.push((from, to, added));
                continue;
            }
            if from.shown == DNS || to.shown == DNS {
                dns.insert((&from.shown, &to.shown));
            }
            add(&from.shown, &to.shown, &added);
        }
        for (from, to, added) in others {
            let usual = |name: &'_ Name| if name.is_other_dns { DNS.to_owned() } else { name.shown.clone() };
            if !dns.contains(&(&*usual(from), &*usual(to))) {
                add(&from.shown, &to.shown, &added);
            }
        }
        let before: BTreeMap<(&str, Direction), &Vec<(AddressSet, PortSet)>> =
            other.outside.iter().map(|((end, direction), entries)| ((&*end.identity, *direction), entries)).collect();
        for ((end, direction), entries) in &self.outside {
            let before = before.get(&(&*end.identity, *direction)).map_or(&[][..], |entries| entries.as_slice());
            for (addresses, ports) in added_outside(entries, before) {
                let outside = addresses.to_string();
                match direction {
                    Direction::Ingress => add(&outside, &end.shown, &ports),
                    Direction::Egress => add(&end.shown, &outside, &ports),
                }
            }
        }
        changes
    }
}

/// The addresses on whose ports more is permitted than before, those with the same ports together.
fn added_outside(now: &[(AddressSet, PortSet)], before: &[(AddressSet, PortSet)]) -> Vec<(AddressSet, PortSet)> {
    let mut added: Vec<(AddressSet, PortSet)> = Vec::new();
    let mut add = |addresses: AddressSet, ports: PortSet| {
        if addresses.is_empty() || ports.is_empty() {
            return;
        }
        match added.iter_mut().find(|(_, known)| *known == ports) {
            Some((known, _)) => *known = known.union(&addresses),
            None => added.push((addresses, ports)),
        }
    };
    for (addresses, ports) in now {
        let mut rest = addresses.clone();
        for (others, permitted) in before {
            add(addresses.intersection(others), ports.difference(permitted));
            rest = rest.difference(others);
        }
        add(rest, ports.clone());
    }
    added
}

/// What the ends of a cluster are called.
struct Ends<'m> {
    analysis: &'m Analysis,
    names: Names<'m>,
}

impl Ends<'_> {
    fn name(&self, end: &End) -> Name {
        let mut shown = self.names.end(end);
        let mut is_other_dns = false;
        let identity = match end {
            End::Workload(id) => self.analysis.workload(*id).map(|workload| {
                let object = &workload.object;
                let namespace = self.analysis.cluster().namespace_name(object.namespace);
                format!("{namespace}/{}/{}", object.kind, object.name)
            }),
            End::Presumed(index) => self.analysis.cluster().presumed.get(*index).map(|pod| {
                let labels = pod.labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>();
                format!("{}/{}/{shown}", self.analysis.cluster().namespace_name(pod.namespace), labels.join(","))
            }),
            _ => None,
        };
        let identity = identity.unwrap_or_else(|| shown.clone());
        if let End::Presumed(index) = end {
            let presumed = &self.analysis.cluster().presumed;
            let is_dns = |pod: &PresumedPod| matches!(pod.presumed_as, PresumedAs::Dns { .. });
            match presumed.iter().position(is_dns) {
                Some(usual) if usual == *index => shown = DNS.to_owned(),
                _ => is_other_dns = presumed.get(*index).is_some_and(is_dns),
            }
        }
        Name { identity, shown, is_other_dns }
    }
}
