//! Documents in all styles, written together with the ranges and values that must be found in them.

use super::value;
use netlint::yaml::{FieldPath, Part, Segment, Span, from_node, parse, split};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

#[derive(Clone, Debug)]
enum Tree {
    /// Index into [`SCALARS`].
    Scalar(usize),
    Seq {
        flow: bool,
        items: Vec<Tree>,
    },
    /// How each key is written, and its value.
    Map {
        flow: bool,
        entries: Vec<(u8, Tree)>,
    },
}

/// Source and value as JSON. `>` stands for the indentation of a further line, which block context permits.
const SCALARS: &[(&str, &str)] = &[
    ("web", "\"web\""),
    ("x y-z", "\"x y-z\""),
    ("http://a:80/b?c#d", "\"http://a:80/b?c#d\""),
    ("é ü😀", "\"é ü😀\""),
    ("-x", "\"-x\""),
    ("a\tb", "\"a\\tb\""),
    ("yes", "true"),
    ("Off", "false"),
    ("0777", "511"),
    ("1.5", "1.5"),
    ("1e3", "1000"),
    ("~", "null"),
    ("", "null"),
    ("''", "\"\""),
    ("'it''s # é'", "\"it's # é\""),
    ("'yes'", "\"yes\""),
    ("\"80\"", "\"80\""),
    ("\"a\\tb\\u00e9 - c: d\"", "\"a\\tbé - c: d\""),
    ("one\n>two", "\"one two\""),
    ("one\n\n>two", "\"one\\ntwo\""),
    ("'one\n>two'", "\"one two\""),
    ("\"one\\\n>two\"", "\"onetwo\""),
    ("|\n>text é", "\"text é\\n\""),
    ("|-\n>a: b\n>  # c\n\n>- d", "\"a: b\\n  # c\\n\\n- d\""),
    (">-\n>folded\n>text", "\"folded text\""),
];

fn fits_in_flow(source: &str) -> bool {
    !source.starts_with(['|', '>']) && !source.contains('\n')
}

fn tree() -> impl Strategy<Value = Tree> {
    let scalar = (0..SCALARS.len()).prop_map(Tree::Scalar);
    scalar.prop_recursive(5, 40, 5, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..5);
        let entries = prop::collection::vec((any::<u8>(), inner), 0..5);
        prop_oneof![
            (any::<bool>(), items).prop_map(|(flow, items)| Tree::Seq { flow, items }),
            (any::<bool>(), entries).prop_map(|(flow, entries)| Tree::Map { flow, entries }),
        ]
    })
}

/// A node as it was written.
#[derive(Debug)]
struct Written {
    path: FieldPath,
    value: Span,
    key: Option<Span>,
    entry: Span,
    json: Value,
    scalar: bool,
}

struct Writer {
    text: String,
    /// Decides what YAML leaves open.
    noise: Vec<u8>,
    choices: usize,
    crlf: bool,
    /// Whether there are anchors and tags.
    properties: bool,
    written: Vec<Written>,
}

/// What precedes a value, and where it is.
#[derive(Clone)]
struct Place {
    path: FieldPath,
    indent: usize,
    flow: bool,
    key: Option<Span>,
    /// Start of key or dash.
    start: Option<usize>,
}

impl Writer {
    fn choice(&mut self, among: usize) -> usize {
        self.choices += 1;
        usize::from(self.noise[self.choices % self.noise.len()]) % among
    }

    fn line_break(&mut self) {
        self.text.push_str(if self.crlf { "\r\n" } else { "\n" });
    }

    /// Ends a line, perhaps with a comment, and perhaps adds lines without content.
    fn end_line(&mut self) {
        if self.choice(4) == 0 {
            self.text.push_str("  # é: [x] - 'y' |");
        }
        self.line_break();
        match self.choice(8) {
            0 => self.line_break(),
            1 => {
                let indent = self.choice(7);
                self.text.push_str(&" ".repeat(indent));
                self.text.push_str("# own: \"line\" - {");
                self.line_break();
            }
            _ => {}
        }
    }

    /// What may be between the tokens of a flow collection.
    fn flow_space(&mut self, indent: usize) {
        match self.choice(6) {
            0 => {
                self.end_line();
                self.text.push_str(&" ".repeat(indent + 2));
            }
            1 => self.text.push_str("  "),
            _ => self.text.push(' '),
        }
    }

    /// Writes an anchor or a harmless tag after a space; tells whether it did.
    fn properties(&mut self, tag: &str) -> bool {
        match self.choice(10) {
            _ if !self.properties => return false,
            0 => self.text.push_str(&format!(" &n{}", self.choices)),
            1 => self.text.push_str(tag),
            2 => self.text.push_str(&format!(" &n{}{tag}", self.choices)),
            _ => return false,
        }
        true
    }

    fn key(&mut self, style: u8, index: usize) -> (String, Span) {
        let (name, source) = match style % 6 {
            0 => (format!("k{index}"), format!("k{index}")),
            1 => (format!("k{index}"), format!("'k{index}'")),
            2 => (format!("é{index}"), format!("\"\\u00e9{index}\"")),
            3 => (format!("a b/c.{index}"), format!("a b/c.{index}")),
            4 => (format!("{}", index + 8), format!("0{:o}", index + 8)),
            _ => (format!("ü#{index}"), format!("ü#{index}")),
        };
        let start = self.text.len();
        self.text.push_str(&source);
        (name, Span::new(start, self.text.len()))
    }

    /// Writes a value after its `:` or `-`, with the end of its line; returns its JSON.
    fn value(&mut self, tree: &Tree, place: Place) -> Value {
        let (open, path) = (self.written.len(), place.path.clone());
        let (json, value) = match tree {
            Tree::Scalar(index) => self.scalar(*index, &place),
            Tree::Seq { flow, items } if *flow || place.flow || items.is_empty() => self.flow_seq(items, &place),
            Tree::Map { flow, entries } if *flow || place.flow || entries.is_empty() => self.flow_map(entries, &place),
            Tree::Seq { items, .. } => self.block_seq(items, &place),
            Tree::Map { entries, .. } => self.block_map(entries, &place),
        };
        let missing = value.start == value.end;
        let whole = place.start.map_or(value, |start| Span::new(start, value.end));
        let written = Written {
            path,
            value: if missing { place.key.unwrap_or(whole) } else { value },
            key: place.key,
            entry: whole,
            json: json.clone(),
            scalar: matches!(tree, Tree::Scalar(_)) && !missing,
        };
        self.written.insert(open, written);
        json
    }

    fn scalar(&mut self, index: usize, place: &Place) -> (Value, Span) {
        let (source, json) = SCALARS[index];
        let (source, json) = if place.flow && !fits_in_flow(source) { ("plain", "\"plain\"") } else { (source, json) };
        let json: Value = serde_json::from_str(json).unwrap();
        let tag = if json.is_string() { " !!str" } else { "" };
        self.properties(tag);
        if !source.is_empty() {
            self.text.push(' ');
        }
        let start = self.text.len();
        let further = " ".repeat(place.indent + 2);
        let (first, rest) = source.split_once('\n').map_or((source, None), |(first, rest)| (first, Some(rest)));
        self.text.push_str(first);
        for line in rest.into_iter().flat_map(|rest| rest.split('\n')) {
            self.line_break();
            self.text.push_str(&line.replacen('>', &further, 1));
        }
        let span = Span::new(start, self.text.len());
        if source.starts_with(['|', '>']) {
            self.line_break();
        } else if !place.flow {
            self.end_line();
        }
        (json, span)
    }

    fn flow_seq(&mut self, items: &[Tree], place: &Place) -> (Value, Span) {
        self.flow_collection(place, ['[', ']'], " !!seq", |writer| {
            let mut json = Vec::new();
            for (index, item) in items.iter().enumerate() {
                let inner =
                    Place { path: place.path.index(index), indent: place.indent, flow: true, key: None, start: None };
                // Nothing at all is no item.
                let item = if matches!(item, Tree::Scalar(index) if SCALARS[*index].0.is_empty()) {
                    &Tree::Scalar(0)
                } else {
                    item
                };
                json.push(writer.value(item, inner));
                writer.flow_space(place.indent);
                writer.text.push(',');
            }
            Value::Array(json)
        })
    }

    fn flow_map(&mut self, entries: &[(u8, Tree)], place: &Place) -> (Value, Span) {
        self.flow_collection(place, ['{', '}'], " !!map", |writer| {
            let mut json = Map::new();
            for (index, (style, value)) in entries.iter().enumerate() {
                writer.flow_space(place.indent);
                let (name, key) = writer.key(*style, index);
                writer.text.push(':');
                let inner = Place {
                    path: place.path.key(name.clone()),
                    indent: place.indent,
                    flow: true,
                    key: Some(key),
                    start: Some(key.start),
                };
                json.insert(name, writer.value(value, inner));
                writer.flow_space(place.indent);
                writer.text.push(',');
            }
            Value::Object(json)
        })
    }

    fn flow_collection(
        &mut self,
        place: &Place,
        [open, close]: [char; 2],
        tag: &str,
        inner: impl FnOnce(&mut Self) -> Value,
    ) -> (Value, Span) {
        self.properties(tag);
        self.text.push(' ');
        let start = self.text.len();
        self.text.push(open);
        let json = inner(self);
        self.flow_space(place.indent);
        self.text.push(close);
        let span = Span::new(start, self.text.len());
        if !place.flow {
            self.end_line();
        }
        (json, span)
    }

    /// Moves to where a block collection starts: the same line where that is possible and chosen.
    fn start_block(&mut self, place: &Place, tag: &str, is_seq: bool) -> (usize, bool) {
        let properties = self.properties(tag);
        let is_item = place.start.is_some() && place.key.is_none();
        if is_item && !properties && self.choice(3) > 0 {
            self.text.push(' ');
            return (place.indent + 2, true);
        }
        // The root cannot start on the line of its `---`.
        self.end_line();
        let same = place.start.is_none() || (is_seq && place.key.is_some() && self.choice(2) == 0);
        (if same { place.indent } else { place.indent + 1 + self.choice(3) }, false)
    }

    fn block_seq(&mut self, items: &[Tree], place: &Place) -> (Value, Span) {
        let (indent, inline) = self.start_block(place, " !!seq", true);
        let (mut json, mut span) = (Vec::new(), None);
        for (index, item) in items.iter().enumerate() {
            if index > 0 || !inline {
                self.text.push_str(&" ".repeat(indent));
            }
            let dash = self.text.len();
            self.text.push('-');
            let inner = Place { path: place.path.index(index), indent, flow: false, key: None, start: Some(dash) };
            let at = self.written.len();
            json.push(self.value(item, inner));
            let entry = self.written[at].entry;
            span = Some(span.unwrap_or(entry).to(entry));
        }
        (Value::Array(json), span.unwrap())
    }

    fn block_map(&mut self, entries: &[(u8, Tree)], place: &Place) -> (Value, Span) {
        let (indent, inline) = self.start_block(place, " !!map", false);
        let (mut json, mut span) = (Map::new(), None);
        for (index, (style, value)) in entries.iter().enumerate() {
            if index > 0 || !inline {
                self.text.push_str(&" ".repeat(indent));
            }
            let (name, key) = self.key(*style, index);
            self.text.push(':');
            let path = place.path.key(name.clone());
            let inner = Place { path, indent, flow: false, key: Some(key), start: Some(key.start) };
            let at = self.written.len();
            json.insert(name, self.value(value, inner));
            let entry = self.written[at].entry;
            span = Some(span.unwrap_or(entry).to(entry));
        }
        (Value::Object(json), span.unwrap())
    }
}

/// Writes the tree as the last document of a file.
fn write(tree: &Tree, noise: Vec<u8>, head: &str, crlf: bool, properties: bool) -> (String, Vec<Written>) {
    let text = if crlf { head.replace('\n', "\r\n") } else { head.to_owned() };
    let mut writer = Writer { text, noise, choices: 0, crlf, properties, written: Vec::new() };
    writer.text.push_str("---");
    let place = Place { path: FieldPath::root(), indent: 0, flow: false, key: None, start: None };
    writer.value(tree, place);
    (writer.text, writer.written)
}

/// Documents without anchors and tags.
pub(super) fn plain_text() -> impl Strategy<Value = String> {
    let noise = prop::collection::vec(any::<u8>(), 1..60);
    let head = prop::sample::select(vec!["", "\u{FEFF}", "# é\n", "é: |\n  ü\n"]);
    (tree(), noise, head, any::<bool>()).prop_map(|(tree, noise, head, crlf)| write(&tree, noise, head, crlf, false).0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_node_is_found_where_it_was_written(
        tree in tree(),
        noise in prop::collection::vec(any::<u8>(), 1..60),
        head in prop::sample::select(vec!["", "\u{FEFF}", "# é\n", "é: |\n  ü\n"]),
        crlf in any::<bool>(),
    ) {
        let (text, written) = write(&tree, noise, head, crlf, true);
        let chunk = *split(&text).last().unwrap();
        let document = parse(&text, chunk).map_err(|error| TestCaseError::fail(format!("{error:?}\n{text}")))?;
        prop_assert_eq!(document.duplicate_keys(), &[]);
        let root = &written[0];
        let read: Value = document.root().map_or(Value::Null, |root| from_node(root).unwrap());
        prop_assert_eq!(&read, &root.json, "{}", text);

        for node in &written {
            if document.root().is_none() {
                break;
            }
            let cut = |part| {
                let resolved = document.resolve(&node.path, part);
                assert!(resolved.exact, "{} of\n{text}", node.path);
                resolved.span
            };
            prop_assert_eq!(cut(Part::Value), node.value, "{} of\n{}", node.path, text);
            prop_assert_eq!(cut(Part::Key), node.key.unwrap_or(node.value), "{} of\n{}", node.path, text);
            let is_missing = node.value != node.entry && Some(node.value) == node.key;
            if !is_missing {
                prop_assert_eq!(cut(Part::Entry), node.entry, "{} of\n{}", node.path, text);
            }
            // A tag is not part of the span, so what it decides is lost; all tags here are those of the value.
            if node.scalar {
                let alone = value(node.value.slice(&text));
                prop_assert_eq!(&alone, &node.json, "{} of\n{}", node.path, text);
            }
            let found = node.path.segments().into_iter().try_fold(document.root().unwrap(), |node, segment| match segment {
                Segment::Key(key) => node.get(key),
                Segment::Index(index) => node.items().nth(*index),
            });
            let found: Value = from_node(found.unwrap()).unwrap();
            prop_assert_eq!(&found, &node.json);
        }
    }
}

#[test]
fn the_generator_reaches_what_it_should() {
    let tree = Tree::Map {
        flow: false,
        entries: vec![
            (1, Tree::Seq { flow: false, items: vec![Tree::Scalar(22), Tree::Scalar(12)] }),
            (4, Tree::Scalar(6)),
        ],
    };
    let (text, written) = write(&tree, vec![7], "", false, true);
    assert_eq!(text, "---\n'k0':\n  - |\n    text é\n  -\n011: yes\n");
    let cut: Vec<_> = written.iter().map(|node| node.entry.slice(&text)).collect();
    assert_eq!(cut[1..], ["'k0':\n  - |\n    text é\n  -", "- |\n    text é", "-", "011: yes"]);
    assert_eq!(written[0].json, json!({"k0": ["text é\n", null], "9": true}));
}
