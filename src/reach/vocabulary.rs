//! The labels and port names that policies ask for, as numbers.
//!
//! What no selector mentions cannot tell two pods apart: a label with another key is dropped, a value that is never
//! asked for is [`OTHER`]. That is what makes classes few.

use foldhash::HashMap;
use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::net::Protocol;
use crate::objects::{Labels, Operator, Requirement};
use crate::policy::{Peer, PodSet, PolicyObject, PortMatch};

/// The value of a label that is there with a value which no selector mentions.
pub(super) const OTHER: u32 = 0;

/// A pod's labels as numbers: key and value, sorted by key.
pub(super) type LabelSet = SmallVec<[(u32, u32); 2]>;

/// A pod's named ports: name, protocol and number, sorted.
pub(super) type NamedPorts = Vec<(u32, Protocol, u16)>;

#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// For each key its number, and the numbers of its values, which start after [`OTHER`].
    keys: HashMap<SmolStr, (u32, HashMap<SmolStr, u32>)>,
    port_names: HashMap<String, u32>,
}

impl Vocabulary {
    /// What the policies mention.
    pub(super) fn new(policies: &[Box<PolicyObject>]) -> Self {
        let mut vocabulary = Self::default();
        for policy in policies.iter().map(|it| &it.policy) {
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
            if !self.keys.contains_key(&requirement.key) {
                let number = next(self.keys.len());
                self.keys.insert(requirement.key.clone(), (number, HashMap::default()));
            }
            let (Some((_, values)), Operator::In(mentioned) | Operator::NotIn(mentioned)) =
                (self.keys.get_mut(&requirement.key), &requirement.operator)
            else {
                continue;
            };
            for value in mentioned {
                if !values.contains_key(value) {
                    values.insert(value.clone(), next(values.len()));
                }
            }
        }
    }

    /// The number of a port's name; `None` where no policy mentions it.
    pub(super) fn port_name(&self, name: &str) -> Option<u32> {
        self.port_names.get(name).copied()
    }

    /// A requirement as numbers.
    pub(super) fn condition<'r>(&self, requirement: &'r Requirement) -> Condition<'r> {
        let (key, of_key) = self.keys.get(&requirement.key).map(|(key, values)| (*key, values)).unzip();
        let mentioned = match &requirement.operator {
            Operator::In(mentioned) | Operator::NotIn(mentioned) => mentioned.as_slice(),
            _ => &[],
        };
        let number = |value: &SmolStr| of_key?.get(value).copied();
        Condition { operator: &requirement.operator, key, values: mentioned.iter().filter_map(number).collect() }
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

/// A requirement in the numbers of the vocabulary.
pub(super) struct Condition<'r> {
    operator: &'r Operator,
    key: Option<u32>,
    values: SmallVec<[u32; 2]>,
}

impl Condition<'_> {
    /// Whether it asks for a label to be there.
    pub(super) fn is_positive(&self) -> bool {
        self.operator.is_positive()
    }

    /// Whether it holds for pods with these labels.
    pub(super) fn holds(&self, labels: &[(u32, u32)]) -> bool {
        let value = labels.iter().find(|(key, _)| Some(*key) == self.key).map(|(_, value)| value);
        match self.operator {
            Operator::In(_) => value.is_some_and(|value| self.values.contains(value)),
            Operator::NotIn(_) => value.is_none_or(|value| !self.values.contains(value)),
            Operator::DoesNotExist => value.is_none(),
            _ => value.is_some(),
        }
    }
}

/// The classes that carry each label, so that selectors are looked up and not tried one by one.
#[derive(Debug, Default)]
pub(super) struct LabelIndex {
    by_label: HashMap<(u32, u32), Vec<u32>>,
    by_key: HashMap<u32, Vec<u32>>,
}

impl LabelIndex {
    /// Adds a class; classes come in ascending order.
    pub(super) fn add(&mut self, class: u32, labels: &LabelSet) {
        for &(key, value) in labels {
            self.by_label.entry((key, value)).or_default().push(class);
            self.by_key.entry(key).or_default().push(class);
        }
    }

    /// The classes whose label is there with one of the condition's values, or, where it asks for none, at all.
    pub(super) fn listed(&self, condition: &Condition<'_>) -> SmallVec<[&[u32]; 2]> {
        let Some(key) = condition.key else { return SmallVec::new() };
        match condition.operator {
            Operator::In(_) | Operator::NotIn(_) => {
                let values = condition.values.iter();
                values.filter_map(|&value| self.by_label.get(&(key, value))).map(Vec::as_slice).collect()
            }
            _ => self.by_key.get(&key).map(Vec::as_slice).into_iter().collect(),
        }
    }
}
