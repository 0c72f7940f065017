//! Label selectors, as apimachinery's `LabelSelector` defines them.

use std::cmp::Ordering;
use std::hash::{BuildHasher as _, Hash, Hasher};
use std::sync::{Arc, LazyLock};

use foldhash::fast::RandomState;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use smol_str::SmolStr;

use crate::objects::Labels;

/// How many values are tried at most.
const COMPARED: usize = 1_000;

/// What a requirement asks of one label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operator {
    /// The label is there with one of these values.
    In(Vec<SmolStr>),
    /// The label is absent, or has none of these values.
    NotIn(Vec<SmolStr>),
    /// The label is there.
    Exists,
    /// The label is absent.
    DoesNotExist,
    /// The label is there with a value that begins so.
    StartsWith(SmolStr),
    /// The label is there with a value that ends so.
    EndsWith(SmolStr),
    /// The label is there with a value that has this in it.
    Contains(SmolStr),
}

/// One condition of a selector.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Requirement {
    /// The label's key.
    pub key: SmolStr,
    /// What is asked of it.
    pub operator: Operator,
}

/// A label selector: all of its requirements must hold, so that the empty one matches everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The hash of the requirements: selectors are looked up again and again.
    hash: u64,
    /// Sorted, without repetition, so that equal selectors compare equal however they are written.
    requirements: Arc<[Requirement]>,
}

impl Default for Selector {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Hash for Selector {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Ord for Selector {
    fn cmp(&self, other: &Self) -> Ordering {
        self.requirements.cmp(&other.requirements)
    }
}

impl PartialOrd for Selector {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether a selector matches, where some labels may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It matches, whatever the unknown labels are.
    Yes,
    /// It does not, whatever the unknown labels are.
    No,
    /// It depends on labels that the input does not show.
    Unknown,
}

impl Match {
    /// Whether both match.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// Whether it does not match.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl Selector {
    /// Reads the API's form. An operator that the API does not know is left out: the API server rejects the
    /// whole object, which `invalid-field` reports.
    #[must_use]
    pub fn from_api(selector: LabelSelector) -> Self {
        let labels = selector.match_labels.into_iter().flatten();
        let equalities =
            labels.map(|(key, value)| Requirement { key: key.into(), operator: Operator::In(vec![value.into()]) });
        let expressions = selector.match_expressions.into_iter().flatten().filter_map(|expression| {
            let mut values: Vec<SmolStr> = expression.values.into_iter().flatten().map(Into::into).collect();
            values.sort();
            values.dedup();
            let operator = match expression.operator.as_str() {
                "In" => Operator::In(values),
                "NotIn" => Operator::NotIn(values),
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                _ => return None,
            };
            Some(Requirement { key: expression.key.into(), operator })
        });
        Self::new(equalities.chain(expressions).collect())
    }

    /// A selector of these requirements.
    #[must_use]
    pub fn new(mut requirements: Vec<Requirement>) -> Self {
        requirements.sort();
        requirements.dedup();
        static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);
        Self { hash: HASHER.hash_one(&requirements), requirements: requirements.into() }
    }

    /// The selector that asks for exactly these values.
    pub fn equalities<'l>(labels: impl IntoIterator<Item = (&'l SmolStr, &'l SmolStr)>) -> Self {
        let requirement = |(key, value): (&SmolStr, &SmolStr)| Requirement {
            key: key.clone(),
            operator: Operator::In(vec![value.clone()]),
        };
        Self::new(labels.into_iter().map(requirement).collect())
    }

    /// Its conditions.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Whether it has no requirement, so that it matches everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether an object of some labels can match. `true` proves nothing.
    #[must_use]
    pub fn is_satisfiable(&self) -> bool {
        // They are sorted by key.
        self.requirements.chunk_by(|one, other| one.key == other.key).all(|of_key| {
            let others = |value: Option<&SmolStr>| of_key.iter().all(|it| it.holds(value));
            let listed = of_key.iter().find_map(|it| match &it.operator {
                Operator::In(values) => Some(values),
                _ => None,
            });
            match listed {
                Some(values) if values.len() > COMPARED => true,
                Some(values) => values.iter().any(|value| others(Some(value))),
                None => {
                    let is_there = |it: &Requirement| it.operator.is_positive();
                    let is_absent = |it: &Requirement| it.operator == Operator::DoesNotExist;
                    !(of_key.iter().any(is_there) && of_key.iter().any(is_absent))
                }
            }
        })
    }

    /// Whether an object with exactly these labels matches.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.requirements.iter().all(|requirement| requirement.holds(labels.get(&requirement.key)))
    }

    /// Whether an object matches that surely has these labels, may have others, and of which the label `fixed`
    /// is known for certain (`kubernetes.io/metadata.name` of a namespace whose manifest is missing).
    #[must_use]
    pub fn matches_partly(&self, labels: &Labels, fixed: &str) -> Match {
        let mut verdict = Match::Yes;
        for requirement in self.requirements.iter() {
            let value = labels.get(&requirement.key);
            if value.is_none() && requirement.key != fixed {
                verdict = Match::Unknown;
            } else if !requirement.holds(value) {
                return Match::No;
            }
        }
        verdict
    }
}

impl Requirement {
    /// Whether it holds for an object whose label has this value, or has no such label.
    #[must_use]
    pub fn holds(&self, value: Option<&SmolStr>) -> bool {
        self.operator.holds(value)
    }
}

impl Operator {
    /// Whether a label of this value is as asked for, or one that is absent.
    #[must_use]
    pub fn holds(&self, value: Option<&SmolStr>) -> bool {
        match self {
            Self::In(values) => value.is_some_and(|value| values.contains(value)),
            Self::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
            Self::Exists => value.is_some(),
            Self::DoesNotExist => value.is_none(),
            Self::StartsWith(start) => value.is_some_and(|value| value.starts_with(start.as_str())),
            Self::EndsWith(end) => value.is_some_and(|value| value.ends_with(end.as_str())),
            Self::Contains(part) => value.is_some_and(|value| value.contains(part.as_str())),
        }
    }

    /// Whether it asks for the label to be there.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        !matches!(self, Self::NotIn(_) | Self::DoesNotExist)
    }
}
