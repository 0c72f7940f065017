//! Patterns of DNS names against the regular expressions that Cilium makes of them, and inclusion against enumeration.

use proptest::prelude::*;
use regex::Regex;

use crate::policy::dialect::cilium::dns::{Coverage, Pattern, Steps, coverage};

/// `ToAnchoredRegexp` of the pattern with its final dot (`pkg/fqdn/matchpattern`).
fn expression(pattern: &str) -> Regex {
    const LABEL: &str = "[-a-zA-Z0-9_]";
    let pattern = pattern.to_lowercase();
    if Regex::new(r"^\*+\.?$").unwrap().is_match(&pattern) {
        return Regex::new(&format!(r"(^({LABEL}+[.])+$)|(^[.]$)")).unwrap();
    }
    let pattern = if pattern.ends_with('.') { pattern } else { pattern + "." };
    let pattern = pattern.replace('.', "[.]");
    let subdomains = format!("({LABEL}+([.]{LABEL}+){{0,}})[.]");
    let pattern = Regex::new(r"^\*{2,}\[\.\]").unwrap().replace(&pattern, regex::NoExpand(&subdomains)).into_owned();
    let stars = Regex::new(r"\*+").unwrap();
    // The repetition that the step before has put in has no star.
    let pattern = stars.replace_all(&pattern, regex::NoExpand(&format!("{LABEL}*")));
    Regex::new(&format!("^{pattern}$")).unwrap()
}

/// Every name of at most six characters, dots included, with labels of these letters.
fn names(letters: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut all = Vec::new();
    for _ in 0..6 {
        names = names
            .iter()
            .flat_map(|name| letters.chars().chain(['.']).map(move |next| format!("{name}{next}")))
            .filter(|name| !name.starts_with('.') && !name.contains(".."))
            .collect();
        all.extend(names.iter().filter(|name| !name.ends_with('.')).cloned());
    }
    all
}

const LABELS: &str = r"[ab]{1,2}|\*|[ab]?\*[ab]?|\*[ab]\*";

fn pattern() -> impl Strategy<Value = String> {
    let label = || proptest::string::string_regex(LABELS).unwrap();
    let start = prop_oneof![6 => Just(""), 1 => Just("**."), 1 => Just("***.")];
    let ends = (prop::collection::vec(label(), 1..3), start, prop_oneof![4 => Just(""), 1 => Just(".")]);
    ends.prop_map(|(labels, start, end)| format!("{start}{}{end}", labels.join(".")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_pattern_matches_what_its_expression_matches(text in pattern()) {
        let (pattern, expression) = (Pattern::parse(&text), expression(&text));
        for name in names("ab").iter().step_by(3) {
            prop_assert_eq!(pattern.matches(name), expression.is_match(&format!("{name}.")), "{} {}", text, name);
        }
    }

    #[test]
    fn coverage_is_what_enumeration_finds(of in pattern(), by in prop::collection::vec(pattern(), 0..4)) {
        let patterns: Vec<Pattern> = by.iter().map(|text| Pattern::parse(text)).collect();
        let pattern = Pattern::parse(&of);
        // A letter that no pattern names stands for all others.
        let all = names("abc");
        let missed = all.iter().find(|name| pattern.matches(name) && !patterns.iter().any(|it| it.matches(name)));
        let found = coverage(&pattern, &patterns, &mut Steps::new(usize::MAX));
        if let Some(missed) = missed {
            prop_assert_eq!(found, Coverage::Partial, "{} without {:?}: {}", of, by, missed);
        } else if of.len() <= 5 && by.iter().all(|it| it.len() <= 4) {
            prop_assert_eq!(found, Coverage::Whole, "{} and {:?}", of, by);
        }
    }
}
