//! Lines of a rendered document in the template that it was made of.

use crate::yaml::Span;

/// Where the lines that hold `span` of a document are in its template, word by word, whatever their indentation. They
/// must be as many times in the one as in the other, so that it is clear which are meant.
pub(super) fn find(rendered: &str, document: Span, span: Span, template: &str) -> Option<Span> {
    let wanted: Vec<Line<'_>> =
        lines(rendered, document).filter(|line| line.start <= span.end && span.start <= line.end()).collect();
    let wanted = if span.start < span.end { within(&wanted, span) } else { wanted };
    let (first, last) = (wanted.first()?, wanted.last()?);
    let own: Vec<Line<'_>> = lines(rendered, document).collect();
    let other: Vec<Line<'_>> = lines(template, Span::new(0, template.len())).collect();
    let (own, other) = (runs(&own, &wanted), runs(&other, &wanted));
    let place = own.iter().position(|run| run.first().is_some_and(|line| line.start == first.start))?;
    let found = other.get(place).filter(|_| own.len() == other.len())?;
    let start = found.first()?.start + span.start.saturating_sub(first.start);
    let end = found.last()?.start + span.end.saturating_sub(last.start);
    Some(Span::new(start, end.max(start).min(template.len())))
}

/// A line without the white space around it.
#[derive(Clone, Copy, Debug)]
struct Line<'t> {
    text: &'t str,
    start: usize,
}

impl Line<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

fn lines(text: &str, part: Span) -> impl Iterator<Item = Line<'_>> {
    let mut start = part.start;
    part.slice(text).split_inclusive('\n').map(move |line| {
        let text = line.trim();
        let line_start = start + (line.len() - line.trim_start().len());
        start += line.len();
        Line { text, start: line_start }
    })
}

/// The lines of which the span holds more than an edge.
fn within<'t>(lines: &[Line<'t>], span: Span) -> Vec<Line<'t>> {
    lines.iter().filter(|line| line.start < span.end && span.start < line.end()).copied().collect()
}

/// Where lines follow one another like these.
fn runs<'l, 't>(lines: &'l [Line<'t>], wanted: &[Line<'_>]) -> Vec<&'l [Line<'t>]> {
    let is_same = |run: &&[Line<'_>]| run.iter().zip(wanted).all(|(line, wanted)| line.text == wanted.text);
    lines.windows(wanted.len().max(1)).filter(is_same).collect()
}
