//! From drafts to findings: field paths become bytes, in one place, for the documents that have findings.

mod verbatim;

use std::collections::BTreeMap;

use crate::diagnostic::{Draft, Finding, Label, Severity, Subject, with_repeats};
use crate::source::{FileId, Location, Place, Sources};
use crate::yaml::{self, Chunk, Document, Index, Span};

/// The most bytes of a text that a finding carries: names in manifests may be of any length.
const LONGEST: usize = 2_000;

/// Resolves the places of drafts. Documents with findings are parsed again; all others cost nothing.
/// `severity_of` gives a rule's own severity. The findings come sorted by file, place and rule.
#[must_use]
pub fn locate(drafts: Vec<Draft>, sources: &Sources, severity_of: impl Fn(&str) -> Severity) -> Vec<Finding> {
    let mut documents = Documents::new(sources);
    let mut findings: Vec<Finding> = drafts
        .into_iter()
        .map(|draft| Finding {
            severity: draft
                .severity
                .unwrap_or_else(|| severity_of(draft.rule))
                .min(draft.confidence.highest_severity()),
            confidence: draft.confidence,
            key: draft.key.into_iter().map(cut).collect(),
            primary: documents.label(&draft.primary, draft.remark),
            related: {
                let related = draft.related.iter().map(|(place, message)| documents.label(place, message.clone()));
                let mut related: Vec<Label> = related.collect();
                related.extend(documents.parts(&draft.primary));
                related
            },
            rule: draft.rule,
            message: cut(draft.message),
            help: draft.help.map(cut),
            subject: Subject {
                kind: cut(draft.subject.kind),
                namespace: draft.subject.namespace.map(cut),
                name: cut(draft.subject.name),
            },
            fix: draft.fix,
            clusters: Vec::new(),
            occurrence: 0,
        })
        .collect();
    sort(&mut findings, sources);
    merge_repeats(findings)
}

/// Makes one finding of those that nothing but their field paths tell apart: an alias brings one mistake to several
/// places.
fn merge_repeats(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<(Finding, usize)> = Vec::with_capacity(findings.len());
    for finding in findings {
        match merged.last_mut() {
            Some((last, times)) if is_repeat(last, &finding) => *times += 1,
            _ => merged.push((finding, 0)),
        }
    }
    let merged = merged.into_iter().map(|(mut finding, times)| {
        if times > 0 {
            finding.primary.message = with_repeats(finding.primary.message, times);
        }
        finding
    });
    merged.collect()
}

fn is_repeat(one: &Finding, other: &Finding) -> bool {
    let place = |label: &Label| (label.file, label.span);
    let is_elsewhere = one.primary.field != other.primary.field;
    is_elsewhere
        && place(&one.primary) == place(&other.primary)
        && (one.rule, &one.message, &one.subject) == (other.rule, &other.message, &other.subject)
        && one.related.iter().map(place).eq(other.related.iter().map(place))
}

/// Sorts findings by file, place and rule.
pub fn sort(findings: &mut [Finding], sources: &Sources) {
    findings.sort_by(|left, right| sort_key(left, sources).cmp(&sort_key(right, sources)));
}

/// Resolves places that belong to no finding, in their order.
#[must_use]
pub fn labels(places: Vec<(Location, String)>, sources: &Sources) -> Vec<Label> {
    let mut documents = Documents::new(sources);
    places.into_iter().map(|(place, message)| documents.label(&place, message)).collect()
}

fn sort_key<'f>(finding: &'f Finding, sources: &'f Sources) -> (&'f str, Span, &'f str, &'f str) {
    (sources.name(finding.primary.file), finding.primary.span, finding.rule, &finding.message)
}

/// A text that is not longer than [`LONGEST`].
fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate((0..=LONGEST).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default());
        text.push('…');
    }
    text
}

/// The documents that findings are about, parsed once each.
struct Documents<'s> {
    sources: &'s Sources,
    chunks: BTreeMap<FileId, Vec<Chunk>>,
    parsed: BTreeMap<(FileId, u32), Option<(Document<'s>, Index)>>,
}

impl<'s> Documents<'s> {
    fn new(sources: &'s Sources) -> Self {
        Self { sources, chunks: BTreeMap::new(), parsed: BTreeMap::new() }
    }

    fn label(&mut self, location: &Location, message: String) -> Label {
        let message = cut(message);
        match location {
            Location::Bytes(file, span) => {
                let (file, span) = self.sources.host(*file, *span);
                Label { file, field: String::new(), span, message }
            }
            Location::Field(place) => {
                let place = Place { origin: self.sources.written(&place.origin), ..*place };
                let origin = &place.origin;
                if let Some((file, span)) = self.in_template(&place) {
                    return Label { file, field: cut(origin.path.to_string()), span, message };
                }
                let (file, span) = self.sources.host(origin.file, self.span(&place));
                Label { file, field: cut(origin.path.to_string()), span, message }
            }
        }
    }

    /// Where the lines of a field are in the template that the document was made of.
    fn in_template(&mut self, place: &Place) -> Option<(FileId, Span)> {
        let template = self.sources.template(place.origin.file, place.origin.document)?;
        let (rendered, span) = (self.sources.text(place.origin.file), self.span(place));
        let chunk = self.chunks.get(&place.origin.file)?.iter().find(|chunk| chunk.index == place.origin.document)?;
        let found = verbatim::find(rendered, chunk.span, span, self.sources.text(template))?;
        Some((template, found))
    }

    /// The parts of a field that are elsewhere than the rest of it, because a kustomization puts them there.
    fn parts(&mut self, location: &Location) -> Vec<Label> {
        const SHOWN: usize = 3;
        let Location::Field(Place { origin, .. }) = location else { return Vec::new() };
        if origin.path.is_root() {
            return Vec::new();
        }
        let parts = self.sources.written_apart(origin).into_iter().take(SHOWN);
        parts.map(|part| self.label(&part.entry().into(), "a part of it is set here".to_owned())).collect()
    }

    fn span(&mut self, place: &Place) -> Span {
        let (file, index) = (place.origin.file, place.origin.document);
        let sources = self.sources;
        let chunks = self.chunks.entry(file).or_insert_with(|| yaml::split(sources.text(file)));
        let parse = || {
            let document = yaml::parse(sources.text(file), *chunks.get(index as usize)?).ok()?;
            Some((document, Index::default()))
        };
        let document = self.parsed.entry((file, index)).or_insert_with(parse);
        let resolved = document.as_mut().map(|(document, known)| {
            let path = &place.origin.path;
            document.resolve_with(known, path, place.part)
        });
        resolved.map(|resolved| resolved.span).unwrap_or_default()
    }
}
