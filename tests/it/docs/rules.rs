//! Every rule's page is its test: each example must yield exactly the findings that its comments mark.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use netlint::analysis::{Analysis, Options, load};
use netlint::catalogue::{self, Profile};
use netlint::config::{Base, Choice, Config};
use netlint::discover::{Excludes, discover};
use netlint::file_tree::{Boundary, SharedTree, WorkTree};
use netlint::findings::judge;
use netlint::source::FileId;

use super::assert_generated;
use crate::support::tree;

/// A line of a file, from 1, with the severity and the rule found there.
type Mark = (String, usize, String, String);

const MANIFESTS: &str = "example.yaml";
pub(super) const CONFIGURATION: &str = "netlint.yaml";
/// An example that starts like this is a directory: each of its files starts with its name.
const DIRECTORY: &str = "# kustomization.yaml\n";

pub(super) struct Example {
    pub(super) good: bool,
    /// The line of the page that it starts at.
    pub(super) line: usize,
    pub(super) text: String,
    /// The `yaml config` block before it.
    pub(super) config: String,
}

/// The fenced `yaml bad` and `yaml good` blocks of a page, each with the `yaml config` block that it follows.
pub(super) fn examples(page: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut config = String::new();
    let mut open: Option<(&str, usize, String)> = None;
    for (index, line) in page.lines().enumerate() {
        let Some((kind, start, text)) = &mut open else {
            open = line.trim_end().strip_prefix("```yaml ").map(|kind| (kind, index + 2, String::new()));
            continue;
        };
        if line.trim_end() != "```" {
            writeln!(text, "{line}").unwrap();
            continue;
        }
        let (line, text) = (*start, std::mem::take(text));
        match *kind {
            "config" => config = text,
            "good" | "bad" => {
                examples.push(Example { good: *kind == "good", line, text, config: std::mem::take(&mut config) });
            }
            other => panic!("`yaml {other}` is no kind of example"),
        }
        open = None;
    }
    assert!(open.is_none() && config.is_empty(), "a block is not closed, or a configuration without an example");
    examples
}

/// What an example says of itself: `# error: rule` marks its own line, or the next one where it is alone.
fn marks(example: &Example) -> BTreeSet<Mark> {
    marks_with(example, "")
}

/// What other rules hide, so that it is reported only where they do not run: `# hidden error: rule`.
fn hidden_marks(example: &Example) -> BTreeSet<Mark> {
    marks_with(example, "hidden ")
}

fn marks_with(example: &Example, prefix: &str) -> BTreeSet<Mark> {
    let mut files = files(example);
    files.push((CONFIGURATION.to_owned(), example.config.clone()));
    let lines = files.iter().flat_map(|(file, text)| text.lines().enumerate().map(move |at| (file, at)));
    lines.flat_map(|(file, (index, line))| line_marks(file, index, line, prefix)).collect()
}

/// The manifests of an example by their names.
pub(super) fn files(example: &Example) -> Vec<(String, String)> {
    if !example.text.starts_with(DIRECTORY) {
        return vec![(MANIFESTS.to_owned(), example.text.clone())];
    }
    let name = |text: &str| text.lines().next().unwrap().strip_prefix("# ").unwrap().to_owned();
    example.text.split("---\n").map(|text| (name(text), text.to_owned())).collect()
}

fn line_marks(file: &str, index: usize, line: &str, prefix: &str) -> Vec<Mark> {
    let Some((before, comment)) = line.split_once("# ") else { return Vec::new() };
    let marks = comment.split(',').filter_map(|mark| mark.trim().strip_prefix(prefix)?.split_once(": "));
    let marks = marks.filter(|(severity, _)| ["error", "warning", "note"].contains(severity));
    let line = if before.trim().is_empty() { index + 2 } else { index + 1 };
    marks.map(|(severity, rule)| (file.to_owned(), line, severity.to_owned(), rule.trim().to_owned())).collect()
}

/// What is found in an example, by all rules or by one of them.
fn findings(example: &Example, only: Option<&str>) -> BTreeSet<Mark> {
    let mut config = Config::parse(CONFIGURATION, &example.config, Base::default()).unwrap();
    config.choose(Choice { select: only.into_iter().map(str::to_owned).collect(), ..Choice::default() });
    let options = Options { config: Arc::new(config), ..Options::default() };
    let files = files(example);
    let analyses = if example.text.starts_with(DIRECTORY) {
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let (root, here): (_, SharedTree) = (tree(&files), Arc::new(WorkTree::of_process()));
        let found = discover(&here, &[root.path().to_owned()], &Excludes::default(), &Boundary::unbounded());
        load(found, &options).0
    } else {
        vec![Analysis::from_texts(&[(MANIFESTS, &example.text)], &options)]
    };
    let sources = analyses.first().unwrap().sources();
    let findings = judge(&analyses, false).findings.into_iter().map(|finding| {
        let place = sources.position(finding.primary.file, finding.primary.span.start);
        let is_config = finding.primary.file == FileId::CONFIGURATION;
        let name = if is_config { CONFIGURATION } else { sources.name(finding.primary.file) };
        let file = name.rsplit('/').next().unwrap().to_owned();
        (file, place.line, finding.severity.to_string(), finding.rule.to_owned())
    });
    findings.collect()
}

#[test]
fn examples_yield_what_they_mark() {
    let mut failures = String::new();
    for rule in catalogue::rules() {
        for example in examples(rule.page) {
            let (marked, found) = (marks(&example), findings(&example, None));
            for (what, marks) in [("not found", marked.difference(&found)), ("not marked", found.difference(&marked))] {
                for (file, line, severity, name) in marks {
                    let place = format!("{}, example at line {}, {file}:{line}", rule.name, example.line);
                    writeln!(failures, "{place}: {severity}: {name} is {what}").unwrap();
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn a_rule_alone_reports_its_marks_and_what_others_hide() {
    let mut failures = String::new();
    // A suppression is unused only where the rules that it names run.
    for rule in catalogue::rules().iter().filter(|rule| rule.category != "suppression") {
        let is_own = |mark: &Mark| mark.3 == rule.name;
        for example in examples(rule.page).iter().filter(|example| !example.good) {
            let hidden: BTreeSet<Mark> = hidden_marks(example).into_iter().filter(is_own).collect();
            assert!(hidden.is_empty() || rule.precedents().next().is_some(), "{}: it yields to no rule", rule.name);
            let expected: BTreeSet<Mark> = marks(example).into_iter().filter(is_own).chain(hidden).collect();
            let found: BTreeSet<Mark> = findings(example, Some(rule.name)).into_iter().filter(is_own).collect();
            if found != expected {
                let line = example.line;
                writeln!(failures, "{}, example at line {line}: {found:?} instead of {expected:?}", rule.name).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn rules_yield_to_other_rules_and_never_in_a_circle() {
    for rule in catalogue::rules() {
        for other in rule.precedents() {
            assert!(catalogue::find(other).is_some(), "{} yields to `{other}`, which is not a rule", rule.name);
        }
        assert!(!catalogue::yields_to(rule.name).contains(&rule.name), "{} yields to itself", rule.name);
    }
}

#[test]
fn every_page_is_whole() {
    let sections =
        ["What it finds", "Why it matters", "How to fix", "When it stays silent", "Bad", "Good", "References"];
    for rule in catalogue::rules() {
        for (field, value) in
            [("name", rule.name), ("summary", rule.summary), ("category", rule.category), ("since", rule.since)]
        {
            assert!(!value.is_empty(), "{}: the front matter has no {field}", rule.name);
        }
        assert!(["none", "unsafe", "safe"].contains(&rule.fix), "{}: `fix` is {:?}", rule.name, rule.fix);
        assert!(!rule.summary.ends_with('.'), "{}: the summary ends in a full stop", rule.name);
        let headings: Vec<&str> = rule.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, sections, "{}: sections", rule.name);
        let examples = examples(rule.page);
        let (good, bad): (Vec<_>, Vec<_>) = examples.iter().partition(|example| example.good);
        assert!(good.len() >= 2 && bad.len() >= 2, "{}: two bad and two good examples at least", rule.name);
        assert!(good.iter().all(|it| marks(it).is_empty()), "{}: a good example marks a finding", rule.name);
        for example in bad {
            let own = marks(example).into_iter().chain(hidden_marks(example)).any(|(_, _, _, name)| name == rule.name);
            assert!(own, "{}: the bad example at line {} does not mark this rule", rule.name, example.line);
        }
    }
}

#[test]
fn every_page_is_registered() {
    let registered: BTreeSet<String> = catalogue::rules().iter().map(|rule| format!("{}.md", rule.name)).collect();
    let pages: BTreeSet<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/rules"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(registered, pages);
}

/// The table of docs/rules.md.
fn table() -> String {
    let mut table = String::from("\n| rule | severity | finds |\n|---|---|---|\n");
    for group in catalogue::rules().chunk_by(|left, right| left.category == right.category) {
        writeln!(table, "| **{}** | | |", group.first().unwrap().category).unwrap();
        for rule in group {
            let (name, severity, summary) = (rule.name, rule.severity, rule.summary);
            let strict = if rule.profile == Profile::Strict { " (profile `strict`)" } else { "" };
            writeln!(table, "| [{name}](../rules/{name}.md) | {severity} | {summary}{strict} |").unwrap();
        }
    }
    table + "\n"
}

#[test]
fn the_list_of_rules_is_complete() {
    assert_generated("docs/rules.md", |text| {
        let (before, rest) = text.split_once("<!-- rules -->").unwrap();
        let (_, after) = rest.split_once("<!-- end of rules -->").unwrap();
        format!("{before}<!-- rules -->{}<!-- end of rules -->{after}", table())
    });
}

#[test]
fn categories_are_listed_once() {
    let mut categories: Vec<&str> = catalogue::rules().iter().map(|rule| rule.category).collect();
    categories.dedup();
    assert_eq!(categories.len(), categories.iter().collect::<BTreeSet<_>>().len(), "{categories:?}");
}

#[test]
fn profiles_and_what_incomplete_input_means_are_known_words() {
    const WORDS: [&str; 3] = ["keep", "note", "drop"];
    for rule in catalogue::rules() {
        let page = std::fs::read_to_string(format!("{}/rules/{}.md", env!("CARGO_MANIFEST_DIR"), rule.name)).unwrap();
        let front = page.split("\n---\n").next().unwrap();
        let written = front.lines().find_map(|line| line.strip_prefix("profile: "));
        assert_eq!(written.unwrap_or("default"), rule.profile.name(), "{}", rule.name);
        let incomplete = front.lines().find_map(|line| line.strip_prefix("incomplete-input: ")).unwrap_or_default();
        assert!(WORDS.contains(&incomplete), "{}: incomplete-input {incomplete:?}", rule.name);
        let scope = front.lines().find_map(|line| line.strip_prefix("incomplete-scope: "));
        assert!(scope.is_none_or(|scope| scope == "namespace"), "{}: incomplete-scope {scope:?}", rule.name);
        let clusters = front.lines().find_map(|line| line.strip_prefix("several-clusters: "));
        assert!(clusters.is_none_or(|clusters| clusters == "all"), "{}: several-clusters {clusters:?}", rule.name);
    }
}

/// The schema names every rule, so that it is stale whenever the list is.
#[test]
fn the_committed_schema_is_the_one_of_the_code() {
    let schema = serde_json::to_string_pretty(&netlint::config::schema()).unwrap() + "\n";
    assert_generated("netlint.schema.json", |_| schema);
}
