//! The tree from the events of the YAML parser.

use super::arena::{Arena, Builder, Content, Shape};
use super::error::{DEPTH_LIMIT, SyntaxError};
use super::gap::Gap;
use super::scalar::{Style, Tag};
use super::span::Span;
use super::{scan_error, split};
use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle};

type Result<T> = std::result::Result<T, SyntaxError>;

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From its `#` to the end of the line, without the line break.
    pub span: Span,
    /// Whether nothing else is on the line.
    pub own_line: bool,
}

/// The first document of a chunk.
pub(super) struct Built<'s> {
    pub(super) arena: Arena<'s>,
    /// In the order of the text.
    pub(super) comments: Vec<Comment>,
    /// What follows a `...` line.
    pub(super) ignored: Option<Span>,
}

/// Builds the tree of the chunk's first document; all spans count from the start of `text`.
pub(super) fn build(text: &str, chunk: Span) -> Result<Built<'_>> {
    let (chunk, mut ignored) = split::at_end_mark(text, chunk);
    let mut build = Build {
        text,
        base: chunk.start,
        cursor: chunk.start,
        builder: Builder::new(text, chunk.len()),
        comments: Vec::new(),
    };
    let mut ended = false;
    for event in Parser::new_from_str_with_options(chunk.slice(text), options()) {
        let (event, span) = event.map_err(|error| scan_error::explain(text, chunk, &error, &build.builder))?;
        let span = build.span(&span);
        match event {
            Event::DocumentEnd => ended = true,
            // To YAML a lone carriage return breaks a line, too.
            Event::DocumentStart(..) if ended => {
                ignored = Some(Span::new(span.start, chunk.end));
                break;
            }
            event => build.event(event, span)?,
        }
    }
    build.check_breaks(chunk)?;
    let Build { builder, mut comments, .. } = build;
    comments.sort_by_key(|comment| comment.span);
    Ok(Built { arena: builder.finish(), comments, ignored })
}

fn options() -> Options {
    granit_parser::options! {
        flow_nesting_limit: DEPTH_LIMIT as usize,
        block_nesting_limit: DEPTH_LIMIT as usize,
        max_buffered_comment_events: usize::MAX,
    }
}

struct Build<'s> {
    text: &'s str,
    /// Offset of the chunk in the text.
    base: usize,
    /// End of the last token that belongs to a node.
    cursor: usize,
    builder: Builder<'s>,
    comments: Vec<Comment>,
}

impl<'s> Build<'s> {
    fn span(&self, span: &granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or_default();
        Span::new(self.base + range.start, self.base + range.end)
    }

    fn event(&mut self, event: Event<'s>, span: Span) -> Result<()> {
        match event {
            Event::Scalar(content, style, anchor, tag) => self.scalar(&content, style, anchor, tag.as_deref(), span),
            Event::SequenceStart(StructureStyle::Flow, anchor, _) => {
                self.cursor = span.end;
                self.builder.open(span.start, Shape::Seq { flow: true }, id(anchor))
            }
            Event::SequenceStart(StructureStyle::Block, anchor, _) => {
                let start = self.first_dash(span.start);
                self.builder.open(start, Shape::Seq { flow: false }, id(anchor))
            }
            Event::MappingStart(style, anchor, _) => {
                self.cursor = self.cursor.max(span.end);
                let flow = style == StructureStyle::Flow;
                self.builder.open(span.start, Shape::Map { flow, simple: true }, id(anchor))
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => {
                self.cursor = span.end;
                self.builder.alias(span, anchor)
            }
            Event::Comment(..) => {
                let line = self.text.get(..span.start).unwrap_or_default();
                let before = line.rsplit('\n').next().unwrap_or_default();
                let own_line = before.trim_start_matches('\u{FEFF}').trim().is_empty();
                self.comments.push(Comment { span, own_line });
                Ok(())
            }
            Event::DocumentStart(..) => {
                self.cursor = self.cursor.max(span.end);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        content: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&granit_parser::Tag>,
        span: Span,
    ) -> Result<()> {
        let (span, inner) = match style {
            ScalarStyle::Plain if span.start == span.end => {
                let span = self.unwritten(span.start);
                (span, span)
            }
            ScalarStyle::Plain => (span, span),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                (span, Span::new(span.start + 1, span.end.saturating_sub(1)))
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let span = self.block_scalar(span);
                (span, span)
            }
        };
        self.cursor = span.end;
        if span.start == span.end && anchor == 0 && tag.is_none() && self.builder.enclosing().is_none() {
            // The parser's stand-in for a document without content.
            return Ok(());
        }
        if style == ScalarStyle::Plain {
            self.check_colon(span)?;
        }
        let style = if style == ScalarStyle::Plain { Style::Plain } else { Style::Text };
        let content = if span.start == span.end || inner.slice(self.text) == content {
            Content::Source(inner)
        } else {
            Content::Decoded(content.to_owned())
        };
        self.builder.scalar(span, (style, tag.map_or(Tag::None, kind_of_tag)), content, id(anchor))
    }

    /// Refuses `{key:}` and `[key:, …]`: to YAML 1.2 and this parser the value is null, to go-yaml the colon belongs
    /// to the text.
    fn check_colon(&self, scalar: Span) -> Result<()> {
        let in_flow = match self.builder.enclosing().map(|raw| raw.shape) {
            Some(Shape::Seq { flow } | Shape::Map { flow, .. }) => flow,
            _ => false,
        };
        let after = self.text.as_bytes().get(scalar.end..scalar.end + 2);
        if in_flow && matches!(after, Some([b':', b',' | b']' | b'}'])) {
            let colon = Span::new(scalar.end, scalar.end + 1);
            return Err(SyntaxError::new(colon, "no space follows this colon, so Kubernetes takes it for text")
                .help("put a space after the colon, or quote what is text"));
        }
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<()> {
        let flow = match self.builder.enclosing().map(|raw| raw.shape) {
            // A single pair in a flow list, `[a: b]`, has no bracket of its own.
            Some(Shape::Seq { flow } | Shape::Map { flow, .. }) => flow && span.end > span.start,
            _ => false,
        };
        if flow {
            self.cursor = span.end;
        }
        self.builder.close(flow.then_some(span.end))
    }

    /// Where a value is that is not written: after its `:`, `-`, anchor or tag.
    fn unwritten(&self, at: usize) -> Span {
        let own = |&(first, token): &(u8, Span)| token.start < at || (token.start == at && first == b':');
        let last = Gap::new(self.text, self.cursor).take_while(own).last();
        let at = last.map_or(self.cursor, |(_, token)| token.end);
        Span::new(at, at)
    }

    /// The first dash of a block list. Below a key that is not indented less, the parser gives the first item instead.
    fn first_dash(&self, at: usize) -> usize {
        match self.builder.enclosing().map(|raw| raw.shape) {
            Some(Shape::Map { .. }) => {
                let dash = Gap::new(self.text, self.cursor).find(|&(first, _)| first == b'-');
                dash.map_or(at, |(_, dash)| dash.start)
            }
            _ => at,
        }
    }

    /// From the header of a block scalar to the end of its last line that is not blank.
    fn block_scalar(&self, content: Span) -> Span {
        let header = Gap::new(self.text, self.cursor).find(|&(first, _)| matches!(first, b'|' | b'>'));
        let start = header.map_or(content.start, |(_, header)| header.start);
        let whole = Span::new(start, content.end).slice(self.text);
        let text = whole.trim_end();
        let line_end = whole.get(text.len()..).and_then(|rest| rest.find(['\r', '\n']));
        Span::new(start, start + text.len() + line_end.unwrap_or(whole.len() - text.len()))
    }

    /// Refuses the line breaks of YAML 1.1 that YAML 1.2 and this parser take for text. To go-yaml,
    /// `# comment<U+2028>key: value` has a key. Only quotes keep them harmless.
    fn check_breaks(&self, chunk: Span) -> Result<()> {
        let mut hidden = hidden_breaks(self.text, chunk);
        hidden
            .find(|found| !self.builder.is_inside_quotes(found.start))
            .map_or(Ok(()), |found| Err(SyntaxError::hidden_break(self.text, found)))
    }
}

/// The characters of a part of a text that end a line in YAML 1.1, and that nobody sees.
pub fn hidden_breaks(text: &str, part: Span) -> impl Iterator<Item = Span> {
    let found = part.slice(text).match_indices(HIDDEN_BREAKS);
    found.map(move |(offset, found)| Span::new(part.start + offset, part.start + offset + found.len()))
}

/// What [`hidden_breaks`] looks for.
pub const HIDDEN_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

fn id(anchor: usize) -> Option<usize> {
    (anchor != 0).then_some(anchor)
}

fn kind_of_tag(tag: &granit_parser::Tag) -> Tag {
    match tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() {
        Some("null") => Tag::Null,
        Some("bool") => Tag::Bool,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("merge") => Tag::Merge,
        _ => Tag::Str,
    }
}
