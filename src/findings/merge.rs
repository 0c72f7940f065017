//! What several clusters have in common, told once.

use std::collections::{BTreeSet, HashMap};

use crate::analysis::Analysis;
use crate::catalogue;
use crate::diagnostic::Finding;
use crate::findings::suppress::Outcome;
use crate::source::FileId;
use crate::yaml::Span;

/// Puts the outcomes of clusters together. A finding of a file that several of them hold says in which they are.
pub(super) fn merge(models: &[Analysis], outcomes: Vec<Outcome>) -> Outcome {
    if models.len() < 2 {
        let joined = outcomes.into_iter().reduce(|mut all, next| {
            all.findings.extend(next.findings);
            all.suppressed.extend(next.suppressed);
            all
        });
        return joined.unwrap_or_default();
    }
    let (mut findings, mut suppressed) = (Gathered::default(), Gathered::default());
    for (cluster, outcome) in outcomes.into_iter().enumerate() {
        for finding in outcome.findings {
            findings.add(cluster, Key::new(&finding), finding);
        }
        for one in outcome.suppressed {
            suppressed.add(cluster, Key::new(&one.finding), one);
        }
    }
    let everywhere = Everywhere::new(models, &findings.items);
    let found = findings.items.into_iter().filter(|(finding, _)| everywhere.may_report(finding));
    let findings = found.map(|(finding, clusters)| named(finding, &clusters, models)).collect();
    let suppressed = suppressed.items.into_iter().map(|(one, _)| one).collect();
    Outcome { findings, suppressed }
}

/// Which places the rules complain about in every cluster that holds them, for rules whose claim is about all of them:
/// what selects nothing in one cluster and something in another is of use, and not to be deleted.
struct Everywhere<'m> {
    models: &'m [Analysis],
    clusters: HashMap<(&'static str, FileId, Span), BTreeSet<usize>>,
}

impl<'m> Everywhere<'m> {
    fn new(models: &'m [Analysis], findings: &[(Finding, Vec<usize>)]) -> Self {
        let mut places: HashMap<_, BTreeSet<usize>> = HashMap::new();
        for (finding, clusters) in findings.iter().filter(|(finding, _)| is_about_all(finding.rule)) {
            places.entry(place_of(finding)).or_default().extend(clusters);
        }
        Self { models, clusters: places }
    }

    fn may_report(&self, finding: &Finding) -> bool {
        let Some(found) = self.clusters.get(&place_of(finding)) else { return true };
        let mut others = self.models.iter().enumerate().filter(|(cluster, _)| !found.contains(cluster));
        !others.any(|(_, analysis)| analysis.holds(finding.primary.file))
    }
}

fn is_about_all(rule: &str) -> bool {
    catalogue::find(rule).is_some_and(|rule| rule.is_about_all_clusters)
}

fn place_of(finding: &Finding) -> (&'static str, FileId, Span) {
    (finding.rule, finding.primary.file, finding.primary.span)
}

/// What makes findings of different clusters the same one: the rule, the place and what is said, whatever namespace and
/// name a kustomization gives to the object.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    rule: &'static str,
    file: FileId,
    span: Span,
    message: String,
}

impl Key {
    fn new(finding: &Finding) -> Self {
        let (file, span) = (finding.primary.file, finding.primary.span);
        let mut message = finding.message.clone();
        for own in [finding.subject.namespace.as_deref(), Some(&*finding.subject.name)].into_iter().flatten() {
            message = message.replace(&format!("`{own}`"), "``");
        }
        Self { rule: finding.rule, file, span, message }
    }
}

/// Things with the clusters that they are in, in the order in which they came.
struct Gathered<T> {
    items: Vec<(T, Vec<usize>)>,
    places: HashMap<Key, usize>,
}

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: HashMap::new() }
    }
}

impl<T> Gathered<T> {
    /// Adds a thing, unless another cluster has it already.
    fn add(&mut self, cluster: usize, key: Key, thing: T) {
        if let Some(&place) = self.places.get(&key)
            && let Some((_, clusters)) = self.items.get_mut(place)
            && clusters.last() != Some(&cluster)
        {
            clusters.push(cluster);
            return;
        }
        self.places.insert(key, self.items.len());
        self.items.push((thing, vec![cluster]));
    }
}

fn named(mut finding: Finding, clusters: &[usize], models: &[Analysis]) -> Finding {
    let file = finding.primary.file;
    let is_common = file == FileId::CONFIGURATION || models.iter().filter(|analysis| analysis.holds(file)).count() > 1;
    if is_common {
        let names = clusters.iter().filter_map(|&cluster| models.get(cluster)?.name());
        finding.clusters = names.map(str::to_owned).collect();
    }
    finding
}
