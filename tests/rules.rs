//! Every rule's page is its test: each example must yield exactly the findings that its comments mark.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use netlint::locate::locate;
use netlint::model::{Model, Options};
use netlint::rules;

/// A line of an example, from 1, with the severity and the rule found there.
type Mark = (usize, String, String);

struct Example {
    good: bool,
    line: usize,
    text: String,
}

/// The fenced `yaml bad` and `yaml good` blocks of a page.
fn examples(page: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut open: Option<Example> = None;
    for (index, line) in page.lines().enumerate() {
        match &mut open {
            Some(_) if line.trim_end() == "```" => examples.extend(open.take()),
            Some(example) => writeln!(example.text, "{line}").unwrap(),
            None => {
                let good = match line.trim_end() {
                    "```yaml good" => true,
                    "```yaml bad" => false,
                    _ => continue,
                };
                open = Some(Example { good, line: index + 2, text: String::new() });
            }
        }
    }
    assert!(open.is_none(), "an example is not closed");
    examples
}

/// What an example says of itself: `# error: rule` marks its own line, or the next one where it stands alone.
fn marks(text: &str) -> BTreeSet<Mark> {
    let mut marks = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let Some((before, comment)) = line.split_once("# ") else { continue };
        for mark in comment.split(',') {
            let Some((severity, rule)) = mark.trim().split_once(": ") else { continue };
            if ["error", "warning", "note"].contains(&severity) {
                let line = if before.trim().is_empty() { index + 2 } else { index + 1 };
                marks.insert((line, severity.to_owned(), rule.trim().to_owned()));
            }
        }
    }
    marks
}

fn findings(text: &str) -> BTreeSet<Mark> {
    let model = Model::from_texts(&[("example.yaml", text)], &Options::default());
    let severity = |rule: &str| rules::find(rule).unwrap().severity;
    let findings = locate(rules::run(&model), model.sources(), severity);
    let line = |offset: usize| text[..offset].matches('\n').count() + 1;
    findings.into_iter().map(|it| (line(it.primary.span.start), it.severity.to_string(), it.rule.to_owned())).collect()
}

#[test]
fn examples_yield_what_they_mark() {
    let mut failures = String::new();
    for rule in rules::catalogue() {
        for example in examples(rule.page) {
            let (marked, found) = (marks(&example.text), findings(&example.text));
            for (what, marks) in [("not found", marked.difference(&found)), ("not marked", found.difference(&marked))] {
                for (line, severity, name) in marks {
                    let place = format!("{}, example at line {}, its line {line}", rule.name, example.line);
                    writeln!(failures, "{place}: {severity}: {name} is {what}").unwrap();
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn every_page_is_whole() {
    let sections =
        ["What it finds", "Why it matters", "Bad", "Good", "How to fix", "When it stays silent", "References"];
    for rule in rules::catalogue() {
        for (field, value) in
            [("name", rule.name), ("summary", rule.summary), ("category", rule.category), ("since", rule.since)]
        {
            assert!(!value.is_empty(), "{}: the front matter has no {field}", rule.name);
        }
        assert!(["none", "suggested", "safe"].contains(&rule.fix), "{}: `fix` is {:?}", rule.name, rule.fix);
        assert!(!rule.summary.ends_with('.'), "{}: the summary ends in a full stop", rule.name);
        let headings: Vec<&str> = rule.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, sections, "{}: sections", rule.name);
        let examples = examples(rule.page);
        let (good, bad): (Vec<_>, Vec<_>) = examples.iter().partition(|example| example.good);
        assert!(good.len() >= 2 && bad.len() >= 2, "{}: two bad and two good examples at least", rule.name);
        assert!(good.iter().all(|it| marks(&it.text).is_empty()), "{}: a good example marks a finding", rule.name);
        for example in bad {
            let own = marks(&example.text).into_iter().any(|(_, _, name)| name == rule.name);
            assert!(own, "{}: the bad example at line {} does not mark this rule", rule.name, example.line);
        }
    }
}

#[test]
fn every_page_is_registered() {
    let registered: BTreeSet<String> = rules::catalogue().iter().map(|rule| format!("{}.md", rule.name)).collect();
    let pages: BTreeSet<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/rules"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(registered, pages);
}
