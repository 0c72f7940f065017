//! Which suppressions may mean a finding, without asking all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::analysis::Analysis;
use crate::config::{Config, Plain};
use crate::diagnostic::Finding;
use crate::findings::suppress::{Scope, Suppression, lines};
use crate::source::FileId;

/// How many suppressions one finding is held against at most, of each kind: whoever writes more about one line or one
/// object suppresses it with the first of them.
const MOST_OF_FINDING: usize = 100;

/// Suppressions by their rules.
#[derive(Default)]
pub(super) struct Lookup<'s>(HashMap<&'s str, OfRule<'s>>);

/// The suppressions of one rule, by their places in the list.
#[derive(Default)]
struct OfRule<'s> {
    lines: BTreeMap<FileId, Vec<OfLines>>,
    /// By kind and name.
    objects: HashMap<(&'s str, &'s str), Vec<usize>>,
    /// Entries of the configuration without patterns, by what they name.
    plain: HashMap<Plain<'s>, Vec<usize>>,
    /// Those with patterns.
    patterns: Vec<usize>,
}

/// A suppression of some lines.
struct OfLines {
    first: usize,
    /// The last line of this one, or of one before it that reaches further.
    reach: usize,
    index: usize,
}

impl<'s> Lookup<'s> {
    pub(super) fn new(suppressions: &'s [Suppression], config: &'s Config) -> Self {
        let mut lookup = Self::default();
        for (index, suppression) in suppressions.iter().enumerate() {
            let of_rule = lookup.0.entry(&suppression.rule).or_default();
            match suppression.scope {
                Scope::Lines { file, first, last } => {
                    of_rule.lines.entry(file).or_default().push(OfLines { first, reach: last, index });
                }
                Scope::Object => {
                    for of in &suppression.subjects {
                        of_rule.objects.entry((&of.kind, &of.name)).or_default().push(index);
                    }
                }
                Scope::Entry(place) => match config.ignores.get(place).and_then(|entry| entry.plain()) {
                    Some(plain) => of_rule.plain.entry(plain).or_default().push(index),
                    None => of_rule.patterns.push(index),
                },
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
    pub(super) fn candidates(&self, finding: &Finding, analysis: &Analysis) -> Vec<usize> {
        let Some(of_rule) = self.0.get(finding.rule) else { return Vec::new() };
        let mut found: BTreeSet<usize> = of_rule.patterns.iter().copied().collect();
        if !of_rule.plain.is_empty() {
            found.extend(of_rule.plain_entries(finding, analysis));
        }
        let object = (finding.subject.kind.as_str(), finding.subject.name.as_str());
        found.extend(of_rule.objects.get(&object).into_iter().flatten().take(MOST_OF_FINDING));
        let sources = analysis.sources();
        for label in std::iter::once(&finding.primary).chain(&finding.related) {
            let Some(list) = of_rule.lines.get(&label.file) else { continue };
            let (start, end) = lines(label, sources);
            let before = list.get(..list.partition_point(|it| it.first <= end)).unwrap_or_default();
            let reaching = before.iter().rev().take_while(|it| it.reach >= start);
            found.extend(reaching.take(MOST_OF_FINDING).map(|it| it.index));
        }
        found.into_iter().collect()
    }
}

impl OfRule<'_> {
    /// The entries without patterns that name the object of a finding and its file.
    fn plain_entries(&self, finding: &Finding, analysis: &Analysis) -> Vec<usize> {
        let file = analysis.config().name_of_file(analysis.sources().name(finding.primary.file));
        let mut paths: Vec<Option<&str>> = vec![None, Some(&file)];
        paths.extend(file.match_indices('/').filter_map(|(slash, _)| file.get(..slash)).map(Some));
        paths.extend(file.split('/').map(Some));
        paths.sort_unstable();
        paths.dedup();
        let subject = &finding.subject;
        let mut found = Vec::new();
        for path in paths {
            for kind in [None, Some(subject.kind.as_str())] {
                for namespace in [None, Some(subject.namespace.as_deref().unwrap_or_default())] {
                    for name in [None, Some(subject.name.as_str())] {
                        let entries = self.plain.get(&Plain { kind, namespace, name, path });
                        found.extend(entries.into_iter().flatten().take(MOST_OF_FINDING));
                    }
                }
            }
        }
        found
    }
}
