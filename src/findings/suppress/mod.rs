//! Findings that are not reported because somebody said so: in a comment, in an annotation or in the configuration.

mod directive;
mod inventory;
mod lookup;
mod removal;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use memchr::memmem;
use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::catalogue;
use crate::diagnostic::{Draft, Finding, Label, Subject};
use crate::source::{FileId, Location, Origin, Sources};
use crate::yaml::{self, Span};

pub use directive::ANNOTATION;
use directive::Directive;
pub use inventory::{Entry, inventory};
use lookup::Lookup;

/// A finding that is not reported, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Who says so.
    pub by: Suppressor,
    /// Why, where that is said.
    pub reason: Option<String>,
}

/// Who says that a finding is not to be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suppressor {
    /// A comment or an annotation of the manifests.
    Manifest,
    /// The configuration.
    Configuration,
    /// The baseline.
    Baseline,
}

/// What is left after suppression.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is reported.
    pub findings: Vec<Finding>,
    /// What is not.
    pub suppressed: Vec<Suppressed>,
}

/// One rule of a comment, of an annotation or of an entry of the configuration.
struct Suppression {
    rule: String,
    scope: Scope,
    reason: Option<String>,
    /// Where it is written.
    place: Location,
    /// The objects that carry it: in each cluster one.
    subjects: Vec<Subject>,
    /// The last day on which it holds.
    until: Option<Date>,
    /// How many findings it takes out.
    used: usize,
}

/// What a suppression is about.
enum Scope {
    /// Findings with a place on these lines, counted from 1.
    Lines { file: FileId, first: usize, last: usize },
    /// Findings about this object.
    Object,
    /// What an entry of the configuration's `ignore` says, by its place there.
    Entry(usize),
}

/// Takes out what is suppressed of the findings of each cluster, and reports suppressions that name no rule or
/// suppress nothing anywhere: the last outcome, which is of no cluster. `locate` turns drafts into findings.
#[must_use]
pub fn suppress(
    models: &[Analysis],
    findings: Vec<Vec<Finding>>,
    locate: impl Fn(Vec<Draft>) -> Vec<Finding>,
) -> Vec<Outcome> {
    let Some(analysis) = models.first() else { return Vec::new() };
    let (all, mut unknown) = collect(models);
    let today = today();
    let (over, mut suppressions): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.is_over(today));
    unknown.extend(ended(&over));

    let mut outcomes = Vec::new();
    for findings in findings {
        let mut outcome = Outcome::default();
        take(analysis, findings, &mut suppressions, &mut outcome);
        outcomes.push(outcome);
    }
    // What is wrong with a suppression can itself be ignored, though only by the configuration.
    let (mut configured, written): (Vec<_>, Vec<_>) =
        suppressions.into_iter().partition(|suppression| matches!(suppression.scope, Scope::Entry(_)));
    unknown.extend(unused(analysis, &written));
    let mut own = Outcome::default();
    take(analysis, locate(unknown), &mut configured, &mut own);
    own.findings.extend(locate(unused(analysis, &configured)));
    outcomes.push(own);
    outcomes
}

/// All suppressions of the input, with what is wrong with others.
fn collect(models: &[Analysis]) -> (Vec<Suppression>, Vec<Draft>) {
    let (mut suppressions, mut unknown) = (Vec::new(), Vec::new());
    if let Some(analysis) = models.first() {
        for file in files_with_directives(analysis.sources()) {
            collect_comments(analysis.sources(), file, &mut suppressions, &mut unknown);
        }
        collect_annotations(models, &mut suppressions, &mut unknown);
        collect_ignores(analysis, &mut suppressions);
    }
    (suppressions, unknown)
}

/// The day, in UTC.
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Suppressions whose last day is over: what they were for is reported again.
fn ended(suppressions: &[Suppression]) -> Vec<Draft> {
    let drafts = suppressions.iter().filter_map(|suppression| {
        let until = suppression.until?;
        let message = format!("`{}` was to be ignored until {until}, which is over", suppression.rule);
        let mut draft = Draft::new("unused-suppression", suppression.place.clone(), message);
        draft.about(subject_of(suppression)).key(suppression.rule.as_str());
        draft.help("repair what it is about and delete it, or set another day");
        Some(draft)
    });
    drafts.collect()
}

fn subject_of(suppression: &Suppression) -> Subject {
    suppression.subjects.first().cloned().unwrap_or_default()
}

/// Sorts findings into those that are reported and those that are not.
fn take(analysis: &Analysis, findings: Vec<Finding>, suppressions: &mut [Suppression], outcome: &mut Outcome) {
    let mut used = vec![0; suppressions.len()];
    let lookup = Lookup::new(suppressions, analysis.config());
    for finding in findings {
        let mut meant = lookup.candidates(&finding, analysis);
        meant.retain(|&index| suppressions.get(index).is_some_and(|it| it.means(&finding, analysis)));
        let Some(first) = meant.first().and_then(|&index| suppressions.get(index)) else {
            outcome.findings.push(finding);
            continue;
        };
        let by = match first.scope {
            Scope::Entry(_) => Suppressor::Configuration,
            Scope::Lines { .. } | Scope::Object => Suppressor::Manifest,
        };
        outcome.suppressed.push(Suppressed { finding, by, reason: first.reason.clone() });
        for index in meant {
            used.get_mut(index).into_iter().for_each(|used| *used += 1);
        }
    }
    for (suppression, used) in suppressions.iter_mut().zip(used) {
        suppression.used += used;
    }
}

impl Suppression {
    /// Whether its last day is over.
    fn is_over(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    fn means(&self, finding: &Finding, analysis: &Analysis) -> bool {
        match &self.scope {
            Scope::Lines { file, first, last } => {
                let mut labels = std::iter::once(&finding.primary).chain(&finding.related);
                labels.any(|label| {
                    let (start, end) = lines(label, analysis.sources());
                    label.file == *file && start <= *last && *first <= end
                })
            }
            Scope::Object => {
                let of = &finding.subject;
                // What is found while a document is read knows no namespace but the one that is written.
                let is_in = |own: &Subject| own.namespace == of.namespace || of.namespace.is_none();
                self.subjects.iter().any(|own| own.kind == of.kind && own.name == of.name && is_in(own))
            }
            Scope::Entry(index) => analysis.config().ignores.get(*index).is_some_and(|entry| {
                let name = analysis.config().name_of_file(analysis.sources().name(finding.primary.file));
                entry.means(&finding.subject) && entry.means_file(&name)
            }),
        }
    }
}

/// The lines that a label has bytes on.
fn lines(label: &Label, sources: &Sources) -> (usize, usize) {
    let covered = label.span.slice(sources.text(label.file)).trim_end().len();
    let line = |offset| sources.position(label.file, offset).line;
    (line(label.span.start), line(label.span.start + covered))
}

/// The texts that may hold directives, in order: found on all cores, since few of many do.
fn files_with_directives(sources: &Sources) -> Vec<FileId> {
    let mark = memmem::Finder::new(directive::MARK);
    let files: Vec<_> = sources.ids().chain([FileId::CONFIGURATION]).collect();
    files.into_par_iter().filter(|&file| mark.find(sources.text(file).as_bytes()).is_some()).collect()
}

fn collect_comments(sources: &Sources, file: FileId, found: &mut Vec<Suppression>, unknown: &mut Vec<Draft>) {
    let text = sources.text(file);
    // The end of the run of comments that was met last.
    let mut end_of_run = 0;
    for chunk in yaml::split(text) {
        let Ok(document) = yaml::parse(text, chunk) else { continue };
        for comment in document.comments() {
            let Some(read) = directive::comment(comment.span.slice(text)) else { continue };
            let at = |span: Span| Location::Bytes(file, span);
            let directive = match read {
                Ok(directive) => directive,
                Err(message) => {
                    let mut draft = Draft::new("unknown-suppression", at(comment.span), message);
                    draft.help("write `# netlint: ignore[rule-name] reason`").key(comment.span.slice(text));
                    unknown.push(draft);
                    continue;
                }
            };
            let line = sources.position(file, comment.span.start).line;
            let last = match comment.own_line && line < end_of_run {
                true => end_of_run,
                false => last_line(sources, file, line, comment.own_line),
            };
            end_of_run = if comment.own_line { last } else { 0 };
            let scope = || Scope::Lines { file, first: line, last };
            let place = |span: Span| at(Span::new(comment.span.start + span.start, comment.span.start + span.end));
            add(directive, scope, place, &[], found, unknown);
        }
    }
}

/// The last line that a comment is about. Alone on its line, it is about the next one that is not a comment too; behind
/// a key, of a value on the line below as well.
fn last_line(sources: &Sources, file: FileId, line: usize, own_line: bool) -> usize {
    let text = |line: usize| sources.line(file, line).slice(sources.text(file));
    let mut next = line + 1;
    if own_line {
        while next < sources.line_count(file) && text(next).trim_start().starts_with('#') {
            next += 1;
        }
        return next;
    }
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    if indentation(text(next)) > indentation(text(line)) { next } else { line }
}

fn collect_annotations(models: &[Analysis], found: &mut Vec<Suppression>, unknown: &mut Vec<Draft>) {
    for (origin, (value, subjects)) in annotations(models) {
        let place = |_: Span| Location::from(origin.clone().value());
        match directive::annotation(value) {
            Ok(directive) => add(directive, || Scope::Object, place, &subjects, found, unknown),
            Err(message) => {
                let mut draft = Draft::new("unknown-suppression", origin.value(), message);
                draft.about(subjects.into_iter().next().unwrap_or_default());
                draft.help(format!("write `{ANNOTATION}: \"rule-name: reason\"`"));
                unknown.push(draft);
            }
        }
    }
}

/// The annotations by their places, each with the objects that carry it: one that several clusters hold is an object
/// of each.
fn annotations(models: &[Analysis]) -> BTreeMap<Origin, (&str, Vec<Subject>)> {
    let mut annotations: BTreeMap<Origin, (&str, Vec<Subject>)> = BTreeMap::new();
    let Some(sources) = models.first().map(Analysis::sources) else { return annotations };
    let mut annotate = |value, object: &Origin, subject| {
        let origin = sources.written(&object.keys(["metadata", "annotations"]).key(ANNOTATION));
        annotations.entry(origin).or_insert_with(|| (value, Vec::new())).1.push(subject);
    };
    for cluster in models.iter().map(Analysis::cluster) {
        for namespace in &cluster.namespaces {
            if let (Some(value), Some(manifest)) = (namespace.annotations.get(ANNOTATION), &namespace.manifest) {
                let subject = Subject { kind: "Namespace".to_owned(), namespace: None, name: namespace.name.clone() };
                annotate(value.as_str(), manifest, subject);
            }
        }
        for object in cluster.objects() {
            if let Some(value) = object.annotations.get(ANNOTATION) {
                annotate(value, &object.origin, cluster.subject(object));
            }
        }
    }
    annotations
}

/// Adds each rule of a comment or annotation that is one.
fn add(
    directive: Directive,
    scope: impl Fn() -> Scope,
    place: impl Fn(Span) -> Location,
    subjects: &[Subject],
    found: &mut Vec<Suppression>,
    unknown: &mut Vec<Draft>,
) {
    let reason = Some(directive.reason).filter(|reason| !reason.is_empty());
    for (rule, span) in directive.rules {
        let place = place(span);
        if catalogue::find(&rule).is_some() {
            let (scope, reason, subjects) = (scope(), reason.clone(), subjects.to_vec());
            found.push(Suppression { rule, scope, reason, place, subjects, until: directive.until, used: 0 });
            continue;
        }
        let mut draft = Draft::new("unknown-suppression", place, format!("no rule is named `{rule}`"));
        draft.about(subjects.first().cloned().unwrap_or_default());
        draft.help(catalogue::advice(&rule)).key(rule);
        unknown.push(draft);
    }
}

fn collect_ignores(analysis: &Analysis, found: &mut Vec<Suppression>) {
    for (index, entry) in analysis.config().ignores.iter().enumerate() {
        found.push(Suppression {
            rule: entry.rule.clone(),
            scope: Scope::Entry(index),
            reason: entry.reason.clone(),
            place: entry.origin.clone().value().into(),
            subjects: Vec::new(),
            until: entry.until,
            used: 0,
        });
    }
}

/// Suppressions that suppressed nothing. Nothing is said where the input may be a part of the whole, or where the
/// rule did not run.
fn unused(analysis: &Analysis, suppressions: &[Suppression]) -> Vec<Draft> {
    let is_unused = |suppression: &&Suppression| {
        suppression.used == 0 && !analysis.is_partial() && !analysis.config().is_off(&suppression.rule)
    };
    suppressions
        .iter()
        .filter(is_unused)
        .map(|suppression| {
            let message = format!("`{}` finds nothing here to ignore", suppression.rule);
            let mut draft = Draft::new("unused-suppression", suppression.place.clone(), message);
            draft.about(subject_of(suppression)).help(match suppression.scope {
                Scope::Lines { .. } => "delete it, or move it to the line of the finding or above",
                Scope::Object => "delete it, or move it to the object that the finding is about",
                Scope::Entry(_) => "delete the entry",
            });
            draft.key(suppression.rule.as_str()).fix(removal::of(analysis, suppression));
            draft
        })
        .collect()
}
