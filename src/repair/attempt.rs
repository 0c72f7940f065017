//! Fixes tried together and, where that does not show what each of them does, one by one.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::changes::{Changes, Connections};
use super::files::Files;
use super::{Applied, Judge, Outcome, Refused, Tried};
use crate::diagnostic::{Finding, Label, Severity};
use crate::edit::{self, Edit, Fix, Safety};
use crate::findings::Run;
use crate::source::{FileId, Sources};
use crate::yaml;

/// A finding with its fix.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) finding: Finding,
    fix: Fix,
    /// Its changes, where they are written.
    edits: Vec<Edit>,
    /// What tells the finding from others, whatever its place.
    identity: String,
}

/// What the manifests are at some point.
struct State {
    run: Run,
    /// Looked up where there is something to compare them with.
    connections: OnceCell<Connections>,
    /// How often each finding is there, with its severity and message.
    findings: BTreeMap<String, (usize, Severity, String)>,
}

/// What became of a fix.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// It is kept, with what it does to connections.
    Kept(Option<Changes>),
    /// It is not, and why.
    Refused(String),
    /// It is for somebody who looks at it.
    Left,
    /// It has to wait for those that are about the same lines.
    Later,
}

/// The manifests with the fixes so far.
pub(super) struct Attempt<'j> {
    judge: Judge<'j>,
    all: bool,
    files: Files,
    state: State,
    /// Those that are not tried again.
    tried: Tried,
    applied: Vec<Applied>,
    refused: Vec<Refused>,
    left: usize,
}

impl<'j> Attempt<'j> {
    pub(super) fn new(files: Files, judge: Judge<'j>, all: bool) -> Self {
        let state = State::of(judge(files.tree()));
        let (tried, applied, refused) = (Tried::new(), Vec::new(), Vec::new());
        Self { judge, all, files, state, tried, applied, refused, left: 0 }
    }

    /// The fixes to try. Those that cannot be made are refused once.
    ///
    /// What changes no connection now may change some once a slip is corrected: a rule is redundant beside one that is
    /// too wide by mistake. So such fixes come after all others, and not where an error is left.
    pub(super) fn candidates(&mut self) -> Vec<Candidate> {
        let sources = self.state.run.sources();
        let mut candidates = Vec::new();
        let mut refused = Vec::new();
        for finding in &self.state.run.report.findings {
            let identity = identity(finding, sources);
            let Some(fix) = finding.fix.as_deref().filter(|_| !self.tried.contains(&identity)) else { continue };
            if !(self.all || fix.safety.is_safe()) {
                continue;
            }
            match edit::written(fix, sources) {
                Ok(edits) => candidates.push(Candidate { finding: finding.clone(), fix: fix.clone(), edits, identity }),
                Err(reason) => refused.push((identity, finding.clone(), reason)),
            }
        }
        for (identity, finding, reason) in refused {
            self.refuse(&finding, identity, reason);
        }
        let is_neutral = |candidate: &Candidate| candidate.fix.safety == Safety::Neutral;
        if candidates.iter().all(is_neutral) {
            let mut documents = Documents::new(self.state.run.sources());
            let errors = self.state.run.report.findings.iter().filter(|finding| finding.severity == Severity::Error);
            let errors: BTreeSet<_> = errors.map(|finding| documents.of(&finding.primary)).collect();
            let mut is_beside = |finding: &Finding| {
                let mut labels = std::iter::once(&finding.primary).chain(&finding.related);
                labels.any(|label| errors.contains(&documents.of(label)))
            };
            let (held, free) = candidates.into_iter().partition(|it| is_beside(&it.finding));
            candidates = free;
            for Candidate { finding, identity, .. } in held {
                self.refuse(&finding, identity, "an error in what it is about has to be settled first".to_owned());
            }
        } else {
            candidates.retain(|candidate| !is_neutral(candidate));
        }
        candidates
    }

    fn refuse(&mut self, finding: &Finding, identity: String, reason: String) {
        let place = place(finding, self.state.run.sources());
        self.refused.push(Refused { rule: finding.rule, place, reason });
        self.tried.insert(identity);
    }

    /// Tries these fixes, each of which is kept or not tried again, unless it has to wait for others.
    pub(super) fn round(&mut self, candidates: Vec<Candidate>) {
        // All places are those of the texts before the round.
        let Some(before) = self.state.run.models.first().map(|analysis| analysis.sources().clone()) else { return };
        let original = self.files.clone();
        let mut kept: Vec<Edit> = Vec::new();
        let mut groups: Vec<Vec<Candidate>> = vec![candidates];
        while let Some(mut group) = groups.pop() {
            let edits: Vec<&Edit> = kept.iter().chain(group.iter().flat_map(|it| &it.edits)).collect();
            let tried = original.with(&edits, &before).map(|files| {
                let state = State::of((self.judge)(files.tree()));
                (files, state)
            });
            let verdict = match &tried {
                Ok((_, state)) => self.verdict(&group, state),
                Err(_) if group.len() > 1 => None,
                Err(reason) if kept.is_empty() => Some(Verdict::Refused(reason.clone())),
                Err(_) => Some(Verdict::Later),
            };
            match (verdict, tried) {
                (Some(Verdict::Kept(changes)), Ok((files, state))) => {
                    (self.files, self.state) = (files, state);
                    self.keep(&group, &changes, &before);
                    kept.extend(group.into_iter().flat_map(|it| it.edits));
                }
                (None, _) => {
                    let second = group.split_off(group.len().div_ceil(2));
                    groups.extend([second, group]);
                }
                (Some(verdict), _) => group.into_iter().for_each(|it| self.settle(it, verdict.clone())),
            }
        }
    }

    fn settle(&mut self, candidate: Candidate, verdict: Verdict) {
        match verdict {
            Verdict::Refused(reason) => self.refuse(&candidate.finding, candidate.identity, reason),
            Verdict::Left => {
                self.left += 1;
                self.tried.insert(candidate.identity);
            }
            Verdict::Later | Verdict::Kept(_) => {}
        }
    }

    fn keep(&mut self, group: &[Candidate], changes: &Option<Changes>, before: &Sources) {
        for Candidate { finding, fix, edits, .. } in group {
            let files = edits.iter().map(|edit| edit.at.file);
            let mut names: Vec<String> = files.clone().map(|file| before.name(file).to_owned()).collect();
            names.sort_unstable();
            names.dedup();
            let models = self.state.run.models.iter();
            let mut clusters: Vec<String> = files
                .flat_map(|file| models.clone().filter(move |analysis| analysis.holds(file)))
                .filter_map(|analysis| analysis.name().map(str::to_owned))
                .collect();
            clusters.sort_unstable();
            clusters.dedup();
            if clusters.len() < 2 {
                clusters.clear();
            }
            self.applied.push(Applied {
                rule: finding.rule,
                message: finding.message.clone(),
                place: place(finding, before),
                title: fix.title.clone(),
                safety: fix.safety,
                changes: changes.clone(),
                files: names,
                clusters,
            });
        }
    }

    /// What becomes of fixes that were tried together; `None` where they have to be tried in smaller groups.
    fn verdict(&self, group: &[Candidate], state: &State) -> Option<Verdict> {
        let is_settled = |candidate: &Candidate| {
            let count = |state: &State| state.findings.get(&candidate.identity).map_or(0, |(count, ..)| *count);
            count(state) < count(&self.state)
        };
        let new = state.new_since(&self.state);
        let changes = self.state.connections().changes(state.connections());
        let is_quiet = changes.as_ref().is_some_and(Changes::is_empty);
        let [only] = group else {
            return (group.iter().all(is_settled) && new.is_none() && is_quiet).then_some(Verdict::Kept(changes));
        };
        Some(if !is_settled(only) {
            Verdict::Refused("the finding would still be there".to_owned())
        } else if let Some(new) = new.filter(|_| only.fix.safety != Safety::Reference) {
            Verdict::Refused(format!("it would lead to another finding: {new}"))
        } else if only.fix.safety == Safety::Neutral && !is_quiet && !self.all {
            Verdict::Left
        } else {
            Verdict::Kept(changes)
        })
    }

    /// What came of it.
    pub(super) fn finish(self, endless: Option<&'static str>) -> Outcome {
        let Self { state: State { run, .. }, tried, applied, refused, left, files, all, .. } = self;
        let waits = |finding: &&Finding| {
            let is_open = |fix: &Fix| !fix.safety.is_safe() && edit::written(fix, run.sources()).is_ok();
            finding.fix.as_deref().is_some_and(is_open) && !tried.contains(&identity(finding, run.sources()))
        };
        let waiting = if all { 0 } else { run.report.findings.iter().filter(waits).count() };
        Outcome { applied, refused, left: left + waiting, files: files.into_changed(), endless, run }
    }
}

impl State {
    fn of(run: Run) -> Self {
        let mut findings: BTreeMap<String, (usize, Severity, String)> = BTreeMap::new();
        for finding in &run.report.findings {
            let known = findings
                .entry(identity(finding, run.sources()))
                .or_insert_with(|| (0, finding.severity, format!("{} ({})", finding.message, finding.rule)));
            known.0 += 1;
        }
        Self { connections: OnceCell::new(), findings, run }
    }

    fn connections(&self) -> &Connections {
        self.connections.get_or_init(|| Connections::of(&self.run.models))
    }

    /// The first warning or error that was not there before, in words.
    fn new_since(&self, before: &Self) -> Option<&str> {
        let is_new = |(identity, (count, severity, _)): &(&String, &(usize, Severity, String))| {
            let known = before.findings.get(*identity);
            *severity > Severity::Note && known.is_none_or(|known| known.0 < *count || known.1 < *severity)
        };
        self.findings.iter().find(is_new).map(|(_, (_, _, words))| words.as_str())
    }
}

/// The documents of files, which are looked for once.
struct Documents<'s> {
    sources: &'s Sources,
    starts: BTreeMap<FileId, Vec<usize>>,
}

impl<'s> Documents<'s> {
    fn new(sources: &'s Sources) -> Self {
        Self { sources, starts: BTreeMap::new() }
    }

    /// The document that a label points into: its file, and its place there.
    fn of(&mut self, label: &Label) -> (FileId, usize) {
        let starts = self.starts.entry(label.file).or_insert_with(|| {
            let chunks = yaml::split(self.sources.text(label.file)).into_iter();
            chunks.map(|chunk| chunk.span.start).collect()
        });
        (label.file, starts.partition_point(|start| *start <= label.span.start))
    }
}

/// What tells a finding from others, whatever its place and its message.
fn identity(finding: &Finding, sources: &Sources) -> String {
    Finding { occurrence: 0, ..finding.clone() }.fingerprint(sources)
}

fn place(finding: &Finding, sources: &Sources) -> (String, usize) {
    let file = finding.primary.file;
    (sources.name(file).to_owned(), sources.position(file, finding.primary.span.start).line)
}
