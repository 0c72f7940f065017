//! The lines of YAML that a finding shows, as one small text that miette can draw.
//!
//! Only the lines around labels are copied: without control characters, and shortened where a line or a span is
//! very long. So a file of 100 MB on one line costs no more than a short one, and each file of the finding gets
//! its own snippet.

use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity as MietteSeverity, SourceCode, SourceSpan,
    SpanContents,
};

use crate::diagnostic::{Confidence, Finding, Label, Severity};
use crate::report::findings::Options;
use crate::source::{FileId, Sources};
use crate::text::{escape, phrase};
use crate::yaml::Span;

/// Spans of more lines are shown by their first ones.
const MAX_SPAN_LINES: usize = 12;
/// How many of the first lines are shown then.
const CUT_SPAN_LINES: usize = 6;
/// Labels beyond these are counted, not shown.
const MAX_LABELS: usize = 10;
/// Columns that line numbers and borders take.
const GUTTER: usize = 12;
/// Labels at the right edge get at least this many columns.
const NARROWEST_LABEL: usize = 28;
/// Columns kept to the left of a label where the start of its line is cut off.
const LEAD: usize = 24;

/// A finding as miette takes it.
pub(super) struct Diagnosis {
    message: String,
    /// Absent where the text explains a verdict and reports nothing.
    code: Option<String>,
    /// The first line of it.
    help: Option<String>,
    severity: MietteSeverity,
    snippets: Snippets,
}

impl Diagnosis {
    pub(super) fn new(finding: &Finding, sources: &Sources, options: &Options) -> Self {
        let mut message = escape::line(&finding.message).into_owned();
        let hidden = finding.related.len().saturating_sub(MAX_LABELS);
        if hidden > 0 {
            message.push_str(&format!(" ({} more not shown)", phrase::count(hidden, "related place")));
        }
        Self {
            message,
            code: (!finding.rule.is_empty()).then(|| code(finding)),
            help: finding
                .help
                .as_deref()
                .map(|help| escape::line(help.lines().next().unwrap_or_default()).into_owned()),
            severity: match finding.severity {
                Severity::Error => MietteSeverity::Error,
                Severity::Warning => MietteSeverity::Warning,
                Severity::Note => MietteSeverity::Advice,
            },
            snippets: Snippets::new(finding, sources, options),
        }
    }
}

/// `error[one-sided-allow]`, and how sure it is where it is not certain.
fn code(finding: &Finding) -> String {
    let code = format!("{}[{}]", finding.severity, finding.rule);
    match finding.confidence {
        Confidence::Certain => code,
        confidence => format!("{code} ({confidence})"),
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl fmt::Debug for Diagnosis {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Diagnosis {}

impl Diagnostic for Diagnosis {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<MietteSeverity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippets)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.snippets.labels.iter().map(|(label, _)| label.clone())))
    }
}

/// The lines that a label covers, as far as they are worth showing.
pub(super) fn quote(label: &Label, sources: &Sources, width: usize) -> Vec<String> {
    let marked = Marked::new(label, true, sources);
    let text = sources.text(label.file);
    let shown = |line| ShownLine::new(line, &[&marked], sources.line(label.file, line), text, width).text;
    (marked.first..=marked.last).map(shown).filter(|line| !line.is_empty()).collect()
}

/// The lines to show, one block after another.
struct Snippets {
    text: String,
    blocks: Vec<Block>,
    /// Labels with byte ranges of `text`, and line and column of their start in the file, counted from 0.
    labels: Vec<(LabeledSpan, (usize, usize))>,
}

/// Lines of one file without a gap.
struct Block {
    name: String,
    /// The bytes of the text.
    span: Span,
    /// The first line in the file, counted from 0.
    first_line: usize,
    line_count: usize,
}

/// A label and the lines that it covers, counted from 1.
struct Marked<'a> {
    label: &'a Label,
    primary: bool,
    span: Span,
    first: usize,
    last: usize,
}

impl<'a> Marked<'a> {
    fn new(label: &'a Label, primary: bool, sources: &Sources) -> Self {
        let covered = label.span.slice(sources.text(label.file));
        let mut span = Span::new(label.span.start, label.span.start + covered.trim_end().len());
        let first = sources.position(label.file, span.start).line;
        let mut last = sources.position(label.file, span.end).line;
        if last - first >= MAX_SPAN_LINES {
            last = first + CUT_SPAN_LINES - 1;
            span.end = sources.line(label.file, last).end;
        }
        Self { label, primary, span, first, last }
    }
}

impl Snippets {
    fn new(finding: &Finding, sources: &Sources, options: &Options) -> Self {
        let related = finding.related.iter().take(MAX_LABELS).map(|label| Marked::new(label, false, sources));
        let labels: Vec<_> = std::iter::once(Marked::new(&finding.primary, true, sources)).chain(related).collect();
        let mut files: Vec<FileId> = Vec::new();
        for marked in &labels {
            if !files.contains(&marked.label.file) {
                files.push(marked.label.file);
            }
        }
        let mut snippets = Self { text: String::new(), blocks: Vec::new(), labels: Vec::new() };
        for file in files {
            let mut here: Vec<_> = labels.iter().filter(|marked| marked.label.file == file).collect();
            here.sort_by_key(|marked| (marked.first, marked.span.start));
            for block in here.chunk_by(|left, right| right.first <= left.last + 3) {
                snippets.add_block(file, block, sources, options);
            }
        }
        snippets
    }

    fn add_block(&mut self, file: FileId, labels: &[&Marked<'_>], sources: &Sources, options: &Options) {
        let width = options.width.saturating_sub(GUTTER).max(2 * LEAD);
        let first = labels.iter().map(|marked| marked.first).min().unwrap_or(1).saturating_sub(1).max(1);
        let last = labels.iter().map(|marked| marked.last).max().unwrap_or(1);
        let after = sources.line(file, last + 1);
        let is_shown = last + 1 < sources.line_count(file) || after.start < after.end;
        let last = if is_shown { last + 1 } else { last };
        let start = self.text.len();
        let mut spans: Vec<Span> = labels.iter().map(|_| Span::new(usize::MAX, 0)).collect();
        for line in first..=last {
            let shown = ShownLine::new(line, labels, sources.line(file, line), sources.text(file), width);
            for (marked, span) in labels.iter().zip(&mut spans) {
                if marked.first == line {
                    span.start = self.text.len() + shown.column(marked.span.start);
                }
                if marked.last == line {
                    span.end = self.text.len() + shown.column(marked.span.end);
                }
            }
            self.text.push_str(&shown.text);
            self.text.push('\n');
        }
        let lines = last + 1 - first;
        let name = escape::line(sources.name(file)).into_owned();
        self.blocks.push(Block {
            name,
            span: Span::new(start, self.text.len()),
            first_line: first - 1,
            line_count: lines,
        });
        for (marked, span) in labels.iter().zip(spans) {
            let position = sources.position(file, marked.span.start);
            let message = escape::line(&marked.label.message);
            let line_start =
                self.text.get(..span.start).and_then(|text| text.rfind('\n')).map_or(0, |newline| newline + 1);
            let before = span.start.saturating_sub(line_start);
            let message =
                if options.wrap { wrapped(&message, width.saturating_sub(before)) } else { message.into_owned() };
            let message = Some(message).filter(|message| !message.is_empty());
            let span = (span.start, span.end.saturating_sub(span.start));
            let label = if marked.primary {
                LabeledSpan::new_primary_with_span(message, span)
            } else {
                LabeledSpan::new_with_span(message, span)
            };
            self.labels.push((label, (position.line - 1, position.column - 1)));
        }
    }
}

/// The text of a label in lines of this many columns, or few more: names are never broken.
fn wrapped(message: &str, columns: usize) -> String {
    let options = textwrap::Options::new(columns.max(NARROWEST_LABEL))
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(message, options)
}

/// A line of a file as it is shown.
struct ShownLine {
    text: String,
    /// The bytes of the file that are shown.
    kept: Span,
    /// The bytes of `text` before them.
    lead: usize,
}

impl ShownLine {
    fn new(line: usize, labels: &[&Marked<'_>], span: Span, file: &str, width: usize) -> Self {
        let mark = labels.iter().filter(|marked| marked.first == line).map(|marked| marked.span.start).min();
        let mark = mark.map_or(span.start, |mark| mark.min(span.end));
        let mut kept = span;
        if span.end - span.start > width {
            if mark.saturating_sub(span.start) > width / 2 {
                kept.start = boundary(file, mark.saturating_sub(LEAD).max(span.start));
            }
            kept.end = boundary(file, (kept.start + width).min(span.end));
        }
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        let (before, after) = (cut(kept.start > span.start), cut(kept.end < span.end));
        Self { text: format!("{before}{}{after}", escape::block(kept.slice(file))), kept, lead: before.len() }
    }

    /// The byte of `text` that shows the byte of the file at `offset`, or the nearest.
    fn column(&self, offset: usize) -> usize {
        self.lead + offset.clamp(self.kept.start, self.kept.end) - self.kept.start
    }
}

/// The start of the character that the byte at `offset` belongs to.
fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or_default()
}

impl SourceCode for Snippets {
    /// Gives whole blocks, so that labels of one block are drawn together and others apart.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let block = self.blocks.iter().find(|block| block.span.start <= span.offset() && end < block.span.end);
        let block = block.ok_or(MietteError::OutOfBounds)?;
        // Without context, miette asks where a label starts.
        let label = self.labels.iter().find(|(label, _)| lines_before == 0 && label.offset() == span.offset());
        let (line, column) = label.map_or((block.first_line, 0), |(_, position)| *position);
        Ok(Box::new(MietteSpanContents::new_named(
            block.name.clone(),
            block.span.slice(&self.text).as_bytes(),
            (block.span.start, block.span.end - block.span.start).into(),
            line,
            column,
            block.line_count,
        )))
    }
}
