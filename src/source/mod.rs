//! The texts that were read, kept for spans and snippets.

mod literals;
mod origin;
pub(crate) mod paths;
mod unread;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::yaml::{FieldPath, Span};
pub use origin::{Location, Origin, Place};
pub use unread::{Scope, Unread};

/// Names a file of [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// The configuration of the run, which is not an input but can be pointed at.
    pub const CONFIGURATION: Self = Self(u32::MAX);

    /// The first of the texts that were made of inputs.
    const RENDERED: u32 = 1 << 31;

    /// Whether it is an input as it was read: neither the configuration nor a text that was made of inputs.
    #[must_use]
    pub fn is_input(self) -> bool {
        self.0 < Self::RENDERED
    }
}

/// Where the parts of a document that was made of inputs are written: for its root, and for each field that is written
/// elsewhere than what is around it.
pub(crate) type Written = BTreeMap<FieldPath, Origin>;

/// A text that was made of inputs.
#[derive(Clone, Debug)]
struct Rendered {
    file: SourceFile,
    /// For each document, where its parts are written.
    written: Vec<Written>,
    /// For each document, the file that it was made of, where no more is known.
    templates: Vec<Option<FileId>>,
    /// The file that holds the text as it is, and where it begins there.
    host: Option<(FileId, usize)>,
}

/// One input and its text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as reports print it: relative to the working directory where it can be, with forward slashes;
    /// `<stdin>` for standard input.
    pub name: String,
    /// The text, as UTF-8. Empty where nothing can be pointed at.
    pub text: String,
    table: OnceLock<Box<Table>>,
}

/// What positions are found by: one pass over the text, made when the first position is asked for.
#[derive(Clone, Debug)]
struct Table {
    /// The offsets at which lines start.
    lines: Vec<usize>,
    /// How many characters start before each block of [`BLOCK`] bytes.
    characters: Vec<usize>,
}

/// Characters are counted once for each block of so many bytes, since a line may be long and hold many findings.
const BLOCK: usize = 256;

/// A place in a text as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, counted from 1. Lines end with `\n` or `\r\n`.
    pub line: usize,
    /// The column, counted from 1 in Unicode scalar values; a byte order mark does not count.
    pub column: usize,
}

impl SourceFile {
    fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), table: OnceLock::new() }
    }

    fn table(&self) -> &Table {
        self.table.get_or_init(|| {
            let lines = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|line_break| line_break + 1);
            let counts = self.text.as_bytes().chunks(BLOCK).map(count_characters);
            Box::new(Table {
                lines: std::iter::once(0).chain(lines).collect(),
                characters: counts.scan(0, |sum, count| Some(std::mem::replace(sum, *sum + count))).collect(),
            })
        })
    }

    /// The offsets at which lines start.
    fn line_starts(&self) -> &[usize] {
        &self.table().lines
    }

    /// How many characters start before `offset`.
    fn characters_before(&self, offset: usize) -> usize {
        let blocks = &self.table().characters;
        let offset = offset.min(self.text.len());
        let block = (offset / BLOCK).min(blocks.len().saturating_sub(1));
        let rest = self.text.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        blocks.get(block).copied().unwrap_or_default() + count_characters(rest)
    }

    /// The index in [`Self::line_starts`] of the line that holds `offset`.
    fn line_of(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of the line with this index, without its line break and byte order mark.
    fn line_span(&self, index: usize) -> Span {
        let starts = self.line_starts();
        let start = starts.get(index).copied().unwrap_or(self.text.len());
        let end = starts.get(index + 1).copied().unwrap_or(self.text.len());
        let line = Span::new(start, end).slice(&self.text);
        let text = line.strip_prefix('\u{feff}').filter(|_| index == 0).unwrap_or(line);
        let start = end - text.len();
        let text = text.strip_suffix('\n').unwrap_or(text);
        Span::new(start, start + text.strip_suffix('\r').unwrap_or(text).len())
    }
}

fn count_characters(bytes: &[u8]) -> usize {
    // The first byte of a character is any but 10xxxxxx.
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

/// All inputs of a run, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    rendered: Vec<Rendered>,
    embedded: Box<Embedded>,
    configuration: Option<Box<SourceFile>>,
}

/// Texts inside others.
#[derive(Clone, Debug, Default)]
struct Embedded {
    /// The texts, by the values that hold them; `None` for those that cannot be pointed into.
    files: BTreeMap<Origin, Option<FileId>>,
    /// Of the documents that these are in, the lines of all literal block scalars.
    literals: BTreeMap<(FileId, u32), BTreeMap<Origin, Span>>,
}

impl Sources {
    /// Adds a file and names it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile::new(name, text));
        id
    }

    /// Sets the text behind [`FileId::CONFIGURATION`]. It is not counted among the inputs.
    pub fn set_configuration(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.configuration = Some(Box::new(SourceFile::new(name, text)));
    }

    /// Adds a text that was made of inputs. It is not counted among them.
    pub(crate) fn add_rendered(&mut self, name: String, text: String) -> FileId {
        let id = FileId(FileId::RENDERED.saturating_add(u32::try_from(self.rendered.len()).unwrap_or(u32::MAX / 4)));
        let file = SourceFile::new(name, text);
        self.rendered.push(Rendered { file, written: Vec::new(), templates: Vec::new(), host: None });
        id
    }

    /// Adds the text of a literal block scalar, so that what it says can be pointed at: a YAML document inside another
    /// one. `None` where the value at this place is written in any other way.
    pub(crate) fn embed(&mut self, origin: &Origin) -> Option<FileId> {
        if let Some(known) = self.embedded.files.get(origin) {
            return *known;
        }
        let found = self.literal(origin).map(|(text, start)| {
            let id = self.add_rendered(self.name(origin.file).to_owned(), text);
            if let Some(rendered) = self.rendered.last_mut() {
                rendered.host = Some((origin.file, start));
            }
            id
        });
        self.embedded.files.insert(origin.clone(), found);
        found
    }

    /// The lines of a literal block scalar, and where they begin.
    fn literal(&mut self, origin: &Origin) -> Option<(String, usize)> {
        let document = (origin.file, origin.document);
        if !self.embedded.literals.contains_key(&document) {
            let found = literals::of_document(self.text(origin.file), document);
            self.embedded.literals.insert(document, found);
        }
        let lines = *self.embedded.literals.get(&document)?.get(origin)?;
        let text = lines.slice(self.text(origin.file));
        // A separator of documents has to be at the beginning of its line.
        let is_separated = text.lines().any(|line| line.trim_start().starts_with("---"));
        (!is_separated && !text.trim().is_empty()).then(|| (text.to_owned(), lines.start))
    }

    /// Where bytes of a text are: those of a text inside another one are in that other one.
    pub(crate) fn host(&self, file: FileId, span: Span) -> (FileId, Span) {
        match self.rendered_at(file).and_then(|rendered| rendered.host) {
            Some((host, start)) => (host, Span::new(start + span.start, start + span.end)),
            None => (file, span),
        }
    }

    /// Says of each document of a text that was made of inputs where its parts are written, and of which file it was
    /// made.
    pub(crate) fn trace(&mut self, file: FileId, written: Vec<Written>, templates: Vec<Option<FileId>>) {
        let index = file.0.checked_sub(FileId::RENDERED).map(|index| index as usize);
        if let Some(rendered) = index.and_then(|index| self.rendered.get_mut(index)) {
            (rendered.written, rendered.templates) = (written, templates);
        }
    }

    /// The file that a document was made of.
    pub(crate) fn template(&self, file: FileId, document: u32) -> Option<FileId> {
        *self.rendered_at(file)?.templates.get(document as usize)?
    }

    /// Where a field is written: in a text that was made of inputs, the place in the inputs.
    pub(crate) fn written(&self, origin: &Origin) -> Origin {
        let rendered = self.rendered_at(origin.file);
        let document = rendered.and_then(|rendered| rendered.written.get(origin.document as usize));
        let Some(written) = document else { return origin.clone() };
        let mut places =
            origin.path.upwards().enumerate().filter_map(|(inner, outer)| Some((inner, written.get(outer)?)));
        let Some((inner, place)) = places.next() else { return origin.clone() };
        let segments = origin.path.segments();
        let inner = segments.into_iter().rev().take(inner).rev();
        Origin { path: place.path.join(inner.cloned()), ..*place }
    }

    /// Where parts of a field are written, if not with the rest of it.
    pub(crate) fn written_apart(&self, origin: &Origin) -> Vec<Origin> {
        let rendered = self.rendered_at(origin.file);
        let document = rendered.and_then(|rendered| rendered.written.get(origin.document as usize));
        let Some(written) = document else { return Vec::new() };
        let whole = self.written(origin);
        let below = written.range(&origin.path..).skip_while(|(path, _)| **path == origin.path);
        let below = below.take_while(|(path, _)| path.starts_with(&origin.path)).map(|(_, place)| place);
        let is_apart = |place: &&Origin| {
            let is_in_document = (place.file, place.document) == (whole.file, whole.document);
            !(is_in_document && place.path.starts_with(&whole.path))
        };
        below.filter(is_apart).cloned().collect()
    }

    fn rendered_at(&self, file: FileId) -> Option<&Rendered> {
        self.rendered.get(file.0.checked_sub(FileId::RENDERED)? as usize)
    }

    /// Whether it has the same texts under the same names, in the same order.
    pub(crate) fn has_texts_of(&self, other: &Self) -> bool {
        let pairs = self.files.iter().chain(self.rendered.iter().map(|it| &it.file));
        let others = other.files.iter().chain(other.rendered.iter().map(|it| &it.file));
        self.files.len() == other.files.len()
            && self.rendered.len() == other.rendered.len()
            && pairs.zip(others).all(|(one, another)| one.name == another.name && one.text == another.text)
    }

    /// The file's name, as reports print it.
    #[must_use]
    pub fn name(&self, file: FileId) -> &str {
        self.get(file).map_or("", |file| &file.name)
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        self.get(file).map_or("", |file| &file.text)
    }

    /// Where `offset` lies. An offset inside a line break counts as the end of its line, one beyond the text
    /// as the end of the text.
    #[must_use]
    pub fn position(&self, file: FileId, offset: usize) -> Position {
        let Some(file) = self.get(file) else { return Position { line: 1, column: 1 } };
        let index = file.line_of(offset.min(file.text.len()));
        let line = file.line_span(index);
        let offset = offset.clamp(line.start, line.end);
        let column = file.characters_before(offset) - file.characters_before(line.start);
        Position { line: index + 1, column: column + 1 }
    }

    /// The bytes of a line, counted from 1, without its line break; empty beyond the last line.
    #[must_use]
    pub fn line(&self, file: FileId, line: usize) -> Span {
        self.get(file).map_or_else(Span::default, |file| file.line_span(line.saturating_sub(1)))
    }

    /// How many lines the file has: at least one.
    #[must_use]
    pub fn line_count(&self, file: FileId) -> usize {
        self.get(file).map_or(1, |file| file.line_starts().len())
    }

    /// All files, in order.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn get(&self, file: FileId) -> Option<&SourceFile> {
        if file == FileId::CONFIGURATION {
            self.configuration.as_deref()
        } else if file.0 >= FileId::RENDERED {
            self.rendered_at(file).map(|rendered| &rendered.file)
        } else {
            self.files.get(file.0 as usize)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(text: &str, offsets: &[usize]) -> Vec<(usize, usize)> {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", text);
        offsets.iter().map(|offset| sources.position(file, *offset)).map(|at| (at.line, at.column)).collect()
    }

    #[test]
    fn columns_count_unicode_scalar_values() {
        assert_eq!(positions("a: é日b\n", &[0, 3, 5, 8, 9]), [(1, 1), (1, 4), (1, 5), (1, 6), (1, 7)]);
    }

    #[test]
    fn an_offset_inside_a_character_counts_as_after_it() {
        assert_eq!(positions("é!", &[1]), [(1, 2)]);
    }

    #[test]
    fn both_bytes_of_a_windows_line_break_are_the_end_of_the_line() {
        assert_eq!(positions("ab\r\ncd\r\n", &[2, 3, 4, 6, 8]), [(1, 3), (1, 3), (2, 1), (2, 3), (3, 1)]);
    }

    #[test]
    fn the_end_of_the_text_and_beyond_is_its_last_place() {
        assert_eq!(positions("ab\ncd", &[5, 6, 99]), [(2, 3), (2, 3), (2, 3)]);
        assert_eq!(positions("", &[0, 7]), [(1, 1), (1, 1)]);
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        assert_eq!(positions("\u{feff}ab", &[0, 3, 4]), [(1, 1), (1, 1), (1, 2)]);
    }

    #[test]
    fn lines_leave_out_their_breaks() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "ab\r\n\ncd");
        let lines: Vec<_> = (1..=4).map(|line| sources.line(file, line).slice(sources.text(file))).collect();
        assert_eq!(lines, ["ab", "", "cd", ""]);
        assert_eq!(sources.line_count(file), 3);
    }
}
