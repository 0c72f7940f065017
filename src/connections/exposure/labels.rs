//! Labels that meet a selector, and how they are written.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::objects::{Labels, Operator, Selector};

/// The most examples for one selector: values of its lists, in every combination.
const MOST: usize = 16;

/// Labels that meet a selector, with how to write what it asks for; one set for each combination of listed values. None
/// where no labels meet it.
pub(super) fn meeting(selector: &Selector) -> Vec<(Labels, Vec<String>)> {
    let mut asked: BTreeMap<&SmolStr, Vec<&Operator>> = BTreeMap::new();
    for requirement in selector.requirements() {
        asked.entry(&requirement.key).or_default().push(&requirement.operator);
    }
    let mut sets: Vec<(Labels, Vec<String>)> = vec![Default::default()];
    for (key, operators) in asked {
        let values = values(&operators);
        let extended = sets.iter().flat_map(|(labels, written)| {
            values.iter().map(move |value| {
                let (mut labels, mut written) = (labels.clone(), written.clone());
                if let Some(Value { value, text }) = value {
                    labels.insert(key.clone(), value.clone());
                    written.push(format!("{key}{text}"));
                }
                (labels, written)
            })
        });
        sets = extended.take(MOST).collect();
    }
    sets
}

/// A value of a label, and what is written behind its key.
struct Value {
    value: SmolStr,
    text: String,
}

/// The values that meet all of these; `None` is the absent label. Empty where they contradict each other.
fn values(operators: &[&Operator]) -> Vec<Option<Value>> {
    let holds = |value: Option<&SmolStr>| operators.iter().all(|operator| operator.holds(value));
    if holds(None) {
        return vec![None];
    }
    let candidates = operators.iter().flat_map(|operator| match operator {
        Operator::In(values) => values.iter().map(|it| (it.clone(), format!("={it}"))).collect(),
        Operator::StartsWith(part) => vec![(part.clone(), format!("={part}*"))],
        Operator::EndsWith(part) => vec![(part.clone(), format!("=*{part}"))],
        Operator::Contains(part) => vec![(part.clone(), format!("=*{part}*"))],
        Operator::Exists => vec![(SmolStr::default(), String::new())],
        Operator::NotIn(_) | Operator::DoesNotExist => Vec::new(),
    });
    let mut values: Vec<Option<Value>> = Vec::new();
    for (value, text) in candidates {
        let is_known = values.iter().flatten().any(|known| known.value == value);
        if holds(Some(&value)) && !is_known {
            values.push(Some(Value { value, text }));
        }
    }
    values
}
