//! What several clusters have in common, told once.

use std::collections::{BTreeSet, HashMap};

use crate::analysis::Analysis;
use crate::catalogue;
use crate::diagnostic::{Finding, Subject};
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
        let mut keys = Keys::new(models.get(cluster));
        for finding in outcome.findings {
            findings.add(cluster, keys.keys(&finding), finding);
        }
        for one in outcome.suppressed {
            suppressed.add(cluster, keys.keys(&one.finding), one);
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
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    rule: &'static str,
    place: Where,
    message: String,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Where {
    /// These bytes.
    Bytes(FileId, Span),
    /// This field of this object; the number counts findings that nothing else distinguishes.
    Field { subject: Subject, field: String, key: Vec<String>, occurrence: usize },
}

/// The keys of the findings of one cluster.
struct Keys {
    is_of_files: bool,
    occurrences: HashMap<Key, usize>,
}

impl Keys {
    fn new(analysis: Option<&Analysis>) -> Self {
        Self { is_of_files: analysis.is_some_and(Analysis::is_of_files), occurrences: HashMap::new() }
    }

    /// The keys of a finding: those by which it is found, the first of which find others. A cluster of files that no
    /// kustomization and no configuration names stands for another one, so that the same field of the same object is the
    /// same finding, wherever it is written.
    fn keys(&mut self, finding: &Finding) -> (Vec<Key>, usize) {
        let mut message = finding.message.clone();
        for own in [finding.subject.namespace.as_deref(), Some(&*finding.subject.name)].into_iter().flatten() {
            message = message.replace(&format!("`{own}`"), "``");
        }
        let place = Where::Bytes(finding.primary.file, finding.primary.span);
        let keys = vec![Key { rule: finding.rule, place, message }, self.of_field(finding)];
        (keys, if self.is_of_files { 2 } else { 1 })
    }

    fn of_field(&mut self, finding: &Finding) -> Key {
        let (subject, key) = (finding.subject.clone(), finding.key.clone());
        let field = finding.primary.field.clone();
        let message = finding.message.clone();
        let mut key = Key { rule: finding.rule, place: Where::Field { subject, field, key, occurrence: 0 }, message };
        let times = self.occurrences.entry(key.clone()).or_default();
        if let Where::Field { occurrence, .. } = &mut key.place {
            *occurrence = *times;
        }
        *times += 1;
        key
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
    fn add(&mut self, cluster: usize, (keys, finders): (Vec<Key>, usize), thing: T) {
        if let Some(&place) = keys.iter().take(finders).find_map(|key| self.places.get(key))
            && let Some((_, clusters)) = self.items.get_mut(place)
            && clusters.last() != Some(&cluster)
        {
            clusters.push(cluster);
            return;
        }
        self.places.extend(keys.into_iter().map(|key| (key, self.items.len())));
        self.items.push((thing, vec![cluster]));
    }
}

fn named(mut finding: Finding, clusters: &[usize], models: &[Analysis]) -> Finding {
    let file = finding.primary.file;
    let is_of_several = file == FileId::CONFIGURATION || clusters.len() > 1;
    let is_common = is_of_several || models.iter().filter(|analysis| analysis.holds(file)).count() > 1;
    if is_common {
        let names = clusters.iter().filter_map(|&cluster| models.get(cluster)?.name());
        finding.clusters = names.map(str::to_owned).collect();
    }
    finding
}
