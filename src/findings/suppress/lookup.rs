//! Which suppressions may mean a finding, without asking all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::diagnostic::Finding;
use crate::findings::suppress::{Scope, Suppression, lines};
use crate::source::{FileId, Sources};

/// Suppressions by their rules.
#[derive(Default)]
pub(super) struct Lookup(HashMap<String, OfRule>);

/// The suppressions of one rule, by their places in the list.
#[derive(Default)]
struct OfRule {
    lines: BTreeMap<FileId, Vec<OfLines>>,
    /// By kind and name.
    objects: HashMap<(String, String), Vec<usize>>,
    entries: Vec<usize>,
}

/// A suppression of some lines.
struct OfLines {
    first: usize,
    /// The last line of this one, or of one before it that reaches further.
    reach: usize,
    index: usize,
}

impl Lookup {
    pub(super) fn new(suppressions: &[Suppression]) -> Self {
        let mut lookup = Self::default();
        for (index, suppression) in suppressions.iter().enumerate() {
            let of_rule = lookup.0.entry(suppression.rule.clone()).or_default();
            match suppression.scope {
                Scope::Lines { file, first, last } => {
                    of_rule.lines.entry(file).or_default().push(OfLines { first, reach: last, index });
                }
                Scope::Object => {
                    for of in &suppression.subjects {
                        of_rule.objects.entry((of.kind.clone(), of.name.clone())).or_default().push(index);
                    }
                }
                Scope::Entry(_) => of_rule.entries.push(index),
            }
        }
        for lines in lookup.0.values_mut().flat_map(|of_rule| of_rule.lines.values_mut()) {
            lines.sort_by_key(|it| (it.first, it.index));
            let mut reach = 0;
            for it in lines {
                reach = reach.max(it.reach);
                it.reach = reach;
            }
        }
        lookup
    }

    /// Those that may mean a finding, in the order of the list.
    pub(super) fn candidates(&self, finding: &Finding, sources: &Sources) -> Vec<usize> {
        let Some(of_rule) = self.0.get(finding.rule) else { return Vec::new() };
        let mut found: BTreeSet<usize> = of_rule.entries.iter().copied().collect();
        let object = (finding.subject.kind.clone(), finding.subject.name.clone());
        found.extend(of_rule.objects.get(&object).into_iter().flatten());
        for label in std::iter::once(&finding.primary).chain(&finding.related) {
            let Some(list) = of_rule.lines.get(&label.file) else { continue };
            let (start, end) = lines(label, sources);
            let before = list.get(..list.partition_point(|it| it.first <= end)).unwrap_or_default();
            found.extend(before.iter().rev().take_while(|it| it.reach >= start).map(|it| it.index));
        }
        found.into_iter().collect()
    }
}
