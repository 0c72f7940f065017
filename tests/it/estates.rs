//! Generated estates: netlint has nothing to say about those that are right, and finds each mistake that was made.

use std::collections::BTreeSet;

use crate::estate::{Shape, generate};
use clap::error::ErrorKind;
use clap::{Args as _, FromArgMatches as _};
use netlint::analysis::{Analysis, Options};
use netlint::catalogue;
use netlint::diagnostic::{Finding, Severity, locate};

/// What netlint finds that is more than a note.
fn findings(shape: &Shape) -> Vec<Finding> {
    let files = generate(shape);
    let texts: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let analysis = Analysis::from_texts(&texts, &Options::default());
    let workloads = shape.workloads.max(shape.tiers);
    assert_eq!(analysis.cluster().workloads.len(), shape.namespaces * workloads + 1, "the estate was read whole");
    let mut found = locate(netlint::findings::drafts(&analysis), analysis.sources(), |rule| {
        catalogue::find(rule).unwrap().severity
    });
    found.retain(|finding| finding.severity > Severity::Note);
    found
}

#[test]
fn settings_of_the_generator_have_help_and_unknown_ones_are_errors() {
    let parse = |arguments: &[&str]| {
        let command = Shape::augment_args(clap::Command::new("generate").no_binary_name(true));
        command.try_get_matches_from(arguments).map(|matches| Shape::from_arg_matches(&matches).unwrap())
    };
    let shape = parse(&["--namespaces", "3", "--file-per-workload"]).unwrap();
    let expected = Shape { namespaces: 3, file_per_workload: true, ..Shape::default() };
    assert_eq!(format!("{shape:?}"), format!("{expected:?}"));
    for (argument, kind) in [
        ("--help", ErrorKind::DisplayHelp),
        ("--namespace=3", ErrorKind::UnknownArgument),
        ("namespaces=3", ErrorKind::UnknownArgument),
        ("--tiers=6", ErrorKind::ValueValidation),
    ] {
        assert_eq!(parse(&[argument]).unwrap_err().kind(), kind, "{argument}");
    }
}

#[test]
fn estates_without_mistakes_have_no_warning() {
    for (namespaces, tiers, workloads, policies, irrelevant) in
        [(1, 5, 5, 0, 0), (4, 5, 7, 3, 30), (30, 5, 20, 0, 60), (3, 1, 4, 2, 0), (3, 2, 4, 0, 90), (3, 3, 1, 9, 50)]
    {
        for file_per_workload in [false, true] {
            let shape =
                Shape { namespaces, tiers, workloads, policies, irrelevant, file_per_workload, ..Shape::default() };
            let found = findings(&shape);
            assert!(found.is_empty(), "{shape:?}: {found:#?}");
        }
    }
}

#[test]
fn forgotten_dns_is_found_once_for_each_namespace_that_forgets_it() {
    let found = findings(&Shape { namespaces: 9, forgotten_dns: 3, ..Shape::default() });
    let policies: Vec<_> = found.iter().map(|finding| (finding.rule, finding.subject.namespace.as_deref())).collect();
    let expected = ["shop-0000", "shop-0003", "shop-0006"].map(|namespace| ("missing-dns-egress", Some(namespace)));
    assert_eq!(policies, expected);
}

#[test]
fn mistakes_are_found_in_the_namespaces_that_make_them_and_nowhere_else() {
    let open = Shape { namespaces: 9, open_database: 4, ..Shape::default() };
    let typo = Shape { namespaces: 9, typo: 4, ..Shape::default() };
    for (shape, rule) in [(open, "database-reachable"), (typo, "peer-matches-nothing")] {
        for file_per_workload in [false, true] {
            let found = findings(&Shape { file_per_workload, ..shape });
            let namespaces_of = |wanted: &[&Finding]| {
                wanted.iter().filter_map(|it| it.subject.namespace.clone()).collect::<BTreeSet<_>>()
            };
            let expected = BTreeSet::from(["shop-0000", "shop-0004", "shop-0008"].map(str::to_owned));
            let told: Vec<_> = found.iter().filter(|finding| finding.rule == rule).collect();
            assert_eq!(namespaces_of(&told), expected, "{rule}: {found:#?}");
            assert_eq!(namespaces_of(&found.iter().collect::<Vec<_>>()), expected, "{found:#?}");
        }
    }
}

#[test]
fn the_same_parameters_give_the_same_estate() {
    let shape = Shape { irrelevant: 50, ..Shape::default() };
    let text = |shape: &Shape| generate(shape).into_iter().map(|file| file.path + &file.text).collect::<String>();
    assert_eq!(text(&shape), text(&shape));
    assert_ne!(text(&shape), text(&Shape { seed: 2, ..shape }));
}
