//! What policies ask of pods, as numbers: labels, ServiceAccounts and port names.
//!
//! What no selector asks for cannot distinguish two pods: a label with another key is dropped, a value that is never
//! asked for is [`OTHER`]. That is what makes classes few. What is asked of the text of a value (that it begins so) is
//! a key of its own, which pods have of which it is true. What a controller sets and the input does not show is
//! [`UNKNOWN`].

use foldhash::{HashMap, HashSet};
use smallvec::SmallVec;
use smol_str::SmolStr;

use super::mentioned::Mentioned;
use super::number::number;
use crate::net::Protocol;
use crate::objects::kinds::is_controller_label;
use crate::objects::{LabelValue, Labels, Match, Operator, Workload};
use crate::policy::{Attribute, LabelView};

/// The value of a label that is there with a value which no selector mentions.
pub(in crate::reach) const OTHER: u32 = 0;

/// The value of a label that is there with a value which the input does not show.
pub(in crate::reach) const UNKNOWN: u32 = u32::MAX;

/// A pod's attributes as numbers: key and value, sorted by key.
pub(in crate::reach) type LabelSet = SmallVec<[(u32, u32); 2]>;

/// The name of a port by its number in the vocabulary, of one protocol or of any.
pub(in crate::reach) type PortName = (u32, Option<Protocol>);

/// A pod's named ports: name, protocol and number, sorted.
pub(in crate::reach) type NamedPorts = Vec<(u32, Protocol, u16)>;

#[derive(Debug, Default)]
pub(in crate::reach) struct Vocabulary {
    /// How many keys there are.
    keys: u32,
    labels: HashMap<SmolStr, Key>,
    account_labels: HashMap<SmolStr, Key>,
    account_name: Option<Key>,
    port_names: HashMap<SmolStr, u32>,
    /// Labels that selectors ask for and cannot see, though under another arrangement of the cluster they can.
    hidden: HashSet<SmolStr>,
    /// Whether any selector asks for what controllers set.
    asks_for_controllers: bool,
}

/// What is asked of one label.
#[derive(Debug, Default)]
struct Key {
    number: u32,
    /// The numbers of the values that are mentioned, after [`OTHER`].
    values: HashMap<SmolStr, u32>,
    /// What is asked of the text of the value, each with the key that pods have of which it is true.
    texts: Vec<(Operator, u32)>,
}

impl Vocabulary {
    /// What the policies mention, with labels that can be seen in this view. Those that can be seen in another one that the
    /// cluster may have (`is_seen`) distinguish pods all the same.
    pub(in crate::reach) fn new(mentioned: &Mentioned<'_>, view: &LabelView, is_seen: impl Fn(&str) -> bool) -> Self {
        let mut vocabulary = Self::default();
        for (key, operator) in mentioned.labels.iter().copied() {
            let is_shown = view.shows(key);
            if is_shown || is_seen(key) {
                if !is_shown {
                    vocabulary.hidden.insert(key.clone());
                }
                vocabulary.asks_for_controllers |= is_controller_label(key);
                add(&mut vocabulary.labels, &mut vocabulary.keys, key, operator);
            }
        }
        for (key, operator) in mentioned.account_labels.iter().copied() {
            add(&mut vocabulary.account_labels, &mut vocabulary.keys, key, operator);
        }
        for operator in mentioned.account_names.iter().copied() {
            let name = vocabulary.account_name.get_or_insert_with(|| Key::new(&mut vocabulary.keys));
            name.add(operator, &mut vocabulary.keys);
        }
        for name in mentioned.port_names.iter().copied() {
            if !vocabulary.port_names.contains_key(name) {
                let number = next(vocabulary.port_names.len());
                vocabulary.port_names.insert(name.into(), number);
            }
        }
        vocabulary
    }

    /// The number of a port's name; `None` where no policy mentions it.
    pub(in crate::reach) fn port_name(&self, name: &str) -> Option<u32> {
        self.port_names.get(name).copied()
    }

    /// What is asked of a label of pods.
    pub(in crate::reach) fn of_label(&self, key: &str, operator: &Operator) -> Predicate {
        Predicate::new(self.label(key), operator)
    }

    /// A label of pods that selectors can see.
    fn label(&self, key: &str) -> Option<&Key> {
        self.labels.get(key).filter(|_| self.hidden.is_empty() || !self.hidden.contains(key))
    }

    /// What is asked of an attribute of pods; `None` where it is one of their namespace.
    pub(in crate::reach) fn of_attribute(&self, attribute: &Attribute, operator: &Operator) -> Option<Predicate> {
        let key = match attribute {
            Attribute::Label(key) => self.label(key),
            Attribute::ServiceAccountName => self.account_name.as_ref(),
            Attribute::ServiceAccountLabel(key) => self.account_labels.get(key),
            Attribute::NamespaceLabel(_) => return None,
        };
        Some(Predicate::new(key, operator))
    }

    /// Whether any selector asks for ServiceAccounts.
    pub(in crate::reach) fn asks_for_accounts(&self) -> bool {
        self.account_name.is_some() || !self.account_labels.is_empty()
    }

    /// What policies can see of a pod's labels.
    pub(in crate::reach) fn labels(&self, labels: &Labels) -> LabelSet {
        let mut seen = LabelSet::new();
        see(&self.labels, labels, &mut seen);
        seen.sort_unstable();
        seen
    }

    /// What policies can see of the labels of a workload's pods, those that its controller sets included.
    pub(in crate::reach) fn labels_of(&self, workload: &Workload) -> LabelSet {
        let mut seen = LabelSet::new();
        see(&self.labels, &workload.pod_labels, &mut seen);
        let set = if self.asks_for_controllers { workload.controller_labels() } else { &[] };
        for label in set {
            if let Some(key) = self.labels.get(label.key) {
                seen.retain(|(number, _)| !key.has(*number));
                key.see_value(&workload.label(label.key), &mut seen);
            }
        }
        seen.sort_unstable();
        seen
    }

    /// Adds what policies can see of a pod's ServiceAccount. Its labels are not known where the input has no such
    /// account.
    pub(in crate::reach) fn add_account(&self, seen: &mut LabelSet, name: &SmolStr, labels: Option<&Labels>) {
        if let Some(key) = &self.account_name {
            key.see(name, seen);
        }
        if let Some(labels) = labels {
            see(&self.account_labels, labels, seen);
        }
        seen.sort_unstable();
    }

    /// What policies can see of a pod's named ports.
    pub(in crate::reach) fn named_ports<'p>(
        &self,
        ports: impl Iterator<Item = (&'p str, Protocol, u16)>,
    ) -> NamedPorts {
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

fn add(keys: &mut HashMap<SmolStr, Key>, count: &mut u32, key: &SmolStr, operator: &Operator) {
    match keys.get_mut(key) {
        Some(known) => known.add(operator, count),
        None => {
            let mut new = Key::new(count);
            new.add(operator, count);
            keys.insert(key.clone(), new);
        }
    }
}

fn see(keys: &HashMap<SmolStr, Key>, labels: &Labels, seen: &mut LabelSet) {
    for (key, value) in labels {
        if let Some(key) = keys.get(key) {
            key.see(value, seen);
        }
    }
}

/// The number after `length` given ones; 0 is [`OTHER`].
fn next(length: usize) -> u32 {
    number(length + 1)
}

impl Key {
    fn new(count: &mut u32) -> Self {
        *count += 1;
        Self { number: *count, ..Self::default() }
    }

    fn add(&mut self, operator: &Operator, count: &mut u32) {
        match operator {
            Operator::In(mentioned) | Operator::NotIn(mentioned) => {
                for value in mentioned {
                    if !self.values.contains_key(value) {
                        self.values.insert(value.clone(), next(self.values.len()));
                    }
                }
            }
            Operator::Exists | Operator::DoesNotExist => {}
            Operator::StartsWith(_) | Operator::EndsWith(_) | Operator::Contains(_) => {
                if !self.texts.iter().any(|(known, _)| known == operator) {
                    *count += 1;
                    self.texts.push((operator.clone(), *count));
                }
            }
        }
    }

    /// Whether a number is that of the key, or of what is asked of its text.
    fn has(&self, number: u32) -> bool {
        self.number == number || self.texts.iter().any(|(_, key)| *key == number)
    }

    fn see_value(&self, value: &LabelValue<'_>, seen: &mut LabelSet) {
        let own = match value {
            LabelValue::Absent => return,
            LabelValue::Is(value) => return self.see(value, seen),
            LabelValue::Unknown => UNKNOWN,
            // Pods of the numbers that are mentioned are workloads of their own.
            LabelValue::Numbered(..) => OTHER,
        };
        seen.push((self.number, own));
        seen.extend(self.texts.iter().filter_map(|(operator, key)| match value.meets(operator) {
            Match::Yes => Some((*key, OTHER)),
            Match::Unknown => Some((*key, UNKNOWN)),
            Match::No => None,
        }));
    }

    fn see(&self, value: &SmolStr, seen: &mut LabelSet) {
        seen.push((self.number, self.values.get(value).copied().unwrap_or(OTHER)));
        let of_text = self.texts.iter().filter(|(operator, _)| operator.holds(Some(value)));
        seen.extend(of_text.map(|&(_, key)| (key, OTHER)));
    }
}

/// What is asked of one attribute, in the numbers of the vocabulary.
pub(in crate::reach) enum Predicate {
    /// The key is there.
    Exists(Option<u32>),
    /// The key is absent.
    Absent(Option<u32>),
    /// The key is there with one of these values.
    In(Option<u32>, SmallVec<[u32; 2]>),
    /// The key is absent, or has none of these values.
    NotIn(Option<u32>, SmallVec<[u32; 2]>),
}

impl Predicate {
    fn new(key: Option<&Key>, operator: &Operator) -> Self {
        let number = key.map(|key| key.number);
        let values = |mentioned: &[SmolStr]| {
            let numbers = mentioned.iter().filter_map(|value| key?.values.get(value).copied());
            numbers.collect()
        };
        match operator {
            Operator::In(mentioned) => Self::In(number, values(mentioned)),
            Operator::NotIn(mentioned) => Self::NotIn(number, values(mentioned)),
            Operator::Exists => Self::Exists(number),
            Operator::DoesNotExist => Self::Absent(number),
            Operator::StartsWith(_) | Operator::EndsWith(_) | Operator::Contains(_) => {
                let texts = key.map_or(&[][..], |key| key.texts.as_slice());
                let text = texts.iter().find(|(known, _)| known == operator).map(|(_, number)| *number);
                Self::In(text, SmallVec::from_iter([OTHER]))
            }
        }
    }

    /// The key that it asks for; `None` where no pod can be seen to have it.
    pub(in crate::reach) fn key(&self) -> Option<u32> {
        match self {
            Self::Exists(key) | Self::Absent(key) | Self::In(key, _) | Self::NotIn(key, _) => *key,
        }
    }

    /// The values that it is about, if any.
    pub(in crate::reach) fn values(&self) -> Option<&[u32]> {
        match self {
            Self::In(_, values) | Self::NotIn(_, values) => Some(values),
            Self::Exists(_) | Self::Absent(_) => None,
        }
    }

    /// Whether it asks for a label to be there.
    pub(in crate::reach) fn is_positive(&self) -> bool {
        matches!(self, Self::Exists(_) | Self::In(..))
    }

    /// Whether it holds for pods with these attributes.
    pub(in crate::reach) fn holds(&self, labels: &[(u32, u32)]) -> Match {
        let value =
            |wanted: &Option<u32>| labels.iter().find(|(key, _)| Some(*key) == *wanted).map(|(_, value)| *value);
        let of = |holds| if holds { Match::Yes } else { Match::No };
        match self {
            Self::Exists(key) => of(value(key).is_some()),
            Self::Absent(key) => of(value(key).is_none()),
            Self::In(key, _) | Self::NotIn(key, _) if value(key) == Some(UNKNOWN) => Match::Unknown,
            Self::In(key, values) => of(value(key).is_some_and(|value| values.contains(&value))),
            Self::NotIn(key, values) => of(value(key).is_none_or(|value| !values.contains(&value))),
        }
    }
}
