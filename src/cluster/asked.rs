//! What selectors ask of the labels of pods.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Cluster;
use crate::objects::{NamespaceId, Operator};
use crate::policy::{Attribute, Engagement, NamespaceSet, Peer, PodSet, Policy};

impl Cluster {
    /// Visits what policies ask of labels of pods, and of which namespace, where it is one: keys that selectors can
    /// see. Services ask too where a policy names Services.
    pub(super) fn visit_asked(&self, visit: &mut impl FnMut(Option<NamespaceId>, &SmolStr, &Operator)) {
        let mut names_services = false;
        let mut of_set = |set: &PodSet| {
            let namespace = match set.namespaces {
                NamespaceSet::One(namespace) => Some(namespace),
                NamespaceSet::Matching(_) => None,
            };
            let mut of_label = |key: &SmolStr, operator: &Operator| {
                if self.arrangements().any(|arrangement| arrangement.view.shows(key)) {
                    visit(namespace, key, operator);
                }
            };
            set.pods.requirements().iter().for_each(|it| of_label(&it.key, &it.operator));
            if let Some(condition) = &set.condition {
                condition.visit(&mut |attribute, operator| {
                    if let Attribute::Label(key) = attribute {
                        of_label(key, operator);
                    }
                });
            }
        };
        for policy in &self.policies {
            visit_pods(&policy.policy, &mut of_set);
            names_services |= names_service(&policy.policy);
        }
        if names_services {
            for service in &self.services {
                for (key, value) in service.selector.iter().flatten() {
                    visit(Some(service.object.namespace), key, &Operator::In(vec![value.clone()]));
                }
            }
        }
    }

    /// The keys of labels of pods that any policy or Service asks for.
    pub(super) fn asked_keys(&self) -> BTreeSet<SmolStr> {
        let services = self.services.iter().flat_map(|service| service.selector.iter().flatten());
        let mut keys: BTreeSet<SmolStr> = services.map(|(key, _)| key.clone()).collect();
        self.visit_asked(&mut |_, key, _| {
            keys.insert(key.clone());
        });
        keys
    }
}

/// Visits each set of pods that a policy is about.
fn visit_pods(policy: &Policy, visit: &mut impl FnMut(&PodSet)) {
    visit(&policy.subject);
    for engagement in [&policy.engages_ingress, &policy.engages_egress] {
        if let Engagement::EngagesSome(set) = engagement {
            visit(set);
        }
    }
    visit_peers(policy, &mut |peer| {
        if let Peer::Pods(set) = peer {
            visit(set);
        }
    });
}

fn names_service(policy: &Policy) -> bool {
    let mut found = false;
    visit_peers(policy, &mut |peer| found |= matches!(peer, Peer::Services(_)));
    found
}

fn visit_peers(policy: &Policy, visit: &mut impl FnMut(&Peer)) {
    for rule in policy.ingress.iter().chain(&policy.egress) {
        let subject = rule.subject.iter().map(AsRef::as_ref);
        subject.chain(rule.peers.listed()).for_each(|peer| peer.visit(visit));
    }
}
