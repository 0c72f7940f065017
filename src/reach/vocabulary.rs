//! The labels and port names that policies ask for, as numbers.
//!
//! What no selector mentions cannot tell two pods apart: a label with another key is dropped, a value that is never
//! asked for is [`OTHER`]. That is what makes classes few.

use std::collections::{BTreeMap, HashMap};

use crate::cluster::{Labels, Protocol};
use crate::policy::{Operator, Peer, PodSet, Policy, PortMatch, Requirement};

/// The value of a label that is there with a value which no selector mentions.
pub(super) const OTHER: u32 = 0;

/// A pod's labels as numbers: key and value, sorted by key.
pub(super) type LabelSet = Vec<(u32, u32)>;

/// A pod's named ports: name, protocol and number, sorted.
pub(super) type NamedPorts = Vec<(u32, Protocol, u16)>;

#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// For each key its number, and the numbers of its values, which start after [`OTHER`].
    keys: HashMap<String, (u32, HashMap<String, u32>)>,
    port_names: HashMap<String, u32>,
}

impl Vocabulary {
    /// What the policies mention.
    pub(super) fn new(policies: &[Policy]) -> Self {
        let mut vocabulary = Self::default();
        for policy in policies {
            vocabulary.add(&policy.subject);
            for rule in policy.ingress.iter().chain(&policy.egress) {
                for peer in rule.peers.listed() {
                    if let Peer::Pods(set) = peer {
                        vocabulary.add(set);
                    }
                }
                for port in rule.ports.listed() {
                    if let PortMatch::Named { name, .. } = port
                        && !vocabulary.port_names.contains_key(name)
                    {
                        let number = next(vocabulary.port_names.len());
                        vocabulary.port_names.insert(name.clone(), number);
                    }
                }
            }
        }
        vocabulary
    }

    fn add(&mut self, set: &PodSet) {
        for requirement in set.pods.requirements() {
            let number = next(self.keys.len());
            if !self.keys.contains_key(&requirement.key) {
                self.keys.insert(requirement.key.clone(), (number, HashMap::new()));
            }
            let Some((_, values)) = self.keys.get_mut(&requirement.key) else { continue };
            if let Operator::In(mentioned) | Operator::NotIn(mentioned) = &requirement.operator {
                for value in mentioned {
                    let number = next(values.len());
                    if !values.contains_key(value) {
                        values.insert(value.clone(), number);
                    }
                }
            }
        }
    }

    /// The number of a key; `None` where no selector mentions it.
    pub(super) fn key(&self, key: &str) -> Option<u32> {
        self.keys.get(key).map(|(number, _)| *number)
    }

    /// The number of a port's name; `None` where no policy mentions it.
    pub(super) fn port_name(&self, name: &str) -> Option<u32> {
        self.port_names.get(name).copied()
    }

    /// The numbers of the values that a requirement asks for.
    pub(super) fn values(&self, requirement: &Requirement) -> Vec<u32> {
        let (Operator::In(mentioned) | Operator::NotIn(mentioned)) = &requirement.operator else { return Vec::new() };
        let Some((_, values)) = self.keys.get(&requirement.key) else { return Vec::new() };
        mentioned.iter().filter_map(|value| values.get(value).copied()).collect()
    }

    /// What policies can see of a pod's labels.
    pub(super) fn labels(&self, labels: &Labels) -> LabelSet {
        let seen = labels.iter().filter_map(|(key, value)| {
            let (number, values) = self.keys.get(key)?;
            Some((*number, values.get(value).copied().unwrap_or(OTHER)))
        });
        let mut seen: LabelSet = seen.collect();
        seen.sort_unstable();
        seen
    }

    /// What policies can see of a pod's named ports.
    pub(super) fn named_ports<'p>(&self, ports: impl Iterator<Item = (&'p str, Protocol, u16)>) -> NamedPorts {
        if self.port_names.is_empty() {
            return Vec::new();
        }
        let seen = ports.filter_map(|(name, protocol, port)| Some((self.port_name(name)?, protocol, port)));
        let mut seen: NamedPorts = seen.collect();
        seen.sort_unstable();
        seen.dedup();
        seen
    }
}

/// The number after `length` given ones; 0 is [`OTHER`].
fn next(length: usize) -> u32 {
    super::classes::number(length + 1)
}

/// The classes that carry each label, so that selectors are looked up and not tried one by one.
#[derive(Debug, Default)]
pub(super) struct LabelIndex {
    by_label: HashMap<(u32, u32), Vec<u32>>,
    by_key: BTreeMap<u32, Vec<u32>>,
}

impl LabelIndex {
    /// Adds a class; classes come in ascending order.
    pub(super) fn add(&mut self, class: u32, labels: &LabelSet) {
        for &(key, value) in labels {
            self.by_label.entry((key, value)).or_default().push(class);
            self.by_key.entry(key).or_default().push(class);
        }
    }

    /// The classes whose label is there with one of the requirement's values, or, where it asks for none, at all.
    pub(super) fn listed(&self, requirement: &Requirement, vocabulary: &Vocabulary) -> Vec<&[u32]> {
        let Some(key) = vocabulary.key(&requirement.key) else { return Vec::new() };
        match requirement.operator {
            Operator::In(_) | Operator::NotIn(_) => {
                let values = vocabulary.values(requirement).into_iter();
                values.filter_map(|value| self.by_label.get(&(key, value))).map(Vec::as_slice).collect()
            }
            Operator::Exists | Operator::DoesNotExist => self.by_key.get(&key).map(Vec::as_slice).into_iter().collect(),
        }
    }
}
