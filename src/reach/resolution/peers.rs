//! Which ends a peer matches.

use smol_str::SmolStr;

use super::blocks::Blocks;
use super::resolver::Resolver;
use crate::net::address::AddressSet;
use crate::objects::{AddressGroup, Match, NamespaceId, Operator, Service};
use crate::policy::{
    AddressGroups, Attribute, BlockReach, Condition, NamespaceSet, Nodes, Peer, PodSet, Services, WhichNodes,
    WhichServices,
};
use crate::reach::bounds::Bounds;
use crate::reach::classes::{ClassSet, Kind, all, any, not};
use crate::reach::ends::EndSet;
use crate::reach::reading::Reading;

impl Resolver<'_> {
    /// The union of several peers.
    pub(in crate::reach) fn union(&mut self, peers: &[Peer], reach: BlockReach) -> Bounds<EndSet> {
        let mut blocks = Blocks::default();
        let mut ends: Option<Bounds<EndSet>> = None;
        for peer in peers {
            let of_peer = match peer {
                // Blocks count together: two halves are the whole.
                Peer::Block { cidr, except } => {
                    blocks.add(cidr, except);
                    continue;
                }
                other => self.ends(other, reach),
            };
            ends = Some(match ends {
                Some(ends) => ends.with(&of_peer, EndSet::union),
                None => of_peer,
            });
        }
        match (ends, blocks.is_empty()) {
            (Some(ends), true) => ends,
            (ends, _) => {
                let of_blocks = self.blocks(&blocks, reach);
                ends.map_or_else(|| of_blocks.clone(), |ends| ends.with(&of_blocks, EndSet::union))
            }
        }
    }

    /// The ends that a peer matches.
    pub(in crate::reach) fn ends(&mut self, peer: &Peer, reach: BlockReach) -> Bounds<EndSet> {
        let everyone = || EndSet::all(&self.universe.classes);
        match peer {
            Peer::Pods(set) => Bounds::of_classes(self.pods(set)),
            Peer::Block { .. } => self.union(std::slice::from_ref(peer), reach),
            Peer::Invalid => Bounds::default(),
            Peer::World => self.world(),
            Peer::Everyone => Bounds::exact(everyone()),
            Peer::Nodes(nodes) => self.nodes(nodes),
            Peer::ApiServer => Bounds::exact(self.of_kinds(&[Kind::ApiServer])),
            Peer::IngressController => Bounds::exact(self.of_kinds(&[Kind::IngressController])),
            Peer::Domains(names) => self.domains(names),
            Peer::AddressGroups(groups) => self.address_groups(groups, reach),
            Peer::Services(services) => self.services(services, reach),
            Peer::Perhaps(one) => Bounds::perhaps(self.ends(one, reach).most),
            Peer::All(several) => {
                let whole = Bounds::exact(everyone());
                several.iter().fold(whole, |sum, one| sum.with(&self.ends(one, reach), EndSet::intersection))
            }
            Peer::Any(several) => self.union(several, reach),
            Peer::Not(one) => {
                let whole = everyone();
                self.ends(one, reach).negated(|ends| whole.difference(ends))
            }
        }
    }

    fn of_kinds(&self, kinds: &[Kind]) -> EndSet {
        let classes = kinds.iter().map(|&kind| self.universe.classes.of_kind(kind));
        EndSet::new(classes.fold(ClassSet::default(), |sum, kind| sum.union(&kind)), AddressSet::default())
    }

    pub(in crate::reach) fn all_domains(&self) -> ClassSet {
        self.universe.classes.of_domains()
    }

    /// Everything outside. The API server may be there.
    fn world(&self) -> Bounds<EndSet> {
        let least = EndSet::new(self.all_domains(), AddressSet::all());
        Bounds { most: least.union(&self.of_kinds(&[Kind::ApiServer])), least }
    }

    /// Pods on the network of their node are on some node: shown as on another one. The API server may be on any.
    fn nodes(&self, nodes: &Nodes) -> Bounds<EndSet> {
        use Kind::{ApiServer, HostNetwork, OtherNode, OwnNode};
        let is_shown = self.reading == Reading::Shown;
        let (least, most): (&[Kind], &[Kind]) = match nodes.which {
            WhichNodes::Any => (&[HostNetwork, OwnNode, OtherNode], &[HostNetwork, OwnNode, OtherNode, ApiServer]),
            WhichNodes::Own if is_shown => (&[OwnNode], &[OwnNode, ApiServer]),
            WhichNodes::Own => (&[OwnNode], &[HostNetwork, OwnNode, ApiServer]),
            WhichNodes::Other if is_shown => (&[HostNetwork, OtherNode], &[HostNetwork, OtherNode, ApiServer]),
            WhichNodes::Other => (&[OtherNode], &[HostNetwork, OtherNode, ApiServer]),
        };
        let least = if nodes.labels.is_empty() { self.of_kinds(least) } else { EndSet::default() };
        Bounds { least, most: self.of_kinds(most) }
    }

    /// Two names may stand for one address, and any address may be that of a name.
    fn domains(&self, names: &[SmolStr]) -> Bounds<EndSet> {
        let classes = &self.universe.classes;
        let meant = names.iter().flat_map(|name| classes.domains.covered_by(name));
        let meant = meant.filter_map(|&place| classes.class_of_domain(place));
        let least = EndSet::new(ClassSet::from_points(meant), AddressSet::default());
        Bounds { least, most: self.world().most }
    }

    fn address_groups(&self, groups: &AddressGroups, reach: BlockReach) -> Bounds<EndSet> {
        let (mut certain, mut possible) = (Blocks::default(), Blocks::default());
        let references = &self.universe.references;
        let candidates = match groups {
            AddressGroups::Named { name, .. } => references.address_groups_named(name),
            _ => &references.address_groups,
        };
        for group in candidates {
            let is_meant = match groups {
                AddressGroups::Named { kind, namespace, .. } => {
                    let object = &group.object;
                    if (&object.kind, object.namespace) == (kind, *namespace) { Match::Yes } else { Match::No }
                }
                AddressGroups::Matching(condition) => self.judge_group(condition, group),
                AddressGroups::OfNamespace(namespace, condition) if group.object.namespace == *namespace => {
                    self.judge_group(condition, group)
                }
                AddressGroups::OfNamespace(..) => Match::No,
            };
            for block in &group.blocks {
                if is_meant == Match::Yes {
                    certain.add(block, &[]);
                }
                if is_meant != Match::No {
                    possible.add(block, &[]);
                }
            }
        }
        Bounds { least: self.blocks(&certain, reach).least, most: self.blocks(&possible, reach).most }
    }

    fn judge_group(&self, condition: &Condition, group: &AddressGroup) -> Match {
        let is = |operator: &Operator, value| if operator.holds(value) { Match::Yes } else { Match::No };
        match condition {
            Condition::Is(Attribute::Label(key), operator) => is(operator, group.object.labels.get(key)),
            Condition::Is(Attribute::NamespaceLabel(key), operator)
                if group.object.namespace != NamespaceId::CLUSTER =>
            {
                let namespace = group.object.namespace.0 as usize;
                self.universe.classes.judge_namespace_label(key, operator, namespace, self.reading)
            }
            Condition::Is(_, operator) => is(operator, None),
            Condition::All(several) => all(several.iter().map(|one| self.judge_group(one, group))),
            Condition::Any(several) => any(several.iter().map(|one| self.judge_group(one, group))),
            Condition::Not(one) => not(self.judge_group(one, group)),
        }
    }

    fn services(&mut self, services: &Services, reach: BlockReach) -> Bounds<EndSet> {
        let (mut ends, mut is_found) = (Bounds::<EndSet>::default(), false);
        for (service, pods, is_meant) in self.meant(services) {
            let behind = match service.selector {
                Some(_) => Bounds::of_classes(self.pods(pods)),
                None => self.without_selector(reach),
            };
            is_found |= is_meant == Match::Yes;
            let behind = if is_meant == Match::Yes { behind } else { Bounds::perhaps(behind.most) };
            ends = ends.with(&behind, EndSet::union);
        }
        if !is_found {
            let missing = self.ends(&services.missing, reach);
            let is_certain = self.meant(services).is_empty();
            let missing = if is_certain { missing } else { Bounds::perhaps(missing.most) };
            ends = ends.with(&missing, EndSet::union);
        }
        ends
    }

    /// The addresses behind a Service that selects no pods: nobody knows them.
    fn without_selector(&self, reach: BlockReach) -> Bounds<EndSet> {
        let mut anywhere = self.world().most;
        if reach.pods {
            anywhere = anywhere.union(&EndSet::new(self.universe.classes.pods(), AddressSet::default()));
        }
        if reach.nodes {
            anywhere = anywhere.union(&self.of_kinds(&[Kind::HostNetwork, Kind::OwnNode, Kind::OtherNode]));
        }
        Bounds::perhaps(anywhere)
    }
}

impl<'b> Resolver<'b> {
    /// The Services that are meant, each with its pods, and whether it is for certain.
    pub(in crate::reach) fn meant(&self, services: &Services) -> Vec<(&'b Service, &'b PodSet, Match)> {
        let each = self.universe.references.services.iter().map(|(service, pods)| {
            let place = self.judge_namespace(&services.namespaces, service.object.namespace);
            let is_it = match &services.which {
                WhichServices::Named(name) => service.object.name == *name,
                WhichServices::Matching(selector) => selector.matches(&service.object.labels),
            };
            (&**service, pods, if is_it { place } else { Match::No })
        });
        each.filter(|(.., is_meant)| *is_meant != Match::No).collect()
    }

    fn judge_namespace(&self, namespaces: &NamespaceSet, namespace: NamespaceId) -> Match {
        let matches = |reading| match namespaces {
            NamespaceSet::One(own) => *own == namespace,
            NamespaceSet::Matching(selector) => {
                selector.is_empty() || self.universe.classes.namespace_matches(selector, namespace.0 as usize, reading)
            }
        };
        let [least, most] = match self.reading {
            Reading::Shown => [Reading::Shown; 2],
            Reading::Least | Reading::Most => [Reading::Least, Reading::Most],
        };
        match (matches(least), matches(most)) {
            (true, _) => Match::Yes,
            (false, true) => Match::Unknown,
            (false, false) => Match::No,
        }
    }
}
