//! What policies name and the input does not have: Services, and groups of addresses.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Analysis;
use crate::objects::{NAME_LABEL, NamespaceId, Object, Operator, Requirement, Service};
use crate::policy::{AddressGroups, NamespaceSet, Peer, PolicyObject, Services, WhichServices};
use crate::text::phrase;

impl Analysis {
    /// What the reader must know of what policies name and the input does not have, one line each.
    pub(super) fn missing(&self) -> Vec<String> {
        let (mut services, mut groups) = (BTreeSet::new(), BTreeSet::new());
        for (_, object) in self.policies_in_force() {
            let rules = object.policy.ingress.iter().chain(&object.policy.egress);
            let peers = rules.flat_map(|rule| rule.subject.as_deref().into_iter().chain(rule.peers.listed()));
            peers.for_each(|peer| {
                peer.visit(&mut |leaf| match leaf {
                    Peer::Services(asked) => services.extend(self.missing_services(object, asked)),
                    Peer::AddressGroups(asked) => groups.extend(self.missing_group(asked)),
                    _ => {}
                });
            });
        }
        let of_services = "what they open to them is uncertain, and what Cilium's `toServices` matches no Service for is open \
                           to everyone on its ports";
        let note = |what, missing: BTreeSet<String>, words| {
            (!missing.is_empty()).then(|| {
                format!("policies ask for {what} that are not in the input: {}; {words}", phrase::enumerate(missing))
            })
        };
        let notes = [note("Services", services, of_services), note("groups", groups, "they are taken as empty")];
        notes.into_iter().flatten().collect()
    }

    /// The Services that a policy asks for, in words, if the input has none of them.
    fn missing_services(&self, object: &PolicyObject, asked: &Services) -> Option<String> {
        if self.cluster.services.iter().any(|service| self.is_asked_for(asked, service)) {
            return None;
        }
        Some(match (&asked.which, self.named_namespace(&asked.namespaces)) {
            (WhichServices::Named(name), Some(namespace)) => format!("`{namespace}/{name}`"),
            (WhichServices::Named(name), None) => format!("`{name}`"),
            (WhichServices::Matching(_), _) => format!("those that `{}` selects", object.object.name),
        })
    }

    fn is_asked_for(&self, asked: &Services, service: &Service) -> bool {
        let is_it = match &asked.which {
            WhichServices::Named(name) => service.object.name == *name,
            WhichServices::Matching(selector) => selector.matches(&service.object.labels),
        };
        let namespace = service.object.namespace;
        is_it && self.namespaces_of(&asked.namespaces).iter().any(|(id, _)| *id == namespace)
    }

    /// The name of the one namespace that is meant.
    fn named_namespace<'s>(&'s self, namespaces: &'s NamespaceSet) -> Option<&'s str> {
        match namespaces {
            NamespaceSet::One(id) => Some(self.cluster.namespace_name(*id)),
            NamespaceSet::Matching(selector) => match selector.requirements() {
                [Requirement { key, operator: Operator::In(names) }] if key == NAME_LABEL => {
                    names.first().map(SmolStr::as_str)
                }
                _ => None,
            },
        }
    }

    fn missing_group(&self, asked: &AddressGroups) -> Option<String> {
        let AddressGroups::Named { kind, namespace, name } = asked else { return None };
        let is_it = |it: &Object| (&it.kind, it.namespace, &it.name) == (kind, *namespace, name);
        let is_known = self.cluster.address_groups.iter().any(|group| is_it(&group.object));
        (!is_known && *namespace == NamespaceId::CLUSTER).then(|| format!("{kind} `{name}`"))
    }
}
