//! What `--fix` makes of the bad examples: the pages show it, and it is what the engine finds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use netlint::analysis::{Options, load};
use netlint::catalogue;
use netlint::config::{Base, Config};
use netlint::discover::{Excludes, discover};
use netlint::edit::Safety;
use netlint::file_tree::{Boundary, SharedTree, WorkTree};
use netlint::findings::Run;
use netlint::repair::{Outcome, repair};
use netlint::report::repairs::effects;
use similar::TextDiff;

use super::assert_generated;
use super::rules::{CONFIGURATION, Example, examples, files};
use crate::support::tree;

/// The first line of the block that a page has behind a bad example which is fixed.
const SAFE: &str = "# netlint --fix";
const UNSAFE: &str = "# netlint --fix --unsafe-fixes";

/// How often each rule finds something in an example, with the severity.
type Found = BTreeMap<(String, String), usize>;

fn found(run: &Run) -> Found {
    let mut found = Found::new();
    for finding in &run.report.findings {
        *found.entry((finding.severity.to_string(), finding.rule.to_owned())).or_default() += 1;
    }
    found
}

/// What the fixes of one rule make of an example, and what is found in it before.
fn fixed(example: &Example, rule: &str) -> (Outcome, Found) {
    let config = Config::parse(CONFIGURATION, &example.config, Base::default()).unwrap();
    let options = Options { config: Arc::new(config), ..Options::default() };
    let files = files(example);
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let root = tree(&files);
    let here: SharedTree = Arc::new(WorkTree::new(&root.path().canonicalize().unwrap()));
    let judge = |tree: SharedTree| {
        let found = discover(&tree, &[".".into()], &Excludes::default(), &Boundary::unbounded());
        let (models, errors) = load(found, &options);
        let mut run = Run::new(models, errors, false);
        for finding in run.report.findings.iter_mut().filter(|finding| finding.rule != rule) {
            finding.fix = None;
        }
        run
    };
    let before = found(&judge(Arc::clone(&here)));
    (repair(&here, &judge, true), before)
}

/// The block of a page that shows what becomes of an example; nothing where nothing does.
fn block(outcome: &Outcome) -> Option<String> {
    if outcome.applied.is_empty() {
        return None;
    }
    let is_safe = outcome.applied.iter().all(|applied| applied.safety.is_safe());
    let mut block = format!("```diff\n{}\n", if is_safe { SAFE } else { UNSAFE });
    for file in &outcome.files {
        if outcome.files.len() > 1 {
            writeln!(block, "# {}", file.name).unwrap();
        }
        let diff = TextDiff::from_lines(&file.before, &file.after);
        let mut hunks = diff.unified_diff();
        let hunks = hunks.context_radius(1).to_string();
        let lines = hunks.lines().filter(|line| !line.starts_with("@@"));
        for line in lines {
            writeln!(block, "{}", without_mark(line)).unwrap();
        }
    }
    for applied in &outcome.applied {
        for effect in effects(applied.changes.as_ref()) {
            writeln!(block, "# {effect}").unwrap();
        }
    }
    Some(block + "```\n")
}

/// A line without the comment that marks a finding.
fn without_mark(line: &str) -> &str {
    let Some((before, comment)) = line.split_once(" # ") else { return line };
    let is_mark = ["error: ", "warning: ", "note: ", "hidden "].iter().any(|mark| comment.starts_with(mark));
    if is_mark { before } else { line }
}

/// The page with the block behind each bad example that it belongs to.
fn page(text: &str, blocks: &[Option<String>]) -> String {
    let mut page = String::new();
    let mut blocks = blocks.iter();
    let mut lines = text.lines().peekable();
    let mut is_bad = false;
    while let Some(line) = lines.next() {
        writeln!(page, "{line}").unwrap();
        is_bad |= line == "```yaml bad";
        if !(is_bad && line == "```") {
            continue;
        }
        is_bad = false;
        // The block that is there.
        let mut rest = lines.clone();
        if rest.next() == Some("") && rest.next() == Some("```diff") {
            while lines.next_if(|line| *line != "```").is_some() {}
            lines.next();
        }
        if let Some(block) = blocks.next().unwrap() {
            write!(page, "\n{block}").unwrap();
        }
    }
    page
}

#[test]
fn pages_show_what_fixes_make_of_the_bad_examples() {
    let mut failures = String::new();
    for rule in catalogue::rules() {
        let bad = examples(rule.page).into_iter().filter(|example| !example.good);
        let outcomes: Vec<_> = bad.map(|example| (example.line, fixed(&example, rule.name))).collect();
        for (line, (outcome, before)) in &outcomes {
            let place = format!("{}, example at line {line}", rule.name);
            let after = found(&outcome.run);
            for (finding, number) in &after {
                let was = before.get(finding).copied().unwrap_or_default();
                if *number > was && finding.0 != "note" {
                    writeln!(failures, "{place}: the fix leads to {finding:?}").unwrap();
                }
            }
            let own = |found: &Found| {
                found.iter().filter(|((_, name), _)| name == rule.name).map(|(_, it)| it).sum::<usize>()
            };
            let applied = outcome.applied.len();
            if own(&after) + applied != own(before) {
                writeln!(failures, "{place}: {applied} fixes leave {after:?} of {before:?}").unwrap();
            }
            if outcome.endless.is_some() {
                writeln!(failures, "{place}: the fixes do not come to an end").unwrap();
            }
        }
        let safeties: BTreeSet<&str> = outcomes
            .iter()
            .flat_map(|(_, (outcome, _))| &outcome.applied)
            .map(|applied| applied.safety.name())
            .collect();
        let expected = if safeties.contains("safe") { "safe" } else { safeties.first().copied().unwrap_or("none") };
        if rule.fix != expected {
            writeln!(failures, "{}: `fix: {}` instead of `fix: {expected}`", rule.name, rule.fix).unwrap();
        }
        let blocks: Vec<Option<String>> = outcomes.iter().map(|(_, (outcome, _))| block(outcome)).collect();
        assert_generated(&format!("rules/{}.md", rule.name), |text| page(text, &blocks));
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// What is neutral must be neutral: the engine says so of every example.
#[test]
fn neutral_fixes_change_no_connection() {
    let mut number = 0;
    for rule in catalogue::rules() {
        for example in examples(rule.page).into_iter().filter(|example| !example.good) {
            for applied in fixed(&example, rule.name).0.applied {
                if applied.safety == Safety::Neutral {
                    number += 1;
                    assert!(applied.changes.unwrap().is_empty(), "{}, line {}", rule.name, example.line);
                }
            }
        }
    }
    assert!(number > 3, "{number}");
}

#[test]
fn marks_are_not_shown_in_diffs() {
    assert_eq!(without_mark("+  - protocol: TCP # error: invalid-field"), "+  - protocol: TCP");
    assert_eq!(without_mark("-  - a # a comment"), "-  - a # a comment");
}
