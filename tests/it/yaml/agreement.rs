//! The fast path against the general parser: what it accepts must be the same tree, span for span.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use netlint::yaml::{Document, decode, parse_fast, parse_general, split};
use proptest::prelude::*;

use super::generated;

/// Compares both parsers on every document of a text; for each, whether the fast path accepts it.
fn compare(text: &str) -> Result<Vec<bool>, String> {
    let compare = |chunk| {
        let Some(fast) = parse_fast(text, chunk) else { return Ok(false) };
        match parse_general(text, chunk) {
            Ok(general) if general == fast => Ok(true),
            Ok(general) => Err(difference(&fast, &general)),
            Err(error) => Err(format!("accepts what is wrong: {error}")),
        }
    };
    split(text).into_iter().map(compare).collect::<Result<_, _>>().map_err(|error: String| format!("{error}\n{text:?}"))
}

/// The lines in which the descriptions of two documents differ.
fn difference(fast: &Document<'_>, general: &Document<'_>) -> String {
    let (fast, general) = (format!("{fast:#?}"), format!("{general:#?}"));
    let lines = fast.lines().zip(general.lines()).enumerate().filter(|(_, (fast, general))| fast != general);
    lines.take(8).fold(String::new(), |mut text, (line, (fast, general))| {
        let _ = writeln!(text, "{line}: fast {} general {}", fast.trim(), general.trim());
        text
    })
}

/// Compares, and panics where the parsers disagree.
fn agree(text: &str) -> Vec<bool> {
    compare(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The manifests below a directory.
fn manifests(directory: &Path) -> Vec<(PathBuf, String)> {
    let files = walkdir::WalkDir::new(directory).sort_by_file_name().into_iter().map(Result::unwrap);
    let is_manifest = |path: &Path| path.extension().is_some_and(|it| it == "yaml" || it == "yml");
    let paths = files.map(|entry| entry.into_path()).filter(|path| is_manifest(path) && path.is_file());
    paths
        .filter_map(|path| Some((decode(fs::read(&path).unwrap()).ok()?, path)))
        .map(|(text, path)| (path, text))
        .collect()
}

static TESTDATA: LazyLock<Vec<(PathBuf, String)>> = LazyLock::new(|| {
    let manifests = manifests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"));
    assert!(manifests.len() >= 20);
    manifests
});

#[test]
fn the_fast_path_reads_all_of_testdata() {
    for (path, text) in TESTDATA.iter().filter(|(path, _)| !path.ends_with("netlint.yaml")) {
        assert!(agree(text).iter().all(|&accepted| accepted), "{}", path.display());
    }
}

#[test]
fn what_the_fast_path_is_for() {
    for text in [
        "a: 1\nb:\n  c: d e\n",
        "a:\n- b\n- c: 1\n  d: 2\ne:\n  - - f\n    - g\n  -   h: i\n",
        "# a\n\na: b # c\n  # d\nc: # e\n  f: g#h\n",
        "---\na:\nb:\n-\n- c\n-\n",
        "--- # a\na: b\n",
        "a: 'it''s: # a'\n\"b\": \"c\\n\\t\\\"\\\\d\\/\"\n'': \"\"\n",
        "a: |\n  b\n    c\n\n  # d\nb: |-\n  e\n\n\nc: |+\n\n  f\n\n",
        "a: >\n  b\n  c\n\n  d\n\nb: >-\n  e\n  f\n- g\n",
        "- |\n  a\n- b: |\n    c\n  d: e\n",
        "a: {b: c, 'd': \"e\", \"f\":1, g: [], h: {}, i: [1, [2], {a: b}]}\nb: [http://c:80/d, -1, 10.0.0.0/8]\nc:\n  [d]\n",
        "a: [\n    b, # c\n\n # d\n    {e: f,\n  \"g\": h\n }]\ni: [\n  ]\n",
        "a: >\n  b\n   c\n\n  d\n",
        "a: b\n  c\n\n  d\ne:\n  f\n  g # h\n- i\n",
        "é: ü 日本 😀\n",
        "a: b   \nc:   \n  - d   \n",
        "a: --flag\nb: -1\nc: a:b\nd: http://e#f\n",
        "a: 1\na: 2\n<<: {b: c}\n",
        "\u{FEFF}a: b\n",
        "a: |\r\n  b\r\n\r\n  c\r\n# d\r\ne: f\r\n  g\r\nh: # i\r\n",
        "",
        "# a\n",
        "---\n# a\n\n",
        "a:\n  b:",
        "a: b",
        "a: b # c",
        "-",
    ] {
        let text = text.strip_suffix("- g\n").or(text.strip_suffix("- i\n")).unwrap_or(text);
        assert!(agree(text).iter().all(|&accepted| accepted), "{text:?}");
    }
}

#[test]
fn what_it_leaves_to_the_general_parser() {
    for text in [
        "a: &b c\n",
        "a: *b\n",
        "a: !!str b\n",
        "? a\n",
        "%YAML 1.2\n---\na: b\n",
        "a: b\n...\nc: d\n",
        "a:\tb\n",
        "a: b\r\rc: d\r",
        "a: b\n---\n\u{FEFF}a: b\n",
        "a: b\u{85}c: d\n",
        "a: \"b\n  c\"\n",
        "a: [b\n  c]\n",
        "a: [b,\nc]\n",
        "a: {b:\n  c}\n",
        "a: |2\n    b\n",
        "a: \"\\u00e9\"\n",
        "a\n",
        "a: b: c\n",
        "a: - b\n",
        " a: b\nc: d\n",
        "a: b\n  c: d\n",
        "a: [b\n",
        "a: \"b\n",
        "- a\nb: c\n",
        "a: b\n- c\n",
        "a: {b}\n",
        "a: {b: }\n",
        "a: [b: c]\n",
        "a: [b:c:]\n",
        "a: |\n",
        "a: |\n\n",
        "a: @b\n",
        "a: `b\n",
        "a: %b\n",
        "~: a\n",
        "{\"a\": 1}\n",
        "--- a\n",
        "a: \u{7}\n",
        "a: 'b' c\n",
        "a: |\n  b",
        "a: |+\n  b\n ",
    ] {
        assert_eq!(agree(text).pop(), Some(false), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_documents_agree(text in generated::plain_text()) {
        prop_assert_eq!(compare(&text).err(), None);
    }

    /// Lines at any depth: what belongs to what, and what is a mistake.
    #[test]
    fn arranged_lines_agree(lines in prop::collection::vec((0_usize..5, line()), 1..12)) {
        let text: String = lines.iter().map(|(indent, line)| format!("{}{line}\n", " ".repeat(*indent))).collect();
        prop_assert_eq!(compare(&text).err(), None);
        prop_assert_eq!(compare(text.trim_end_matches('\n')).err(), None);
    }

    /// Edits of real manifests find what no generator thinks of.
    #[test]
    fn mutated_manifests_agree(which in any::<prop::sample::Index>(), edits in prop::collection::vec(edit(), 1..6)) {
        let mut text = which.get(&TESTDATA).1.clone();
        for edit in edits {
            edit.apply(&mut text);
        }
        prop_assert_eq!(compare(&text).err(), None);
    }
}

/// A line without its indentation.
fn line() -> impl Strategy<Value = String> {
    let start = prop::sample::select(vec!["", "", "a: ", "b: ", "- ", "- - ", "- c: ", "'d': ", "\"e\": ", "-   f: "]);
    let rest = prop::sample::select(vec![
        "",
        "",
        "g",
        "h i",
        "[x, # j",
        "{y: z,",
        "}",
        "],",
        "|",
        "|-",
        "|+",
        ">",
        ">-",
        "> # j",
        "'k'",
        "\"l\\n\"",
        "[m, {n: o}]",
        "{\"p\":1}",
        "{}",
        "~",
        "-1",
        "::/0",
        "q:r",
        "s#t",
        "---",
        "...",
        "u:",
        "-v",
        "'w''",
        "[x",
        "y: z",
        "# a",
        "b # c",
        "#",
        "é",
        "  ",
        "-",
        "<<",
    ]);
    (start, rest).prop_map(|(start, rest)| format!("{start}{rest}"))
}

/// A change of a text: from a place on, some characters give way to others.
#[derive(Clone, Debug)]
struct Edit {
    at: prop::sample::Index,
    length: usize,
    replacement: String,
}

impl Edit {
    fn apply(&self, text: &mut String) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let start = self.at.index(places.len());
        let end = (start + self.length).min(places.len() - 1);
        text.replace_range(places[start]..places[end], &self.replacement);
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    let piece = prop::sample::select(super::hostile::PIECES).prop_map(str::to_owned);
    let replacement = prop_oneof![2 => piece, 1 => "[ -~\n]{0,3}", 1 => "[ \n#:|>'\"-]{1,4}", 1 => Just(String::new())];
    (any::<prop::sample::Index>(), 0_usize..6, replacement).prop_map(|(at, length, replacement)| Edit {
        at,
        length,
        replacement,
    })
}

#[test]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "says what the fast path does not accept")]
fn real_manifests_agree() {
    let Some(corpora) = std::env::var_os("NETLINT_CORPORA") else {
        eprintln!("skipped: NETLINT_CORPORA names no directory of manifests");
        return;
    };
    let (mut accepted, mut all) = (0, 0);
    for (path, text) in manifests(Path::new(&corpora)) {
        let results = compare(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (chunk, result) in split(&text).into_iter().zip(results) {
            if !result {
                let source = chunk.span.slice(&text);
                let kind = source.lines().find(|line| line.starts_with("kind:")).unwrap_or("no kind");
                println!("left to the general parser: {} document {}, {kind}", path.display(), chunk.index);
            }
            (accepted, all) = (accepted + usize::from(result), all + 1);
        }
    }
    println!("the fast path accepts {accepted} of {all} documents");
    assert!(accepted * 100 >= all * 85, "only {accepted} of {all}");
}
