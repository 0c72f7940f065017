//! The Markdown of rule pages for terminals: headings, paragraphs, lists, fenced code, tables as they are; inline
//! code, emphasis and links. Pages are our own, so this needs to know no more of Markdown than they use.

use anstyle::{AnsiColor, Style};

use crate::text::style::paint;

/// How pages are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) color: bool,
    pub(super) unicode: bool,
    pub(super) width: usize,
}

/// The page as lines of at most the look's width, code and tables excepted.
pub(super) fn render(page: &str, look: Look) -> String {
    let mut page_view = View { look, out: String::new(), paragraph: String::new(), indent: 0 };
    let mut in_code = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            page_view.flush();
            in_code = !in_code;
        } else if in_code {
            page_view.code(line);
        } else {
            page_view.line(line);
        }
    }
    page_view.flush();
    page_view.out
}

struct View {
    look: Look,
    out: String,
    /// Text that is not wrapped yet.
    paragraph: String,
    /// Columns before its lines; the first of a list item has the bullet there.
    indent: usize,
}

impl View {
    fn line(&mut self, line: &str) {
        let text = line.trim();
        let heading = text.trim_start_matches('#');
        if text.is_empty() {
            self.flush();
            self.blank();
        } else if heading.len() < text.len() && heading.starts_with(' ') {
            self.flush();
            self.heading(heading.trim());
        } else if text.starts_with('|') {
            self.flush();
            self.push_line(text);
        } else if let Some(item) = list_item(text) {
            self.flush();
            self.indent = line.len() - line.trim_start().len() + item.marker;
            self.paragraph.push_str(text);
        } else {
            if !self.paragraph.is_empty() {
                self.paragraph.push(' ');
            }
            self.paragraph.push_str(text);
        }
    }

    fn heading(&mut self, text: &str) {
        self.blank();
        self.push_line(&paint(Style::new().bold(), text, self.look.color));
        if !self.look.color {
            self.push_line(&"-".repeat(text.chars().count()));
        }
    }

    fn code(&mut self, line: &str) {
        let painted = paint(Style::new().dimmed(), line, self.look.color && !line.is_empty());
        self.push_line(format!("    {painted}").trim_end());
    }

    /// One empty line, but none at the start and never two.
    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn push_line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// Wraps what was gathered of a paragraph or list item.
    fn flush(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let indent = std::mem::take(&mut self.indent);
        if paragraph.is_empty() {
            return;
        }
        let (bullet, text) = match list_item(&paragraph) {
            Some(item) if indent > 0 => {
                let (marker, text) = paragraph.split_at(item.marker);
                let bullet = if item.is_numbered || !self.look.unicode { marker } else { "• " };
                (format!("{}{bullet}", " ".repeat(indent - item.marker)), text)
            }
            _ => (String::new(), paragraph.as_str()),
        };
        let rest = " ".repeat(indent);
        let options = textwrap::Options::new(self.look.width)
            .initial_indent(&bullet)
            .subsequent_indent(&rest)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .break_words(false);
        // Escape sequences take no columns in textwrap's measure.
        let wrapped = textwrap::fill(&inline(text, self.look.color), options);
        self.push_line(&wrapped);
    }
}

/// The start of a list item.
struct ListItem {
    /// The bytes of the bullet or number, with its space.
    marker: usize,
    is_numbered: bool,
}

fn list_item(text: &str) -> Option<ListItem> {
    if text.starts_with("- ") || text.starts_with("* ") {
        return Some(ListItem { marker: 2, is_numbered: false });
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered = digits > 0 && text.get(digits..).is_some_and(|rest| rest.starts_with(". "));
    is_numbered.then_some(ListItem { marker: digits + 2, is_numbered })
}

/// Paints inline code, emphasis and links. Without colours, code keeps its backticks and emphasis loses its stars.
fn inline(text: &str, color: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['`', '*', '[']) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let (shown, after) = span(from, color);
        out.push_str(&shown);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The markup at the start of `text` as shown, and the text after it.
fn span(text: &str, color: bool) -> (String, &str) {
    let between = |open: &str, close: &str| -> Option<(&str, &str)> {
        text.strip_prefix(open)?.split_once(close).filter(|(inner, _)| !inner.is_empty() && !inner.starts_with(' '))
    };
    if let Some((code, after)) = between("`", "`") {
        let code = if color { paint(AnsiColor::Cyan.on_default(), code, true) } else { format!("`{code}`") };
        return (code, after);
    }
    if let Some((bold, after)) = between("**", "**") {
        return (paint(Style::new().bold(), &inline(bold, color), color), after);
    }
    if let Some((emphasis, after)) = between("*", "*") {
        return (paint(Style::new().italic(), &inline(emphasis, color), color), after);
    }
    if let Some(((label, target), after)) =
        text.strip_prefix('[').and_then(|link| link.split_once("](")).and_then(|(label, rest)| {
            let (target, after) = rest.split_once(')')?;
            (!label.contains(']')).then_some(((label, target), after))
        })
    {
        return (format!("{} <{target}>", inline(label, color)), after);
    }
    let (first, after) = text.split_at(1);
    (first.to_owned(), after)
}

#[cfg(test)]
mod tests {
    use super::{Look, render};

    const PAGE: &str = "\
# Title

A paragraph that is long enough to be wrapped at the *width* of the terminal, with `code` and a
[link](https://kubernetes.io/docs/).

- one item that is long enough to be wrapped, too, under its own text
  and goes on
- **two**
    - nested

1. first

```yaml
ingress:
- from: []   # not wrapped however long this line may be in the end

```

| a | b |
|---|---|
5 * 3 and [not a link]
";

    #[test]
    fn a_page_without_colours() {
        insta::assert_snapshot!(render(PAGE, Look { color: false, unicode: true, width: 44 }));
    }

    #[test]
    fn a_page_in_ascii_and_colours() {
        let shown = render("# A `b`\n- *c* **d** `e`", Look { color: true, unicode: false, width: 44 });
        assert_eq!(shown, "\u{1b}[1mA `b`\u{1b}[0m\n- \u{1b}[3mc\u{1b}[0m \u{1b}[1md\u{1b}[0m \u{1b}[36me\u{1b}[0m\n");
    }

    #[test]
    fn unclosed_markup_is_text() {
        let look = Look { color: false, unicode: true, width: 80 };
        assert_eq!(render("a ` b ** c [d](e * f", look), "a ` b ** c [d](e * f\n");
    }
}
